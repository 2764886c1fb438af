"""Feeds: valid Atom for whoever holds a key, and for nobody else."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from lxml import etree

from feedlog import when
from feedlog.publish import accounts
from tests.web.conftest import HOSTILE, ROOT, Site, log_in

ATOM = "{http://www.w3.org/2005/Atom}"
NOTES, PROMISES = "/-/notes.atom", "/-/promises.atom"


@pytest.fixture
def people(log_path: Path, staff: Callable[[], Site]) -> Callable[[], Site]:
    """Pages that Mia the manager may log in to; called again, with the logins as they are then."""
    accounts.put(str(log_path), "mia", "manager", "tre sten i vand")
    return staff


def addresses(site: Site, password: str = "tre sten i vand") -> list[str]:
    """The paths of Mia's feeds, as her page names them."""
    page = site.get("/-/feeds", cookies=dict(log_in(site, "mia", password).cookies)).text
    found = [urlsplit(place) for place in re.findall(r'href="(http[^"]+\.atom\?key=[^"]+)"', page)]
    return [f"{place.path}?{place.query}" for place in found]


def valid(text: str) -> Any:
    """The feed, after everything RFC 4287 demands of one was found in it."""
    feed = etree.fromstring(text.encode())
    assert feed.tag == f"{ATOM}feed"
    ids = []
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            [_] = element.findall(f"{ATOM}{name}")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert element.findtext(f"{ATOM}author/{ATOM}name")
        ids.append(element.findtext(f"{ATOM}id"))
        for link in element.findall(f"{ATOM}link"):
            assert urlsplit(link.get("href")).netloc == "localhost"
        for content in element.findall(f"{ATOM}content"):
            assert content.get("type") == "text" and not len(content)
    assert len({*ids}) == len(ids)
    return feed


def entries(text: str, name: str) -> list[str]:
    return [entry.findtext(f"{ATOM}{name}") for entry in valid(text).findall(f"{ATOM}entry")]


def test_newest_notes(site: Site) -> None:
    """The feed holds the newest fifty notes, the newest first, each leading to its page."""
    answer = site.get(NOTES, ROOT)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    ids = [int(re.findall(r"/-/note/(\d+)#", place)[0]) for place in entries(answer.text, "id")]
    assert len(ids) == 50
    assert ids == sorted(ids, reverse=True)
    assert site.get(f"/-/note/{ids[0]}", ROOT).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"), [("theme", "delivery"), ("theme", "Delivery"), ("kind", "compliment"), ("channel", "chat")]
)
def test_of_some_notes_only(site: Site, name: str, value: str) -> None:
    """A feed of one theme, kind or channel holds the notes of it that the table has."""
    found = {int(place.rsplit(":", 1)[1]) for place in entries(site.get(f"{NOTES}?{name}={value}", ROOT).text, "id")}
    if name == "theme":
        sql = f"select note_id as id from note_themes where theme = '{value.lower()}'"
        rows = site.get(f"/feedlog.json?_shape=array&sql={quote(sql)}", ROOT).json()
    else:
        rows = site.get(f"/feedlog/notes.json?_shape=array&_size=max&{name}={value}", ROOT).json()
    assert found == {row["id"] for row in rows}


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("kind=praise", 400, "There is no such kind. It is one of: complaint, compliment, suggestion, question.\n"),
        ("channel=fax", 400, "There is no such channel. It is one of: phone, email, chat, visit, letter, social,"),
        ("theme=nosuch", 404, "There is no such theme. The table of themes names them.\n"),
        ("theme=" + quote("' or 1=1 --"), 404, "There is no such theme."),
    ],
)
def test_no_such_feed(site: Site, query: str, status: int, told: str) -> None:
    """A feed of something that is not there is refused in a sentence."""
    answer = site.get(f"{NOTES}?{query}", ROOT)
    assert answer.status_code == status
    assert answer.text.startswith(told)


def test_overdue_promises(site: Site) -> None:
    """The feed of promises holds those that are open after their day, with owner and how late they are."""
    answer = site.get(PROMISES, ROOT)
    today = when.clock().astimezone().date()
    rows = site.get(f"/feedlog/promises.json?_shape=array&outcome=open&_where=due_on<'{today}'", ROOT).json()
    assert rows
    assert len(entries(answer.text, "id")) == len(rows)
    assert all(re.search(r"\n\w+: \d+ days? late$", text) for text in entries(answer.text, "content"))


def test_hostile_notes(hostile: Site) -> None:
    """Whatever a customer said, the feed is valid, and what was said is text in it, not markup."""
    feed = hostile.get(NOTES, ROOT).text
    texts = entries(feed, "content")
    assert {HOSTILE[name] for name in ("script", "template", "formula", "emoji", "sum")} <= {*texts}
    assert max(map(len, texts)) < 2100
    assert not {"\u202e", "\x1b", "\x07"} & {*"".join(texts)}
    assert {category.get("term") for category in valid(feed).iter(f"{ATOM}category")} == {"<b>theme</b>"}


def test_unchanged(site: Site) -> None:
    """A reader that has the feed already is told so, and sent nothing."""
    first = site.get(NOTES, ROOT)
    again = site.get(NOTES, ROOT, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert site.get(NOTES, ROOT, headers={"if-none-match": '"other"'}).status_code == 200


class TestKeys:
    """Feed readers have no cookies; each person has an address of their own."""

    def test_opens_feeds_and_nothing_else(self, people: Callable[[], Site]) -> None:
        """With the key alone both feeds open; no page, table or file does."""
        site = people()
        places = addresses(site)
        assert [place.split("?")[0] for place in places] == [NOTES, PROMISES]
        for place in places:
            valid(site.get(place).text)
        key = places[0].partition("?")[2]
        for path in ("/", "/-/search", "/-/note/1", "/-/feeds", "/feedlog/notes", "/-/notes.csv"):
            assert site.get(f"{path}?{key}").status_code in (302, 403), path
        for name in ("feedlog/notes.json", "feedlog.json"):
            assert site.get(f"/{name}?{key}&sql=select+1").status_code == 403
        secret = key.removeprefix("key=")
        assert site.get("/", cookies={"ds_actor": secret}).status_code == 302

    def test_passed_on(self, people: Callable[[], Site]) -> None:
        """The feed itself does not hold the key: who is sent one cannot read on."""
        site = people()
        [notes, _] = addresses(site)
        assert notes.partition("key=")[2] not in site.get(notes).text

    @pytest.mark.parametrize("key", ["", "x", "eyJuIjoibWlhIn0.x", "%00", "æ" * 100])
    def test_made_up(self, people: Callable[[], Site], key: str) -> None:
        """A key that is none opens nothing, and neither does none."""
        answer = people().get(f"{NOTES}?key={quote(key)}")
        assert answer.status_code == 403

    @pytest.mark.parametrize("end", ["password", "role", "removed"])
    def test_ends(self, people: Callable[[], Site], log_path: Path, end: str) -> None:
        """With a new password, another role or without a login the address is worth nothing; others stay."""
        site = people()
        [notes, _] = addresses(site)
        assert notes == addresses(site)[0]
        if end == "removed":
            accounts.remove(str(log_path), "mia")
        else:
            role, password = ("manager", "fire sten i vand") if end == "password" else ("analyst", "tre sten i vand")
            accounts.put(str(log_path), "mia", role, password)
        refused = people().get(notes)
        assert refused.status_code == 403
        assert refused.text == "This feed has ended. Its new address stands on the page Feeds.\n"

    def test_root_has_none(self, site: Site) -> None:
        """Whoever came by the link has no password that could end an address, and is told so."""
        page = site.get("/-/feeds", ROOT)
        assert page.status_code == 200
        assert ".atom" not in page.text
        assert "Feeds are for those who log in with a name and a password" in page.text

    def test_strangers(self, site: Site) -> None:
        """Without a key or a login there is no feed."""
        for path in (NOTES, PROMISES):
            assert site.get(path).json() == {"ok": False, "error": "Log in first."}
