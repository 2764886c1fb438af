"""/-/promises: what is late, what is due, what was kept, and how many in time."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedlog import when
from feedlog.operations import notes, promises, promising
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from tests.web.conftest import Site, serving

MANAGER = {"id": "mia", "role": "manager"}


@pytest.fixture
def owed(log: Log) -> Iterator[Site]:
    """60 open promises, 3 of them late, two thirds of them mette's; 10 kept, one of them late."""
    today = when.clock().astimezone().date()
    by = By("mette", when.now())
    notes.add(log, Said("Ingen ringede", customer="K-1", name="Bo Berg", kind="complaint"), by)
    with log.write():
        for number in range(60):
            who = By("mette" if number % 3 else "jens", by.at)
            promises.make(log, 1, f"open <{number}>", str(today + timedelta(number - 3)), who)
        kept = [
            promises.make(log, 1, f"kept {number}", str(today - timedelta(0 if number else 2)), by)
            for number in range(10)
        ]
    for promise_id in kept:
        promising.keep(log, promise_id, by)
    publish(log, place_beside(log.path))
    site = serving(Path(place_beside(log.path)))
    yield site
    site.close()


def page(site: Site, path: str) -> str:
    answer = site.get(path, MANAGER)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def test_late_ones_first_and_page_after_page(owed: Site) -> None:
    """Open promises by their day, each once, over as many pages as it takes."""
    told = page(owed, "/-/promises")
    assert "60 open promises" in told and "3 late" in told and "1 due today" in told
    seen: list[str] = []
    while True:
        seen += re.findall(r"<bdi>open <(\d+)></bdi>", told)
        more = re.search(r'rel="next" href="([^"]+)"', told)
        if not more:
            break
        told = page(owed, html.unescape(more[1]))
    assert seen == [str(number) for number in range(60)]


def test_by_owner(owed: Site) -> None:
    """Who has to keep how many, and only theirs where asked for."""
    told = page(owed, "/-/promises")
    assert re.search(r">mette</a><span class=\"n\">40, <span class=\"late\">2 late", told)
    place = re.search(r'href="([^"]+)">jens</a>', told)
    assert place
    theirs = page(owed, place[1])
    assert len(re.findall(r"<bdi>open <\d+></bdi>", theirs)) == 20


def test_kept_ones_and_their_rate(owed: Site) -> None:
    """What was kept, the latest first, and the share kept in time beside the number it is a share of."""
    told = page(owed, "/-/promises?outcome=kept")
    assert len(re.findall(r"<bdi>kept \d</bdi>", told)) == 10
    assert "after its day" in told
    assert sum(int(count) for count in re.findall(r"% <small>of (\d+)", told)) == 10


@pytest.mark.parametrize(
    "query", ["outcome=nothing", "after=x", "after=~", "owner=nobody", "outcome=broken", "after=9~" + "9" * 30]
)
def test_anything_may_be_asked(owed: Site, query: str) -> None:
    """An address nobody made is a page all the same; an empty list is an answer."""
    told = page(owed, f"/-/promises?{query}")
    assert "open <0>" in told or "There is no such promise." in told
