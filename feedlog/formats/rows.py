"""What every format yields, so that the import need not know where a row came from."""

from collections.abc import Iterator
from typing import NamedTuple, TextIO

from feedlog.errors import Refused

# A line longer than this is no row of anybody's feedback; without a bound one file could fill the memory.
LONGEST_LINE_CHARACTERS = 16 * 1024 * 1024


class Row(NamedTuple):
    """One record of a file: the line of the file it begins on, counted from 1, and its cells by column.

    A record that could not be read has a `problem`, a sentence, and no cells.
    """

    line: int
    cells: dict[str, str]
    problem: str | None = None


def lines_of(stream: TextIO) -> Iterator[str]:
    """The lines of a file with their ends; raises Refused for one that would fill the memory."""
    number = 0
    while line := stream.readline(LONGEST_LINE_CHARACTERS):
        number += 1
        if len(line) == LONGEST_LINE_CHARACTERS:
            raise too_long(number)
        yield line


def too_long(number: int) -> Refused:
    """The refusal of a line that would fill the memory."""
    return Refused(
        f"Line {number} is longer than {LONGEST_LINE_CHARACTERS // 1024 // 1024} million characters.",
        hint="A file to import has one row a line: look whether it is what its name says.",
    )
