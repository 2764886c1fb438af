"""Plain text: one sentence a line."""

from collections.abc import Iterator
from functools import partial

from feedlog.formats.files import File
from feedlog.formats.headers import names_words
from feedlog.formats.records import Table
from feedlog.formats.rows import Row, lines_of


def tables(file: File) -> list[Table]:
    """The lines as a table of one column, `text`; blank lines are no rows."""
    return [Table(file.name, ("text",), partial(_rows, file))]


def _rows(file: File) -> Iterator[Row]:
    with file.open() as stream:
        for number, line in enumerate(lines_of(stream), 1):
            if words := line.strip():
                yield Row(number, {"text": words})


def is_table(start: str) -> bool:
    """Whether a text that begins so is a table all the same: tabs between names, or a name we know among them."""
    first = next((line for line in start.splitlines() if line.strip()), "")
    names = [name for part in first.split("\t") for name in part.replace("|", ";").replace(",", ";").split(";")]
    return "\t" in first.strip() or any(names_words(name.strip(' "')) for name in names)
