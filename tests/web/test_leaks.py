"""Ways in which Datasette was found to show more than it should, or do more than it should: each is shut."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from datasette.app import Datasette

from feedlog.cli.serving import SETTINGS
from feedlog.store.shipped import shipped_text
from tests.web.conftest import ANALYST, HOSTILE, MANAGER, ROOT, Site

METADATA: dict[str, Any] = yaml.safe_load(shipped_text("metadata.yml"))["databases"]["feedlog"]
SHUT = [name for name, about in METADATA["tables"].items() if about.get("allow") is False]


def asked(site: Site, sql: str) -> Any:
    """The rows an analyst is answered in SQL, or the text of the refusal."""
    answer = site.get(f"/feedlog.json?_shape=arrays&sql={quote(sql)}", ANALYST)
    assert answer.status_code in (200, 400), answer.text
    return answer.json()["rows"] if answer.status_code == 200 else answer.json()["error"]


class TestTables:
    """Tables that are shut have no second door."""

    def test_no_label_comes_from_a_shut_table(self, published: Path) -> None:
        """No column points into a shut table: Datasette shows the label of the row it points to."""
        with closing(sqlite3.connect(published)) as connection:
            tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            pointed = {row[2] for name in tables for row in connection.execute(f'pragma foreign_key_list("{name}")')}
        assert pointed and not pointed & {*SHUT}

    @pytest.mark.parametrize(
        "query",
        [
            "_fts_table=words_fts&_fts_pk=id&_search=levering",
            "_searchmode=raw&_search=levering",
            "_search=levering&%5Ffts_table=words_fts",
        ],
    )
    def test_search_stays_in_its_own_index(self, site: Site, query: str) -> None:
        """Nobody chooses the index that is searched, or how its words are read."""
        plain = site.get("/feedlog/notes.json?_shape=array&_search=levering", MANAGER)
        assert plain.json()
        assert site.get(f"/feedlog/notes.json?_shape=array&{query}", MANAGER).json() == plain.json()

    def test_search_by_a_column_of_the_index_finds_everything(self, site: Site) -> None:
        """What is asked of a column of the index is not asked at all."""
        both = [f"/feedlog/notes.json?_shape=array{more}" for more in ("", "&_search_stems=lever")]
        assert site.get(both[0], MANAGER).json() == site.get(both[1], MANAGER).json()

    @pytest.mark.parametrize("table", ["wordings", "words", "notes_fts_docsize"])
    def test_not_through_another_table(self, site: Site, table: str) -> None:
        """A shut table answers no question about an open one."""
        through = quote(f'{{"table": "{table}", "column": "note_id", "value": "1"}}')
        answer = site.get(f"/feedlog/notes.json?_through={through}", MANAGER)
        assert (answer.status_code, answer.json()["ok"]) == (403, False)

    def test_not_handed_out_when_it_cannot_change(self, published: Path) -> None:
        """Also a file that is served as unchanging is not to be downloaded."""
        metadata = yaml.safe_load(shipped_text("metadata.yml"))
        site = Site(Datasette([], immutables=[str(published)], metadata=metadata, settings=SETTINGS, secret="0" * 64))
        assert site.get("/feedlog/notes", ROOT).status_code == 200
        assert site.get("/feedlog.db", ROOT).status_code == 403
        site.close()

    def test_nothing_writes(self, site: Site) -> None:
        """No question of ours writes."""
        assert not [name for name, query in METADATA["queries"].items() if query.get("write")]


class TestSQL:
    """What an analyst may write, and what it does not get."""

    def test_everything_in_the_file_may_be_seen(self, site: Site, published: Path) -> None:
        """SQL knows no table permissions: whatever it reads, there is neither a name nor a key of a customer."""
        names = ["Camilla", "Rørbæk", "S-1014", "Vesterlund", "S-1007"]
        with closing(sqlite3.connect(published)) as connection:
            tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        readable = 0
        for table in tables:
            text = str(asked(site, f'select * from "{table}"'))
            readable += "no such" not in text
            assert not [name for name in names if name in text], table
        assert readable > 20

    @pytest.mark.parametrize(
        "sql",
        [
            "select * from pragma_database_list",
            "select file from pragma_database_list()",
            "select * from notes join pragma_database_list",
        ],
    )
    def test_no_path(self, site: Site, published: Path, sql: str) -> None:
        """Where the file lies is told to nobody."""
        assert asked(site, sql) == []
        assert site.get("/-/databases.json", ANALYST).status_code == 403

    @pytest.mark.parametrize(
        ("sql", "told"),
        [
            ("select hex(randomblob(3e8))", "string or blob too big"),
            ("select replace(hex(zeroblob(1999999)), '00', 'abcd')", "string or blob too big"),
            ("select group_concat(hex(zeroblob(900000))) from notes", "string or blob too big"),
            ("select length(hex(zeroblob(1900000))), hex(zeroblob(1900000)) from notes", "larger than 50 MB"),
            ("attach 'x.db' as x", "Statement must be a SELECT"),
            ("with x as (select 1) insert into notes (id) select 1", "attempt to write a readonly database"),
            ("select load_extension('x')", "not authorized"),
            ("select readfile('x')", "no such function: readfile"),
            ("select writefile('x', 'y')", "no such function: writefile"),
        ],
    )
    def test_refused(self, site: Site, sql: str, told: str) -> None:
        """One call that fills the memory, or reaches beyond the file, is refused: no time limit ends it."""
        assert told in str(asked(site, sql))

    @pytest.mark.parametrize(
        "sql", ["printf('%.*c', 9e8, 'x')", "format('%900000000d', 1)", "printf('%.900000000f', 1)"]
    )
    def test_no_endless_width(self, site: Site, sql: str) -> None:
        """printf writes no million blanks; otherwise it is what analysts know."""
        assert asked(site, f"select {sql}") == [["no width of more than four digits"]]
        assert asked(site, "select printf('%5.2f|%,d|%s', 3.14159, 1234567, 'æ')") == [[" 3.14|1,234,567|æ"]]

    @pytest.mark.parametrize("query", ["_timelimit=abc", "_timelimit=1", "_ttl=9999999", "_trace=1"])
    def test_switches_that_are_nobodys(self, site: Site, query: str) -> None:
        """What would break a page, or show how it is made, is not heard."""
        for path in ("/feedlog/notes", "/feedlog/waiting_now"):
            answer = site.get(f"{path}?{query}", ANALYST)
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "private, no-store"
            assert "Traceback" not in answer.text


class TestSentences:
    """A customer's sentence is shown on Datasette's pages; it does nothing there."""

    @pytest.mark.parametrize(
        "path",
        [
            "/feedlog/notes",
            "/feedlog/notes?_search=script",
            "/feedlog/notes?verbatim=" + quote(HOSTILE["script"]),
            "/feedlog/notes?_facet=verbatim&_facet=touchpoint&_facet_array=themes",
            "/feedlog/notes/1",
            "/feedlog/themes",
            "/feedlog/themes/~3Cb~3Etheme~3C~2Fb~3E",
            "/feedlog/said_about_a_theme?theme=" + quote("<b>theme</b>"),
            "/feedlog?sql=" + quote("select verbatim as \"<script>alert('hej')</script>\", reading from notes"),
            "/feedlog/notes?_where=" + quote("verbatim <> \"<script>alert('hej')</script>\""),
        ],
    )
    def test_markup(self, hostile: Site, path: str) -> None:
        """Markup is text, wherever it stands: in cells, counts, filters, headings and statements."""
        answer = hostile.get(path, ANALYST)
        assert answer.status_code == 200
        for markup in ("<script>alert", "<img src=x", "<b>theme", "<i>place"):
            assert markup not in answer.text
        assert "&lt;" in answer.text

    def test_addresses_lead_nowhere(self, hostile: Site) -> None:
        """What a customer wrote is never a link, whatever the column is called."""
        sql = quote(
            "select 'https://evil.example/login' as a, ' http://evil.example ' as b, 'javascript:alert(1)' as c"
        )
        for path in (f"/feedlog?sql={sql}", "/feedlog/notes", "/feedlog/notes/7"):
            page = hostile.get(path, ANALYST).text
            assert 'href="http' not in page.replace("http://localhost", "")
            assert 'href="javascript' not in page
            assert "evil.example" in page

    def test_signs_that_act(self, hostile: Site) -> None:
        """Signs that reorder or colour what stands around them are replaced, under any name."""
        for path in ("/feedlog/notes", "/feedlog/notes/4", "/feedlog?sql=" + quote("select verbatim as x from notes")):
            page = hostile.get(path, ANALYST).text
            assert not {"\u202e", "\u2066", "\x1b", "\x07"} & {*page}
            assert "�" in page
