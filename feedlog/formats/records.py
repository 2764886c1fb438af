"""What a system's own export holds, in feedlog's fields: the shapes between the source modules and the import.

A *table* is one file, or one sheet of one: rows of cells by column. JSON becomes rows too: an object inside an object
gives columns with a dot, a list stays JSON text in its cell. A *source* is a system whose exports we know, such as
Zendesk: it says which of its tables has which columns, and turns them into *records*.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from feedlog.formats.rows import Row


class Table(NamedTuple):
    """Rows of cells; `rows` reads them from the beginning each time it is called. `name` is the file's, for people."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


class Record(NamedTuple):
    """One thing a source holds, where it stands, and what it says in feedlog's fields.

    `fields` has the names of `feedlog import --map`: verbatim, customer, name, said_at, channel, touchpoint, kind,
    theme (several as a JSON list), agent, reading, satisfaction, source_id. Where `answers` is given it is a reply of
    ours to the note of that source_id: then verbatim is the reply, said_at its moment, agent who wrote it. A record
    without words has an empty verbatim; it is counted and skipped. One that could not be read has a `problem`, a
    sentence, and no fields. Times without a zone are in the zone the source writes them in: give it with an offset.
    """

    table: str
    line: int
    fields: dict[str, str]
    answers: str | None = None
    problem: str | None = None


class Source(NamedTuple):
    """A system whose exports we know.

    `tables` names its tables and, for each, the columns that tell it (lower case; a file may have more). `needed` are
    the tables without which there are no customers' words: a file that lacks them is refused with what to export
    instead. `records` gets the tables at hand by name, several files of one table in the order given.
    """

    name: str
    title: str
    tables: Mapping[str, frozenset[str]]
    needed: tuple[str, ...]
    records: Callable[[Mapping[str, Sequence[Table]]], Iterator[Record]]
    instead: str = ""


def table_of(source: Source, columns: Sequence[str]) -> str | None:
    """Which of the source's tables has these columns; the one with most columns of its own where several fit."""
    found = {column.casefold() for column in columns}
    fitting = [name for name, wanted in source.tables.items() if wanted <= found]
    return max(fitting, key=lambda name: len(source.tables[name]), default=None)
