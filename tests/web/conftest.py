"""Pages to visit: the sample notes published, and Datasette serving them as `feedlog serve` does."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from datasette.app import Datasette

from feedlog import when
from feedlog.cli.serving import SETTINGS, Access
from feedlog.demo.playing import play
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import open_for_writing
from feedlog.store.shipped import shipped_text
from feedlog.vocabulary import DEFAULT_LANGUAGES

ROOT = {"id": "root"}
MANAGER = {"id": "mia", "role": "manager"}
ANALYST = {"id": "otto", "role": "analyst"}
HOSTILE = {
    "script": "<script>alert('hej')</script> & <img src=x onerror=alert(1)>",
    "template": "{{7*7}} {% raw %} {# hej #} ${7*7}",
    "formula": '=HYPERLINK("http://evil.example/";"Klik her")',
    "bidi": "regning \u202egnp.exe\u2066 betalt \x1b[31mrød\x07",
    "long": "a" * 100_000,
    "emoji": "😡😡😡",
    "link": "se https://evil.example/login nu",
    "sum": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": "+1-2",
    "minus": "-2+3",
    "full width": "＝1+1",
}


class Site:
    """A Datasette with our pages, asked one request after the other."""

    def __init__(self, datasette: Any) -> None:
        self.datasette = datasette
        self._loop = asyncio.new_event_loop()

    def get(self, path: str, actor: dict[str, Any] | None = None, **given: Any) -> httpx.Response:
        """What a person with this actor is answered; a stranger without."""
        cookies = {"ds_actor": self.datasette.sign({"a": actor}, "actor")} if actor else {}
        return self.ask("GET", path, cookies={**cookies, **given.pop("cookies", {})}, **given)

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer to any request."""
        answer: httpx.Response = self._loop.run_until_complete(
            self.datasette.client.request(method, path, follow_redirects=False, **given)
        )
        return answer

    def close(self) -> None:
        """Lets go of the database and the loop."""
        for database in self.datasette.databases.values():
            database.close()
        if self.datasette.executor:
            self.datasette.executor.shutdown()
        self._loop.close()


def serving(published: Path, metadata: dict[str, Any] | None = None, settings: dict[str, Any] | None = None) -> Site:
    """A site for a published file, with the metadata that stands at the root unless another is given."""
    told = yaml.safe_load(shipped_text("metadata.yml")) if metadata is None else metadata
    return Site(Datasette([str(published)], metadata=told, settings=settings or SETTINGS, secret="0" * 64))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, office: None) -> Path:
    """The sample notes, published."""
    log_path = str(tmp_path_factory.mktemp("samples") / "feedlog.db")
    with open_for_writing(log_path, DEFAULT_LANGUAGES) as log:
        play(log, when.clock())
        publish(log, place_beside(log_path))
    return Path(place_beside(log_path))


@pytest.fixture(scope="session")
def site(published: Path) -> Iterator[Site]:
    """The sample notes' pages, as Datasette serves them with metadata.yml."""
    opened = serving(published)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, office: None) -> Iterator[Site]:
    """Pages of a log full of sentences that try to be something else; note 1 is the first of `HOSTILE`."""
    log_path = str(tmp_path_factory.mktemp("hostile") / "feedlog.db")
    with open_for_writing(log_path, DEFAULT_LANGUAGES) as log:
        for text in HOSTILE.values():
            by = By("mette", when.now())
            said = Said(text, reading=text[:200], customer="K-1", themes=("<b>theme</b>",), touchpoint="<i>place</i>")
            notes.add(log, said, by)
        publish(log, place_beside(log_path))
    opened = serving(Path(place_beside(log_path)))
    yield opened
    opened.close()


@pytest.fixture
def staff(log_path: Path, published: Path) -> Iterator[Callable[[], Site]]:
    """The sample notes' pages with the logins that `feedlog user` has made for the test's log."""
    opened: list[Site] = []

    def site() -> Site:
        access = Access(str(log_path))
        access.refresh()
        opened.append(serving(published, access.metadata))
        return opened[-1]

    yield site
    for one in opened:
        one.close()


def log_in(site: Site, name: str, password: str, cookies: dict[str, str] | None = None) -> httpx.Response:
    """The answer to a name and a password typed into the login page, by a browser that has these cookies."""
    token = site.get("/-/login").cookies["ds_csrftoken"]
    told = {"username": name, "password": password, "csrftoken": token}
    return site.ask("POST", "/-/login", data=told, cookies={**(cookies or {}), "ds_csrftoken": token})


def texts(answer: httpx.Response) -> list[str]:
    """The sentences in a JSON answer of rows."""
    return [row["verbatim"] for row in json.loads(answer.text)]
