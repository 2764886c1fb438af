"""Datasette's CSV as a spreadsheet may open it: no cell of it is a formula. A row at a time, as it comes."""

import codecs
import csv
import io
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from feedlog.formulas import harmless

_CSV = (b"content-type", b"text/csv; charset=utf-8")


def without_formulas(app: Any) -> Any:
    """The application, with an apostrophe before what a spreadsheet would run in its CSV; other answers as they are."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        named_csv = scope["path"].endswith(".csv")
        if named_csv:
            # With it Datasette hands out the same cells as a page, which `_dl` would still name notes.csv.
            scope = {**scope, "query_string": _without(scope.get("query_string", b""), "_trace")}
        rows: Rows | None = None

        async def send_harmless(message: dict[str, Any]) -> None:
            nonlocal rows
            if message["type"] == "http.response.start" and _is_csv(message, named_csv):
                rows = Rows()
                message = {**message, "headers": [*_other_headers(message), _CSV]}
            elif message["type"] == "http.response.body" and rows:
                more = message.get("more_body", False)
                message = {**message, "body": rows.passed(message.get("body", b""), last=not more)}
            await send(message)

        await app(scope, receive, send_harmless)

    return guarded


def _without(query: bytes, name: str) -> bytes:
    return b"&".join(part for part in query.split(b"&") if unquote_plus(part.split(b"=")[0].decode("latin-1")) != name)


def _is_csv(message: dict[str, Any], named_csv: bool) -> bool:
    """Datasette shows CSV as plain text unless it is to be a file; its other plain texts have no such name."""
    kind = next((told for key, told in message.get("headers", []) if key.lower() == b"content-type"), b"").lower()
    return kind.startswith(b"text/csv") or (named_csv and kind.startswith(b"text/plain"))


def _other_headers(message: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Without the length, which an apostrophe changes."""
    return [
        (key, told)
        for key, told in message.get("headers", [])
        if key.lower() not in (b"content-type", b"content-length")
    ]


class Rows:
    """CSV on its way through, cut anywhere into pieces; holds back no more than the row that has not ended yet."""

    def __init__(self) -> None:
        # Bytes that are no UTF-8 leave as they came.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._begun: list[str] = []
        self._in_quotes = False
        # The limit of the csv module is for strangers' files; a customer's sentence here may be longer.
        csv.field_size_limit(sys.maxsize)

    def passed(self, piece: bytes, *, last: bool) -> bytes:
        """The rows that end in this piece, harmless; with `last` also one that never ended."""
        told = "".join(self._row(row) for row in self._ended(self._decoder.decode(piece, last)))
        if last and self._begun:
            told += self._row(self._all_begun())
        return told.encode("utf-8", "surrogateescape")

    def _ended(self, text: str) -> Iterator[str]:
        """Rows that are whole now. Inside quotes a line feed ends none; a quote inside them is written twice."""
        start = 0
        while start < len(text):
            end = text.find("\n", start) + 1 or len(text)
            line, start = text[start:end], end
            self._begun.append(line)
            self._in_quotes ^= line.count('"') % 2 == 1
            if line.endswith("\n") and not self._in_quotes:
                yield self._all_begun()

    def _all_begun(self) -> str:
        row = "".join(self._begun)
        self._begun.clear()
        return row

    @staticmethod
    def _row(row: str) -> str:
        written = io.StringIO()
        csv.writer(written).writerows(
            [harmless(cell) for cell in cells] for cells in csv.reader(io.StringIO(row, newline=""))
        )
        return written.getvalue()
