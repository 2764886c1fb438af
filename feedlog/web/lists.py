"""Our lists as files for spreadsheets: notes, promises, themes, words, each with all its rows."""

import json
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from typing import Any, NamedTuple

from feedlog.web import promises, search
from feedlog.web.overused import Slice
from feedlog.web.speech import _

_MOST_FOUND = 1_000_000


class Question(NamedTuple):
    """What a file holds: its headings, a statement with parameters that gives the rows, the places of days in a row."""

    headings: list[str]
    sql: str
    parameters: Sequence[Any]
    days: tuple[int, ...]


def notes(connection: sqlite3.Connection, asked: search.Asked) -> Question:
    """All notes that fit words and filters, the newest first."""
    headings = [_("Note"), _("Day"), _("In their words"), _("Kind"), _("Channel"), _("Touchpoint"), _("Themes"),
                _("Initials"), _("Customer"), _("Segment"), _("Logged by"), _("Answered")]  # fmt: skip
    columns = """notes.id, notes.said_on, notes.verbatim, notes.kind, notes.channel, notes.touchpoint, notes.themes,
                 notes.initials, notes.customer, notes.segment, notes.agent, substr(notes.answered_at, 1, 10)"""
    days = (1, 11)
    if not asked.q:
        return Question(headings, *search.listed(asked._replace(before=None), columns), days)
    found = search.matching(connection, asked, _MOST_FOUND)
    sql = f"select {columns} from json_each(?) as found cross join notes on notes.id = found.value order by found.key"
    return Question(headings, sql, [json.dumps(found)], days)


def of_promises(asked: promises.Asked) -> Question:
    """All promises of an outcome and owner."""
    sql, parameters = promises.listed(asked._replace(after=None))
    columns = "id, note_id, what, owner, promised_by, promised_on, due_on, outcome, ended_on, moved, why, initials"
    headings = [_("Promise"), _("Note"), _("What"), _("Owner"), _("Promised by"), _("Promised"), _("Due"), _("Outcome"),
                _("Ended"), _("Moved"), _("Why"), _("Initials")]  # fmt: skip
    return Question(headings, sql.replace("select *", f"select {columns}", 1), parameters, (5, 6, 8))


def of_themes() -> Question:
    """The codebook with its figures."""
    headings = [_("Theme"), _("Title"), _("Owner"), _("Measure"), _("Mended"), _("Notes"), _("Customers"),
                _("Complained"), _("Came back"), _("First said"), _("Last said")]  # fmt: skip
    sql = """select name, title, owner, measure, fixed_on, notes, customers, complained, came_back, first_said_on,
                    last_said_on from themes order by notes desc, name"""
    return Question(headings, sql, [], (4, 9, 10))


def of_words(found: Slice) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Headings and rows of words that stand out."""
    headings = [_("Word"), _("Notes"), _("Share"), _("Share elsewhere"), _("Score"), _("An example")]
    return headings, [
        [word["word"], word["notes"], round(word["share"], 6), round(word["share_elsewhere"], 6),
         round(word["score"], 2), word["note_id"]] for word in found.words
    ]  # fmt: skip


def readable(found: Iterable[Sequence[Any]]) -> Generator[Sequence[Any], None, None]:
    """Notes with their themes as words instead of JSON."""
    for row in found:
        yield [", ".join(json.loads(cell)) if at == 6 else cell for at, cell in enumerate(row)]
