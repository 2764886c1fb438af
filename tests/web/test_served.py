"""How Datasette reads the published file: quickly, with the same answers, and always the file that is there."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from feedlog.web import searching, served
from tests.web.conftest import ANALYST, MANAGER, Site, serving

ENDLESS = "with recursive n (n) as (select 1 union all select n + 1 from n) select count(*) from n"


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Iterator[Site]:
    """The sample pages, served from a copy that a test may spoil."""
    shutil.copy(published, tmp_path / "feedlog.db")
    opened = serving(tmp_path / "feedlog.db")
    yield opened
    opened.close()


def rows(site: Site, query: str, actor: dict[str, Any] = MANAGER) -> list[dict[str, Any]]:
    answer = site.get(f"/feedlog/notes.json?_shape=array&{query}", actor)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


class TestTime:
    """Pages end soon; what analysts ask in SQL may take longer, and not all threads."""

    @pytest.fixture(autouse=True)
    def shortly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A tenth of a second for pages."""
        monkeypatch.setattr(served, "PAGE_MS", 100)

    def limits(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The limits that statements are given from now on."""
        given: list[int] = []
        plain = served.sqlite_timelimit

        def remembered(connection: sqlite3.Connection, limit: int) -> Any:
            if connection.execute("select 1 from sqlite_master where name = 'publication'").fetchone():
                given.append(limit)  # Datasette has a database of its own beside
            return plain(connection, limit)

        monkeypatch.setattr(served, "sqlite_timelimit", remembered)
        monkeypatch.setattr("datasette.database.sqlite_timelimit", remembered)
        return given

    def test_a_page_has_its_own_limit(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever opens a table or a question waits no longer than a page takes, an analyst's tables too."""
        given = self.limits(monkeypatch)
        for actor, path in ((MANAGER, "notes"), (MANAGER, "came_back?theme="), (ANALYST, "notes")):
            assert site.get(f"/feedlog/{path}", actor).status_code == 200
        assert given and max(given) <= 100

    def test_analysts_have_longer(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """SQL of their own, a condition of their own, and our questions have the server's limit."""
        for path in ("?sql=select+1", "/notes?_where=1", "/came_back?theme="):
            given = self.limits(monkeypatch)
            assert site.get(f"/feedlog{path}", ANALYST).status_code == 200
            assert max(given) == 20_000, path

    def test_what_takes_too_long(self, copied: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is broken off and told so, on a page as in data, without a word of settings."""
        monkeypatch.setattr(copied.datasette, "sql_time_limit_ms", 100)
        page = copied.get("/feedlog?sql=" + quote(ENDLESS), ANALYST)
        assert page.status_code == 400
        assert "The question was broken off because its answer took too long." in page.text
        assert "sql_time_limit_ms" not in page.text
        data = copied.get("/feedlog.json?sql=" + quote(ENDLESS), ANALYST)
        assert (data.status_code, data.json()["ok"]) == (400, False)

    def test_pages_have_threads_left(self, copied: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """While more analysts ask for long than there are threads, a manager's page is there before any of them."""
        import asyncio

        monkeypatch.setattr(served, "PAGE_MS", 20_000)
        ended: list[str] = []

        async def get(path: str, actor: dict[str, str]) -> None:
            cookies = {"ds_actor": copied.datasette.sign({"a": actor}, "actor")}
            await copied.datasette.client.get(path, cookies=cookies)
            ended.append(actor["id"])

        async def all_at_once() -> None:
            asking = [asyncio.create_task(get("/feedlog.json?sql=" + quote(ENDLESS), ANALYST)) for _ in range(8)]
            await asyncio.sleep(0.05)
            await get("/feedlog/themes.json", MANAGER)
            for task in asking:
                task.cancel()
            for connection in copied.datasette.databases["feedlog"]._all_file_connections:
                connection.interrupt()  # nobody waits for them any more
            await asyncio.gather(*asking, return_exceptions=True)

        copied._loop.run_until_complete(all_at_once())
        assert ended[0] == "mia"


class TestCounting:
    """Rows are counted as far as that is quick, and all of them for whoever asks."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Forty rows are many."""
        monkeypatch.setattr(served, "COUNTED_ROWS", 40)
        monkeypatch.setattr(served, "_COUNTED", "select count(*) from (select 1 from {} limit 41)")

    def test_many(self, site: Site) -> None:
        """A page says that it did not count, data says nothing, and neither says a number that is wrong."""
        assert site.get("/feedlog/notes.json", MANAGER).json()["filtered_table_rows_count"] is None
        page = site.get("/feedlog/notes", MANAGER).text
        assert "Too many rows to count them each time" in page
        assert 'href="/feedlog/notes?_count=on"' in page
        assert "<small>more than 10,000 rows</small>" in site.get("/feedlog", MANAGER).text

    def test_asked_for(self, site: Site, published: Path) -> None:
        """With `_count` every row is counted."""
        with closing(sqlite3.connect(published)) as connection:
            [[count]] = connection.execute("select count(*) from notes")
        counted = site.get("/feedlog/notes.json?_count=on", MANAGER).json()
        assert counted["filtered_table_rows_count"] == count > 40
        assert f"{count} rows" in site.get("/feedlog/notes?_count=on", MANAGER).text

    @pytest.mark.parametrize("query", ["kind=compliment", "_search=levering", "_search=levering&kind=complaint"])
    def test_few(self, site: Site, query: str) -> None:
        """What is few is counted, and right."""
        answer = site.get(f"/feedlog/notes.json?{query}", MANAGER).json()
        assert answer["filtered_table_rows_count"] == len(answer["rows"]) > 0

    def test_without_settings_of_ours(self, published: Path) -> None:
        """Where Datasette is to suggest counts by columns, which it counts for, a large table is shown all the same."""
        plain = serving(published, metadata={}, settings={"suggest_facets": True, "default_allow_sql": True})
        answer = plain.get("/feedlog/notes")
        assert answer.status_code == 200
        assert plain.get("/feedlog/notes.json").json()["suggested_facets"]
        plain.close()

    def test_an_analysts_own_count(self, site: Site) -> None:
        """A count in an analyst's own SQL is what it says."""
        told = site.get("/feedlog.json?_shape=arrays&sql=" + quote("select count(*) from notes"), ANALYST)
        assert told.json()["rows"][0][0] > 40


class TestQuickly:
    """Statements said otherwise have the same answers."""

    def pages(self, site: Site, query: str) -> list[list[int]]:
        """The numbers on each page of three rows."""
        found, onwards = [], f"/feedlog/notes.json?_size=3&{query}"
        while onwards:
            told = site.get(onwards, MANAGER).json()
            found.append([row[0] for row in told["rows"]])
            onwards = (told["next_url"] or "").removeprefix("http://localhost")
        return found

    @pytest.mark.parametrize(
        "query",
        [
            "_search=levering",
            "_search=levering&kind=complaint",
            "_sort_desc=said_at",
            "_sort=said_at",
            "_sort_desc=id",
            "_sort=id",
        ],
    )
    def test_same_pages(self, site: Site, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
        """Every page of a search and of a sorted table holds the same rows as in Datasette's own words."""
        quick = self.pages(site, query)
        assert len(quick) > 1
        monkeypatch.setattr(searching, "quick", lambda sql: sql)
        assert quick == self.pages(site, query)

    @pytest.mark.parametrize(
        "query",
        [
            "_search=levering",
            "_search=levering&_next=40,40&_sort_desc=id",
            "_next=2026-11-01T00~3A00~3A00Z,5&_sort_desc=said_at",
        ],
    )
    def test_said_otherwise(self, site: Site, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
        """Datasette still words these as we know them: each is said otherwise."""
        told: list[str] = []
        quick = searching.quick

        def remembered(sql: str) -> str:
            if quick(sql) != sql and not sql.startswith("select count"):
                told.append(quick(sql))
            return quick(sql)

        monkeypatch.setattr(searching, "quick", remembered)
        rows(site, query)
        assert len(told) == 1

    def test_searched_in_the_order_it_was_logged(self, site: Site) -> None:
        """A search shows the newest first, unless another order is asked for."""
        ids = [row["id"] for row in rows(site, "_search=levering")]
        assert ids == sorted(ids, reverse=True)
        ids = [row["id"] for row in rows(site, "_search=levering&_sort=id")]
        assert ids == sorted(ids)

    @pytest.mark.parametrize("text", ["", '"', "AND", "a" * 10_000, "levering*", "\x00", "NEAR(a b)", "æ'"])
    def test_any_words(self, site: Site, text: str) -> None:
        """Whatever is typed into Datasette's search box is answered."""
        assert site.get(f"/feedlog/notes?_search={quote(text)}", MANAGER).status_code == 200


class TestFile:
    """The file may be written anew, replaced or taken away while it is served."""

    def test_another_file_in_its_place(self, copied: Site, published: Path, tmp_path: Path) -> None:
        """When the file is replaced, the next request shows the new one, whichever thread answers it."""
        assert len(rows(copied, "_size=max")) > 50
        shutil.copy(published, tmp_path / "other.db")
        with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
            connection.execute("delete from notes where id > 3")
            connection.commit()
        os.replace(tmp_path / "other.db", tmp_path / "feedlog.db")
        for _ in range(8):
            assert len(rows(copied, "_size=max")) == 3

    def test_another_schema(self, copied: Site, tmp_path: Path) -> None:
        """What was remembered of the tables is forgotten when they change."""
        assert copied.get("/feedlog/themes", MANAGER).status_code == 200
        with closing(sqlite3.connect(tmp_path / "feedlog.db")) as connection:
            connection.execute("alter table themes add column colour text default 'red'")
            connection.execute("create table more (id integer primary key, verbatim text)")
            connection.commit()
        assert "colour" in copied.get("/feedlog/themes.json", MANAGER).json()["columns"]
        assert "/feedlog/more" in copied.get("/feedlog", MANAGER).text
        assert copied.get("/feedlog/more", MANAGER).status_code == 200
