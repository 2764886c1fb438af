"""feedlog theme"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from feedlog import when
from feedlog.cli import printing, theming
from feedlog.cli.options import NOTE_NUMBER, agent_option, complete, filter_options, filters, json_option, limit_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import WrongUsage
from feedlog.operations import codebook, goodwill, masking, recurring, suggesting, telling
from feedlog.operations.comparing import Period
from feedlog.operations.comparing import period as period_of

# Comparing a note takes some milliseconds: below this a bar would be gone before it is read.
_BAR_FROM_NOTES = 300


@click.group("theme")
def command() -> None:
    """Themes: what customers keep saying, who sees to it, and whether it is over.

    \b
    feedlog theme list
    feedlog theme show delivery
    feedlog theme set delivery --owner mette --measure "new carrier in Aarhus"
    """


theme_argument = click.argument("theme", shell_complete=complete("theme"))
since_option = click.option("--since", metavar="WHEN", help="Where the period begins. Otherwise 28 days earlier.")
until_option = click.option("--until", metavar="WHEN", help="Where the period ends; a day counts whole. Otherwise now.")


@command.command("list")
@since_option
@until_option
@limit_option
@json_option
@pass_session
def list_(session: Session, since: str | None, until: str | None, limit: int, as_json: bool) -> None:
    """Every theme, this period against the one before: rising ones first.

    The range is how many times as often it is said as before, with 95 % confidence; fewer than five notes in either
    period are called few. A theme came back when it is said after the day it was fixed.

    \b
    feedlog theme list
    feedlog theme list --since 2026-09-01 --until 2026-09-30 --json
    """
    span = _period(session, since, until)
    found = recurring.listing(session.read(), span, session.config.complaint_rate, limit=limit)
    if as_json:
        printing.document(found)
        return
    theming.talk_of(session, span)
    theming.rows(session, found)
    if not found:
        printing.talk("No themes yet. Put one on a note with: feedlog tag ID -t NAME")


@command.command("show")
@theme_argument
@since_option
@until_option
@click.option(
    "--limit", "-n", type=click.IntRange(1, 1_000_000_000), default=5, show_default=True, help="How many notes at most."
)
@json_option
@pass_session
def show(session: Session, theme: str, since: str | None, until: str | None, limit: int, as_json: bool) -> None:
    """One theme: how often, where it comes from, the newest notes, and our words beside theirs.

    How many customers stay silent is an estimate from the setting complaint_rate, and stands apart from what was
    counted. Once it is fixed, the customers who spoke of it and were not told since are listed, with the line that
    writes to each.

    \b
    feedlog theme show delivery
    """
    span = _period(session, since, until)
    log = session.read()
    found = recurring.in_full(log, theme, span, session.config.complaint_rate, limit=limit)
    waiting, given = telling.to_tell(log, theme), goodwill.given_for(log, theme)
    if as_json:
        printing.document({**found, "goodwill": given, "to_tell": waiting})
        return
    _say_merged(theme, found["name"])
    theming.page(session, found, span, given)
    theming.to_tell(session, found, waiting)


@command.command("set")
@theme_argument
@click.option("--title", help="The name as managers like to read it.")
@click.option("--owner", metavar="A", help="Who sees to it.")
@click.option("--measure", metavar="TEXT", help="What is done so that it does not happen again.")
@click.option(
    "--fixed",
    metavar="[WHEN]",
    is_flag=False,
    flag_value="today",
    help="The day since when it is mended, today if none is named; later notes mean it came back.",
)
@click.option("--our-word", metavar="WORD", help="A word of ours.")
@click.option("--their-word", metavar="WORD", help="The customers' word for it.")
@agent_option
@json_option
@pass_session
def set_(session: Session, theme: str, agent: str | None, as_json: bool, **given: str | None) -> None:
    """Say what a theme is called, who owns it, what is done about it, and when it was fixed.

    An empty text clears what was said: --owner "". Several words of theirs may stand beside one of ours. With --fixed
    the customers who should now be told are listed.

    \b
    feedlog theme set delivery --owner mette --measure "new carrier in Aarhus" --fixed today
    feedlog theme set pass --our-word "multi-trip pass" --their-word klippekort
    """
    if all(value is None for value in given.values()):
        raise WrongUsage("Nothing is said about the theme.", hint="See what can be: feedlog theme set --help")
    ours, theirs, fixed = given.pop("our_word"), given.pop("their_word"), given.pop("fixed")
    if (ours is None) != (theirs is None):
        raise WrongUsage("A term is a word of ours and one of theirs.", hint="Give both --our-word and --their-word.")
    fixed_on = when.day(fixed, now=session.now, prefer="past") if fixed and fixed.strip() else fixed
    if fixed_on:
        printing.talk(f"fixed {when.spoken(fixed_on, now=session.now)}")
    session.set_agent(agent)
    log = session.change()
    term = None if ours is None or theirs is None else (ours, theirs)
    name = codebook.describe(log, theme, session.by(), term=term, fixed_on=fixed_on, **given)
    found = recurring.in_full(log, name, _period(session, None, None), session.config.complaint_rate, limit=1)
    waiting = telling.to_tell(log, name)
    if as_json:
        printing.document({**found, "goodwill": goodwill.given_for(log, name), "to_tell": waiting})
        return
    _say_merged(theme, name)
    theming.described(session, found)
    if fixed_on:
        theming.to_tell(session, found, waiting)


@command.command("merge")
@click.argument("theme", metavar="FROM", shell_complete=complete("theme"))
@click.argument("into", shell_complete=complete("theme"))
@agent_option
@json_option
@pass_session
def merge(session: Session, theme: str, into: str, agent: str | None, as_json: bool) -> None:
    """Two themes are one: the notes of FROM appear under INTO, everywhere.

    The old name goes on working and means INTO. `feedlog undo` parts them again.

    \b
    feedlog theme merge late-parcels delivery
    """
    session.set_agent(agent)
    moved = codebook.merge(session.change(), theme, into, session.by())
    if as_json:
        printing.document({"from": moved.name, "into": moved.into, "notes": moved.notes})
        return
    printing.out(f"{moved.name} is {moved.into} now, with its {printing.many(moved.notes, 'note')}.")


@command.command("split")
@theme_argument
@click.argument("new")
@click.argument("note_ids", metavar="ID...", nargs=-1, required=True, type=NOTE_NUMBER)
@agent_option
@json_option
@pass_session
def split(session: Session, theme: str, new: str, note_ids: tuple[int, ...], agent: str | None, as_json: bool) -> None:
    """One theme is two: these notes move from THEME to NEW, all of them or none.

    `feedlog undo` moves them back. To see which notes belong together: feedlog theme suggest -t THEME

    \b
    feedlog theme split delivery damaged-parcels 311 296
    """
    session.set_agent(agent)
    moved = codebook.split(session.change(), theme, new, note_ids, session.by())
    if as_json:
        printing.document({"from": moved.name, "into": moved.into, "notes": moved.notes})
        return
    printing.out(f"{printing.many(moved.notes, 'note')} moved from {moved.name} to {moved.into}.")


@command.command("suggest")
@click.option(
    "--notes",
    "looked_at",
    type=click.IntRange(3, suggesting.MOST_NOTES),
    default=500,
    show_default=True,
    help="How many of the newest notes are compared.",
)
@filter_options
@json_option
@pass_session
def suggest(session: Session, looked_at: int, limit: int, as_json: bool, **given: Any) -> None:
    """Notes without a theme that say the same, in groups: you name them.

    With -t the notes of that theme are looked at instead, to see whether it is more than one.

    \b
    feedlog theme suggest
    feedlog theme suggest --since "3 months ago" --notes 2000
    feedlog theme suggest -t delivery
    """
    log = session.read()
    chosen = filters(session, given)
    with _progress(looked_at) as progress:
        found = suggesting.suggest(log, chosen, notes_looked_at=looked_at, limit=limit, progress=progress)
    if as_json:
        printing.document(found)
    else:
        theming.suggestions(found, given["themes"])


def _period(session: Session, since: str | None, until: str | None) -> Period:
    return period_of(
        when.start_of(since, session.now) if since is not None else None,
        when.end_of(until, session.now) if until is not None else None,
        session.now,
    )


def _say_merged(asked: str, name: str) -> None:
    """An old name is taken, and the new one said."""
    asked = masking.unnumbered(asked)
    if " ".join(asked.lower().split()) != name:
        printing.talk(f"{asked} is merged into {name}.")


@contextmanager
def _progress(notes: int) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal where it takes a while; nothing in a pipe."""
    if notes < _BAR_FROM_NOTES or not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=notes, label="Comparing notes", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
