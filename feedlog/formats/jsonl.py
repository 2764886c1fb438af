"""JSON Lines: one object a line. An object inside an object gives columns with a dot: `customer.key`."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from feedlog.formats.rows import Row, lines_of


def columns(stream: TextIO) -> list[str]:
    """The keys of all objects, in the order they first appear: a seldom one may come late."""
    names: dict[str, None] = {}
    for row in rows(stream):
        names.update(dict.fromkeys(row.cells))
    return list(names)


def rows(stream: TextIO) -> Iterator[Row]:
    """The objects, each with its own keys only; blank lines are no rows."""
    for number, line in enumerate(lines_of(stream), 1):
        if line.strip():
            yield _row(number, line)


def _row(number: int, line: str) -> Row:
    try:
        record = json.loads(line.rstrip())
        if not isinstance(record, dict):
            return Row(number, {}, "The line is JSON but not an object in braces.")
        cells = _cells(record)
        if "\\u" in line:
            # JSON can spell half a character, which no file can hold.
            "".join(_texts(cells)).encode()
    except json.JSONDecodeError as error:
        return Row(number, {}, f"The line is not JSON: {error.msg.lower()} at character {error.colno}.")
    except UnicodeEncodeError:
        return Row(number, {}, "A text holds half a character (a lone surrogate).")
    except (RecursionError, ValueError):
        # Thousands of brackets, or a number of thousands of digits.
        return Row(number, {}, "The line is nested too deeply or holds a number that is too long.")
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
