"""A whole log as JSON Lines: a first line that says what it is, a line for each row, and a last one that seals it.

    {"feedlog": "whole log", "version": 1, "uid": ..., "made_at": ..., "numbers": {"notes": 318, ...}}
    {"table": "notes", "id": 1, "uid": ..., ...}
    {"end": {"rows": {"notes": 317, ...}, "sha256": ...}}

`version` is that of the schema whose columns the lines have. `numbers` are the highest numbers ever given, which are
never given again. The seal is over every byte before the last line: a file that was cut off or changed does not fit.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from feedlog.errors import Refused

_BEGINS = b'{"feedlog": "whole log", '
_ENDS = b'{"end": '
# A text of a mebibyte may be spelled with six characters for each of its own; the last line is far shorter.
_LONGEST_LINE_BYTES = 16 * 1024 * 1024
_LONGEST_END_BYTES = 64 * 1024
_BLOCK_BYTES = 1 << 20

_AGAIN = "Export it again, and bring it over as it is: feedlog export --whole FILE"


class Header(NamedTuple):
    """The first line: the schema's version, which log it is, when it was exported, the highest numbers given."""

    version: int
    uid: str
    made_at: str
    numbers: dict[str, int]


class Sealed(NamedTuple):
    """A file whose seal fits: its path and size, its first line, and how many rows of each table it holds."""

    path: str
    size: int
    header: Header
    rows: dict[str, int]


class Line(NamedTuple):
    """One row: the number of its line, its table, its columns, and how many bytes were read so far."""

    number: int
    table: str
    columns: dict[str, Any]
    read: int


class Writer:
    """Writes such a file from top to bottom."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._file = file
        self._seal = hashlib.sha256()
        self._rows: dict[str, int] = {}
        self._encode = json.JSONEncoder(ensure_ascii=False).encode
        self._line({"feedlog": "whole log", **header._asdict()})

    def table(self, name: str) -> None:
        """Says that a table is there, also where it has no rows."""
        self._rows.setdefault(name, 0)

    def row(self, table: str, columns: dict[str, Any]) -> None:
        """Writes one row."""
        self._line({"table": table, **columns})
        self._rows[table] += 1

    def finish(self) -> dict[str, int]:
        """Writes the last line; returns how many rows each table has."""
        self._line({"end": {"rows": self._rows, "sha256": self._seal.hexdigest()}})
        return self._rows

    def _line(self, content: dict[str, Any]) -> None:
        line = self._encode(content).encode("utf-8", "replace") + b"\n"
        self._seal.update(line)
        self._file.write(line)


def is_whole(path: str) -> bool:
    """Whether the file begins as a whole log does; a file that cannot be read does not."""
    if not os.path.isfile(path):  # opening a pipe would wait for its writer
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        return False


def sealed(path: str) -> Sealed:
    """Reads a file through and checks its seal; raises Refused for one that was cut off or changed."""
    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            header = _header(name, file.readline(_LONGEST_END_BYTES))
            end, begins_at = _end(name, file, size)
            file.seek(0)
            seal = hashlib.sha256()
            left = begins_at
            while left and (block := file.read(min(left, _BLOCK_BYTES))):
                seal.update(block)
                left -= len(block)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.", hint="Check who may read it.") from error
    if seal.hexdigest() != end.get("sha256"):
        raise Refused(f"{name} was changed since it was exported: its seal does not fit.", hint=_AGAIN)
    return Sealed(path, size, header, end["rows"])


def rows(file: Sealed) -> Iterator[Line]:
    """The rows, in their order. Raises Refused where a line is none, or the file is not the one that was checked."""
    name, counted = os.path.basename(file.path), dict.fromkeys(file.rows, 0)
    with open(file.path, "rb") as lines:
        read = len(lines.readline())
        number = 1
        while line := lines.readline(_LONGEST_LINE_BYTES):
            number += 1
            read += len(line)
            if line.startswith(_ENDS):
                break
            row = _parsed(line)
            table = row.pop("table", None)
            if not isinstance(table, str) or table not in counted:
                raise Refused(f"Line {number} of {name} is no row of a log.", hint=_AGAIN)
            counted[table] += 1
            yield Line(number, table, row, read)
    if counted != file.rows:
        raise Refused(f"{name} does not hold the rows its last line counts.", hint=_AGAIN)


def _header(name: str, line: bytes) -> Header:
    found = _parsed(line)
    header = Header(*(found.get(field) for field in Header._fields))  # type: ignore[arg-type]
    shapes = (int, str, str, dict)
    if not all(isinstance(value, shape) for value, shape in zip(header, shapes, strict=True)):
        raise Refused(f"The first line of {name} is not that of a whole log.", hint=_AGAIN)
    return header


def _end(name: str, file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """What the last line says, and where it begins."""
    file.seek(max(0, size - _LONGEST_END_BYTES))
    tail = file.read()
    begins_at = tail.rfind(b"\n" + _ENDS) + 1
    end = _parsed(tail[begins_at:]).get("end") if begins_at and tail.endswith(b"}\n") else None
    if not isinstance(end, dict) or not isinstance(end.get("rows"), dict):
        raise Refused(f"{name} is cut off: its last line, which seals it, is missing.", hint=_AGAIN)
    return end, size - len(tail) + begins_at


def _parsed(line: bytes) -> dict[str, Any]:
    """A line as an object; an empty one where it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
