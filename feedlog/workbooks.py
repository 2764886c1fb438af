"""Excel workbooks: texts are texts, never formulas or links; days and times are Excel's own; memory stays small."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, BinaryIO, NamedTuple

from feedlog import when
from feedlog.errors import Refused

# Excel specifications and limits: what a sheet, its name and a cell can hold, and up to where whole numbers stay whole.
_MOST_ROWS = 1_048_576
_LONGEST_TITLE = 31
_LONGEST_CELL = 32_767
_LARGEST_NUMBER = 2**53
# What XML 1.0 forbids, and so no workbook can hold; a carriage return would come back as a line feed.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel counts days from 1900 on, and the first two months wrongly.
_FIRST_YEAR = 1901
_STORED = re.compile(r"(\d{4})-\d\d-\d\d(?P<time>T\d\d:\d\d:\d\dZ)?")
_GATHERING = ".feedlog-sheet-"
_ABANDONED_SECONDS = 24 * 60 * 60


class Heading(NamedTuple):
    """What stands above a column: its name, whether stored days or instants stand below, its width in characters.

    A day with its time that does not fit into a width of 17 is shown as ####.
    """

    name: str
    is_moment: bool = False
    width: int = 17


def write(file: BinaryIO, title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Writes the rows below a frozen line of headings; more than a sheet can hold go on the next one.

    `title` says what stands on the sheets, in the plural, and is their name. Stored instants come in local time, since
    Excel knows no zones. Control characters, which no workbook can hold, become U+FFFD and texts over 32,767 characters
    are cut: the remarks returned say how many. `file` can seek.
    """
    import xlsxwriter  # here: only for Excel

    # What is gathered on the way holds customers' words: it stays beside the file, and goes whatever happens.
    beside = os.path.dirname(getattr(file, "name", "")) or "."
    _sweep(beside)
    with tempfile.TemporaryDirectory(prefix=_GATHERING, dir=beside) as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        sheets = _Sheets(book, title, headings)
        for row in rows:
            sheets.add(row)
        book.close()
    return sheets.remarks()


def _sweep(folder: str) -> None:
    """Removes what an export that was killed had gathered there; one that is at work is never so old."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with suppress(OSError):
            if name.startswith(_GATHERING) and os.stat(path).st_mtime < time.time() - _ABANDONED_SECONDS:
                shutil.rmtree(path)


class _Sheets:
    """The sheets of a workbook, written from top to bottom."""

    def __init__(self, book: Any, title: str, headings: Sequence[Heading]) -> None:
        self._book, self._title, self._headings = book, title, headings
        self._head = book.add_format({"bold": True})
        self._on = book.add_format({"num_format": "yyyy-mm-dd"})
        self._at = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._places = [(place, heading.is_moment) for place, heading in enumerate(headings)]
        self._replaced = self._cut = self._count = 0
        self._sheet = self._next_sheet()
        self._line = 1

    def _next_sheet(self) -> Any:
        self._count += 1
        number = "" if self._count == 1 else f" {self._count}"
        sheet = self._book.add_worksheet(self._title[: _LONGEST_TITLE - len(number)] + number)
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            sheet.set_column(place, place, heading.width)
            sheet.write_string(0, place, self._text(heading.name), self._head)
        return sheet

    def add(self, row: Sequence[Any]) -> None:
        if self._line == _MOST_ROWS:
            self._sheet, self._line = self._next_sheet(), 1
        for (place, is_moment), value in zip(self._places, row, strict=True):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                self._sheet.write_boolean(self._line, place, value)
            elif isinstance(value, int | float) and abs(value) <= _LARGEST_NUMBER:
                self._sheet.write_number(self._line, place, value)
            elif not (is_moment and isinstance(value, str) and self._write_moment(place, value)):
                text = value.hex() if isinstance(value, bytes) else str(value)
                self._sheet.write_string(self._line, place, self._text(text))
        self._line += 1

    def _write_moment(self, place: int, stored: str) -> bool:
        """Writes a stored day or instant; False for all that Excel cannot count as one."""
        found = _STORED.fullmatch(stored)
        if not found or int(found[1]) < _FIRST_YEAR:
            return False
        try:
            moment = when.local(stored).replace(tzinfo=None) if found["time"] else date.fromisoformat(stored)
        except (ValueError, Refused):  # a day there is not
            return False
        self._sheet.write_datetime(self._line, place, moment, self._at if isinstance(moment, datetime) else self._on)
        return True

    def _text(self, text: str) -> str:
        held, replaced = _FORBIDDEN.subn("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        self._replaced += bool(replaced)
        if len(held) > _LONGEST_CELL:
            held = held[:_LONGEST_CELL]
            self._cut += 1
        # The library takes a text between these two for XML of its own making and would not escape it.
        return f"{held[: _LONGEST_CELL - 1]} " if held.startswith("<r>") and held.endswith("</r>") else held

    def remarks(self) -> list[str]:
        """What the sheets could not hold as it was."""
        told = []
        if self._replaced:
            told.append(f"{_cells(self._replaced)} held control characters, which Excel cannot keep: they are � there.")
        if self._cut:
            told.append(f"{_cells(self._cut)} held more than 32,767 characters, the most Excel takes, and are cut.")
        if self._count > 1:
            told.append(f"More {self._title} than a sheet can hold: they stand on {self._count} sheets.")
        return told


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
