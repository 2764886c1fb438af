"""JSON Lines: one object a line. An object inside an object gives columns with a dot: `customer.key`."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from feedlog.formats.files import File
from feedlog.formats.records import Table
from feedlog.formats.rows import Row, lines_of

_DEEP = "The {unit} is nested too deeply or holds a number that is too long."
_HALF = "A text holds half a character (a lone surrogate)."


def tables(file: File) -> list[Table]:
    """The file as a table of all keys, in the order they first appear: a seldom one may come late."""
    names: dict[str, None] = {}
    for row in _rows(file):
        names.update(dict.fromkeys(row.cells))
    return [Table(file.name, tuple(names), partial(_rows, file))]


def _rows(file: File) -> Iterator[Row]:
    """The objects, each with its own keys only; blank lines are no rows."""
    with file.open() as stream:
        for number, line in enumerate(lines_of(stream), 1):
            if line.strip():
                yield _row(number, line)


def _row(number: int, line: str) -> Row:
    try:
        value = json.loads(line.rstrip())
    except json.JSONDecodeError as error:
        return Row(number, {}, f"The line is not JSON: {error.msg.lower()} at character {error.colno}.")
    except (RecursionError, ValueError):
        # Thousands of brackets, or a number of thousands of digits.
        return Row(number, {}, _DEEP.format(unit="line"))
    return row_of(number, value, "line", doubtful="\\u" in line)


def row_of(number: int, value: Any, unit: str, *, doubtful: bool = True) -> Row:
    """An object as a row; anything else as a row with its problem. `doubtful` texts may hold half a character."""
    if not isinstance(value, dict):
        return Row(number, {}, f"The {unit} is JSON but not an object in braces.")
    try:
        cells = _cells(value)
        if doubtful:
            # JSON can spell half a character, which no file can hold.
            "".join(_texts(cells)).encode()
    except UnicodeEncodeError:
        return Row(number, {}, _HALF)
    except (RecursionError, ValueError):
        return Row(number, {}, _DEEP.format(unit=unit))
    return Row(number, cells)


def _texts(cells: dict[str, str]) -> Iterator[str]:
    """All keys and texts of a row."""
    for name, text in cells.items():
        yield name
        yield text


def _cells(record: dict[str, Any], above: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            cells.update(_cells(value, f"{above}{key}."))
        elif (
            value is not None
        ):  # nothing said is no cell: what is an object elsewhere must not become a column of its own
            cells[above + key] = _text(value)
    return cells


def _text(value: Any) -> str:
    """A value as it would stand in a cell; a list stays JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
