"""Excel: days and times are Excel's own, several themes stand in one cell."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from feedlog import workbooks
from feedlog.formats.outgoing.columns import BETWEEN, Column, Style


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes the rows, and returns remarks on what a workbook cannot hold as it was. `file` can seek."""
    headings = [workbooks.Heading(one.name, one.holds in ("day", "instant"), one.width) for one in columns]
    in_cells = ([BETWEEN.join(value) if isinstance(value, list) else value for value in row] for row in rows)
    return workbooks.write(file, "notes", headings, in_cells)
