"""What a running server says when the published file is missing, damaged, of another form, or replaced under it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from datasette.app import Datasette

from feedlog.store.shipped import shipped_path
from tests.web.conftest import ROOT

PATIENCE = 20.0
PAGES = ["/", "/-/search?q=levering", "/-/note/1", "/-/notes.atom", "/feedlog", "/feedlog/notes", "/feedlog/notes/1"]
PAGES += ["/feedlog/notes.json", "/feedlog/came_back?theme=", "/feedlog/notes.xlsx", "/feedlog/notes?_search=levering"]


class Running(NamedTuple):
    """A server on a published file, with somebody logged in, and where it writes what it has to say."""

    file: Path
    whole: Path
    client: httpx.Client
    talk: Path

    def answers(self) -> dict[str, httpx.Response]:
        """What every page says now."""
        return {path: self.client.get(path) for path in PAGES}


@pytest.fixture(scope="module")
def server(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Datasette on a copy of the sample pages, as anybody may start it."""
    folder = tmp_path_factory.mktemp("failing")
    shutil.copy(published, folder / "feedlog.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", folder / "feedlog.db", "--metadata", shipped_path("metadata.yml")]
    command += ["--port", str(port), "--secret", "0" * 64]
    cookie = Datasette(secret="0" * 64).sign({"a": ROOT}, "actor")
    with open(folder / "talk", "w", encoding="utf-8") as talk:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=talk)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies={"ds_actor": cookie}) as client:
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                client.get("/robots.txt")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield Running(folder / "feedlog.db", published, client, folder / "talk")
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture(autouse=True)
def as_it_was(server: Running) -> Iterator[None]:
    """After each test the whole file stands in its place again, every page works, and nothing was said of a fault."""
    yield
    again = server.file.with_name("again.db")
    shutil.copy(server.whole, again)
    os.replace(again, server.file)
    assert {answer.status_code for answer in server.answers().values()} == {200}
    assert "Traceback" not in server.talk.read_text("utf-8")


def friendly(answers: dict[str, httpx.Response], told: str, hint: str) -> None:
    """Every answer is 503 and says what is wrong and what to do, as a page or as data."""
    for path, answer in answers.items():
        assert answer.status_code == 503, path
        assert told in answer.text, path
        if answer.headers["content-type"].startswith("text/html"):
            assert hint in answer.text, path
            assert answer.headers["content-security-policy"]


def test_missing(server: Running) -> None:
    """A file that is taken away is said to be missing, and who logs in still can."""
    os.remove(server.file)
    friendly(server.answers(), "The file with the pages is not there.", "makes it with: feedlog publish")
    assert server.client.get("/-/login").status_code == 200


def test_damaged(server: Running) -> None:
    """A file that is no database any more is said to be damaged, and that the log is not."""
    other = server.file.with_name("other.db")
    other.write_bytes(b"nonsense" * 10_000)
    os.replace(other, server.file)
    friendly(server.answers(), "The file with the pages cannot be read. The log", "removes the file and writes it anew")


def test_damaged_in_the_middle(server: Running) -> None:
    """Of a file with some pages lost, what can be read is shown, and the rest is said to be damaged."""
    other = server.file.with_name("other.db")
    whole = server.whole.read_bytes()
    kept, lost = 16 * 4096, len(whole) - 16 * 4096
    other.write_bytes(whole[:kept] + b"\xff" * lost)
    os.replace(other, server.file)
    answers = server.answers()
    assert {answer.status_code for answer in answers.values()} <= {200, 400, 503}
    assert 503 in {answer.status_code for answer in answers.values()}
    for answer in answers.values():
        assert "Traceback" not in answer.text


def test_older_form(server: Running) -> None:
    """Pages that ask for what an older file does not have say so; tables show what there is."""
    other = server.file.with_name("other.db")
    shutil.copy(server.whole, other)
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript(
            "drop table stats_words; drop table stats_answers; alter table notes rename column answered_at to answered;"
        )
    os.replace(other, server.file)
    answers = server.answers()
    page = answers["/"]
    assert page.status_code == 503
    assert "The file with the pages was written by an older or newer feedlog than this one." in page.text
    assert "writes it anew with: feedlog publish --rebuild" in page.text
    assert answers["/feedlog/notes"].status_code == 200
    assert {answer.status_code for answer in answers.values()} <= {200, 400, 503}


def test_being_replaced(server: Running) -> None:
    """While the file is replaced again and again, every page is answered."""
    for number in range(5):
        other = server.file.with_name("other.db")
        shutil.copy(server.whole, other)
        os.replace(other, server.file)
        assert server.client.get(PAGES[number]).status_code == 200
        assert server.client.get("/feedlog/notes.json?_size=3").status_code == 200


def test_being_written(server: Running) -> None:
    """While somebody writes, the pages are those of before."""
    with closing(sqlite3.connect(server.file, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        connection.execute("delete from notes")
        assert len(server.client.get("/feedlog/notes.json?_shape=array").json()) > 40
        connection.execute("rollback")
