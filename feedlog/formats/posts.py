"""What boards for ideas have in common: a row is a post by somebody, with a title and what stands below it.

Votes, statuses and counts are nobody's words and are not taken.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from feedlog.formats.conversations import Cells, Tables, cell, filled, is_yes, rows_of
from feedlog.formats.records import Record

_CUT_SHORT = " \t\n.…"


class Post(NamedTuple):
    """One row of a board: where it stands, and its cells by column in lower case."""

    table: str
    line: int
    cells: Cells

    def first(self, *columns: str) -> str:
        """The first of these columns that has something in it, without blanks around; else nothing."""
        return cell(self.cells, *columns)

    def says(self, column: str) -> bool:
        """Whether this column says yes."""
        return is_yes(self.first(column))

    def note(self, words: str, **fields: str) -> Record:
        """What a customer said; empty fields are left out."""
        return Record(self.table, self.line, {"verbatim": words, **filled(fields)})

    def reply(self, answers: str, words: str, **fields: str) -> Record:
        """What a colleague answered to the note of that source_id."""
        return Record(self.table, self.line, {"verbatim": words, **filled(fields)}, answers=answers)

    def nothing(self) -> Record:
        """A row that holds no words of a customer: it is counted and passed over."""
        return self.note("")


def posts(tables: Tables, names: Iterable[str], each: Callable[[Post], Iterator[Record]]) -> Iterator[Record]:
    """The records of all rows of these tables; a row that could not be read keeps its problem."""
    for table, row in rows_of(tables, *names):
        if row.problem:
            yield Record(table, row.line, {}, problem=row.problem)
        else:
            yield from each(Post(table, row.line, row.cells))


def remark(title: str, below: str) -> str:
    """A title and what stands below it as one text; what says the same twice stands once."""
    title, below = title.strip(), below.strip()
    if not title or not below:
        return title or below
    if _begins(below, title):
        return below
    return title if _begins(title, below) else f"{title}\n{below}"


def _begins(text: str, start: str) -> bool:
    """Whether a text begins with another, whatever its case; boards cut long titles short with dots."""
    text, start = " ".join(text.casefold().split()), " ".join(start.casefold().split())
    bare = start.rstrip(_CUT_SHORT)
    cut_short = start.endswith(("…", "..."))
    return text.startswith(bare) and (cut_short or not text[len(bare) : len(bare) + 1].isalnum())


def names_in(cell: str, parted_at: str = ",") -> list[str]:
    """The names of a cell with several: a JSON list of texts or of objects with a name, else parted at this text."""
    if cell.lstrip().startswith("["):
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            named = [one.get("name") if isinstance(one, dict) else one for one in found]
            return [name for name in named if isinstance(name, str)]
    return cell.split(parted_at)


def folded(names: Iterable[str]) -> frozenset[str]:
    """Names and addresses, ready to be compared with `is_one_of`."""
    return frozenset(name.strip().casefold() for name in names if name.strip())


def is_one_of(ours: Collection[str], *names: str) -> bool:
    """Whether one of a person's names, numbers or addresses is among these; `@firm.example` is a whole domain."""
    for name in names:
        one = name.strip().casefold()
        if one and (one in ours or ("@" in one and f"@{one.rpartition('@')[2]}" in ours)):
            return True
    return False
