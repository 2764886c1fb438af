"""Who sees what: strangers nothing, managers pages and tables, analysts SQL too, and root the machine room."""

import re
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.conftest import ANALYST, MANAGER, ROOT, Site, serving

PAGES = [
    "/",
    "/-/search?q=levering",
    "/-/note/1",
    "/-/note/999999",
    "/feedlog",
    "/feedlog/notes",
    "/feedlog/notes/1",
    "/feedlog/nothing",
    "/feedlog/notes_fts",
    "/feedlog/came_back",
    "/feedlog?sql=select+1",
    "/-/metadata",
    "/-/databases",
    "/-/password-tool",
    "/-/allow-debug",
    "/-/nothing",
    "/nothing",
]
INSIDES = [
    "metadata",
    "databases",
    "config",
    "settings",
    "plugins",
    "versions",
    "threads",
    "permissions",
    "allow-debug",
]
SHUT = ["notes_fts", "notes_fts_data", "notes_fts_idx", "notes_fts_docsize", "notes_fts_config", "wordings", "words"]
SHUT += ["words_fts", "words_fts_data", "publication", "searched_notes"]


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_log_in(site: Site, path: str) -> None:
    """Whatever a stranger asks for, there or not, leads to the login page."""
    answer = site.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, "/-/login")


@pytest.mark.parametrize(
    "path", ["/feedlog/notes.json", "/feedlog/notes.csv?_stream=1", "/feedlog.db", "/-/metadata.json"]
)
def test_programs_are_told_to_log_in(site: Site, path: str) -> None:
    """A program without a login gets a refusal it can read, and no page."""
    answer = site.get(path)
    assert answer.status_code == 403
    assert answer.json() == {"ok": False, "error": "Log in first."}


def test_login_page_is_open(site: Site) -> None:
    """The login page and its style sheet need no login."""
    page = site.get("/-/login")
    assert page.status_code == 200
    assert "feedlog user add NAME --role manager" in page.text
    [sheet] = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert site.get(sheet).headers["content-type"].startswith("text/css")


def test_robots_are_sent_away(site: Site) -> None:
    """No robot is welcome."""
    assert site.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_garbled_authorization_is_refused(site: Site) -> None:
    """An Authorization header that cannot be read is refused, without a fault."""
    for value in ("Basic !!!", "Basic /w==", "Basic " + "x" * 5000):
        assert site.get("/", headers={"authorization": value}).status_code in (302, 400)


@pytest.mark.parametrize(
    "path", ["/", "/-/search?q=levering", "/-/note/1", "/feedlog", "/feedlog/notes", "/feedlog/promises"]
)
@pytest.mark.parametrize("actor", [MANAGER, ANALYST, ROOT], ids=["manager", "analyst", "root"])
def test_readers_read(site: Site, actor: dict[str, str], path: str) -> None:
    """Everybody with a login sees pages and tables."""
    assert site.get(path, actor).status_code == 200


@pytest.mark.parametrize("table", SHUT)
@pytest.mark.parametrize("actor", [MANAGER, ANALYST], ids=["manager", "analyst"])
def test_index_tables_are_no_second_door(site: Site, actor: dict[str, str], table: str) -> None:
    """The search index's own tables are shut, as pages, as data, by row and in other letters."""
    for suffix in ("", ".json", ".csv", "?_search=levering"):
        assert site.get(f"/feedlog/{table}{suffix}", actor).status_code == 403, suffix
    for other in (f"{table}/1", f"{table.upper()}.json", f"{table}.json?_shape=array&_nocol=x"):
        assert site.get(f"/feedlog/{other}", actor).status_code in (403, 404), other


@pytest.mark.parametrize(
    "path",
    [
        "/feedlog?sql=" + quote("select verbatim from notes"),
        "/feedlog.json?sql=" + quote("select verbatim from wordings"),
        "/feedlog/notes?_where=1",
        "/feedlog/notes.json?_where=" + quote("id in (select note_id from wordings)"),
    ],
)
def test_managers_write_no_sql(site: Site, path: str) -> None:
    """SQL of one's own, as a query or as a condition, is for analysts."""
    assert site.get(path, MANAGER).status_code == 403
    assert site.get(path, ANALYST).status_code == 200


def test_analysts_cannot_change_anything(site: Site, published: Path) -> None:
    """SQL reads; it writes nothing, attaches nothing and loads nothing."""
    for sql in ("delete from notes", "attach 'x.db' as x", "vacuum into 'x.db'", "select load_extension('x')"):
        assert site.get("/feedlog.json?sql=" + quote(sql), ANALYST).status_code == 400, sql
    connection = sqlite3.connect(published)
    assert connection.execute("select count(*) from notes").fetchone()[0] > 50
    connection.close()


@pytest.mark.parametrize("inside", INSIDES)
@pytest.mark.parametrize("suffix", ["", ".json"])
def test_only_root_sees_the_insides(site: Site, inside: str, suffix: str) -> None:
    """Paths, settings and roles are for whoever runs the server."""
    for actor in (MANAGER, ANALYST):
        answer = site.get(f"/-/{inside}{suffix}", actor)
        assert answer.status_code == 403
        assert "This page is for whoever runs the server." in answer.text
    assert site.get(f"/-/{inside}{suffix}", ROOT).status_code != 403


@pytest.mark.parametrize("query", ["_sort=nonsense", "_sort_desc=nonsense", "_sort=id&_sort_desc=id"])
@pytest.mark.parametrize("form", ["", ".json", ".csv", ".xlsx"])
def test_an_order_that_is_none(site: Site, query: str, form: str) -> None:
    """A table asked for in an order there is not is the asker's mistake, with Datasette's word for it, not ours."""
    answer = site.get(f"/feedlog/notes{form}?{query}", MANAGER)
    assert answer.status_code == 400
    assert "Cannot" in answer.text


def test_the_file_is_not_handed_out(site: Site) -> None:
    """Nobody downloads the database."""
    assert site.get("/feedlog.db", ROOT).status_code == 403


def test_forbidden_page_says_what_to_do(site: Site) -> None:
    """A reader who may not see a page is told so in our words, as a page or as data."""
    page = site.get("/feedlog?sql=select+1", MANAGER)
    assert "Your login does not open this page." in page.text
    assert "Ask whoever runs feedlog for access." in page.text
    data = site.get("/feedlog.json?sql=select+1", MANAGER)
    assert data.json() == {"ok": False, "error": "Your login does not open this page."}


@pytest.mark.parametrize("form", ["", "&_shape=array&n=%22%3E"])
def test_sql_that_fails_can_be_mended(site: Site, form: str) -> None:
    """An analyst's slip costs no typing: the statement and what went with it stand ready to be asked again."""
    page = site.get(f"/feedlog?sql=selekt+%3An+from+%3Cnotes{form}", ANALYST)
    assert page.status_code == 400
    assert re.search(r'<textarea [^>]*name="sql"[^>]*>selekt :n from &lt;notes</textarea>', page.text)
    assert ('<input type="hidden" name="n" value="&#34;&gt;">' in page.text) == bool(form)
    assert "<textarea" not in site.get("/feedlog?sql=select+1", MANAGER).text


class TestHeaders:
    """What every answer says to the browser."""

    @pytest.mark.parametrize("actor", [None, MANAGER, ROOT], ids=["stranger", "manager", "root"])
    @pytest.mark.parametrize("path", [*PAGES, "/feedlog/notes.json", "/feedlog/notes.csv", "/robots.txt", "/-/login"])
    def test_on_every_answer(self, site: Site, path: str, actor: dict[str, str] | None) -> None:
        """Every answer, refusals too, forbids framing, sniffing, keeping, indexing and anything from elsewhere."""
        headers = site.get(path, actor).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy

    @pytest.mark.parametrize(
        "path",
        [
            *("/", "/-/search", "/-/note/1", "/-/note/0", "/-/feeds", "/-/logout", "/nothing"),
            *("/feedlog", "/feedlog/notes", "/feedlog/notes?_facet=kind&channel=phone", "/feedlog/notes/1"),
            *("/feedlog/came_back?theme=", "/feedlog?sql=select+1", "/feedlog?sql=nonsense"),
            "/feedlog/waiting_now?_show_sql=1",
        ],
    )
    def test_no_page_holds_inline_code(self, site: Site, path: str) -> None:
        """No page, ours or Datasette's, holds an inline script or style, and each says so."""
        answer = site.get(path, ANALYST)
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", answer.text)

    def test_no_script_reads_a_cookie(self, site: Site) -> None:
        """Every cookie is out of a script's reach, also those that Datasette sets."""
        link = site.get(f"/-/auth-token?token={site.datasette._root_token}")
        assert "ds_actor" in link.headers["set-cookie"]
        for answer in (link, site.get("/-/login"), site.get("/")):
            for told in answer.headers.get_list("set-cookie"):
                assert "httponly" in told.lower(), told


class TestWayBack:
    """After the login one is where one wanted to be."""

    def test_back_to_the_page(self, site: Site) -> None:
        """The page a stranger asked for opens after the login."""
        asked = site.get("/-/search?q=levering&kind=complaint")
        kept = {"feedlog_back": asked.cookies["feedlog_back"]}
        answer = site.get("/", MANAGER, cookies=kept)
        assert (answer.status_code, answer.headers["location"]) == (302, "/-/search?q=levering&kind=complaint")
        assert 'feedlog_back=""' in answer.headers["set-cookie"]

    def test_never_to_another_server(self, site: Site) -> None:
        """Neither a prepared address nor a made-up cookie leads away from here."""
        for path in ("//evil.example/", "/\\evil.example/", "/%5Cevil.example"):
            answer = site.get(f"http://localhost{path}")
            if "feedlog_back" in answer.cookies:
                back = site.get("/", MANAGER, cookies={"feedlog_back": answer.cookies["feedlog_back"]})
                assert re.match(r"/[^/\\]|/$", back.headers["location"])
        forged = site.get("/", MANAGER, cookies={"feedlog_back": "//evil.example"})
        assert forged.headers["location"] == "/"


def test_plain_datasette_is_left_alone(tmp_path: Path) -> None:
    """A Datasette that serves another database notices nothing of our plugin."""
    path = tmp_path / "feedlog.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table notes (id integer primary key, verbatim text); insert into notes values (1, 'x')"
    )
    connection.close()
    other = serving(path, metadata={}, settings={"allow_download": True})
    page = other.get("/")
    assert page.status_code == 200
    assert "Powered by" in page.text
    assert "content-security-policy" not in page.headers
    assert other.get("/-/search").status_code == 404
    assert other.get("/feedlog/notes.json?_shape=array").json() == [{"id": 1, "verbatim": "x"}]
    assert other.get("/-/metadata.json").status_code == 200
    other.close()


def test_pages_without_metadata_are_open_as_datasette_is(published: Path) -> None:
    """Whoever serves the published file without metadata.yml has chosen to show it; the pages still work."""
    other = serving(published, metadata={})
    assert other.get("/").status_code == 200
    other.close()
