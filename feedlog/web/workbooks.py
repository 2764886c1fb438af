"""Excel workbooks for the browser: made whole on disk, sent in pieces."""

import os
import tempfile
from collections.abc import Container, Generator, Iterable, Sequence
from typing import Any

from feedlog.formats.outgoing import workbook
from feedlog.formats.outgoing.columns import Column, Style

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE_BYTES = 1 << 18


def pieces(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], moments: Container[int] = ()
) -> Generator[bytes, None, None]:
    """The workbook in pieces. It is made whole before the first one, since a workbook's index comes last.

    `moments` are the places in a row, counted from 0, where stored days and instants stand: they become Excel's own, in
    local time.
    """
    columns = [
        Column(heading, "instant", workbook.INSTANT_WIDTH) if place in moments else Column(heading, "any")
        for place, heading in enumerate(headings)
    ]
    with (
        tempfile.TemporaryDirectory(prefix="feedlog-sheet-") as folder,
        open(os.path.join(folder, "made.xlsx"), "w+b") as file,
    ):
        workbook.write(file, columns, rows, Style(title=name))
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece
