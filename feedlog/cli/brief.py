"""feedlog brief"""

import shlex
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
from feedlog.vocabulary import LANGUAGE_NAMES

# As wide as the longest heading and two blanks.
_HEADING = 18
# More steps than these would push the warnings off the screen; `feedlog response list` has them all.
_MOST_STEPS = 6
# As many of the others as leave room for the rest; each list says where the whole of it is.
_MOST_FACTS = 8
_MOST_PROMISES = 5
_MOST_COLLEAGUES = 8
# A long mail, or a long promise, is cut after so many lines; `feedlog show` has all of it.
_MOST_LINES = 2


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
    now, key = session.now, found["customer"]["key"]
    _flowing("", _who(found["customer"], now))
    _flowing("Don't ask again", _facts(found["facts"], now, key))
    _lines("Promised", _promises(found["promises"], now, key))
    _lines("Said last", _quotes(found["notes"], now))
    first = found["first"]
    if first and first not in found["notes"]:
        _lines("Said first", _quotes([first], now))
    _flowing("Done", _done(found["responses"], now))
    _flowing("Goodwill given", [noting.goodwill(given) for given in found["goodwill"]])
    _flowing("Talked with", _first_of(found["colleagues"], _MOST_COLLEAGUES, "others"))
    _flowing("Watch out", found["warnings"])
    if not found["notes"]:
        printing.talk(f'Nothing they said is logged yet: feedlog add "..." -c {shlex.quote(key)}')


def _who(card: Card, now: datetime) -> list[str]:
    """Who they are and how they like to be served."""
    since = card["since"] and f"customer since {when.date_text(card['since'], now=now)}"
    language = card["language"] and LANGUAGE_NAMES[card["language"]]
    parts = [card["name"], card["key"], since, card["segment"], card["type"], card["prefers"], language]
    return [part for part in parts if part]


def _facts(facts: list[Fact], now: datetime, key: str) -> list[str]:
    """What they have answered, the oldest first; of very much the latest."""
    shown = [f"{fact['fact']} (given {when.ago(fact['given_at'], now=now)})" for fact in facts[-_MOST_FACTS:]]
    more = len(facts) - len(shown)
    return [*shown, f"and {more} earlier: feedlog fact list {shlex.quote(key)}"] if more else shown


def _promises(owed: list[Promise], now: datetime, key: str) -> list[str]:
    """What is promised, the earliest due first."""
    lines = [
        line for one in owed[:_MOST_PROMISES] for line in _wrapped(_promise(one, now), hanging="  ", most=_MOST_LINES)
    ]
    more = len(owed) - _MOST_PROMISES
    all_of_them = f"and {more} more: feedlog promise list --outcome open -c {shlex.quote(key)}"
    return [*lines, *_wrapped(all_of_them, hanging="  ")] if more > 0 else lines


def _first_of(parts: list[str], most: int, rest: str) -> list[str]:
    return [*parts[:most], f"{len(parts) - most} {rest}"] if len(parts) > most + 1 else parts


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
        lines += _wrapped(quoted, hanging="  ", most=_MOST_LINES, placeholder="…”")
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
