"""feedlog serve: a real server, and a real browser in front of it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from feedlog.publish import accounts
from tests.conftest import Ran
from tests.web.tour import BROWSER

PATIENCE = 20.0


class Served(NamedTuple):
    """A running `feedlog serve --json` and what it said of its place."""

    process: subprocess.Popen[str]
    told: dict[str, Any]

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Ends it and returns its exit status."""
        self.process.send_signal(by)
        return self.process.wait(PATIENCE)


@pytest.fixture
def samples(published: Path, log_path: Path) -> Path:
    """A log with the sample notes, its own to change."""
    shutil.copytree(published.parent.parent, log_path.parent)
    return log_path


@pytest.fixture
def serve(samples: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts `feedlog serve --json` on the sample notes; ended with the test."""
    running: list[Served] = []

    def started(*words: str) -> Served:
        with open(tmp_path / "talk", "w", encoding="utf-8") as talk:
            process = subprocess.Popen(
                [sys.executable, "-m", "feedlog", "serve", "--json", *words],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
            )
        assert process.stdout
        lines = ""
        for line in process.stdout:
            lines += line
            if line == "}\n":
                running.append(Served(process, json.loads(lines)))
                return running[-1]
        raise AssertionError((tmp_path / "talk").read_text("utf-8"))

    yield started
    for served in running:
        if served.process.poll() is None:
            served.process.kill()
        served.process.wait(PATIENCE)


def eventually(seen: Callable[[], bool]) -> bool:
    """Whether something comes true before our patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if seen():
            return True
        time.sleep(0.1)
    return False


def test_link_opens_the_pages_once(serve: Callable[..., Served]) -> None:
    """The printed link logs in the first time, and says at the second that it has been used."""
    told = serve().told
    assert set(told) == {"host", "port", "url", "login_url"}
    assert told["host"] == "127.0.0.1"
    with httpx.Client(follow_redirects=True) as browser:
        assert "What customers said, in their words" in browser.get(told["login_url"]).text
        assert browser.get(told["login_url"]).url == told["url"]
    used = httpx.get(told["login_url"])
    assert used.status_code == 403
    assert "This link has been used or is not the newest." in used.text


def test_page_that_is_not_there(serve: Callable[..., Served]) -> None:
    """An address nobody has is a friendly page of ours with status 404, never a failure of the server."""
    told = serve().told
    with httpx.Client(follow_redirects=True) as browser:
        browser.get(told["login_url"])
        for place in ("nosuch", "-/theme/levering", "feedlog/nosuch", "feedlog/nosuch.json"):
            answer = browser.get(told["url"] + place)
            assert answer.status_code == 404, place
            assert "Traceback" not in answer.text


def test_new_note_is_on_the_pages(serve: Callable[..., Served], run: Callable[..., Ran]) -> None:
    """A note logged while the pages are open is there by itself."""
    told = serve().told
    with httpx.Client(follow_redirects=True) as browser:
        browser.get(told["login_url"])
        assert run("add", "Kaffen smagte af sæbe", "--kind", "complaint").status == 0
        assert eventually(lambda: "Kaffen smagte af sæbe" in browser.get(told["url"]).text)


def test_users_are_taken_up(serve: Callable[..., Served], samples: Path) -> None:
    """A login made while the pages are served works, and one that is taken away stops working."""
    told = serve().told
    accounts.put(str(samples), "mia", "manager", "tre sten i vand")
    mia = ("mia", "tre sten i vand")
    assert eventually(lambda: httpx.get(told["url"], auth=mia).status_code == 200)
    accounts.remove(str(samples), "mia")
    assert eventually(lambda: httpx.get(told["url"], auth=mia).status_code == 302)


def test_log_ins_survive_a_restart(serve: Callable[..., Served]) -> None:
    """Who is logged in stays so when the server is started again."""
    first = serve()
    with httpx.Client(follow_redirects=True) as browser:
        browser.get(first.told["login_url"])
        assert first.stop() == 0
        again = serve("--port", str(first.told["port"]))
        assert browser.get(again.told["url"]).status_code == 200
        assert "What customers said, in their words" in browser.get(again.told["url"]).text


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_ends_cleanly(serve: Callable[..., Served], tmp_path: Path, by: int) -> None:
    """Ctrl-C and a stop from outside end it with status 0 and without a word."""
    assert serve().stop(by) == 0
    assert (tmp_path / "talk").read_text("utf-8") == ""


def test_goes_on_when_the_log_is_away(
    serve: Callable[..., Served], samples: Path, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    """While the log cannot be read the pages stay as they are, it is said once, and they go on afterwards."""
    told = serve().told
    away = samples.with_name("away.db")
    os.rename(samples, away)
    assert eventually(lambda: (tmp_path / "talk").read_text("utf-8") != "")
    with httpx.Client(follow_redirects=True) as browser:
        assert browser.get(told["login_url"]).status_code == 200
        os.rename(away, samples)
        run("add", "Kaffen smagte af sæbe")
        assert eventually(lambda: "Kaffen smagte af sæbe" in browser.get(told["url"]).text)
    assert len((tmp_path / "talk").read_text("utf-8").splitlines()) == 1


class TestRefusals:
    """What serve says when it will not."""

    def test_no_log(self, run: Callable[..., Ran]) -> None:
        """Without a log there is nothing to serve."""
        refused = run("serve")
        assert (refused.status, refused.out) == (1, "")
        assert "There is no log yet" in refused.err

    def test_open_to_others_without_users(self, samples: Path, run: Callable[..., Ran]) -> None:
        """Beyond this machine it does not listen while nobody has a login."""
        for host in ("0.0.0.0", "::", "192.0.2.1"):
            refused = run("serve", "--host", host)
            assert (refused.status, refused.out) == (1, "")
            assert refused.err.splitlines() == [
                f"feedlog: Others could reach the pages at {host}, and nobody has a login yet.",
                "Make one first: feedlog user add NAME --role manager",
            ]

    def test_port_taken(self, samples: Path, run: Callable[..., Ran]) -> None:
        """A port somebody listens at is said to be taken, before anything is published, which may take long."""
        shutil.rmtree(samples.parent / "published")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            refused = run("serve", "--port", str(port))
        assert (refused.status, refused.out) == (1, "")
        assert f"The pages cannot be served at 127.0.0.1 port {port}: address already in use." in refused.err
        assert not (samples.parent / "published").exists()

    def test_no_such_place(self, samples: Path, run: Callable[..., Ran]) -> None:
        """An address that is not this machine's is refused."""
        accounts.put(str(samples), "mia", "manager", "tre sten i vand")
        for host in ("192.0.2.1", "no such host"):
            refused = run("serve", "--host", host)
            assert refused.status == 1
            assert host in refused.err


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here: apt-get install chromium")
def test_in_a_browser(serve: Callable[..., Served], run: Callable[..., Ran]) -> None:
    """A manager opens the link, searches, reads a note and sees a new one; nothing leaves the machine."""
    from playwright.sync_api import expect, sync_playwright

    told = serve().told
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(told["url"] + "-/search?q=faktura")
        assert page.url == told["url"] + "-/login"
        page.goto(told["login_url"])
        assert page.url == told["url"] + "-/search?q=faktura"  # where the stranger wanted to be
        page.goto(told["url"])
        page.get_by_role("searchbox").fill("levering")
        page.get_by_role("searchbox").press("Enter")
        assert page.locator("mark").first.inner_text().lower().startswith("levering")
        page.locator(".cards a.words").first.click()
        page.wait_for_url("**/-/note/*")
        expect(page.get_by_role("heading", name="Who else said this")).to_be_visible()
        for name in ("Themes", "Promises", "Tables"):
            page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto(told["url"] + "feedlog?sql=select+1")
        expect(page.locator(".CodeMirror")).to_be_visible()  # Datasette's own scripts run under our policy
        page.goto(told["url"])
        assert run("add", "Kaffen smagte af sæbe i dag igen", "--kind", "complaint").status == 0
        assert eventually(lambda: bool(page.reload()) and page.get_by_text("Kaffen smagte af sæbe").is_visible())
        browser.close()
    assert complaints == []
    assert asked and [url for url in asked if not url.startswith(told["url"])] == []
