"""A published file with four months of notes and all that hangs on them, and the warehouse made of it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedlog.demo.playing import play
from feedlog.operations import corrections, notes
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES
from feedlog.warehouse.exporting import Exported, export

THEN = datetime(2026, 11, 18, 9, tzinfo=UTC)
BY = By("mette", "2026-11-18T09:00:00Z")
THIS_MONTH = "2026-11"
CLOSED = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]

Bring = Callable[..., Exported]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample log of November 2026, and in two months words that customers said more than in the others."""
    place = tmp_path_factory.mktemp("played")
    with open_for_writing(str(place / "feedlog.db"), DEFAULT_LANGUAGES) as log:
        play(log, THEN)
        for month, often in (("09", "Gebyret er for højt"), ("10", "Levering tager for lang tid")):
            for number in range(40):
                text = often if number % 2 else f"Kortet kom ikke {number % 3}"
                notes.add(log, Said(text, said_at=f"2026-{month}-11T10:00:00Z", customer=f"K-{number}"), BY)
        publish(log, place_beside(log.path))
    return place


@pytest.fixture
def shop(played: Path, tmp_path: Path) -> Iterator[Log]:
    """The same log for one test, which may change it."""
    shutil.copytree(played, tmp_path / "shop")
    with open_for_writing(str(tmp_path / "shop" / "feedlog.db"), DEFAULT_LANGUAGES) as log:
        yield log


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the test's warehouse is, or will be."""
    return tmp_path / "warehouse"


@pytest.fixture
def bring(shop: Log, place: Path) -> Bring:
    """Publishes the log as it is now and brings the warehouse up to it."""

    def brought(*, open_month: bool = False) -> Exported:
        pages = place_beside(shop.path)
        publish(shop, pages)
        return export(pages, str(place), this_month=THIS_MONTH, made_at=BY.at, open_month=open_month)

    return brought


@pytest.fixture
def misheard(shop: Log) -> int:
    """Corrects a note of September; gives its number."""
    number = int(shop.value("select max(id) from notes where verbatim = 'Gebyret er for højt'"))
    corrections.correct(shop, number, "Gebyret er alt for højt", "misheard", BY)
    return number
