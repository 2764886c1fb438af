"""Sending a letter: what must be true of it first, and what follows from it."""

import re
from datetime import date
from typing import TYPE_CHECKING

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.operations import checks, drafting, letters, promises
from feedlog.operations.changes import record
from feedlog.operations.letters import Letter, Written
from feedlog.operations.shapes import By
from feedlog.store import Log

if TYPE_CHECKING:
    from feedlog.operations.undoing import Change

# Which step of making it good a letter is.
_STEPS = {"thanks": "thanked", "agreement": "acknowledged", "told": "told"}


def send(
    log: Log,
    letter_id: int,
    by: By,
    *,
    text: str | None = None,
    at: str | None = None,
    copies: tuple[str, ...] = (),
    outbox: str,
) -> Written:
    """Marks a letter as sent, now or at an instant before, with the `text` it was sent with where that is another.

    In the same change the step it is goes on the note (thanked, told or acknowledged; apologised where it says sorry),
    and each colleague's copy becomes the final one. Raises Refused for a letter that is not ready: see `_refuse`.
    """
    from feedlog.letters.copies import Staged
    from feedlog.letters.pages import plain

    if at is not None and at > by.at:
        spoken = when.spoken(at, now=when.local(by.at))
        raise WrongUsage(f"{spoken} is still to come.", hint="--at is when the letter was sent.")
    given = None if text is None else plain(checks.text(text, "letter"))
    with Staged(outbox) as staged:
        with log.write():
            letter = letters.draft_of(log, letter_id)
            final = letter["text"] if given is None else given
            _refuse(log, letter, final, at or by.at)
            log.connection.execute(
                "update letters set text = ?, sent_at = ?, sent_by = ? where id = ?",
                [final, at or by.at, by.on_behalf_of or by.agent, letter_id],
            )
            agents = letters.add_copies(log, letter_id, copies)
            detail = {"letter_id": letter_id, "kind": letter["kind"]}
            change_id = record(log, "letter.sent", by, note_id=letter["note_id"], detail=detail)
            remarks = _respond(log, letter, final, by, at, change_id)
            staged.write(agents, letter_id, final, sent=True)
        paths = staged.put()
    return Written(letters.get(log, letter_id), paths, remarks)


def _respond(log: Log, letter: Letter, text: str, by: By, at: str | None, change_id: int) -> list[str]:
    """Puts the steps the letter is on its note; returns what the agent should know."""
    from feedlog.operations import responses  # here: it reads much that only sending needs

    kinds = [*(["apologised"] if says_sorry(text, letter["language"]) else []), _STEPS[letter["kind"]]]
    remarks: list[str] = []
    for kind in kinds:
        answered = responses.add(
            log, letter["note_id"], kind, by, text=f"letter {letter['id']}", at=at, part_of=change_id
        )
        remarks += [warning for warning in answered.warnings if warning not in remarks]
    return remarks


def says_sorry(text: str, language: str) -> bool:
    """Whether we say sorry in a letter; what the customer said does not count."""
    from feedlog.language.phrases import Cut, phrases
    from feedlog.letters.pages import without_quotations

    return bool(phrases(language).find("apology", Cut(without_quotations(text))))


# --- what is refused -------------------------------------------------------------------------------------------


def _refuse(log: Log, letter: Letter, text: str, at: str) -> None:
    """Refuses a letter with places to fill, an agreement without a deadline, and a standard reply."""
    _refuse_places(log, letter, text)
    if letter["kind"] == "agreement":
        _refuse_without_deadline(log, letter, text, when.local(at).date())
    _refuse_standard_reply(log, letter, text)


def _refuse_places(log: Log, letter: Letter, text: str) -> None:
    from feedlog.letters.pages import places

    found = places(text, drafting.own_words(log, letter["note_id"]))
    if found:
        lines = list(dict.fromkeys(str(place.line) for place in found))
        named = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines[:-1])} and {lines[-1]}"
        count = "a place" if len(found) == 1 else f"{len(found)} places"
        raise Refused(
            f"Letter {letter['id']} still has {count} to fill: {named}.",
            hint=f"Fill what stands in [[ ]]: feedlog letter edit {letter['id']}",
        )


def _refuse_without_deadline(log: Log, letter: Letter, text: str, sent_on: date) -> None:
    from feedlog.letters.dates import days_in
    from feedlog.letters.pages import without_quotations

    said_on = when.local(log.value("select said_at from notes where id = ?", [letter["note_id"]])).date()
    due = {date.fromisoformat(one["due_on"]) for one in promises.of_note(log, letter["note_id"])}
    named = {on for on in days_in(without_quotations(text), today=sent_on) if on >= sent_on}
    # The day the customer called stands in the letter, too; where it is today it is no deadline by that alone.
    if not named - ({said_on} - due):
        raise Refused(
            f"Letter {letter['id']} is an agreement without a deadline: it names no day that is still to come.",
            hint=f"Write by which day, with its date: feedlog letter edit {letter['id']}",
        )


def _refuse_standard_reply(log: Log, letter: Letter, text: str) -> None:
    """Compares with every letter that was sent in the language, whoever it went to."""
    names, said = _names(log, letter["note_id"]), _sentences_of_ours(letter["language"])
    own = _folded(text, names, said)
    # A letter that says the same holds the same words; asking SQLite for them spares reading the others closely.
    words = sorted({word for word in own if len(word) >= 6 and word.isascii()}, key=len)[-20:]
    rows = log.rows(
        f"""select id, note_id, text from letters where sent_at is not null and language = ? and id <> ?
              {"".join(" and instr(lower(text), ?)" for _ in words)}""",
        [letter["language"], letter["id"], *words],
    )
    named: dict[int, frozenset[str]] = {letter["note_id"]: names}
    for row in rows:
        theirs = named.get(row["note_id"]) or named.setdefault(row["note_id"], _names(log, row["note_id"]))
        if _same(own, text, names, row["text"], theirs, said):
            raise Refused(
                f"Letter {letter['id']} says the same as letter {row['id']}: it is a standard reply.",
                hint=f"Write what is true of this customer alone: feedlog letter edit {letter['id']}",
            )


def _sentences_of_ours(language: str) -> list[str]:
    """The sentences that say how and when a customer spoke to us, folded: they differ in letters that do not."""
    from feedlog.letters.dates import without_days
    from feedlog.letters.wording import said
    from feedlog.vocabulary import CHANNELS

    spoken = {without_days(said(language, channel, "2026-01-01T12:00:00Z").casefold()) for channel in CHANNELS}
    return sorted(spoken, key=len, reverse=True)


def _same(
    own: list[str], text: str, names: frozenset[str], other: str, theirs: frozenset[str], said: list[str]
) -> bool:
    """Whether two letters say the same, each without its own names, or both without the names of both."""
    folded = _folded(other, theirs, said)
    if folded == own:
        return True
    either = names | theirs
    between = set(folded) ^ set(own)
    if between - set(_folded(" ".join(either), frozenset(), [])):  # they differ by more than names
        return False
    return _folded(other, either, said) == _folded(text, either, said)


def _names(log: Log, note_id: int) -> frozenset[str]:
    """What the customer and the agents of a note's letters are called, and what the customer said."""
    rows = log.rows(
        """with whose as (
             select customers.key, customers.name from notes join customers as given on given.id = notes.customer_id
               join customers on customers.id in (given.id, given.merged_into_id) where notes.id = ?1)
           select written_by as word from letters where note_id = ?1
           union select sent_by from letters where note_id = ?1
           union select key from whose union select name from whose""",
        [note_id],
    )
    return frozenset(row["word"] for row in rows if row["word"]) | frozenset(drafting.own_words(log, note_id))


def _folded(text: str, names: frozenset[str], sentences: list[str]) -> list[str]:
    """The words a letter says itself: no quotation, name, day, figure or sign, none of `sentences`, in lower case."""
    from feedlog.letters.dates import without_days
    from feedlog.letters.pages import without_quotations

    said = " ".join(without_quotations(text).split()).casefold()
    for name in sorted(names, key=len, reverse=True):
        spoken = " ".join(name.split()).casefold()
        said = re.sub(rf"(?<!\w){re.escape(spoken)}(?!\w)", " ", said)
    words = f" {without_days(said)} "
    for sentence in sentences:
        words = words.replace(f" {sentence} ", " ")
    return words.split()


# --- taken back ----------------------------------------------------------------------------------------------


def take_sending_back(log: Log, change: "Change", by: By) -> None:
    """A letter is a draft again and the steps it was are removed, inside the caller's `write`."""
    from feedlog.operations import responses

    letter_id = change.detail["letter_id"]
    log.connection.execute("update letters set sent_at = null, sent_by = null where id = ?", [letter_id])
    steps = log.rows(
        """select json_extract(detail, '$.response_id') as id from changes
            where action = 'response.add' and note_id = ?1 and json_extract(detail, '$.part_of') = ?2
              and exists (select 1 from responses
                           where id = json_extract(detail, '$.response_id') and removed_at is null)""",
        [change.note_id, change.id],
    )
    for step in steps:
        responses.take_back(log, step["id"], by)
