"""Logging what a customer said, and reading it back."""

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedlog.errors import NotFound, WrongUsage
from feedlog.language.words import composed
from feedlog.operations import customers, notes, promises, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Note, Said
from feedlog.store import Log

# One log serves all examples of a property: what it holds never changes the answer.
one_log = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JENS = By("jens", "2026-11-18T10:00:00Z")


def numbers(log: Log, **filters: object) -> list[int]:
    return [note["id"] for note in notes.listing(log, Filters(**filters), limit=50)]


def count(log: Log, table: str) -> int:
    return int(log.value(f"select count(*) from {table}"))


def test_everything_said_about_it_is_read_back(log: Log, by: By) -> None:
    """A note comes back with all that was given, in its stored form."""
    added = notes.add(
        log,
        Said(
            "  Pakken kom\r\nfor sent ",
            said_at="2026-11-17T14:30:00Z",
            customer=" K-1042 ",
            name="Anna Holm",
            themes=("Levering ", "post  NORD", "levering"),
            channel="phone",
            touchpoint=" Delivery",
            kind="complaint",
            reading="she gave up on us",
            satisfaction=0,
            source="zendesk",
            source_id="77",
        ),
        by._replace(on_behalf_of="liv"),
    )
    assert (added.new, added.warnings) == (True, [])
    note = notes.get(log, added.note_id)
    assert list(note) == list(Note.__annotations__)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", note.pop("uid"))
    assert note == {
        "id": 1,
        "source": "zendesk",
        "source_id": "77",
        "said_at": "2026-11-17T14:30:00Z",
        "logged_at": "2026-11-18T09:00:00Z",
        "agent": "mette",
        "on_behalf_of": "liv",
        "customer": {"key": "K-1042", "name": "Anna Holm"},
        "channel": "phone",
        "touchpoint": "delivery",
        "kind": "complaint",
        "verbatim": "Pakken kom\nfor sent",
        "reading": "she gave up on us",
        "satisfaction": 0,
        "themes": ["levering", "post nord"],
        "corrected": False,
    }


def test_only_the_sentence_is_needed(log: Log, by: By) -> None:
    """A note without anything but words was said now, by nobody known."""
    note = notes.get(log, notes.add(log, Said("Skoene trykker"), by).note_id)
    assert note["said_at"] == note["logged_at"] == by.at
    empty = ("customer", "channel", "touchpoint", "kind", "reading", "satisfaction", "source", "on_behalf_of")
    assert [note[field] for field in empty] == [None] * len(empty)
    assert note["themes"] == []


def test_change_says_who_and_when(log: Log, by: By) -> None:
    """Every note leaves one row in the record of changes, with who, for whom and when."""
    number = notes.add(log, Said("Skoene trykker"), by._replace(on_behalf_of="liv")).note_id
    change = log.row("select action, note_id, agent, on_behalf_of, made_at, detail from changes")
    assert change is not None
    assert tuple(change) == ("note.add", number, "mette", "liv", by.at, None)


def test_promise_belongs_to_its_note(log: Log, by: By) -> None:
    """A promise given while logging is owned by whoever heard the customer, and its life begins."""
    number = notes.add(log, Said("Ring mig op", promise="ring", due_on="2026-11-20"), by).note_id
    [promise] = promises.of_note(log, number)
    assert {**promise, "id": 1} == {
        "id": 1,
        "what": "ring",
        "owner": "mette",
        "promised_by": "mette",
        "promised_at": by.at,
        "due_on": "2026-11-20",
        "outcome": None,
    }
    event = log.row("select kind, agent, due_on, owner from promise_events")
    assert event is not None and tuple(event) == ("made", "mette", "2026-11-20", "mette")
    for_liv = notes.add(log, Said("Igen", promise="ring", due_on="2026-11-20"), by._replace(on_behalf_of="liv")).note_id
    assert promises.of_note(log, for_liv)[0]["owner"] == "liv"


def test_same_key_is_the_same_note(log: Log, by: By) -> None:
    """A repeat with the same idempotency key stores nothing, whatever else it says."""
    first = notes.add(log, Said("Skoene trykker", idempotency_key="call 7"), by)
    again = notes.add(
        log, Said("Noget andet", idempotency_key=" call 7", customer="K-1", promise="x", due_on="2026-11-20"), by
    )
    assert (first.new, again.new, again.note_id) == (True, False, first.note_id)
    assert [count(log, table) for table in ("notes", "changes", "customers", "promises")] == [1, 1, 0, 0]
    assert notes.add(log, Said("Noget andet", idempotency_key="call 8"), by).note_id != first.note_id


def test_key_of_a_note_taken_back_stays_taken(log: Log, by: By) -> None:
    """A script's repeat does not bring back what a person took back."""
    first = notes.add(log, Said("Skoene trykker", idempotency_key="call 7"), by)
    undoing.undo(log, undoing.last(log, "mette"), by)
    assert notes.add(log, Said("Skoene trykker", idempotency_key="call 7"), by) == (first.note_id, False, [])
    assert numbers(log) == []


REFUSED = [
    (Said(""), "The text is empty.", "Write at least a word."),
    (Said(" \n\t\u2003\ufeff "), "The text is empty.", "Write at least a word."),
    (
        Said("a\0b"),
        "The text holds NUL characters, so it is probably not text in UTF-8.",
        "Save it as UTF-8 and try again.",
    ),
    (Said("half \ud83d"), "The text holds characters that were damaged on the way.", "Write it in UTF-8."),
    (Said("å" * 524_289), "The text is longer than 1024 KiB.", "Log what the customer said, not a whole file."),
    (
        Said("x", channel="pigeon"),
        "There is no channel 'pigeon'.",
        "It is one of: phone, email, chat, visit, letter, social, forum, other.",
    ),
    (Said("x", kind="rant"), "There is no kind 'rant'.", "It is one of: complaint, compliment, suggestion, question."),
    (Said("x", satisfaction=101), "Satisfaction is 101.", "It is a number from 0 to 100."),
    (Said("x", satisfaction=-1), "Satisfaction is -1.", "It is a number from 0 to 100."),
    (
        Said("x", customer="K\n1"),
        "The customer key holds a line break or another control character.",
        "Write it on one line.",
    ),
    (
        Said("x", customer="K\u20281"),
        "The customer key holds a line break or another control character.",
        "Write it on one line.",
    ),
    (Said("x", customer=""), "The customer key is empty.", "Leave the customer key out, or write one."),
    (Said("x", customer="K" * 201), "The customer key is longer than 200 characters.", "Shorten it."),
    (
        Said("x", customer="K\udcf8"),
        "The customer key holds characters that were damaged on the way.",
        "Write it in UTF-8.",
    ),
    (
        Said("x", name="Anna"),
        "A name needs a customer key beside it.",
        "Add -c with the customer's number, phone or mail.",
    ),
    (Said("x", customer="K-1", name=" "), "The name is empty.", "Leave the name out, or write one."),
    (Said("x", themes=("ok", "")), "The theme is empty.", "Leave the theme out, or write one."),
    (
        Said("x", touchpoint="\x1b[31m"),
        "The touchpoint holds a line break or another control character.",
        "Write it on one line.",
    ),
    (Said("x", reading=""), "The reading is empty.", "Write at least a word."),
    (Said("x", idempotency_key=" "), "The idempotency key is empty.", "Leave the idempotency key out, or write one."),
    (Said("x", promise="ring"), "A promise has a text and a due day.", "Give both --promise and --due."),
    (Said("x", due_on="2026-11-20"), "A promise has a text and a due day.", "Give both --promise and --due."),
]


@pytest.mark.parametrize(("said", "message", "hint"), REFUSED, ids=[why for _, why, _ in REFUSED])
def test_what_is_off_is_refused_in_words(log: Log, by: By, said: Said, message: str, hint: str) -> None:
    """What no note may be is refused with one sentence why and one what to do, and nothing of it is stored."""
    with pytest.raises(WrongUsage) as refused:
        notes.add(log, said, by)
    assert (refused.value.message, refused.value.hint, refused.value.exit_status) == (message, hint, 2)
    assert [count(log, table) for table in ("notes", "customers", "themes", "words", "changes")] == [0] * 5


@pytest.mark.parametrize("agent", ["", " ", "a\nb", "x" * 201])
def test_agent_has_a_name(log: Log, agent: str) -> None:
    """Who logs is a name on one line."""
    with pytest.raises(WrongUsage, match=r"^The agent (is|holds)"):
        notes.add(log, Said("x"), By(agent, "2026-11-18T09:00:00Z"))
    assert count(log, "notes") == 0


def test_nothing_half_done(log: Log, by: By) -> None:
    """When the last step of logging fails, customer, theme, words and note are gone with it."""
    log.connection.execute("create trigger full_disk before insert on promises begin select raise(abort, 'no'); end")
    with pytest.raises(Exception, match="no"):
        notes.add(log, Said("x", customer="K-1", themes=("t",), promise="ring", due_on="2026-11-20"), by)
    tables = ("notes", "customers", "themes", "note_themes", "wordings", "words", "changes")
    assert [count(log, table) for table in tables] == [0] * len(tables)
    log.connection.execute("drop trigger full_disk")


@one_log
@given(text=st.text(max_size=60))
def test_any_text_is_kept_or_refused(log: Log, by: By, text: str) -> None:
    """Whatever is typed is stored and read back in its stored form, or refused in words; never anything else."""
    try:
        number = notes.add(log, Said(text), by).note_id
    except WrongUsage:
        return
    assert notes.get(log, number)["verbatim"] == composed(text)


@one_log
@given(label=st.text(max_size=30))
def test_any_label_is_kept_or_refused(log: Log, by: By, label: str) -> None:
    """Whatever is typed as customer, theme or touchpoint can be filtered by, as it was typed, or is refused."""
    try:
        number = notes.add(log, Said("x", customer=label, themes=(label,), touchpoint=label), by).note_id
    except WrongUsage:
        return
    filters = Filters(customer=label, themes=(label,), touchpoint=label)
    assert number in [note["id"] for note in notes.listing(log, filters, limit=1000)]


def test_newest_said_comes_first(log: Log, say: Callable[..., int]) -> None:
    """A list is in the order things were said, of the same instant the last logged first."""
    old = say("old", said_at="2026-01-01T09:00:00Z")
    new = say("new", said_at="2026-11-01T09:00:00Z")
    same = say("same", said_at="2026-11-01T09:00:00Z")
    assert numbers(log) == [same, new, old]
    assert [note["id"] for note in notes.listing(log, Filters(), limit=2)] == [same, new]


def test_merged_customers_and_themes_are_one(log: Log, say: Callable[..., int]) -> None:
    """A customer or theme merged into another is listed and shown under the other's name."""
    say("a", customer="K-1", name="Anna", themes=("levering",))
    say("b", customer="K-2", themes=("fragt",))
    log.connection.execute("update customers set merged_into_id = 1 where id = 2")
    log.connection.execute("update themes set merged_into_id = 1 where id = 2")
    say("c", customer="K-2", themes=("fragt",))
    assert sorted(numbers(log, customer="K-1")) == sorted(numbers(log, customer="K-2")) == [1, 2, 3]
    assert {note["customer"]["key"] for note in notes.by_ids(log, [1, 2, 3]) if note["customer"]} == {"K-1"}
    assert [note["themes"] for note in notes.by_ids(log, [1, 2, 3])] == [["levering"]] * 3
    assert customers.find(log, "k-2") == 1


def test_notes_of_many_numbers(log: Log, say: Callable[..., int]) -> None:
    """More numbers than SQLite takes at once are read in the order asked for; those that are not there are left out."""
    with log.write():
        for word in range(1200):
            say(f"note {word}", themes=("t",))
    asked = [1200, 7, 99_999, *range(1, 1200)]
    found = notes.by_ids(log, asked)
    assert [note["id"] for note in found] == [1200, 7, *range(1, 1200)]
    assert {tuple(note["themes"]) for note in found} == {("t",)}


def test_note_there_is_not(log: Log, by: By, say: Callable[..., int]) -> None:
    """A number nobody got, and one that was taken back, are told apart."""
    say("x")
    undoing.undo(log, undoing.last(log, "mette"), by)
    for number, message in (
        (7, "There is no note 7."),
        (2**70, f"There is no note {2**70}."),
        (1, "Note 1 was taken back."),
    ):
        with pytest.raises(NotFound) as missing:
            notes.get(log, number)
        assert (missing.value.message, missing.value.hint) == (message, "See the newest with: feedlog list")


def test_word_that_looks_misspelt(log: Log, by: By, say: Callable[..., int]) -> None:
    """A new theme or touchpoint close to a known one is stored, and the agent asked whether it was meant."""
    say("a", themes=("levering",), touchpoint="delivery")
    added = notes.add(log, Said("b", themes=("leverng", "zebra"), touchpoint="delivry"), by)
    assert added.warnings == [
        "The touchpoint 'delivry' is new. Did you mean 'delivery'?",
        "The theme 'leverng' is new. Did you mean 'levering'?",
    ]
    assert notes.add(log, Said("c", themes=("leverng",), touchpoint="delivry"), by).warnings == []
