"""What an agent gets back at once: the note's number, who else said this, what is owed."""

from typing import TYPE_CHECKING, Any

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.session import Session
from feedlog.language.excerpts import Span, snippet
from feedlog.language.words import words_of
from feedlog.operations import finding, masking, notes, promises, spool
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Note, Outcome, Similar
from feedlog.store import Log

if TYPE_CHECKING:
    from datetime import datetime

    from feedlog.operations.goodwill import Given
    from feedlog.operations.responses import Response

# With the line that counts them, three lines: more would push the conversation off the screen.
SHOWN = 2


def report(session: Session, log: Log, added: notes.Added, *, who_else: bool, as_json: bool) -> None:
    """Prints the answer to `add`. The note is committed; nothing here can lose it."""
    note = notes.get(log, added.note_id)
    if not as_json:
        printing.out(headline(note) if added.new else f"{headline(note)} · known already")
    numbers = masking.current().report()
    warnings = [*added.warnings, *numbers.warnings]
    for remark in (*numbers.told, *warnings):
        printing.talk(remark)
    others = finding.NOTHING_SAID
    if who_else:
        others = finding.similar_to_note(log, note["id"], Filters(), limit=5)
    if as_json:
        printing.document(_document(note, added.new, numbers.masked, warnings, others))
    else:
        _who_else(session, others)
        _owed(session, log, note)
    _take_in_spool(session, log)


def headline(note: Note) -> str:
    """A note's number and what it is about, on one line."""
    customer = note["customer"]
    who = f"{customer['name']} ({customer['key']})" if customer and customer["name"] else customer and customer["key"]
    about = [note["touchpoint"], ", ".join(note["themes"])]
    parts = [who, note["channel"], *dict.fromkeys(part for part in about if part), note["kind"]]
    return " · ".join([f"#{note['id']}" + (f"  {parts[0]}" if parts[0] else ""), *(part for part in parts[1:] if part)])


def customer_name(note: Note) -> str:
    """Who said it, as people say it: the name, else the key, else nothing."""
    customer = note["customer"]
    return (customer["name"] or customer["key"]) if customer else ""


def quoted(text: str, room: int) -> str:
    """A customer's words on one line between quotation marks, cut with an ellipsis where there is no room."""
    line = printing.unmarked(text)
    return f"“{line}”" if len(line) + 2 <= room else f"“{line[: max(1, room - 3)].rstrip()}…”"


def excerpt(text: str, words: list[str], room: int) -> str:
    """A customer's words on one line between quotation marks, `words` bold; without room, the part around them."""
    line = printing.unmarked(text)
    spans = [Span(word.start, word.end) for word in words_of(line) if word.word in words]
    width = len(line) if len(line) + 2 <= room else room - 6  # six: two quotation marks, two ellipses and their blanks
    return f"“{snippet(line, spans, width=width, marks=printing.MARKS)}”"


def step(response: "Response", now: "datetime") -> str:
    """A step taken, as short as it goes: 'apologised 12 March (jens)', '200 DKK given 12 March (jens)'."""
    from feedlog import money  # here: `add` speaks of no money

    done = response["kind"]
    if response["currency"]:
        done = f"{money.written(response['amount'], response['currency'])} given"
    return f"{done} {when.date_text(response['responded_at'], now=now)} ({response['agent']})"


def goodwill(given: "Given") -> str:
    """Goodwill in one currency: '200 DKK', '350 DKK in 2 gifts', '1 gift without money'."""
    from feedlog import money

    gifts = "1 gift" if given["times"] == 1 else f"{given['times']} gifts"
    if not given["currency"]:
        return f"{gifts} without money"
    amount = money.written(given["amount"], given["currency"])
    return amount if given["times"] == 1 else f"{amount} in {gifts}"


def _who_else(session: Session, others: Similar) -> None:
    strong = [note for note in others["results"] if note["strong"]][:SHOWN]
    if not strong:
        return
    first, last = others["first_said_at"] or "", others["last_said_at"] or ""
    printing.out(
        f"{_counted(others)} said something like this since {when.date_text(first, now=session.now)}, "
        f"the latest {when.ago(last, now=session.now)}:"
    )
    for note in strong:
        number = f"  #{note['id']}  "
        tail = [part for part in (customer_name(note), _outcome(session, note["outcome"])) if part]
        # One line each, and the sentence is the point: where both do not fit, what came of it outlives the name.
        room = printing.width() - len(number) - 3
        while len(tail) > 1 and room - len(" · ".join(tail)) < room // 2:
            tail.pop(0)
        told = " · ".join(tail)
        printing.out(f"{number}{excerpt(note['verbatim'], note['shared_words'], room - len(told))}   {told}".rstrip())


def _outcome(session: Session, outcome: Outcome | None) -> str:
    """'told 12 March', 'promised by 13 March', 'overdue since 11 March'."""
    if outcome is None:
        return ""
    day = when.date_text(outcome["on"], now=session.now)
    if outcome["step"] != "promised":
        return f"{outcome['step']} {day}"
    late = outcome["on"] < when.local(when.stored(session.now)).date().isoformat()
    return f"overdue since {day}" if late else f"promised by {day}"


def _counted(others: Similar) -> str:
    """How many others: customers where we know them, else notes, which may be of one person."""
    if others["customers"]:
        return "1 customer" if others["customers"] == 1 else f"{others['customers']} customers"
    return "1 note" if others["notes"] == 1 else f"{others['notes']} notes"


def _owed(session: Session, log: Log, note: Note) -> None:
    if not note["customer"]:
        return
    for promise in promises.open_of_customer(log, note["customer"]["key"]):
        printing.out(f"Promised: {promise['what']}, by {when.spoken(promise['due_on'], now=session.now)}.")


def _document(
    note: Note, new: bool, masked: list[masking.Masked], warnings: list[str], others: Similar
) -> dict[str, Any]:
    who_else = {
        "customers": others["customers"],
        "notes": others["notes"],
        "since": others["first_said_at"],
        "results": others["results"],
    }
    return {**note, "new": new, "masked": masked, "warnings": warnings, "who_else": who_else}


def _take_in_spool(session: Session, log: Log) -> None:
    """Texts that could not be stored earlier come in with the first note that could."""
    folder = session.config["spool"]
    for taken in spool.take_in(log, folder) if spool.waiting(folder) else ():
        if taken.note_id:
            printing.talk(f"Note {taken.note_id} was taken in from the spool.")
        else:
            printing.talk(f"{taken.file} stays in the spool: {taken.why}")
