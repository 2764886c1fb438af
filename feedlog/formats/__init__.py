"""File formats: one module each. A format names a file's columns and yields its rows; it touches no log.

To add one: a module with `columns` and `rows`, and a line in FORMATS.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TextIO

from feedlog.errors import Refused, WrongUsage
from feedlog.formats import csv, jsonl
from feedlog.formats.files import TextFile, look_at
from feedlog.formats.rows import Row

__all__ = ["FORMATS", "Format", "Row", "TextFile", "format_of", "look_at"]


class Format(NamedTuple):
    """How to read one kind of file: its columns, its rows, and the file names it is known by."""

    columns: Callable[[TextIO], list[str]]
    rows: Callable[[TextIO], Iterator[Row]]
    endings: tuple[str, ...]


FORMATS = {
    "csv": Format(csv.columns, csv.rows, (".csv", ".tsv", ".tab")),
    "jsonl": Format(jsonl.columns, jsonl.rows, (".jsonl", ".ndjson")),
}


def format_of(file: TextFile, name: str = "auto") -> Format:
    """The format of this name; `auto` goes by the file's name, then by how its text begins.

    Raises WrongUsage for an unknown format, Refused for a file that is none of them.
    """
    if name != "auto":
        if name not in FORMATS:
            raise WrongUsage(f"There is no format {name!r}.", hint=f"It is one of: auto, {', '.join(FORMATS)}.")
        return FORMATS[name]
    for known in FORMATS.values():
        if file.path.lower().endswith(known.endings):
            return known
    start = file.start.lstrip()
    if start.startswith("["):
        raise Refused(
            f"{file.name} looks like one JSON list, not JSON Lines.",
            hint="Write one object a line, for example with: jq -c '.[]'",
        )
    return FORMATS["jsonl" if start.startswith("{") else "csv"]
