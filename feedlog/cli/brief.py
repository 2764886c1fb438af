"""feedlog brief"""

from datetime import datetime

import click

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.options import complete, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import briefing
from feedlog.operations.customers import Card
from feedlog.operations.facts import Fact
from feedlog.operations.promises import Promise
from feedlog.operations.responses import Response
from feedlog.operations.shapes import Note

# As wide as the longest heading and two blanks.
_HEADING = 18
_LANGUAGES = {"da": "Danish", "sv": "Swedish", "nb": "Norwegian", "en": "English", "de": "German"}
# More steps than these would push the warnings off the screen; `feedlog response list` has them all.
_MOST_STEPS = 6
# A long mail is cut after so many lines; `feedlog show` has all of it.
_QUOTED_LINES = 2


@click.command("brief")
@click.argument("customer", shell_complete=complete("customer"))
@json_option
@pass_session
def command(session: Session, customer: str, as_json: bool) -> None:
    """One screen before contact: who they are, what not to ask again, what is promised, what they said last.

    At the end stands what to watch out for: an overdue promise, one apology too many, the same thing said for the
    third time.

    \b
    feedlog brief K-1042
    """
    found = briefing.brief(session.read(), customer, session.now)
    if as_json:
        printing.document(found)
        return
    now = session.now
    _flowing("", _who(found["customer"], now))
    _flowing("Don't ask again", _facts(found["facts"], now))
    _lines("Promised", [line for one in found["promises"] for line in _wrapped(_promise(one, now), hanging="  ")])
    _lines("Said last", _quotes(found["notes"], now))
    first = found["first"]
    if first and first not in found["notes"]:
        _lines("Said first", _quotes([first], now))
    _flowing("Done", _done(found["responses"], now))
    _flowing("Goodwill given", [noting.goodwill(given) for given in found["goodwill"]])
    _flowing("Talked with", found["colleagues"])
    _flowing("Watch out", found["warnings"])
    if not found["notes"]:
        printing.talk(f'Nothing they said is logged yet: feedlog add "..." -c {found["customer"]["key"]}')


def _who(card: Card, now: datetime) -> list[str]:
    """Who they are and how they like to be served."""
    since = card["since"] and f"customer since {when.date_text(card['since'], now=now)}"
    language = card["language"] and _LANGUAGES[card["language"]]
    parts = [card["name"], card["key"], since, card["segment"], card["type"], card["prefers"], language]
    return [part for part in parts if part]


def _facts(facts: list[Fact], now: datetime) -> list[str]:
    return [f"{fact['fact']} (given {when.ago(fact['given_at'], now=now)})" for fact in facts]


def _promise(promise: Promise, now: datetime) -> str:
    late = when.days_late(promise["due_on"], now=now)
    state = f"{late} {'day' if late == 1 else 'days'} late" if late > 0 else ""
    by = f"by {when.spoken(promise['due_on'], now=now)}"
    return " · ".join(part for part in (promise["what"], by, promise["owner"], state) if part)


def _quotes(notes: list[Note], now: datetime) -> list[str]:
    """When and how they said it, and the words, over two lines where one is too short."""
    lines = []
    for note in notes:
        head = ", ".join(part for part in (when.ago(note["said_at"], now=now), note["channel"]) if part)
        quoted = f"{head}   “{printing.unmarked(note['verbatim'])}”"
        lines += _wrapped(quoted, hanging="  ", most=_QUOTED_LINES, placeholder="…”")
    return lines


def _done(steps: list[Response], now: datetime) -> list[str]:
    """The steps taken, newest first; money stands beside the step that gave it."""
    shown = [noting.step(step, now) for step in steps[:_MOST_STEPS]]
    more = len(steps) - len(shown)
    return [*shown, f"and {more} earlier"] if more else shown


def _flowing(heading: str, parts: list[str]) -> None:
    """Short parts one after the other, wrapped under the heading's column; nothing without parts."""
    room = printing.width() - (_HEADING if heading else 0)
    _lines(heading, _wrapped(" · ".join(printing.unmarked(part) for part in parts), room=room))


def _wrapped(
    text: str, *, hanging: str = "", room: int | None = None, most: int | None = None, placeholder: str = "…"
) -> list[str]:
    """A text over as many lines as it needs, or `most`; the later ones begin with `hanging`."""
    import textwrap  # here: a customer nobody knows needs none

    return textwrap.wrap(
        text,
        width=room or printing.width() - _HEADING,
        subsequent_indent=hanging,
        max_lines=most,
        placeholder=placeholder,
        break_on_hyphens=False,
    )


def _lines(heading: str, lines: list[str]) -> None:
    for place, line in enumerate(lines):
        label = heading if place == 0 else ""
        printing.out(f"{label:<{_HEADING}}{line}" if heading else line)
