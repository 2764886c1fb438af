"""Lists of notes for people: quiet, aligned, as wide as the terminal."""

from collections.abc import Sequence

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.session import Session
from feedlog.operations.shapes import Note


def note_rows(session: Session, notes: Sequence[Note], tails: Sequence[str] = ()) -> None:
    """One note a line: number, day, the customer's words, who said it. `tails` are added at the end of the lines."""
    digits = max((len(str(note["id"])) for note in notes), default=1)
    days = [when.ago(note["said_at"], now=session.now) for note in notes]
    wide = max((len(day) for day in days), default=0)
    for place, note in enumerate(notes):
        ends = [noting.customer_name(note), note["channel"], tails[place] if tails else None]
        tail = " · ".join(part for part in ends if part)
        head = f"#{str(note['id']).ljust(digits)}  {days[place].ljust(wide)}  "
        room = max(24, printing.width() - len(head) - len(tail) - 3)
        printing.out(f"{head}{noting.quoted(note['verbatim'], room)}   {tail}".rstrip())
