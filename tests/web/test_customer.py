"""/-/customer/KEY: one customer by pseudonym, never by name or key."""

import html
import re
from pathlib import Path

import pytest

from feedlog import when
from feedlog.operations import notes, promises, responses
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from tests.web.conftest import Site, serving

MANAGER = {"id": "mia", "role": "manager"}
WORDS = {
    "2026-01-05": ("complaint", "Jeg flytter over til en anden, det her går ikke"),
    "2026-02-05": ("question", "Hvornår kommer den så"),
    "2026-03-05": ("compliment", "Hun lyttede og ringede tilbage som lovet"),
}


def told(log: Log, *, path: str = "") -> tuple[str, Site]:
    """The page of the customer of note 1."""
    publish(log, place_beside(log.path))
    site = serving(Path(place_beside(log.path)))
    place = re.search(r'href="(/-/customer/[a-z0-9]+)"', site.get("/-/note/1", MANAGER).text)
    assert place
    answer = site.get(place[1] + path, MANAGER)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.text)), site


def test_from_complaint_to_praise(log: Log) -> None:
    """First and latest words side by side where the mood has turned, then all they said, what was promised and done."""
    for day, (kind, text) in WORDS.items():
        said = Said(
            text, said_at=f"{day}T10:00:00Z", customer="K-1042", name="Anna Holm", kind=kind, themes=("delivery",)
        )
        notes.add(log, said, By("mette", f"{day}T10:05:00Z"))
    by = By("jens", "2026-01-06T09:00:00Z")
    with log.write():
        promises.make(log, 1, "ringe tilbage", "2026-01-08", by)
    responses.add(log, 1, "compensated", by, amount_minor=20000, currency="DKK")
    page, site = told(log)
    turned = page.split("From complaint to praise")[1].split("</section>")[0]
    assert turned.index("Jeg flytter over") < turned.index("Hun lyttede")
    since = when.date_text("2026-01-05", now=when.clock())
    assert f"3 notes since {since} · 1 complaint · praise once" in page
    assert "ringe tilbage" in page and "compensated</a> 200 DKK" in page and "Given altogether: 200 DKK" in page
    assert "Anna" not in page and "K-1042" not in page
    assert "<code>feedlog show 3</code>" in page
    site.close()


def test_one_mood_has_not_turned(log: Log) -> None:
    """Who only ever complained is not shown as turned."""
    for number in range(3):
        said = Said(f"Pakken kom ikke, nummer {number}", customer="K-1", kind="complaint")
        notes.add(log, said, By("mette", f"2026-01-0{number + 1}T10:00:00Z"))
    page, site = told(log)
    assert "From complaint to praise" not in page and "From praise to complaint" not in page
    site.close()


def test_page_after_page(log: Log) -> None:
    """A customer of many words is read page by page, each note once, the newest first."""
    for number in range(65):
        said = Said(f"Ord nummer {number:02}", said_at=f"2026-01-01T10:{number % 60:02}:00Z", customer="K-1")
        notes.add(log, said, By("mette", "2026-01-02T10:00:00Z"))
    page, site = told(log)
    seen: list[str] = []
    while True:
        seen += re.findall(r"“<bdi>(Ord nummer \d+)</bdi>”", page.split("What they said")[1])
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if not older:
            break
        page = html.unescape(site.get(html.unescape(older[1]), MANAGER).text)
    assert len(seen) == len(set(seen)) == 65
    site.close()


@pytest.mark.parametrize("key", ["nobody", "K-1042", "%00", "' or 1=1", "a" * 500])
def test_nobody_of_that_name(site: Site, key: str) -> None:
    """A pseudonym nobody has is told in words, with status 404."""
    answer = site.get(f"/-/customer/{key}", MANAGER)
    if answer.status_code == 302:  # Datasette reads %00 its own way
        answer = site.get(answer.headers["location"], MANAGER)
    assert answer.status_code == 404
    assert "Nobody here goes by this pseudonym" in answer.text or key == "%00"
