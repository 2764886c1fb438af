"""JSON as programs answer with it: one list of objects, or an object that holds such lists, as `tickets` or `results`.

It is read piece by piece, so that a long list needs no more memory than a short one. A file that is one object alone
can be read as one row, too: see `whole`.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, TextIO

from feedlog.errors import Refused
from feedlog.formats.files import File
from feedlog.formats.jsonl import row_of
from feedlog.formats.records import Table
from feedlog.formats.rows import LONGEST_LINE_CHARACTERS, Row

_BLOCK_CHARACTERS = 1 << 18
# Lists stand at the top, or one object below it: `_embedded.conversations`.
_DEEPEST = 2
_BLANKS = " \t\r\n"

Path = tuple[str, ...]


def tables(file: File) -> list[Table]:
    """A table for each list of objects in the file, named by the key it stands under where there are several.

    Raises Refused for what is not JSON.
    """
    file.unit = "record"
    columns: dict[Path, dict[str, None]] = {}
    for path, _, row in _rows_of_lists(file):
        columns.setdefault(path, {}).update(dict.fromkeys(row.cells))
    found = {path: names for path, names in columns.items() if names or not path}
    return [
        Table(_name(file, path, len(found)), tuple(names), partial(_rows, file, path)) for path, names in found.items()
    ]


def whole(file: File) -> Table | None:
    """The one object that is the file, as a table of one row; None where it is a list or longer than a row."""
    with file.open() as stream:
        text = stream.read(LONGEST_LINE_CHARACTERS)
    if len(text) == LONGEST_LINE_CHARACTERS or not text.lstrip().startswith("{"):
        return None
    try:
        row = row_of(1, json.loads(text), file.unit)
    except (ValueError, RecursionError):
        return None
    return Table(file.name, tuple(row.cells), lambda: iter([row]))


def is_lines(file: File) -> bool:
    """Whether a file that begins with an object has one object a line; a single line is one where it holds no list."""
    with file.open() as stream:
        first = ""
        while not first.strip() and (line := stream.readline(LONGEST_LINE_CHARACTERS)):
            first = line
        more = bool(stream.read(4096).strip())
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # A line that is damaged, or the first of an object over several lines.
        return first.rstrip().endswith("}")
    if more or not isinstance(value, dict):
        return True
    inner = [value, *(part for part in value.values() if isinstance(part, dict))]
    return not any(
        isinstance(part, list) and part and isinstance(part[0], dict) for one in inner for part in one.values()
    )


def _name(file: File, path: Path, number: int) -> str:
    return f"{file.name}, {'.'.join(path)}" if path and number > 1 else file.name


def _rows(file: File, wanted: Path) -> Iterator[Row]:
    for path, _, row in _rows_of_lists(file):
        if path == wanted:
            yield row


def _rows_of_lists(file: File) -> Iterator[tuple[Path, int, Row]]:
    with file.open() as stream:
        reading = _Reading(stream, file.name)
        try:
            for path, number, value in reading.elements((), 0):
                yield path, number, row_of(number, value, file.unit)
            reading.expect_end()
        except json.JSONDecodeError as error:
            raise Refused(
                f"{file.name} is not JSON: {error.msg.lower()}.", hint="Check that the export was written to its end."
            ) from error
        except RecursionError as error:
            raise Refused(
                f"{file.name} is nested too deeply.", hint="Look whether it is what its name says."
            ) from error


class _Reading:
    """A JSON text being read from its beginning; holds no more of it than one element of a list."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder()

    def elements(self, path: Path, depth: int) -> Iterator[tuple[Path, int, Any]]:
        """The objects of all lists in the value that begins here: where each list stands, its place there, itself."""
        if self._peek() == "[":
            yield from self._of_list(path)
        elif self._peek() == "{" and depth < _DEEPEST:
            self._take("{")
            while self._peek() != "}":
                key = self._value()
                self._take(":")
                if not isinstance(key, str):
                    raise json.JSONDecodeError("Expecting a name in quotation marks", "", 0)
                yield from self.elements((*path, key), depth + 1)
                if self._peek() != "}":
                    self._take(",")
            self._take("}")
        else:
            self._value()

    def _of_list(self, path: Path) -> Iterator[tuple[Path, int, Any]]:
        self._take("[")
        number = 0
        while self._peek() != "]":
            number += 1
            value = self._value()
            # A list of words inside an object is not what the file is about.
            if isinstance(value, dict) or not path:
                yield path, number, value
            if self._peek() != "]":
                self._take(",")
        self._take("]")

    def expect_end(self) -> None:
        """Raises JSONDecodeError where something stands after the value."""
        if self._peek():
            raise json.JSONDecodeError("Something stands after its end", "", 0)

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            # A number at the end of what was read may go on.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _peek(self) -> str:
        """The next character that is not blank; nothing at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise json.JSONDecodeError(f"Expecting '{sign}'", "", 0)
        self._at += 1

    def _more(self) -> bool:
        """Reads on, twice as much where an element did not fit; False at the end of the file."""
        rest = len(self._text) - self._at
        if rest > LONGEST_LINE_CHARACTERS:
            raise Refused(
                f"{self._name} is not JSON, or an element of it is longer than "
                f"{LONGEST_LINE_CHARACTERS // 1024 // 1024} million characters.",
                hint="Look whether it is what its name says.",
            )
        block = self._stream.read(max(_BLOCK_CHARACTERS, rest))
        if block:
            self._text, self._at = self._text[self._at :] + block, 0
        return bool(block)
