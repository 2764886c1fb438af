"""Lists of notes for people: quiet, aligned, as wide as the terminal."""

from collections.abc import Sequence

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.session import Session
from feedlog.operations.shapes import Note


def note_rows(
    session: Session, notes: Sequence[Note], tails: Sequence[str] = (), about: Sequence[list[str]] = ()
) -> None:
    """A note each: number, day, the customer's words, and who said it; on a second line where one is too short.

    `tails` are added at the end. A sentence longer than its line is cut to the part around the words of `about`.
    """
    digits = max((len(str(note["id"])) for note in notes), default=1)
    days = [when.ago(note["said_at"], now=session.now) for note in notes]
    wide = max((len(day) for day in days), default=0)
    for place, note in enumerate(notes):
        ends = [noting.customer_name(note), note["channel"], tails[place] if tails else None]
        tail = " · ".join(part for part in ends if part)
        head = f"#{str(note['id']).ljust(digits)}  {days[place].ljust(wide)}  "
        room = printing.width() - len(head)
        words = about[place] if about else []
        if len(printing.unmarked(note["verbatim"])) + 5 + len(tail) <= room:
            printing.out(f"{head}{noting.excerpt(note['verbatim'], words, room)}   {tail}".rstrip())
            continue
        # The sentence is what the reader came for: it gets the line, and what is known about it the next one.
        printing.out(head + noting.excerpt(note["verbatim"], words, room))
        if tail:
            printing.out(" " * len(head) + tail)
