"""CSV (RFC 4180), for programs in UTF-8 with commas, for Excel as it opens it by a double click."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from feedlog import when
from feedlog.formats.outgoing.columns import BETWEEN, Column, Style

# How a cell begins that a spreadsheet runs instead of showing: OWASP, CSV Injection, with the full-width signs that
# some take for the same.
_RUNS = re.compile("[=+\\-@\t\r\n＝＋－＠]")
# A number runs nothing, and a customer's phone number must stay what others know them by.
_NUMBER = re.compile(r"[+-][0-9][0-9 .,]*")

_AT_ONCE = 500

Cell = Callable[[Any], Any]


def write(file: BinaryIO, columns: Sequence[Column], rows: Iterator[tuple[Any, ...]], style: Style) -> list[str]:
    """Writes the columns' names and the rows. Empty cells are what nobody said; instants are UTC, local for Excel."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig" if style.for_excel else "utf-8", newline="", write_through=True)
    # CRLF as in the RFC: with a bare line feed Python 3.11 would leave a carriage return inside a cell unquoted.
    spelled = csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n")
    spelled.writerow([column.name for column in columns])
    cells = [_cell(column, style) for column in columns]
    try:
        while batch := list(islice(rows, _AT_ONCE)):
            spelled.writerows(
                [None if value is None else cell(value) for cell, value in zip(cells, row, strict=True)]
                for row in batch
            )
        text.flush()
    finally:
        text.detach()  # the file is the caller's to close
    return []


def harmless(text: str) -> str:
    """The text of a cell as no spreadsheet runs it: an apostrophe before what would be a formula."""
    if _RUNS.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


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
