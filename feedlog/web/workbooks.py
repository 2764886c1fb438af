"""Excel workbooks: texts are texts, never formulas or links; however many rows, the memory stays small."""

import os
import re
import tempfile
from collections.abc import Generator, Iterable, Sequence
from typing import Any

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel specifications and limits: what a sheet and a cell can hold, and up to where whole numbers stay whole.
_MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767
_LARGEST_NUMBER = 2**53
# What XML 1.0 forbids, and so no workbook can hold; a carriage return would come back as a line feed.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECE_BYTES = 1 << 18


def pieces(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Generator[bytes, None, None]:
    """The workbook in pieces. It is made whole on disk before the first one, since a workbook's index comes last."""
    with tempfile.TemporaryDirectory(prefix="feedlog-sheet-") as folder:
        path = os.path.join(folder, "made.xlsx")
        _write(path, folder, headings, rows)
        with open(path, "rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece


def _write(path: str, folder: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder})
    bold = book.add_format({"bold": True})
    line, sheet = _MOST_ROWS, None
    for row in rows:
        if line == _MOST_ROWS:
            line, sheet = 1, _sheet(book, headings, bold)
        for place, value in enumerate(row):
            _put(sheet, line, place, value)
        line += 1
    if sheet is None:
        _sheet(book, headings, bold)
    book.close()


def _sheet(book: Any, headings: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, _text(heading), bold)
    return sheet


def _put(sheet: Any, line: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float) and abs(value) <= _LARGEST_NUMBER:
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, _text(value if isinstance(value, str) else _as_text(value)))


def _as_text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _text(text: str) -> str:
    held = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST_CELL]
    # The library takes a text between these two for XML of its own making and would not escape it.
    return f"{held[: _LONGEST_CELL - 1]} " if held.startswith("<r>") and held.endswith("</r>") else held
