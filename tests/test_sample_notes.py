"""Guards over the sample notes: the demo and many tests lean on what stands in them."""

import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import feedlog.demo
from feedlog import vocabulary

SAMPLES = Path(feedlog.demo.__file__).with_name("sample_notes.jsonl")
LINES = SAMPLES.read_text(encoding="utf-8").splitlines()

AGENTS = {"mette", "jens", "karin", "lars"}
TOUCHPOINTS = {"order", "delivery", "invoice", "support", "return", "website", "subscription"}
THEMES = {
    "call-back", "delivery", "door-code", "explain-again", "invoice", "login", "packaging",
    "price", "product", "queue", "repair", "returns", "staff", "subscription",
}  # fmt: skip
ALWAYS = {
    "verbatim", "language", "themes", "channel", "touchpoint", "kind", "days_ago", "time", "agent",
}  # fmt: skip
SOMETIMES = {"customer", "name", "reading", "satisfaction", "promise", "due_in_days", "on_behalf_of"}

Note = dict[str, Any]


@pytest.fixture(scope="module")
def samples() -> list[Note]:
    """Every sample note, in the order of the file."""
    return [json.loads(line) for line in LINES]


def by_customer(samples: list[Note]) -> dict[str, list[Note]]:
    """The notes of each known customer, oldest first."""
    found: dict[str, list[Note]] = defaultdict(list)
    for note in sorted(samples, key=lambda note: -note["days_ago"]):
        if "customer" in note:
            found[note["customer"]].append(note)
    return found


@pytest.mark.parametrize("line", LINES, ids=range(1, len(LINES) + 1))
def test_every_line_is_a_note(line: str) -> None:
    """Each line is one JSON object with the required fields, none unknown, and only listed words."""
    note = json.loads(line)
    assert note.keys() >= ALWAYS
    assert note.keys() <= ALWAYS | SOMETIMES
    assert note["channel"] in vocabulary.CHANNELS
    assert note["kind"] in vocabulary.KINDS
    assert note["language"] in vocabulary.DEFAULT_LANGUAGES
    assert note["touchpoint"] in TOUCHPOINTS
    assert note["themes"] and len(set(note["themes"])) == len(note["themes"])
    assert set(note["themes"]) <= THEMES
    assert {note["agent"], note.get("on_behalf_of", note["agent"])} <= AGENTS
    assert 4 <= len(note["verbatim"].split()) <= 45


@pytest.mark.parametrize("line", LINES, ids=range(1, len(LINES) + 1))
def test_every_line_has_possible_times(line: str) -> None:
    """Days and hours exist, lie before today, and a promise falls due after it was given."""
    note = json.loads(line)
    assert type(note["days_ago"]) is int
    assert 1 <= note["days_ago"] <= 210  # 0 could lie in the future when the demo runs in the morning
    assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", note["time"])
    assert ("promise" in note) == ("due_in_days" in note)
    if "promise" in note:
        assert type(note["due_in_days"]) is int
        assert note["due_in_days"] > -note["days_ago"]
    if "satisfaction" in note:
        assert type(note["satisfaction"]) is int
        assert 0 <= note["satisfaction"] <= 100


def test_there_are_enough_and_none_twice(samples: list[Note]) -> None:
    """There are at least sixty notes and no sentence stands there twice."""
    assert len(samples) >= 60
    assert len({note["verbatim"] for note in samples}) == len(samples)


def test_every_listed_word_is_used(samples: list[Note]) -> None:
    """All channels, kinds, touchpoints, themes, agents and the three demo languages occur."""
    assert {note["channel"] for note in samples} == set(vocabulary.CHANNELS)
    assert {note["kind"] for note in samples} == set(vocabulary.KINDS)
    assert {note["touchpoint"] for note in samples} == TOUCHPOINTS
    assert {theme for note in samples for theme in note["themes"]} == THEMES
    assert {note["agent"] for note in samples} == AGENTS
    assert {note["language"] for note in samples} >= {"da", "sv", "en"}


def test_every_optional_field_is_shown(samples: list[Note]) -> None:
    """Each optional field stands on at least one note and is missing on at least one."""
    for field in SOMETIMES:
        assert 0 < sum(field in note for note in samples) < len(samples), field


def test_samples_are_marked_and_nobody_real(samples: list[Note]) -> None:
    """Customer keys start with S-, a key has one name, and mail addresses are of the reserved example.com."""
    names: dict[str, set[str]] = defaultdict(set)
    for note in samples:
        assert "name" not in note or "customer" in note
        if "customer" in note:
            assert re.fullmatch(r"S-\d{4}", note["customer"])
            names[note["customer"]].update({note["name"]} if "name" in note else set())
        for domain in re.findall(r"@(\S+)", note["verbatim"]):
            assert domain == "example.com"
    assert all(len(known) <= 1 for known in names.values())
    everyone = [name for known in names.values() for name in known]
    assert len(set(everyone)) == len(everyone)


def test_three_customers_turn_from_complaint_to_praise(samples: list[Note]) -> None:
    """At least three customers complain first and praise last, so that first and latest words differ."""
    turned = [
        key
        for key, notes in by_customer(samples).items()
        if notes[0]["kind"] == "complaint" and notes[-1]["kind"] == "compliment"
    ]
    assert len(turned) >= 3


def test_one_customer_says_the_same_three_times(samples: list[Note]) -> None:
    """At least one customer brings up one theme in three complaints."""
    assert any(
        sum(theme in note["themes"] and note["kind"] == "complaint" for note in notes) >= 3
        for notes in by_customer(samples).values()
        for theme in THEMES
    )


def test_one_customer_leaves_after_a_broken_promise(samples: list[Note]) -> None:
    """At least one customer got a promise, saw its day pass, and afterwards complained and cancelled."""
    assert any(
        -later["days_ago"] > earlier["due_in_days"] and "subscription" in later["themes"]
        for notes in by_customer(samples).values()
        for earlier in notes
        for later in notes
        if "promise" in earlier and later["kind"] == "complaint"
    )


@pytest.mark.parametrize("theme", ["delivery", "call-back"])
def test_two_themes_rise(samples: list[Note], theme: str) -> None:
    """Complaints about delivery and call-back at least double from one four weeks to the next."""
    ages = [note["days_ago"] for note in samples if theme in note["themes"] and note["kind"] == "complaint"]
    latest = sum(age <= 28 for age in ages)
    before = sum(28 < age <= 56 for age in ages)
    assert before >= 1
    assert latest >= 2 * before


def test_the_last_week_is_busy(samples: list[Note]) -> None:
    """The pages' first view, the last seven days, is not empty."""
    assert sum(note["days_ago"] <= 7 for note in samples) >= 10


@pytest.mark.parametrize("words", [("forsink",), ("levering",), ("försen",), ("ringe", "tilbage")])
def test_stories_share_inflected_words(samples: list[Note], words: tuple[str, ...]) -> None:
    """Words that carry a story come in several forms and from several customers."""
    forms = set()
    speakers = set()
    for note in samples:
        said = note["verbatim"].lower()
        if all(word in said for word in words):
            forms.update(re.findall(rf"\w*{words[0]}\w*", said))
            speakers.add(note.get("customer"))
    assert len(forms) >= 2
    assert len(speakers) >= 4


def test_the_file_stands_in_time_order(samples: list[Note]) -> None:
    """The file stands oldest first, as a log would, so that note numbers follow time when it is played."""
    said = [(-note["days_ago"], note["time"]) for note in samples]
    assert all(earlier <= later for earlier, later in pairwise(said))
