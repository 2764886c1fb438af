"""Our own `feedlog export` as CSV, read back: the same words as were said, and each note known by its own identity.

In an export the rows of several sources stand together, so that two may have the same `source_id`; `uid` is one note's
alone.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from feedlog.formats.records import Table
from feedlog.formats.rows import Row
from feedlog.formulas import as_meant, would_run

IDENTITY = "uid"
# Together nobody else's: what `feedlog export` writes of every note, also in JSON, where an empty cell is left out.
_OURS = frozenset((IDENTITY, "logged_at", "said_on", "said_at", "verbatim", "agent", "corrected"))


def is_ours(columns: Iterable[str]) -> bool:
    """Whether a table with these columns was written by `feedlog export`."""
    return _OURS.issubset(columns)


def read_back(table: Table) -> Table:
    """The table; one of ours without the apostrophes that keep a spreadsheet from running its cells.

    One that was exported with --raw has none of them, and then an apostrophe is what somebody said.
    """
    if not is_ours(table.columns) or any(map(would_run, _cells(table))):
        return table
    return table._replace(rows=partial(_meant, table))


def _cells(table: Table) -> Iterator[str]:
    return (cell for row in table.rows() for cell in row.cells.values())


def _meant(table: Table) -> Iterator[Row]:
    for row in table.rows():
        yield row._replace(cells={column: as_meant(cell) for column, cell in row.cells.items()})
