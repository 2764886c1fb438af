"""Letters: drafted from a note, made personal by an agent, sent, and kept with the note they answer."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from feedlog.errors import NotFound, Refused
from feedlog.operations import checks, drafting, notes
from feedlog.operations.changes import record
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Customer
from feedlog.store import Log
from feedlog.store.ids import new_uid
from feedlog.vocabulary import LETTER_KINDS

if TYPE_CHECKING:
    from feedlog.letters.sheet import Sheet
    from feedlog.operations.undoing import Change


class PlaceToFill(TypedDict):
    """A marked place in a draft: its line, counted from 1, and its text with the brackets."""

    line: int
    text: str


class Letter(TypedDict):
    """A letter. `sent_at` is None for a draft; `copies` are the colleagues who get one."""

    id: int
    note_id: int
    kind: str
    language: str
    customer: Customer | None
    text: str
    written_at: str
    written_by: str
    sent_at: str | None
    sent_by: str | None
    copies: list[str]
    places: list[PlaceToFill]


class Written(NamedTuple):
    """A letter as it was stored, where its copies are, and what the agent should know."""

    letter: Letter
    copies: list[str]
    remarks: list[str]


_SELECT = """
    select letters.id, letters.note_id, letters.kind, letters.language, letters.text, letters.written_at,
           letters.written_by, letters.sent_at, letters.sent_by, customers.key as customer_key,
           customers.name as customer_name
      from letters
      join current_notes as notes on notes.id = letters.note_id
      left join customers as given on given.id = notes.customer_id
      left join customers on customers.id = coalesce(given.merged_into_id, given.id)"""


def write(
    log: Log,
    note_id: int,
    kind: str,
    by: By,
    *,
    language: str | None = None,
    copies: Sequence[str] = (),
    templates: str,
    outbox: str,
) -> Written:
    """Drafts a letter that answers a note, with copies of the draft for colleagues in the folder `outbox`.

    `templates` is the folder of the firm's own. Raises NotFound for a note that does not stand, and what
    `drafting.draft` and writing the copies raise; then nothing is stored.
    """
    from feedlog.letters.copies import Staged

    checks.one_of(kind, LETTER_KINDS, "kind of letter")
    agents = _agents(copies)
    # Drafted before the write: a firm's own template that takes its time must not hold everybody up.
    drafted = drafting.draft(log, notes.get(log, note_id), kind, language, by, templates)
    with Staged(outbox) as staged:
        with log.write():
            notes.get(log, note_id)
            letter_id = log.insert(
                "letters",
                uid=new_uid(),
                note_id=note_id,
                kind=kind,
                language=drafted.language,
                text=drafted.text,
                written_at=by.at,
                written_by=by.on_behalf_of or by.agent,
            )
            add_copies(log, letter_id, agents)
            detail = {"letter_id": letter_id, "kind": kind, "language": drafted.language}
            record(log, "letter.write", by, note_id=note_id, detail=detail)
            staged.write(agents, letter_id, drafted.text, sent=False)
        paths = staged.put()
    return Written(get(log, letter_id), paths, drafted.remarks)


def edit(log: Log, letter_id: int, text: str, by: By, *, outbox: str) -> Written:
    """Puts another text in a draft's place, and in its copies'. Raises NotFound, and Refused for one that was sent."""
    from feedlog.letters.copies import Staged
    from feedlog.letters.pages import plain

    stored = plain(checks.text(text, "letter"))
    with Staged(outbox) as staged:
        with log.write():
            letter = draft_of(log, letter_id)
            log.connection.execute("update letters set text = ? where id = ?", [stored, letter_id])
            record(log, "letter.edit", by, note_id=letter["note_id"], detail={"letter_id": letter_id})
            staged.write(letter["copies"], letter_id, stored, sent=False)
        paths = staged.put()
    return Written(get(log, letter_id), paths, [])


def draft_of(log: Log, letter_id: int) -> Letter:
    """The letter, which must be a draft; raises NotFound, and Refused for one that was sent."""
    letter = get(log, letter_id)
    if letter["sent_at"]:
        raise Refused(
            f"Letter {letter_id} was sent; what was sent is never changed.",
            hint=f"Write another: feedlog letter write {letter['note_id']} --kind {letter['kind']}",
        )
    return letter


def _agents(copies: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(checks.label(agent, "colleague's name") for agent in copies))


def add_copies(log: Log, letter_id: int, copies: Sequence[str]) -> list[str]:
    """Notes down inside the caller's `write` who gets a copy; returns all who do."""
    for agent in _agents(copies):
        log.connection.execute(
            "insert or ignore into letter_copies (letter_id, agent) values (?, ?)", [letter_id, agent]
        )
    return _copies(log, letter_id)


def _copies(log: Log, letter_id: int) -> list[str]:
    rows = log.rows("select agent from letter_copies where letter_id = ? order by agent", [letter_id])
    return [row["agent"] for row in rows]


def of_which_a_copy(log: Log, letter_id: int) -> str:
    """', of which bo and jens have a copy'; empty without copies. Undoing a letter does not take those back."""
    agents = _copies(log, letter_id)
    if not agents:
        return ""
    have = "has" if len(agents) == 1 else "have"
    return f", of which {' and '.join([', '.join(agents[:-1])] * bool(agents[1:]) + agents[-1:])} {have} a copy"


# --- read ----------------------------------------------------------------------------------------------------


def get(log: Log, letter_id: int) -> Letter:
    """The letter of this number; raises NotFound where there is none or its note was taken back."""
    row = log.row(f"{_SELECT} where letters.id = ?", [letter_id])
    if row is None:
        raise NotFound(f"There is no letter {letter_id}.", hint="See them with: feedlog letter list")
    return _as_letter(log, row)


def listing(log: Log, filters: Filters, *, unsent: bool, limit: int) -> list[Letter]:
    """The newest letters on notes that pass the filters, at most `limit`; only drafts where `unsent`."""
    conditions, parameters = filters.conditions(log)
    conditions += ["letters.sent_at is null"] if unsent else []
    where = f"where {' and '.join(conditions)}" if conditions else ""
    rows = log.rows(f"{_SELECT} {where} order by letters.id desc limit ?", [*parameters, limit])
    return [_as_letter(log, row) for row in rows]


def of_note(log: Log, note_id: int) -> list[Letter]:
    """The letters that answer a note, the first first."""
    return [
        _as_letter(log, row) for row in log.rows(f"{_SELECT} where letters.note_id = ? order by letters.id", [note_id])
    ]


def _as_letter(log: Log, row: sqlite3.Row) -> Letter:
    from feedlog.letters.pages import places

    letter: dict[str, Any] = dict(row)
    key, name = letter.pop("customer_key"), letter.pop("customer_name")
    letter["customer"] = None if key is None else Customer(key=key, name=name)
    letter["copies"] = _copies(log, row["id"])
    own_words = drafting.own_words(log, row["note_id"])
    letter["places"] = [] if row["sent_at"] else [place._asdict() for place in places(row["text"], own_words)]
    return {field: letter[field] for field in Letter.__annotations__}  # type: ignore[return-value]


def sheet_of(log: Log, letter: Letter, today: str) -> "Sheet":
    """The letter ready to be drawn, dated the day it was sent; a draft is dated `today`."""
    from feedlog import when
    from feedlog.letters.sheet import sheet
    from feedlog.letters.wording import signed

    customer = letter["customer"]
    return sheet(
        letter["text"],
        language=letter["language"],
        on=when.local(letter["sent_at"]).date().isoformat() if letter["sent_at"] else today,
        recipient=(customer["name"] or customer["key"]) if customer else "",
        author=signed(letter["sent_by"] or letter["written_by"]),
        own_words=drafting.own_words(log, letter["note_id"]),
    )


# --- taken back ----------------------------------------------------------------------------------------------


def take_draft_back(log: Log, change: "Change", by: By) -> None:
    """A draft written by mistake goes, with what was written into it; inside the caller's `write`.

    Raises Refused where it was sent, or a colleague has worked on it.
    """
    letter_id = change.detail["letter_id"]
    row = log.row("select sent_at from letters where id = ?", [letter_id])
    if row is None:  # erased with its customer
        return
    if row["sent_at"]:
        raise Refused(f"Letter {letter_id} was sent since.", hint=f"See it: feedlog letter show {letter_id}")
    other = log.value(
        """select agent from changes where action = 'letter.edit' and id > ? and agent <> ?
              and json_extract(detail, '$.letter_id') = ? limit 1""",
        [change.id, by.agent, letter_id],
    )
    if other:
        raise Refused(f"{other} has worked on letter {letter_id} since.", hint="Talk to them first.")
    log.connection.execute("delete from letter_copies where letter_id = ?", [letter_id])
    log.connection.execute("delete from letters where id = ?", [letter_id])
