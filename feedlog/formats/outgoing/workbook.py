"""Excel: a sheet with a frozen first row. Texts are texts, never formulas or links; days and times are Excel's own."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, BinaryIO

from feedlog import when
from feedlog.formats.outgoing.columns import BETWEEN, Column, Style

# Excel specifications and limits: what a sheet and a cell can hold.
_MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767
# What XML 1.0 forbids, and so no workbook can hold; a carriage return would come back as a line feed.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# Excel counts days from 1900 on, and the first two months wrongly.
_FIRST_YEAR = 1901
_GATHERING = ".feedlog-sheet-"
_ABANDONED_SECONDS = 24 * 60 * 60


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes the rows, in local time since Excel knows no zones; more than a sheet can hold go on the next one.

    Control characters, which no workbook can hold, become U+FFFD and texts over 32,767 characters are cut: the remarks
    returned say how many. `file` can seek.
    """
    import xlsxwriter  # here: only for Excel

    # What is gathered on the way holds customers' words: it stays beside the file, and goes whatever happens.
    beside = os.path.dirname(getattr(file, "name", "")) or "."
    _sweep(beside)
    with tempfile.TemporaryDirectory(prefix=_GATHERING, dir=beside) as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        sheets = _Sheets(book, columns)
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

    def __init__(self, book: Any, columns: Sequence[Column]) -> None:
        self._book, self._columns = book, columns
        self._head = book.add_format({"bold": True})
        self._on = book.add_format({"num_format": "yyyy-mm-dd"})
        self._at = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._places = [(place, column.holds) for place, column in enumerate(columns)]
        self._replaced = self._cut = self._count = 0
        self._sheet = self._next_sheet()
        self._line = 1

    def _next_sheet(self) -> Any:
        self._count += 1
        sheet = self._book.add_worksheet("notes" if self._count == 1 else f"notes {self._count}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.name, self._head)
        return sheet

    def add(self, row: tuple[Any, ...]) -> None:
        if self._line == _MOST_ROWS:
            self._sheet, self._line = self._next_sheet(), 1
        for (place, holds), value in zip(self._places, row, strict=True):
            if value is None or value == []:
                continue
            if holds == "number":
                self._sheet.write_number(self._line, place, value)
            elif holds == "yes":
                self._sheet.write_boolean(self._line, place, value)
            elif holds in ("day", "instant") and int(value[:4]) >= _FIRST_YEAR:
                self._write_moment(place, value)
            else:
                text = BETWEEN.join(value) if holds == "texts" else value
                self._sheet.write_string(self._line, place, self._text(text))
        self._line += 1

    def _write_moment(self, place: int, value: str) -> None:
        if len(value) == len("2026-03-13"):
            self._sheet.write_datetime(self._line, place, date.fromisoformat(value), self._on)
        else:
            self._sheet.write_datetime(self._line, place, when.local(value).replace(tzinfo=None), self._at)

    def _text(self, text: str) -> str:
        held, replaced = _FORBIDDEN.subn("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        self._replaced += bool(replaced)
        if len(held) > _LONGEST_CELL:
            held = held[:_LONGEST_CELL]
            self._cut += 1
        # The library takes a text between these two for XML of its own making and would not escape it.
        return held + " " if held.startswith("<r>") and held.endswith("</r>") else held

    def remarks(self) -> list[str]:
        """What the sheets could not hold as it was."""
        told = []
        if self._replaced:
            told.append(f"{_cells(self._replaced)} held control characters, which Excel cannot keep: they are � there.")
        if self._cut:
            told.append(f"{_cells(self._cut)} held more than 32,767 characters, the most Excel takes, and are cut.")
        if self._count > 1:
            told.append(f"More notes than a sheet can hold: they stand on {self._count} sheets.")
        return told


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
