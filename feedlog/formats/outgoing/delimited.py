"""CSV (RFC 4180), for programs in UTF-8 with commas, for Excel as it opens it by a double click."""

import codecs
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from feedlog import when
from feedlog.formats.outgoing.columns import BETWEEN, Column, Style
from feedlog.formulas import harmless

Cell = Callable[[Any], Any]


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes the columns' names and the rows. Empty cells are what nobody said; instants are UTC, local for Excel."""
    if style.for_excel:
        file.write(codecs.BOM_UTF8)
    # CRLF as in the RFC: with a bare line feed Python 3.11 would leave a carriage return inside a cell unquoted.
    spelled = csv.writer(_InUtf8(file), delimiter=style.delimiter, lineterminator="\r\n")
    spelled.writerow([column.name for column in columns])
    cells = [_cell(column, style) for column in columns]
    spelled.writerows(
        [None if value is None else cell(value) for cell, value in zip(cells, row, strict=True)] for row in rows
    )
    return []


class _InUtf8:
    """What the csv module writes to. A text stream of Python's own would close the file it was put around."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _cell(column: Column, style: Style) -> Cell:
    if column.holds == "instant" and style.for_excel:
        return lambda instant: f"{when.local(instant):%Y-%m-%d %H:%M:%S}"
    if column.holds == "yes":
        return int
    plain: Cell = lambda value: value  # noqa: E731
    if column.holds == "texts":
        plain = BETWEEN.join if style.for_excel else _listed
    if style.raw or column.holds in ("number", "instant", "day"):
        return plain
    return lambda value: harmless(plain(value))


def _listed(texts: list[str]) -> str:
    return json.dumps(texts, ensure_ascii=False) if texts else ""
