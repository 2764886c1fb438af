"""No formula reaches a spreadsheet through the pages either: every CSV Datasette hands out, whole or streamed."""

import asyncio
import csv
import io
import shutil
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.formulas import harmless
from feedlog.web.spreadsheets import Rows
from tests.web.conftest import HOSTILE, ROOT, Site, serving

MANY = 20_000
RUN = [HOSTILE[name] for name in ("formula", "sum", "plus", "minus", "full width")]


def cells(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text, newline=""))]


def sentences(text: str) -> list[str]:
    return [row["verbatim"] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize(
    "path",
    [
        "/feedlog/notes.csv?_size=max",
        "/feedlog/notes.csv?_stream=on&_dl=1",
        "/feedlog/notes.csv?_size=max&_dl=on",
        "/feedlog/notes.csv?_size=max&_trace=1&_dl=1",
        "/feedlog/notes.csv?_labels=on&_stream=on",
        "/feedlog.csv?sql=" + quote("select verbatim, id from notes"),
        "/feedlog.csv?_stream=on&sql=" + quote("select verbatim, id from notes"),
    ],
)
def test_formulas(hostile: Site, path: str) -> None:
    """What a spreadsheet would run has an apostrophe before it, and every other sentence is as it was said."""
    answer = hostile.get(path, actor=ROOT)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    found = sentences(answer.text)
    assert {f"'{text}" for text in RUN} <= {*found}
    assert not {*RUN} & {*found}
    assert {HOSTILE["long"], HOSTILE["emoji"], HOSTILE["template"]} <= {*found}
    assert len(found) == len(HOSTILE)


def test_download_keeps_its_name(hostile: Site) -> None:
    """A download is still one, under its table's name."""
    answer = hostile.get("/feedlog/notes.csv?_dl=1", actor=ROOT)
    assert answer.headers["content-disposition"] == 'attachment; filename="notes.csv"'


def test_canned_query(published: Path) -> None:
    """A query of the firm's own is no way round, nor are tab, return, or a column's name; numbers stay numbers."""
    sql = "select char(9) || '=1' as tab, char(13) || '=1' as cr, -5 as number, '+4512345678' as phone, '=2' as \"@a\""
    access = {"allow": {"id": "*"}, "databases": {"feedlog": {"queries": {"ours": {"sql": sql}}}}}
    site = serving(published, access)
    try:
        heading, row = cells(site.get("/feedlog/ours.csv", actor=ROOT).text)
    finally:
        site.close()
    assert heading == ["tab", "cr", "number", "phone", "'@a"]
    assert row == ["'\t=1", "'\r=1", "-5", "+4512345678", "'=2"]


def test_a_cell_of_a_megabyte(hostile: Site) -> None:
    """A cell longer than the csv module takes from strangers comes whole."""
    sql = "select '=' || replace(hex(zeroblob(300000)), '00', 'æ') as a, 'b' as b"
    row = cells(hostile.get(f"/feedlog.csv?sql={quote(sql)}", actor=ROOT).text)[1]
    assert row == ["'=" + "æ" * 300_000, "b"]


@pytest.mark.parametrize("path", ["/feedlog/notes.json?_shape=array&_size=max", "/feedlog/notes?_size=max"])
def test_other_answers_are_as_they_were(hostile: Site, path: str) -> None:
    """JSON and pages show what was said, without an apostrophe."""
    text = hostile.get(path, actor=ROOT).text
    assert "+1-2" in text and "'+1-2" not in text
    assert hostile.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_no_login_no_rows(hostile: Site) -> None:
    """The doors stand before it: a stranger gets no CSV."""
    assert hostile.get("/feedlog/notes.csv?_stream=on").status_code == 403


@pytest.fixture(scope="session")
def big(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample pages with a large table, every one a formula."""
    copy = tmp_path_factory.mktemp("big") / "feedlog.db"
    shutil.copy(published, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("create table many (id integer primary key, verbatim text)")
        connection.execute(
            "with recursive n (n) as (select 1 union all select n + 1 from n where n < ?)"
            " insert into many select n, '=' || n || '+1,' || char(10) || '\"' || n || '\"' from n",
            [MANY],
        )
        connection.commit()
    opened = serving(copy, {"allow": {"id": "*"}})
    yield opened
    opened.close()


def test_a_large_table(big: Site) -> None:
    """A large table goes through row by row: all arrives, harmless, each row as soon as it is there."""
    sent: list[int] = []
    harmed = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal harmed
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            sent.append(len(body))
            harmed += body.count(b",\"'=")

    cookie = f"ds_actor={big.datasette.sign({'a': ROOT}, 'actor')}"
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/feedlog/many.csv", "scheme": "http",
        "raw_path": b"/feedlog/many.csv", "query_string": b"_stream=on", "headers": [(b"cookie", cookie.encode())],
    }  # fmt: skip
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(big.datasette.app()(scope, receive, send))
    finally:
        loop.close()
    assert harmed == MANY
    assert max(sent) < 100 and sum(sent) > 25 * MANY


def test_memory() -> None:
    """What went through is let go: many rows take no more memory than one."""
    through = Rows()
    tracemalloc.start()
    try:
        for number in range(MANY):
            assert through.passed(b'=%d,"a\nb"\r\n' % number, last=False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200_000  # of 290,000 bytes


TEXTS = st.text(alphabet="a=+-@\t\r\n\",;'1 æ＝😡", max_size=12)


@given(rows=st.lists(st.lists(TEXTS, min_size=1, max_size=3), max_size=5), step=st.integers(1, 9))
def test_cut_anywhere(rows: list[list[str]], step: int) -> None:
    """However an answer is cut into pieces, the cells are those that were written, each by the one rule."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    whole = file.getvalue().encode()
    through = Rows()
    passed = b"".join(through.passed(whole[at : at + step], last=False) for at in range(0, len(whole), step))
    passed += through.passed(b"", last=True)
    assert cells(passed.decode()) == [[harmless(text) for text in row] for row in rows]


def test_what_breaks_off_leaves_as_far_as_it_came() -> None:
    """Where Datasette ends in the middle with a sentence of its own, that comes, too; bytes that are no text stay."""
    through = Rows()
    assert through.passed(b'a,b\r\n"=1', last=False) == b"a,b\r\n"
    assert through.passed(b"\xff", last=False) == b""
    assert through.passed(b" interrupted", last=True) == b"'=1\xff interrupted\r\n"
