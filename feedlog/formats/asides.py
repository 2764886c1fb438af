"""Lines around a table that are no rows of it: a total, a period, a signature below the last row."""

from collections.abc import Iterator

from feedlog.formats.files import File
from feedlog.formats.rows import Row

_MOST = 5


class Asides:
    """Decides whether lines that are too short are what stands below a table, or rows that were damaged.

    Only at the end of the file one knows. Until then they wait; a row that comes after them makes them damaged rows.
    """

    def __init__(self, file: File, wanted: int) -> None:
        self._file, self._wanted = file, wanted
        self.waiting: list[Row] = []
        self._after_blank = False

    def blank_line(self) -> None:
        """Notices an empty line: what comes after it may be apart from the table."""
        self._after_blank = True

    def may_be_one(self, row: Row, cells: list[str]) -> bool:
        """Keeps a damaged row back where it may be an aside: one filled cell, words and not only a number.

        After a blank line two filled cells are one, too.
        """
        filled = [cell for cell in cells if cell.strip()]
        most = 2 if self._after_blank else 1
        wordy = any(any(map(str.isalpha, cell)) for cell in filled)
        if self._wanted <= most or not filled or len(filled) > most or not wordy or len(self.waiting) >= _MOST:
            return False
        self.waiting.append(row)
        return True

    def were_rows(self) -> Iterator[Row]:
        """Gives up those that waited: a row follows them."""
        self._after_blank = False
        yield from self.waiting
        self.waiting.clear()

    def at_end(self) -> Iterator[Row]:
        """Says which lines stand below the table; no row is made of them."""
        if self.waiting:
            numbers = ", ".join(str(row.line) for row in self.waiting)
            one = len(self.waiting) == 1
            unit = self._file.unit.capitalize() + ("" if one else "s")
            self._file.remark(
                f"{unit} {numbers} {'stands' if one else 'stand'} below the table, and no row was made of it."
            )
        yield from ()


def without_blanks(cells: list[str], wanted: int) -> list[str]:
    """The cells without the empty ones beyond the last column: a delimiter too many at the end is harmless."""
    while len(cells) > wanted and not cells[-1].strip():
        cells = cells[:-1]
    return cells
