"""Tables as text: commas, semicolons or tabs between the cells, the first row naming the columns."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import chain, count
from typing import TextIO

from feedlog.errors import Refused
from feedlog.formats.rows import Row, lines_of
from feedlog.vocabulary import LONGEST_TEXT_BYTES

DELIMITERS = ",;\t"

# What Python's csv module says, and what a person can do something about.
_PROBLEMS = {
    "unexpected end of data": "A quoted cell is opened here and never closed.",
    "field larger": f"A cell is longer than {LONGEST_TEXT_BYTES // 1024} KiB, or a quote is never closed.",
    "expected after": "A quotation mark inside a quoted cell is not doubled.",
}


def columns(stream: TextIO) -> list[str]:
    """The names of the columns, in order. Raises Refused where the first row cannot be read."""
    return _Table(stream).columns


def rows(stream: TextIO) -> Iterator[Row]:
    """The rows below the first, each with as many cells as there are columns, or with the problem it has."""
    table = _Table(stream)
    names, wanted = table.columns, len(table.columns)
    for line, cells, problem in table.records():
        if problem:
            yield Row(line, {}, problem)
        elif len(cells) == wanted:
            yield Row(line, dict(zip(names, cells, strict=True)))
        elif cells:
            yield Row(line, {}, f"The row has {len(cells)} cells, the first row of the file has {wanted}.")


class _Table:
    """A table being read: the columns are known at once, the records follow."""

    def __init__(self, stream: TextIO) -> None:
        self._lines = _Lines(lines_of(stream))
        head = _first_record(self._lines)
        # One process-wide setting of the csv module; it only ever grows here.
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_TEXT_BYTES))
        self._begin = self._lines.restart(head)
        # strict: a stray quotation mark is reported instead of changing what the customer said.
        self._reader = csv.reader(self._lines, delimiter=delimiter_of("".join(head)), strict=True)
        try:
            self.columns = _distinct(next(self._reader, []))
        except csv.Error as error:
            raise Refused(
                f"The first row cannot be read: {_problem(error).lower()}", hint="It should name the columns."
            ) from error
        self._begin += self._lines.passed()

    def records(self) -> Iterator[tuple[int, list[str], str | None]]:
        """The line each record begins on, with its cells or its problem; no cells for a blank line."""
        while True:
            try:
                for cells in self._reader:
                    yield self._begin, cells, None
                    self._begin += self._lines.passed()
                return
            except csv.Error as error:
                yield self._begin, [], _problem(error)
                # A quote that is never closed has swallowed the rows below: they get a chance of their own.
                self._begin += self._lines.back_to_second()


class _Lines:
    """The lines of a file, with those of the current record at hand, so that one can go back in them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._record.append(line)
        return line

    def passed(self) -> int:
        """Ends the record and returns how many lines it had."""
        count = len(self._record)
        self._record.clear()
        return count

    def back_to_second(self) -> int:
        """Gives up the record's first line and goes back to the one after it; returns how many were given up."""
        self._again.extendleft(reversed(self._record[1:]))
        self._record.clear()
        return 1

    def restart(self, head: list[str]) -> int:
        """Goes back to the lines of the first record; returns the number of the line it begins on."""
        begin = len(self._record) - len(head) + 1
        self._again.extendleft(reversed(head))
        self._record.clear()
        return begin


def _first_record(lines: _Lines) -> list[str]:
    """The lines of the first record that is not blank: up to where its quotation marks come in pairs."""
    head: list[str] = []
    for line in lines:
        if head or line.strip():
            head.append(line)
            if "".join(head).count('"') % 2 == 0 or len(head) > 100:
                break
    return head


def delimiter_of(head: str) -> str:
    """What parts the cells of the first row: the delimiter that stands most often outside quotation marks.

    csv.Sniffer would look at the rows too, where people write sentences: it takes a letter or a blank for the
    delimiter as soon as the texts are alike. The first row is made by a program.
    """
    counts = dict.fromkeys(DELIMITERS, 0)
    for unquoted in head.split('"')[::2]:
        for delimiter in DELIMITERS:
            counts[delimiter] += unquoted.count(delimiter)
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _distinct(header: list[str]) -> list[str]:
    """Column names one can tell apart: a second `text` is `text (2)`, one without a name `column 3`."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        spellings = chain([name], (f"{name} ({number})" for number in count(2)))
        names.append(next(spelling for spelling in spellings if spelling not in names))
    return names


def _problem(error: csv.Error) -> str:
    return next((ours for theirs, ours in _PROBLEMS.items() if theirs in str(error)), "The row is not CSV.")
