"""Datasette's own pages in a real browser: nothing our policy refuses, scripts that work, nothing axe-core finds."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
import yaml
from datasette.app import Datasette

from feedlog.cli.serving import SETTINGS
from feedlog.store.shipped import shipped_text
from tests.web.axe import violations
from tests.web.conftest import ANALYST, MANAGER
from tests.web.tour import BROWSER

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here: apt-get install chromium")

PAGES = {
    "database": "/feedlog",
    "table": "/feedlog/notes?_size=2",
    "search": "/feedlog/notes?_size=2&_search=levering",
    "counts and filters": "/feedlog/notes?_size=2&_facet=channel&_facet_array=themes&kind=complaint",
    "row": "/feedlog/notes/1",
    "question": "/feedlog/promises_kept_by_owner",
    "question with a box": "/feedlog/came_back?theme=&_show_sql=1",
    "SQL": "/feedlog?sql=" + quote("select id, verbatim from notes limit 5"),
    "SQL that fails": "/feedlog?sql=nonsense",
    "SQL out of sight": "/feedlog?_hide_sql=1&sql=" + quote("select 1 as one"),
    "log out": "/-/logout",
    "feeds": "/-/feeds",
    "forbidden": "/feedlog/notes_fts",
    "missing": "/nothing",
}


class Live:
    """A server in this process, and a browser in front of it."""

    def __init__(self, datasette: Any, browser: Any, url: str) -> None:
        self.url = url
        self._datasette = datasette
        self._browser = browser

    def page(self, actor: dict[str, str] | None, **given: Any) -> tuple[Any, list[str]]:
        """A page in a fresh browser of somebody with this actor, and what the browser complains of from now on."""
        context = self._browser.new_context(**given)
        if actor:
            told = self._datasette.sign({"a": actor}, "actor")
            context.add_cookies([{"name": "ds_actor", "value": told, "url": self.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page, complaints


@pytest.fixture(scope="module")
def live(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The sample pages served, with Chromium."""
    from playwright.sync_api import sync_playwright

    datasette = Datasette(
        [str(published)], metadata=yaml.safe_load(shipped_text("metadata.yml")), settings=SETTINGS, secret="0" * 64
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
            yield Live(datasette, browser, f"http://127.0.0.1:{listening.getsockname()[1]}")
            browser.close()
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def refused(complaints: list[str]) -> list[str]:
    """Complaints but those of a page that is meant to be missing, forbidden or wrong."""
    return [told for told in complaints if not told.startswith("Failed to load resource: the server responded")]


def test_nothing_is_refused_and_nothing_found(live: Live) -> None:
    """On each of Datasette's pages our policy refuses nothing, and axe-core finds nothing at WCAG 2.2 AA."""
    page, complaints = live.page(ANALYST)
    found = {}
    for name, path in PAGES.items():
        page.goto(live.url + path)
        wrong = violations(page)
        page.emulate_media(color_scheme="dark")
        wrong += violations(page, only="color-contrast")
        page.emulate_media(color_scheme="light")
        if wrong:
            found[name] = wrong
    assert found == {}
    assert refused(complaints) == []


def test_the_way_in(live: Live) -> None:
    """The login page is as clean; where nobody has a login, too."""
    page, complaints = live.page(None)
    page.goto(f"{live.url}/feedlog/notes")
    assert page.url == f"{live.url}/-/login"
    assert violations(page) == []
    assert refused(complaints) == []


def test_on_a_phone(live: Live) -> None:
    """At 390 pixels a table is read downwards, each cell by its column's name, and the page does not slide sideways."""
    page, complaints = live.page(MANAGER, viewport={"width": 390, "height": 800})
    for path in ("/feedlog", "/feedlog/notes?_size=3", "/feedlog/notes/1"):
        page.goto(live.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert violations(page) == [], path
    page.goto(f"{live.url}/feedlog/notes")
    label = "(({ content, marginLeft }) => [content, marginLeft])"
    label += "(getComputedStyle(document.querySelector('td.col-channel'), '::before'))"
    assert page.evaluate(label) == ['"channel"', "0px"], "the name is cut off where it hangs out of the cell"
    assert refused(complaints) == []


def test_on_paper(live: Live) -> None:
    """Printed on a sheet of A4, no figure of a chart hangs out to the left, where it would lose its first digit."""
    page, complaints = live.page(MANAGER, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    for path in ("/", "/-/theme/delivery?period=month"):
        page.goto(live.url + path)
        left = "[...document.querySelectorAll('svg.chart text')].map((text) => text.getBoundingClientRect().left)"
        assert min(page.evaluate(left)) >= 0, path
    assert refused(complaints) == []


class TestScripts:
    """What Datasette's scripts do, they do under our policy."""

    def test_column_menu(self, live: Live) -> None:
        """A column's menu opens by mouse and by keyboard, sorts, and is closed by Escape."""
        page, complaints = live.page(MANAGER)
        page.goto(f"{live.url}/feedlog/notes?_size=3")
        icon = page.get_by_role("button", name="Sort, count or hide channel")
        menu = page.get_by_role("dialog", name="Column")
        icon.click()
        assert menu.is_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert not menu.is_visible()
        icon.focus()
        page.keyboard.press("Enter")
        menu.get_by_role("link", name="Sort ascending").click()
        page.wait_for_url("**_sort=channel")
        page.get_by_role("button", name="Sort, count or hide kind").click()
        menu.get_by_role("link", name="Facet by this").click()
        page.wait_for_url("**_facet=kind**")
        assert page.locator(".facet-info").is_visible()
        assert refused(complaints) == []

    def test_filter_is_removed(self, live: Live) -> None:
        """The cross beside a filter takes it away."""
        page, complaints = live.page(MANAGER)
        page.goto(f"{live.url}/feedlog/notes?kind=complaint")
        page.get_by_role("link", name="Remove this filter").first.click()
        page.get_by_role("button", name="Apply").click()
        page.wait_for_url(lambda url: "kind=complaint" not in url)
        assert refused(complaints) == []

    def test_editor(self, live: Live) -> None:
        """SQL is written in Datasette's editor, put in order by its button, and asked by Shift-Enter."""
        page, complaints = live.page(ANALYST)
        page.goto(f"{live.url}/feedlog?sql=" + quote("select id from notes where kind = 'praise'"))
        page.get_by_role("button", name="Format SQL").click()
        assert "\n" in page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
        page.locator(".CodeMirror").click()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("select 6 * 7 as answer")
        page.keyboard.press("Shift+Enter")
        page.wait_for_url("**6+*")
        assert page.locator("td.col-answer").inner_text() == "42"
        assert refused(complaints) == []

    def test_without_scripts(self, live: Live) -> None:
        """Where no script runs, a table is filtered and SQL is asked all the same."""
        page, _ = live.page(ANALYST, java_script_enabled=False)
        page.goto(f"{live.url}/feedlog/notes")
        page.get_by_label("Column of a new filter").select_option("kind")
        page.get_by_label("Value of a new filter").fill("compliment")
        page.get_by_role("button", name="Apply").click()
        assert "kind__exact=compliment" in page.url
        page.goto(f"{live.url}/feedlog")
        page.get_by_role("textbox", name="Your own question, in SQL").fill("select 6 * 7 as answer")
        page.get_by_role("button", name="Run SQL").click()
        assert page.locator("td.col-answer").inner_text() == "42"
