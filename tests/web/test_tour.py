"""A tour of every page in a real browser, as manager, analyst and stranger, with axe-core looking along."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from feedlog.vocabulary import PAGE_LANGUAGES
from tests.web.tour import BROWSER, OURS, SQL, TABLES, Tour, served

# `make tour` goes everywhere in every language on every device; here they share the way. Tables and questions are seen
# by tests/web/test_in_chromium.py too.
ONE_OF_EACH = {path: OURS[path] for path in OURS if not path.startswith("/?") and path != "/-/promises?outcome=kept"}
READ_MOST = {path: OURS[path] for path in ("/", "/-/search?q=levering", "/-/promises")}

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here: apt-get install chromium")


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory, office: None) -> Iterator[Tour]:
    """A browser before `feedlog serve` on the sample notes."""
    import os

    from playwright.sync_api import sync_playwright

    home = tmp_path_factory.mktemp("tour")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEEDLOG_", "XDG_"))}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        with served(str(home / "feedlog.db"), {**kept, "HOME": str(home)}) as url:
            yield Tour(browser, url)
        browser.close()


@pytest.mark.parametrize(
    ("who", "language", "device", "paper", "paths"),
    [
        ("mia", "en", "desktop", "light", OURS),
        ("mia", "da", "phone", "dark", ONE_OF_EACH),
        ("mia", "sv", "desktop", "dark", {"/": 200}),
        ("mia", "nb", "phone", "light", READ_MOST),
        ("otto", "en", "desktop", "dark", {"/feedlog/notes?_search=levering": 200, "/feedlog/nothing": 404, **SQL}),
        *[("", language, "phone", "light", {"/-/login": 200}) for language in PAGE_LANGUAGES],
    ],
)
def test_every_page(tour: Tour, who: str, language: str, device: str, paper: str, paths: dict[str, Any]) -> None:
    """On no page axe-core finds a fault at WCAG 2.2 AA, the browser complains, another machine is asked for anything.

    No reader must push sideways; each page says its language and has its status.
    """
    wrong = []
    for stop in tour.walk(who, language, device, paper, paths):
        spoken = "en" if stop.path in {**TABLES, **SQL} else language
        if (stop.status, stop.language) != (paths[stop.path], spoken) or (stop.wider and stop.path in OURS):
            wrong.append((stop.path, stop.status, stop.language, stop.wider))
        wrong += [(stop.path, fault) for fault in (*stop.faults, *stop.complaints, *stop.elsewhere)]
    assert wrong == []


def test_managers_and_sql(tour: Tour) -> None:
    """SQL is not for managers: they are told so on a page without fault."""
    for stop in tour.walk("mia", "en", "desktop", "light", dict.fromkeys(SQL, 403)):
        assert stop.status == 403
        assert stop.faults == []
