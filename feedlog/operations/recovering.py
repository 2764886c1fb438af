"""What an agent should know while taking a step of service recovery: how often the customer has heard it before."""

from collections.abc import Sequence

from feedlog import when
from feedlog.operations import notes, responses
from feedlog.operations.responses import Apology
from feedlog.operations.shapes import By, Note
from feedlog.store import Log

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def remarks(log: Log, note_id: int, kind: str, at: str, by: By) -> list[str]:
    """Sentences about a step that is about to be logged on a note, mostly none."""
    note = notes.get(log, note_id)
    found = []
    if when.local(at).date() < when.local(note["said_at"]).date():
        said = when.spoken(note["said_at"], now=when.local(by.at))
        found.append(f"Note {note_id} was said later, on {said}; check the day of the response.")
    if kind == "apologised":
        found += _repeated(log, note, by)
    return found


def _repeated(log: Log, note: Note, by: By) -> list[str]:
    """Said often, sorry means less and less: which apology this is, for the same matter where there was one."""
    to = "to this customer" if note["customer"] else "on this note"
    before = _apologies(log, note)
    for matter in [*note["themes"], note["touchpoint"]]:
        same = [one for one in before if matter and matter in (*one["themes"], one["touchpoint"])]
        if same:
            return [f"The {ordinal(len(same) + 1)} apology {to} for {matter} ({_first(same, by)})."]
    return [f"The {ordinal(len(before) + 1)} apology {to} ({_first(before, by)})."] if before else []


def _apologies(log: Log, note: Note) -> list[Apology]:
    if note["customer"]:
        return responses.apologies_of(log, note["customer"]["key"])
    return responses.with_subjects(
        log, [one for one in responses.of_note(log, note["id"]) if one["kind"] == "apologised"]
    )


def _first(before: Sequence[Apology], by: By) -> str:
    day = when.date_text(before[0]["responded_at"], now=when.local(by.at))
    return f"first {day}, {before[0]['agent']}"


def ordinal(number: int) -> str:
    """'first', 'second', ... 'tenth', '11th'."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
