"""feedlog words"""

from collections.abc import Sequence
from typing import Any

import click

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.language.keyness import FEWEST_NOTES
from feedlog.language.words import plain_words
from feedlog.operations import notes, words
from feedlog.operations.shapes import OverusedWord, Words
from feedlog.store import Log


@click.command("words")
@click.option(
    "--compare",
    type=click.Choice(words.COMPARED_WITH),
    default="rest",
    show_default=True,
    help="All other notes, or those of the period of equal length before.",
)
@filter_options
@json_option
@pass_session
def command(session: Session, compare: str, as_json: bool, limit: int, **given: Any) -> None:
    """The words customers use more in these notes than elsewhere, each with an example.

    Counted in notes, so that one customer who repeats a word counts once. Forms of one word take one line. What few
    notes say, or chance may explain, is left out.

    \b
    feedlog words --theme delivery
    feedlog words --kind complaint --since "3 months ago"
    feedlog words --since monday --compare previous
    """
    log = session.read()
    now = when.stored(session.now)
    found = words.overused(log, filters(session, given), compare=compare, limit=limit, now=now)
    if as_json:
        printing.document(found.results)
    else:
        if found.results:
            others = "others" if compare == "rest" else "of the period before"
            here = printing.many(found.notes, "note")
            printing.talk(f"In these {here} more often than in the {found.notes_elsewhere:,} {others}:")
        _rows(log, found.results)
        _suggest_term(given["themes"], found.results)
    if not found.results:
        printing.talk(_why_none(found, compare))


def _rows(log: Log, found: Sequence[OverusedWord]) -> None:
    """A word a line: in how many notes, how much more often, and the part of a note around it."""
    texts = {note["id"]: note["verbatim"] for note in notes.by_ids(log, [one["example"]["id"] for one in found])}
    columns = [(one["word"], f"{one['notes']:,} notes", _times(one), f"#{one['example']['id']}") for one in found]
    wide = [max((len(row[place]) for row in columns), default=0) for place in range(4)]
    for one, (word, counted, times, number) in zip(found, columns, strict=True):
        head = f"{word.ljust(wide[0])}  {counted.rjust(wide[1])}  {times.ljust(wide[2])}  {number.ljust(wide[3])}  "
        example = one["example"]
        room = max(24, printing.width() - len(head))
        printing.out(head + noting.excerpt(texts[example["id"]], example["words"], room))


def _suggest_term(themes: Sequence[str], found: Sequence[OverusedWord]) -> None:
    """How to keep the customers' word for a theme beside ours: the first one that is not in its name."""
    named = plain_words(" ".join(themes))
    theirs = next((one["word"] for one in found if one["word"] not in named), None)
    if len(themes) == 1 and theirs:
        printing.talk(
            f"To keep their word beside yours: feedlog theme set {themes[0]} --our-word … --their-word {theirs}"
        )


def _times(one: OverusedWord) -> str:
    if not one["notes_elsewhere"]:
        return "only here"
    times = one["share"] / one["share_elsewhere"]
    told = f"{times:.1f}" if times < 9.95 else f"{times:,.0f}"
    return f"{told} times as often"


def _why_none(found: Words, compare: str) -> str:
    """Why there is no word to show, and what to do."""
    if found.notes < FEWEST_NOTES:
        return (
            f"These are {printing.many(found.notes, 'note')}, and a word must stand in at least {FEWEST_NOTES} to"
            " count. Take in more: a longer time, or fewer filters."
        )
    if not found.notes_elsewhere and compare == "previous":
        return "There are no notes from the period before to compare with."
    if not found.notes_elsewhere:
        return "These are all the notes, so there are no others to compare with. Choose some, such as --kind complaint."
    return (
        f"No word stands out: {printing.many(found.notes, 'note')} compared with {found.notes_elsewhere:,} others, "
        f"{found.tested:,} words tested."
    )
