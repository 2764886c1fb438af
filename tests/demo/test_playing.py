"""The sample notes, played into a log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedlog import when
from feedlog.demo.playing import play, samples, steps
from feedlog.operations import customers, facts, notes, promises, responses
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
    """Some open promises are overdue and some are still to come, as `add --due` alone could not make them."""
    found = promises.due(log, today=f"{NOW.astimezone():%Y-%m-%d}", limit=1000)
    assert {promise["days_left"] < 0 for promise in found} == {True, False}


def test_steps_are_taken_on_their_notes(log: Log) -> None:
    """Every step of the file is in the log, after the note it answers, by the agent it names."""
    taken = [step for step in steps() if "response" in step]
    logged = [step for number in range(1, len(samples()) + 1) for step in responses.of_note(log, number)]
    assert sorted((step["note"], step["response"], step["agent"]) for step in taken) == sorted(
        (step["note_id"], step["kind"], step["agent"]) for step in logged
    )
    assert all(step["responded_at"] >= notes.get(log, step["note_id"])["said_at"] for step in logged)
    outcomes = [
        promise["outcome"] for number in range(1, len(samples()) + 1) for promise in promises.of_note(log, number)
    ]
    assert {"kept", "broken", None} == set(outcomes)


def test_customers_and_themes_are_described(log: Log) -> None:
    """What the file knows of customers and themes stands on their cards, facts included."""
    for step in steps():
        if "prefers" in step:
            assert customers.card(log, step["customer"])["prefers"] == step["prefers"]
        elif "fact" in step:
            assert step["fact"] in [fact["fact"] for fact in facts.of_customer(log, step["customer"])]
        elif "theme" in step:
            assert log.value("select owner from themes where name = ?", [step["theme"]]) == step["owner"]


def test_who_said_and_who_wrote(log: Log) -> None:
    """Agents, colleagues, customers, themes and readings stand on the notes as in the file."""
    for number, sample in enumerate(samples(), 1):
        note = notes.get(log, number)
        assert (note["agent"], note["on_behalf_of"]) == (sample["agent"], sample.get("on_behalf_of"))
        assert (note["customer"] or {}).get("key") == sample.get("customer")
        assert note["themes"] == sorted(sample["themes"])
        assert (note["reading"], note["satisfaction"]) == (sample.get("reading"), sample.get("satisfaction"))
