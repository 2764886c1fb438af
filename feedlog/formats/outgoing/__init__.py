"""Notes as a table for other programs: one module a format. A format gets columns and rows and knows no log.

To add one: a module with `write`, and a line in OUTGOING.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

from feedlog.formats.outgoing.columns import Column, Style

__all__ = ["OUTGOING", "Column", "Outgoing", "Style", "format_by_ending"]

Write = Callable[[BinaryIO, Sequence[Column], Iterator[tuple[Any, ...]], Style], list[str]]


class Outgoing(NamedTuple):
    """A kind of file that can be written: the file names it is known by, and whether it can go down a pipe."""

    module: str
    endings: tuple[str, ...]
    pipes: bool

    @property
    def write(self) -> Write:
        """What writes it, loaded only now; returns remarks on what the file could not hold as it was.

        Raises Refused where a package it needs is not installed; nothing was written then.
        """
        import importlib  # here: each loads a library of its own

        write: Write = importlib.import_module(f"feedlog.formats.outgoing.{self.module}").write
        return write


OUTGOING = {
    "csv": Outgoing("delimited", (".csv", ".tsv"), True),
    "jsonl": Outgoing("json_lines", (".jsonl", ".ndjson"), True),
    "xlsx": Outgoing("workbook", (".xlsx",), False),
    "parquet": Outgoing("parquet", (".parquet",), False),
}


def format_by_ending(path: str) -> str | None:
    """The name of the format a file of this name is, or None."""
    return next((name for name, one in OUTGOING.items() if path.lower().endswith(one.endings)), None)
