"""Tables as text: commas, semicolons, tabs or bars between the cells, a row that names the columns above them."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, count
from typing import NamedTuple, TextIO

from feedlog.errors import Refused
from feedlog.formats.asides import Asides, without_blanks
from feedlog.formats.files import File
from feedlog.formats.headers import header_at, names_words
from feedlog.formats.own_export import read_back
from feedlog.formats.records import Table
from feedlog.formats.rows import Row, lines_of
from feedlog.vocabulary import LONGEST_TEXT_BYTES

DELIMITERS = ",;\t|"

# What is looked at to find the header and the delimiter: enough for every preamble, little beside a file.
_SAMPLE_LINES = 60
_SAMPLE_CHARACTERS = 1 << 20
# Excel's own way of saying it, on a line before the header.
_SAYS_DELIMITER = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# Fewer rows than this that agree with the header are chance.
_LEAST_AGREEING = 0.3

# What Python's csv module says, and what a person can do something about.
_PROBLEMS = {
    "unexpected end of data": "A quoted cell is opened here and never closed.",
    "field larger": f"A cell is longer than {LONGEST_TEXT_BYTES // 1024} KiB, or a quote is never closed.",
    "expected after": "A quotation mark inside a quoted cell is not doubled.",
}


class Shape(NamedTuple):
    """What parts the cells, and how many lines stand before the header; `told` of them hold something."""

    delimiter: str
    before: int = 0
    told: bool = False


def tables(file: File) -> list[Table]:
    """The table of the file. Raises Refused where its first row cannot be read."""
    with file.open() as stream:
        shape = shape_of(_sample(lines_of(stream)))
    if shape.told:
        lines = "Line 1 stands" if shape.before == 1 else f"Lines 1 to {shape.before} stand"
        file.remark(f"{lines} before the column names, and no row was made of it.")
    with file.open() as stream:
        columns = tuple(_Reading(stream, shape).columns)
    return [read_back(Table(file.name, columns, partial(_rows, file, shape)))]


def _rows(file: File, shape: Shape) -> Iterator[Row]:
    """The rows below the header, each with as many cells as there are columns, or with the problem it has."""
    with file.open() as stream:
        table = _Reading(stream, shape)
        names, wanted = table.columns, len(table.columns)
        asides = Asides(file, wanted)
        for line, cells, problem in table.records():
            if len(cells) == wanted:
                if asides.waiting:
                    yield from asides.were_rows()
                yield Row(line, dict(zip(names, cells, strict=True)))
            elif problem:
                yield from asides.were_rows()
                yield Row(line, {}, problem)
            elif not cells:
                asides.blank_line()
            elif len(filled := without_blanks(cells, wanted)) == wanted:
                yield from asides.were_rows()
                yield Row(line, dict(zip(names, filled, strict=True)))
            else:
                row = Row(line, {}, f"The row has {len(cells)} cells, the first row of the table has {wanted}.")
                if not asides.may_be_one(row, cells):
                    yield from asides.were_rows()
                    yield row
        yield from asides.at_end()


class _Reading:
    """A table being read: the columns are known at once, the records follow."""

    def __init__(self, stream: TextIO, shape: Shape) -> None:
        self._lines = _Lines(lines_of(stream))
        csv.field_size_limit(LONGEST_TEXT_BYTES)  # one setting for the whole process
        for _ in range(shape.before):
            next(self._lines, "")
        self._begin = 1 + self._lines.passed()
        # strict: a stray quotation mark is reported instead of changing what the customer said.
        self._reader = csv.reader(self._lines, delimiter=shape.delimiter, strict=True)
        try:
            self.columns = distinct(next(self._reader, []))
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


def _sample(lines: Iterator[str]) -> list[str]:
    sample: list[str] = []
    characters = 0
    for line in lines:
        sample.append(line)
        characters += len(line)
        if len(sample) >= _SAMPLE_LINES or characters >= _SAMPLE_CHARACTERS:
            break
    return sample


def shape_of(sample: Sequence[str]) -> Shape:
    """How the table is written that begins with these lines.

    csv.Sniffer takes a letter or a blank for the delimiter as soon as the sentences are alike. A header is made by a
    program: the delimiter is the one that gives it a name we know, else the one by which most rows agree with it.
    """
    said = _SAYS_DELIMITER.fullmatch(sample[0]) if sample else None
    if said:
        return _shaped(sample[1:], said[1])._replace(before=1 + _shaped(sample[1:], said[1]).before)
    return max((_shaped(sample, delimiter) for delimiter in DELIMITERS), key=lambda shape: _worth(sample, shape))


def _shaped(sample: Sequence[str], delimiter: str) -> Shape:
    begins, records = _records(sample, delimiter)
    header = header_at(records) if records else 0
    told = any(cell.strip() for record in records[:header] for cell in record)
    return Shape(delimiter, begins[header] if records else 0, told)


def _worth(sample: Sequence[str], shape: Shape) -> tuple[bool, bool, float, int]:
    """How well a delimiter explains the lines; the first of equals is taken."""
    _, records = _records(sample[shape.before :], shape.delimiter)
    if not records:
        return False, False, 0.0, 0
    header, rows = records[0], [record for record in records[1:] if any(record)]
    wide = len(header) > 1
    agreeing = sum(1 for row in rows if len(without_blanks(row, len(header))) == len(header)) / max(1, len(rows))
    agreeing = agreeing if rows else float(wide)
    known = wide and any(map(names_words, header))
    return known, wide and agreeing >= _LEAST_AGREEING, round(agreeing, 1), len(header)


def _records(lines: Sequence[str], delimiter: str) -> tuple[list[int], list[list[str]]]:
    """The records in the lines that are whole, and how many lines stand before each."""
    begins: list[int] = []
    records: list[list[str]] = []
    reader = csv.reader(iter(lines), delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            begins.append(before)
            records.append(cells)
            before = reader.line_num
    except csv.Error:
        return begins, records
    # The last may be cut where the sample ends.
    return (begins[:-1], records[:-1]) if len(lines) >= _SAMPLE_LINES and len(records) > 1 else (begins, records)


def distinct(header: list[str]) -> list[str]:
    """Column names one can tell apart: a second `text` is `text (2)`, one without a name `column 3`."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        spellings = chain([name], (f"{name} ({number})" for number in count(2)))
        names.append(next(spelling for spelling in spellings if spelling not in names))
    return names


def _problem(error: csv.Error) -> str:
    return next((ours for theirs, ours in _PROBLEMS.items() if theirs in str(error)), "The row is not CSV.")
