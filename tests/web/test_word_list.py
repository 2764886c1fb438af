"""/-/words: the words customers use more than usual, each with a sentence it stands in."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedlog import when
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from tests.web.conftest import Site, serving

MANAGER = {"id": "mia", "role": "manager"}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory, office: None) -> Iterator[Site]:
    """A year of talk about an app; this month 30 delayed parcels; all year an invoice in every tenth note by mail."""
    from feedlog.store import open_for_writing

    path = str(tmp_path_factory.mktemp("spoken") / "feedlog.db")
    today = when.clock().astimezone().date()
    by = By("mette", when.now())
    with open_for_writing(path, ("da", "en")) as log:
        for number in range(300):
            day = today - timedelta(40 + number)
            text = (
                f"Fakturaen er forkert, nummer {number}"
                if number % 10 == 0
                else f"Appen er fin, synes jeg, nummer {number}"
            )
            said = Said(
                text, said_at=f"{day}T10:00:00Z", channel="email" if number % 10 == 0 else "phone", themes=("app",)
            )
            notes.add(log, said, by)
        for number in range(30):
            said = Said(f"Pakken er forsinket, siger <sporing> {number}", said_at=f"{today}T00:00:00Z", channel="chat")
            notes.add(log, said, by)
        publish(log, place_beside(path))
    site = serving(Path(place_beside(path)))
    yield site
    site.close()


def told(site: Site, path: str) -> dict[str, str]:
    """The words on a page, each with what stands beside it."""
    answer = site.get(path, MANAGER)
    assert answer.status_code == 200, path
    rows = re.findall(
        r'<a class="word" href="[^"]+"><bdi>([^<]+)</bdi></a> <span class="n">([^<]+)</span>', answer.text
    )
    return {html.unescape(word): " ".join(beside.split()) for word, beside in rows}


def test_a_month_and_other_times(spoken: Site) -> None:
    """The delayed parcels stand out in the month, the week and any days around them, however they are counted."""
    today = when.clock().astimezone().date()
    for query in ("", "?period=week", f"?since={today - timedelta(3)}&until={today}"):
        found = told(spoken, f"/-/words{query}")
        assert found["forsinket"] == "30 notes, only here", query
        assert "er" not in found and "nummer" not in found


def test_in_one_channel(spoken: Site) -> None:
    """What is said by mail more than elsewhere, with an example in which the word is marked."""
    today = when.clock().astimezone().date()
    found = told(spoken, f"/-/words?since={today - timedelta(400)}&channel=email")
    assert found == {"fakturaen": "30 notes, only here", "forkert": "30 notes, only here"}
    page = spoken.get(f"/-/words?since={today - timedelta(400)}&channel=email", MANAGER).text
    assert "<mark>Fakturaen</mark>" in page


def test_all_notes_have_nothing_to_stand_out_from(spoken: Site) -> None:
    """Where a slice is everything, or too little, that is said."""
    today = when.clock().astimezone().date()
    assert "No word stands out here" in spoken.get(f"/-/words?since={today - timedelta(400)}", MANAGER).text
    assert told(spoken, f"/-/words?since={today - timedelta(400)}") == {}
    assert "too few notes to tell words apart" in spoken.get("/-/words?theme=nothing", MANAGER).text


def test_each_word_leads_to_its_notes(spoken: Site) -> None:
    """A word opens the notes that hold it, in the same time and slice."""
    page = spoken.get("/-/words", MANAGER).text
    place = re.search(r'<a class="word" href="([^"]+)"><bdi>forsinket', page)
    assert place
    assert "30 notes" in spoken.get(html.unescape(place[1]), MANAGER).text
