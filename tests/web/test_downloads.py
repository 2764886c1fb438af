"""Lists as CSV and Excel files: every row, every letter, no formula, no link, little memory."""

import asyncio
import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest

from feedlog import workbooks
from feedlog.formulas import harmless
from feedlog.web import downloads, exporting
from tests.web.conftest import ANALYST, HOSTILE, MANAGER, Site

HEADINGS = ["id", "=heading", "verbatim"]
MANY = 10_000


def sent(form: str, rows: Any, name: str = "notes") -> tuple[dict[str, str], bytes]:
    """The headers and the body of a download."""
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asyncio.run(downloads.answer(form, name, HEADINGS, rows).asgi_send(send))
    assert messages[0]["status"] == 200
    headers = {key.decode(): told.decode() for key, told in messages[0]["headers"]}
    return headers, b"".join(message["body"] for message in messages[1:])


def sheets(body: bytes) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    return [[tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book.worksheets]


class TestCSV:
    """UTF-8 that Excel knows for such."""

    def test_rows(self) -> None:
        """A mark tells Excel how letters are written; numbers stay numbers, None is empty.

        What would be a formula becomes text where all our CSV leaves (`spreadsheets`), once.
        """
        headers, body = sent("csv", [(1, None, "æøå 😡"), (-2, 1.5, "=1+1"), (3, "+45 12345678", "@SUM(1)\n2")])
        assert headers == {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": 'attachment; filename="notes.csv"',
        }
        assert body.startswith(b"\xef\xbb\xbf")
        assert [*csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))] == [
            ["id", "=heading", "verbatim"],
            ["1", "", "æøå 😡"],
            ["-2", "1.5", "=1+1"],
            ["3", "+45 12345678", "@SUM(1)\n2"],
        ]

    def test_no_rows(self) -> None:
        """An empty list has its headings."""
        assert sent("csv", [])[1].decode("utf-8-sig") == "id,=heading,verbatim\r\n"


class TestExcel:
    """Workbooks in which texts are texts."""

    def test_rows(self) -> None:
        """Texts come back letter by letter and are no formulas or links; numbers keep all their digits."""
        rows = [
            (1, None, "æøå 😡\nto linjer"),
            (2, 1.5, '=HYPERLINK("http://evil.example")'),
            (3, 2**53 + 1, "https://evil.example/login"),
            (4, b"\x01", "<r>not markup</r>"),
            (5, "", "<b>&amp;</b>"),
        ]
        headers, body = sent("xlsx", rows)
        assert headers["content-type"] == downloads.FORMS["xlsx"]
        assert headers["content-disposition"] == 'attachment; filename="notes.xlsx"'
        [sheet] = sheets(body)
        assert sheet == [
            tuple(HEADINGS),
            (1, None, "æøå 😡\nto linjer"),
            (2, 1.5, '=HYPERLINK("http://evil.example")'),
            (3, str(2**53 + 1), "https://evil.example/login"),
            (4, "01", "<r>not markup</r> "),
            (5, None, "<b>&amp;</b>"),
        ]
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            [written] = [archive.read(name).decode() for name in archive.namelist() if "/sheet" in name]
        assert "<f>" not in written and "hyperlink" not in written

    def test_what_no_workbook_can_hold(self) -> None:
        """Control characters leave a sign, and a text is cut where Excel's cell ends."""
        [sheet] = sheets(sent("xlsx", [(1, "a\x00b\x1b", "x" * 40_000), (2, "\ud800", "a\r\nb")])[1])
        assert sheet[1] == (1, "a�b�", "x" * 32_767)
        assert sheet[2] == (2, "�", "a\nb")

    def test_more_rows_than_a_sheet_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What one sheet cannot hold goes on the next, under the same headings."""
        monkeypatch.setattr(workbooks, "_MOST_ROWS", 3)
        found = sheets(sent("xlsx", [(number, "", "") for number in range(5)])[1])
        assert [[row[0] for row in sheet] for sheet in found] == [["id", 0, 1], ["id", 2, 3], ["id", 4]]

    def test_days(self) -> None:
        """Where days and instants stand they are Excel's own, in local time; what is none stays as it is."""
        rows = [
            (1, "2026-03-13", "2026-03-13"),
            (2, "2026-07-01T22:30:00Z", "2026-07-01T22:30:00Z"),
            (3, "2026-02-31", ""),
            (4, "2026-02-31T10:00:00Z", ""),
            (5, "9999-12-31T23:30:00Z", ""),
            (6, "1850-01-01", ""),
            (7, 2026, ""),
            (8, b"\x01", ""),
        ]
        [sheet] = sheets(b"".join(downloads.as_workbook("notes", HEADINGS, rows, [1])))
        assert [row[1] for row in sheet[1:]] == [
            datetime(2026, 3, 13), datetime(2026, 7, 2, 0, 30), "2026-02-31", "2026-02-31T10:00:00Z",
            "9999-12-31T23:30:00Z", "1850-01-01", 2026, "01",
        ]  # fmt: skip
        assert [row[2] for row in sheet[1:3]] == ["2026-03-13", "2026-07-01T22:30:00Z"]

    def test_name_of_the_sheet(self) -> None:
        """A sheet is called as its file is, as far as Excel lets it."""
        book = openpyxl.load_workbook(io.BytesIO(sent("xlsx", [], "promises kept " * 9)[1]))
        assert book.sheetnames == ["promises-kept-promises-kept-pro"]

    def test_no_rows(self) -> None:
        """An empty list has its headings."""
        assert sheets(sent("xlsx", [])[1]) == [[tuple(HEADINGS)]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory(form: str) -> None:
    """Rows are let go as they are written: ten thousand of two hundred letters take a fraction of their size."""

    async def send(message: dict[str, Any]) -> None:
        pass

    rows = ((number, "", "x" * 200) for number in range(MANY))
    tracemalloc.start()
    try:
        asyncio.run(downloads.answer(form, "notes", HEADINGS, rows).asgi_send(send))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000  # of two million letters


def test_reader_who_breaks_off() -> None:
    """Where the reader is gone, no further rows are read and the file is closed."""
    closed: list[bool] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        try:
            for number in range(MANY):
                yield number, "", ""
        finally:
            closed.append(True)

    class GoneError(Exception):
        pass

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            raise GoneError

    reading = rows()
    with pytest.raises(GoneError):
        asyncio.run(downloads.answer("csv", "notes", HEADINGS, reading).asgi_send(send))
    del reading
    assert closed == [True]


def test_server_that_stops() -> None:
    """A workbook that nobody waits for any more is not made to its end."""
    taken: list[int] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(MANY * 100):
            taken.append(number)
            yield number, "", ""

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError("nothing is sent before the workbook is made")

    async def begun_and_stopped() -> None:
        sending = asyncio.create_task(downloads.answer("xlsx", "notes", HEADINGS, rows()).asgi_send(send))
        while not taken:
            await asyncio.sleep(0.01)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        before = -1
        while before < len(taken):
            before = len(taken)
            await asyncio.sleep(0.05)

    asyncio.run(begun_and_stopped())
    assert 0 < len(taken) < MANY * 100


def test_rows_of_the_file(published: Path) -> None:
    """Rows can be read as they are taken, from the file itself."""
    rows = downloads.rows_of(str(published), "select id, month, verbatim from notes where id > ? order by id", [80])
    body = sent("csv", rows)[1].decode("utf-8-sig")
    assert body.count("\r\n") == 11


def test_name_of_the_file() -> None:
    """A name that came from outside cannot end the header."""
    headers, _ = sent("csv", [], 'a"; x=\r\nset-cookie: æ/../b')
    assert headers["content-disposition"] == 'attachment; filename="a-x-set-cookie-b.csv"'


class TestTables:
    """Datasette's tables and questions as Excel."""

    def test_all_rows(self, site: Site) -> None:
        """The link beside CSV leads to every row of the table, not only to those on the page, in the page's order."""
        page = site.get("/feedlog/notes?_size=10&kind=complaint", MANAGER).text
        [place] = [part.split('"')[0] for part in page.split('href="') if part.startswith("/feedlog/notes.xlsx")]
        answer = site.get(place.replace("&amp;", "&"), MANAGER)
        assert answer.headers["content-disposition"] == 'attachment; filename="notes.xlsx"'
        [[headings, *rows]] = sheets(answer.content)
        shown = site.get("/feedlog/notes.json?kind=complaint&_size=max", MANAGER).json()
        assert [*headings] == shown["columns"]
        assert len(rows) == shown["filtered_table_rows_count"] > 10
        assert [row[0] for row in rows] == [row[0] for row in shown["rows"]]

    def test_csv_of_all_rows(self, site: Site) -> None:
        """The link to CSV leads to every row, too, from any page of the table."""
        page = site.get("/feedlog/notes?_size=10", MANAGER).text
        onwards = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        page = site.get(onwards.removeprefix("http://localhost"), MANAGER).text
        [place] = [part.split('"')[0] for part in page.split('href="') if part.startswith("/feedlog/notes.csv")]
        rows = [*csv.DictReader(io.StringIO(site.get(place.replace("&amp;", "&"), MANAGER).text, newline=""))]
        count = site.get("/feedlog/notes.json", MANAGER).json()["filtered_table_rows_count"]
        assert len(rows) == len({row["id"] for row in rows}) == count

    @pytest.mark.parametrize("path", ["/feedlog/came_back.xlsx?theme=delivery", "/feedlog/notes.xlsx?_search=levering"])
    def test_questions_and_searches(self, site: Site, path: str) -> None:
        """A question and a search come as the pages show them."""
        [[_, *rows]] = sheets(site.get(path, MANAGER).content)
        shown = site.get(path.replace(".xlsx", ".json"), MANAGER).json()["rows"]
        assert [row[0] for row in rows] == [row[0] for row in shown]
        assert rows

    def test_hostile(self, hostile: Site) -> None:
        """What a spreadsheet would run is text there."""
        [[headings, *rows]] = sheets(hostile.get("/feedlog/notes.xlsx", MANAGER).content)
        found = {row[headings.index("verbatim")] for row in rows}
        assert {HOSTILE[name] for name in ("formula", "sum", "plus", "minus", "link", "emoji")} <= found
        assert harmless(HOSTILE["formula"]) not in found

    @pytest.mark.parametrize("table", ["notes_fts", "wordings", "words", "publication"])
    def test_under_the_tables_permission(self, site: Site, table: str) -> None:
        """A table that is shut is shut in this form, too, and SQL is for analysts."""
        assert site.get(f"/feedlog/{table}.xlsx", ANALYST).status_code == 403
        assert site.get("/feedlog/notes.xlsx").status_code == 403
        own = "/feedlog.xlsx?sql=" + quote("select 1 as one")
        assert site.get(own, MANAGER).status_code == 403
        assert sheets(site.get(own, ANALYST).content) == [[("one",), (1,)]]

    def test_no_other_door(self, site: Site, published: Path) -> None:
        """The statement that is run again may do no more than Datasette's: neither write nor tell where the file is."""
        told = site.get("/feedlog.xlsx?sql=" + quote("select file from pragma_database_list"), ANALYST)
        assert str(published) not in str(sheets(told.content))

    def test_a_question_without_end(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """What would never be whole is broken off and told so, and the next workbook is made."""
        monkeypatch.setattr(exporting, "LONGEST_QUESTION_SECONDS", 0.2)
        sql = "with recursive n (n) as (select 1 union all select n + 1 from n) select n from n"
        answer = site.get("/feedlog.xlsx?sql=" + quote(sql), ANALYST)
        assert answer.status_code == 400
        assert answer.json()["error"] == "The question was broken off because its answer took too long."
        assert site.get("/feedlog/themes.xlsx", ANALYST).status_code == 200

    def test_a_question_that_fails(self, site: Site) -> None:
        """Nonsense is refused in a sentence, not sent as a file."""
        answer = site.get("/feedlog.xlsx?sql=" + quote("select nonsense"), ANALYST)
        assert answer.status_code in (400, 404)
        assert answer.json()["ok"] is False
