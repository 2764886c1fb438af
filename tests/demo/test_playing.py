"""The sample notes, played into a log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedlog import when
from feedlog.demo.playing import play, samples
from feedlog.operations import notes, promises
from feedlog.operations.filters import Filters
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

NOW = datetime(2026, 3, 13, 8, 30, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A log with the sample notes, played at NOW."""
    with open_for_writing(str(tmp_path / "feedlog.db"), DEFAULT_LANGUAGES) as opened:
        play(opened, NOW)
        yield opened


def test_every_sample_is_logged_in_order(log: Log) -> None:
    """Every sample becomes a note, numbered in the order it was said."""
    listed = notes.listing(log, Filters(), limit=1000)
    assert [note["id"] for note in listed] == list(range(len(samples()), 0, -1))
    assert [note["verbatim"] for note in reversed(listed)] == [sample["verbatim"] for sample in samples()]


def test_days_count_back_from_the_day_it_is_played(log: Log) -> None:
    """A sample of six days ago was said and logged on that local day, at its clock time."""
    for number, sample in enumerate(samples(), 1):
        note = notes.get(log, number)
        said = when.local(note["said_at"])
        assert (NOW.astimezone().date() - said.date()).days == sample["days_ago"]
        assert f"{said:%H:%M}" == sample["time"]
        assert note["logged_at"] == note["said_at"]


def test_promises_fall_due_around_today(log: Log) -> None:
    """Some promises are overdue and some are still to come, as `add --due` alone could not make them."""
    days = [
        (datetime.fromisoformat(promise["due_on"]).date() - NOW.astimezone().date()).days
        for number in range(1, len(samples()) + 1)
        for promise in promises.of_note(log, number)
    ]
    assert sorted(days) == sorted(sample["due_in_days"] for sample in samples() if "promise" in sample)
    assert min(days) < 0 < max(days)


def test_who_said_and_who_wrote(log: Log) -> None:
    """Agents, colleagues, customers, themes and readings stand on the notes as in the file."""
    for number, sample in enumerate(samples(), 1):
        note = notes.get(log, number)
        assert (note["agent"], note["on_behalf_of"]) == (sample["agent"], sample.get("on_behalf_of"))
        assert (note["customer"] or {}).get("key") == sample.get("customer")
        assert note["themes"] == sorted(sample["themes"])
        assert (note["reading"], note["satisfaction"]) == (sample.get("reading"), sample.get("satisfaction"))
