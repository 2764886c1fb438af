"""A tour of every page in a real browser: `make tour` takes pictures on the way, a test looks for faults.

python -m tests.web.tour FOLDER    every page, reader, language, device and paper; pictures into the folder
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from feedlog import when
from feedlog.demo.playing import play
from feedlog.publish import accounts
from feedlog.store import open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES, PAGE_LANGUAGES
from tests.web.axe import violations

# Chromium would otherwise ask its makers for news, which is none of our pages' doing.
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "tre sten i vandet"
# Ours, in the reader's language; then Datasette's. What answers with another status than 200 stands with it.
OURS = {
    "/": 200,
    "/?period=quarter": 200,
    "/?since=2020-01-01&until=2020-01-31": 200,
    "/?period=week&on=2026-02-31": 400,
    "/-/search": 200,
    "/-/search?q=levering": 200,
    "/-/search?q=xyzzyqwfp": 200,
    "/-/note/81": 200,
    "/-/note/999999": 404,
    "/-/customer/{customer}": 200,
    "/-/themes": 200,
    "/-/theme/delivery?period=quarter": 200,
    "/-/promises": 200,
    "/-/promises?outcome=kept": 200,
    "/-/words?period=quarter": 200,
    "/-/feeds": 200,
    "/-/logout": 200,
}
TABLES = {
    "/feedlog": 200,
    "/feedlog/notes": 200,
    "/feedlog/notes?_search=levering": 200,
    "/feedlog/notes/81": 200,
    "/feedlog/promises": 200,
    "/feedlog/themes_this_month": 200,
    "/feedlog/nothing": 404,
}
SQL = {"/feedlog?sql=select+1": 200, "/feedlog?sql=select+nothing": 400}
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1240, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
}
PAPERS = ("light", "dark")


class Stop(NamedTuple):
    """One page as it was found: what axe says is wrong, what the browser complained of, what was asked of others."""

    path: str
    status: int
    language: str
    faults: list[str]
    complaints: list[str]
    elsewhere: list[str]
    wider: bool


@contextmanager
def served(log_path: str, environment: dict[str, str]) -> Iterator[str]:
    """`feedlog serve` on the sample notes with a manager mia and an analyst otto; gives its address."""
    with open_for_writing(log_path, DEFAULT_LANGUAGES) as log:
        play(log, when.clock())
    accounts.put(log_path, "mia", "manager", PASSWORD)
    accounts.put(log_path, "otto", "analyst", PASSWORD)
    command = [sys.executable, "-m", "feedlog", "--db", log_path, "serve", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = ""
    for line in process.stdout:
        told += line
        if line == "}\n":
            break
    try:
        yield json.loads(told)["url"].rstrip("/")
    finally:
        process.terminate()
        process.wait(20)


class Tour:
    """A browser in which somebody walks over the pages."""

    def __init__(self, chromium: Any, url: str) -> None:
        self._chromium = chromium
        self._url = url
        self._logins: dict[str, Any] = {}

    def walk(
        self, who: str, language: str, device: str, paper: str, paths: dict[str, int], pictures: Path | None = None
    ) -> Iterator[Stop]:
        """Goes to each page and looks at it. `who` is mia, otto, or empty for a stranger."""
        state = self._logins.get(who) or (self._log_in(who) if who else None)
        context = self._chromium.new_context(
            locale=language, color_scheme=paper, storage_state=state, **DEVICES[device]
        )
        page = context.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        for path in paths:
            answer = page.goto(self._url + path.format(customer=self._customer(page) if "{" in path else ""))
            if pictures:
                name = re.sub(r"\W+", "-", path).strip("-") or "home"
                page.screenshot(
                    path=pictures / f"{who or 'stranger'}.{name}.{language}.{device}.{paper}.png", full_page=True
                )
            yield Stop(
                path,
                answer.status,
                page.locator("html").get_attribute("lang") or "",
                violations(page),
                # The browser itself tells of every answer that is no 200.
                [told for told in complaints if "the server responded with a status of" not in told],
                [place for place in asked if not place.startswith(self._url)],
                bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")),
            )
            asked.clear()
            complaints.clear()
        context.close()

    def _log_in(self, who: str) -> Any:
        context = self._chromium.new_context()
        page = context.new_page()
        page.goto(self._url)
        page.fill("input[name=username]", who)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url(self._url + "/")
        self._logins[who] = context.storage_state()
        context.close()
        return self._logins[who]

    def _customer(self, page: Any) -> str:
        page.goto(self._url + "/-/note/81")
        return str(page.locator("a.who").first.get_attribute("href")).rsplit("/", 1)[-1]


def main(folder: Path) -> int:
    """Walks everywhere as everybody, and says what is wrong; 1 where anything is."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    wrong = walked = 0
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        with served(f"{work}/feedlog.db", {**os.environ, "HOME": work}) as url:
            tour = Tour(browser, url)
            for who, paths in (("mia", {**OURS, **TABLES}), ("otto", {**TABLES, **SQL}), ("", {"/-/login": 200})):
                for language in PAGE_LANGUAGES if who != "otto" else ("en",):
                    for device in DEVICES:
                        for paper in PAPERS:
                            for stop in tour.walk(who, language, device, paper, paths, folder):
                                walked += 1
                                bad = [*stop.faults, *stop.complaints, *stop.elsewhere]
                                if bad or stop.status != paths[stop.path]:
                                    wrong += 1
                                    print(who, language, device, paper, stop.path, stop.status, *bad, sep="\n  ")
        browser.close()
    print(f"{walked} pages walked, {wrong} with faults; pictures in {folder}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/tour")))
