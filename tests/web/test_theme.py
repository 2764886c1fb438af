"""/-/theme/NAME and /-/themes: what is said about a theme, where, and what is being done."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from feedlog import when
from feedlog.operations import codebook, notes
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from feedlog.web.quotes import theme_place
from feedlog.web.theme import named
from tests.web.conftest import Site, serving

MANAGER = {"id": "mia", "role": "manager"}


@pytest.fixture
def mended(log: Log) -> Iterator[Site]:
    """Three customers complained in February; declared mended on 1 March; one note came after it."""
    by = By("mette", "2026-03-20T09:00:00Z")
    for number, day in enumerate(("2026-02-02", "2026-02-03", "2026-02-03", "2026-03-04")):
        said = Said(
            f"Pakken kom for sent, det er gang nummer {number}",
            said_at=f"{day}T10:00:00Z",
            customer=f"K-{number % 3}",
            kind="complaint",
            channel="phone" if number else "email",
            touchpoint="delivery",
            themes=("delivery", "a/b ~c", "æøå?&#%"),
        )
        notes.add(log, said, by)
    codebook.describe(
        log, "delivery", by, title="Late <deliveries>", owner="karin", measure="a new carrier", fixed_on="2026-03-01"
    )
    publish(log, place_beside(log.path))
    site = serving(Path(place_beside(log.path)))
    yield site
    site.close()


def page(site: Site, path: str) -> str:
    answer = site.get(path, MANAGER)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def test_all_about_a_theme(mended: Site) -> None:
    """Title, owner, measure, how often now and before, where from, that it came back, who is still to be told."""
    told = page(mended, "/-/theme/delivery?period=month&on=2026-02-10")
    for part in (
        "<bdi>Late <deliveries></bdi>",
        "<dd>karin</dd>",
        "<bdi>a new carrier</bdi>",
        "<strong>3</strong> notes",
        "0 in the period before",
        "1 note since then",
        "0 customers of 3, 3 to go",
        "1 customer said it more than once",
        "Notes about delivery, month by month",
    ):
        assert part in told, part
    assert re.search(r"<bdi>delivery</bdi></a><span class=\"n\">3</span>", told)
    assert re.search(r">phone</a><span class=\"n\">2</span>", told) and re.search(
        r">email</a><span class=\"n\">1</span>", told
    )


def test_the_silent_ones(mended: Site) -> None:
    """Those who kept silent are a range, with the assumption beside it."""
    told = page(mended, "/-/theme/delivery")
    assert "<strong>30 to 75</strong> customers" in told
    assert "That is if 4–10 in a hundred who have reason to complain do" in told
    assert "an assumption of the firm (setting complaint_rate), not a measurement" in told


def test_any_name_has_an_address(mended: Site) -> None:
    """A theme with a slash or a tilde in its name can be opened; the name survives its address."""
    for name in ("a/b ~c", "~2f", "~7e/", "æøå?&#%", "delivery"):
        assert named(theme_place(name).removeprefix("/-/theme/")) == name
        assert named(quote(name)) == name or "~" in name
    assert "<bdi>a/b ~c</bdi></h1>" in page(mended, theme_place("a/b ~c"))
    assert "<bdi>æøå?&#%</bdi></h1>" in page(mended, theme_place("æøå?&#%"))


def test_no_such_theme(mended: Site) -> None:
    """A name the codebook does not know is told in words, with status 404."""
    answer = mended.get("/-/theme/nothing", MANAGER)
    assert answer.status_code == 404
    assert "The codebook has no theme of this name, or it was merged into another." in answer.text


def test_the_codebook(mended: Site) -> None:
    """Every theme with its figures, owner and measure, and that it came back after it was mended."""
    told = page(mended, "/-/themes?period=month&on=2026-02-10")
    row = told.split("Late <deliveries>")[1].split("</tr>")[0]
    assert re.findall(r'class="n">(?:<a [^>]*>)?(?:<span>)?(\d+)', row) == ["3", "0", "4"]
    leading = re.findall(r'class="n"><a href="([^"]+)">(?:<span>)?(\d+)', row)
    assert [page(mended, place).count("<blockquote>") for place, _ in leading] == [3, 4]
    assert "karin" in row and "a new carrier" in row and "came back in 1 note" in row


def test_without_themes(log: Log) -> None:
    """Before the first theme the page says how to put one on."""
    notes.add(log, Said("Pakken kom ikke"), By("mette", when.now()))
    publish(log, place_beside(log.path))
    site = serving(Path(place_beside(log.path)))
    assert "No note bears a theme yet." in page(site, "/-/themes")
    site.close()
