"""Lists as files for spreadsheets: CSV a row at a time, or an Excel workbook. Neither runs what customers said."""

import asyncio
import contextlib
import csv
import io
import itertools
import os
import re
import sqlite3
import tempfile
import threading
from collections.abc import Container, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from feedlog import workbooks

Rows = Iterable[Sequence[Any]]
# The forms a list can have, each with its media type.
FORMS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_ROWS_AT_A_TIME = 500
_PIECE_BYTES = 1 << 18
# Threads of their own, so that slow readers of files keep nobody from logging in.
_threads = ThreadPoolExecutor(4, "feedlog-download")
# Making a workbook keeps a processor busy: a second one waits, so that the pages do not.
_workbooks = asyncio.Semaphore(1)


class Download(Response):  # type: ignore[misc]
    """A list as a file, sent while it is read."""

    def __init__(self, form: str, name: str, headings: Sequence[str], rows: Rows, moments: Container[int]) -> None:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "feedlog"
        super().__init__(headers={"content-disposition": f'attachment; filename="{plain}.{form}"'})
        self.content_type = FORMS[form]
        self._unwanted = threading.Event()
        rows = self._while_wanted(rows)
        self._in_line = _workbooks if form == "xlsx" else contextlib.nullcontext()
        self._pieces = as_workbook(plain, headings, rows, moments) if form == "xlsx" else as_csv(headings, rows)

    async def asgi_send(self, send: Any) -> None:
        """Sends the file. The rows are taken in another thread, and let go when the reader breaks off."""
        try:
            async with self._in_line:
                # Before the answer begins: what cannot be read is told by a status.
                piece = await self._next()
            told = {**self.headers, "content-type": self.content_type}
            headers = [(key.lower().encode(), value.encode()) for key, value in told.items()]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while piece is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self._next()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._unwanted.set()
            # Where a row is just being taken, the taker finds out by itself.
            with contextlib.suppress(ValueError):
                await asyncio.get_running_loop().run_in_executor(_threads, self._pieces.close)

    def _while_wanted(self, rows: Rows) -> Generator[Sequence[Any], None, None]:
        """The rows until nobody waits for them: a server that stops must not wait for a million of them."""
        for row in rows:
            if self._unwanted.is_set():
                return
            yield row

    async def _next(self) -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(_threads, next, self._pieces, None)


def answer(form: str, name: str, headings: Sequence[str], rows: Rows, moments: Container[int] = ()) -> Download:
    """The rows as a file called `name`, without its ending, in one of `FORMS`; a workbook has days at `moments`.

    The rows may come from a generator that reads as it goes, `rows_of` for one; it runs in other threads.
    """
    return Download(form, name, headings, rows, moments)


def places(path: str, asked: dict[str, str]) -> list[tuple[str, str]]:
    """The files a list at `path` can be taken away as: what each is called, and its address."""
    query = urlencode({name: told for name, told in asked.items() if told})
    named = {"csv": "CSV", "xlsx": "Excel"}
    return [(named[form], f"{path}.{form}" + (f"?{query}" if query else "")) for form in FORMS]


def rows_of(path: str, sql: str, parameters: Any = ()) -> Generator[tuple[Any, ...], None, None]:
    """The rows of a statement on the published file, read as they are taken, of one moment. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    try:
        yield from connection.execute(sql, parameters)
    finally:
        connection.close()


def as_csv(headings: Sequence[str], rows: Rows) -> Generator[bytes, None, None]:
    """UTF-8 behind the mark by which Excel knows it. Formulas lose their power on the way out, as in all our CSV."""
    left = iter(rows)
    some: list[Sequence[Any]] = [headings, *itertools.islice(left, _ROWS_AT_A_TIME)]
    mark = b"\xef\xbb\xbf"
    while some:
        written = io.StringIO()
        csv.writer(written).writerows(some)
        yield mark + written.getvalue().encode("utf-8", "replace")
        mark, some = b"", [*itertools.islice(left, _ROWS_AT_A_TIME)]


def as_workbook(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], moments: Container[int] = ()
) -> Generator[bytes, None, None]:
    """The workbook in pieces. It is made whole before the first one, since a workbook's index comes last.

    `moments` are the places in a row, counted from 0, where stored days and instants stand: they become Excel's own, in
    local time.
    """
    above = [workbooks.Heading(heading, place in moments) for place, heading in enumerate(headings)]
    with (
        tempfile.TemporaryDirectory(prefix="feedlog-sheet-") as folder,
        open(os.path.join(folder, "made.xlsx"), "w+b") as file,
    ):
        workbooks.write(file, name, above, rows)
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece
