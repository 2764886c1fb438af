"""Finding notes by words and by likeness."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.language.words import composed, plain_words
from feedlog.operations import finding, notes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, FoundNote, SimilarNote
from feedlog.store import Log, open_for_reading

one_log = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def search(log: Log, words: str, **filters: object) -> list[int]:
    return [note["id"] for note in finding.search(log, words, Filters(**filters), limit=50)]


@pytest.fixture
def shop(say: Callable[..., int]) -> None:
    """A few remarks in three languages, numbered 1 to 7."""
    say("Pakken kom tre uger for sent", customer="K-1", kind="complaint", themes=("levering",))
    say("Min pakke er forsinket", customer="K-2", kind="complaint")
    say("Paketet kom fram redan i går, härligt!", customer="K-3", kind="compliment")
    say("The shoes are too tight", customer="K-4", channel="visit")
    say("Skoene trykker ved tæerne", customer="K-5")
    say("Ånden i butikken er god; åbent længe", customer="K-6")
    say("C++ or 100 % cotton? (see a-b, col:x)", customer="K-7")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pakken", {1, 2}),
        ("PAKKE", {1, 2}),
        ("pakken sent", {1}),
        ('"tre uger"', {1}),
        ('"uger tre"', set()),
        ("pak*", {1, 2, 3}),
        ("pakken -forsinket", {1}),
        ("shoe", {4}),
        ("trykke", {5}),
        ('"ånden"', {6}),
        ('"anden"', set()),
        ('"100"', {7}),
        ("a-b", {7}),
        ("col:x", {7}),
        ("c++", {7}),
        ('"pakken', {1}),
    ],
)
def test_search(log: Log, shop: None, words: str, expected: set[int]) -> None:
    """Words are found in any of their forms, quoted ones as written; signs are signs, and å is not a in quotes."""
    assert set(search(log, words)) == expected


@pytest.mark.parametrize("words", ["", " ", "!!! ---", '""', "* -", "-pakken", "( ) :", "\ufeff", "🙂", "_"])
def test_search_without_a_word(log: Log, shop: None, words: str) -> None:
    """A search that names no word to find is wrong usage, not an empty answer."""
    with pytest.raises(WrongUsage) as refused:
        search(log, words)
    assert refused.value.message == "There is no word to look for."
    assert refused.value.hint.startswith("Write at least one word with letters or digits;")


def test_found_notes_say_how(log: Log, shop: None) -> None:
    """Each note found says whether the words stand in it as typed, and shows the place."""
    found = finding.search(log, "pakken", Filters(), limit=9)
    assert list(found[0]) == list(FoundNote.__annotations__)
    assert [(note["id"], note["match"]) for note in found] == [(1, "exact"), (2, "inflection")]
    assert [note["snippet"] for note in found] == ["[Pakken] kom tre uger for sent", "Min [pakke] er forsinket"]


def test_search_takes_the_filters(log: Log, shop: None) -> None:
    """A search looks only at the notes that pass the filters, and gives no more than asked for."""
    assert sorted(search(log, "pak*", kind="complaint")) == [1, 2]
    assert search(log, "pak*", customer="K-3") == [3]
    assert search(log, "pakken", themes=("levering",)) == [1]
    assert len(finding.search(log, "pak*", Filters(), limit=1)) == 1
    with pytest.raises(NotFound, match="There is no customer 'K-9'"):
        search(log, "pakken", customer="K-9")


def test_search_of_a_whole_page(log: Log, shop: None) -> None:
    """However much is pasted into a search, it is answered."""
    for words in (
        " ".join(map(str, range(2000))),
        "-".join(map(str, range(2000))),
        f'"{"ord " * 5000}"',
        "a" * 100_000,
    ):
        assert search(log, words) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("er og det", set()),
        ("er", {2, 6}),
        ("i", {3, 6}),
        ("å", {7}),
        ("NEAR(", set()),
        ("NEAR(pakken, 3)", set()),
        ("a:b", {7}),
        ("verbatim:pakken", set()),
        ("^pakken", {1, 2}),
        ("pakken 🙂", {1, 2}),
        ("pakken !!! *", {1, 2}),
        ("пакет", set()),
        ("посылка", {8}),
        ("ПОСЫЛКА", {8}),
        (" ".join(f"ord{number}" for number in range(10_000)), set()),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_odd_searches(log: Log, shop: None, say: Callable[..., int], words: str, expected: set[int]) -> None:
    """Words without meaning, one letter, signs SQLite knows, emoji, another alphabet and a pasted page are answered."""
    say("Посылка пришла поздно", customer="K-9")
    assert set(search(log, words)) == expected


@one_log
@given(words=st.text(max_size=40) | st.text(alphabet='ab"*-():^+{}<>=,;AND OR NOT NEAR/', max_size=40))
def test_any_search_is_answered(log: Log, words: str) -> None:
    """Whatever is typed is answered or refused as wrong usage; it is never a syntax error."""
    try:
        found = search(log, words)
    except WrongUsage:
        return
    assert found == sorted(set(found), key=found.index)


@one_log
@given(text=st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\0"), max_size=40))
def test_note_is_found_by_its_own_words(log: Log, by: By, say: Callable[..., int], text: str) -> None:
    """A note is found by every word it holds, alone and as a phrase."""
    words = plain_words(composed(text))
    if not words:
        return
    say(text)
    number = log.value("select max(id) from notes")
    newest = {"since": by.at}
    for asked in {*words, f'"{" ".join(words)}"'}:
        assert number in [note["id"] for note in finding.search(log, asked, Filters(**newest), limit=100_000)]


def test_similar_notes(log: Log, shop: None, say: Callable[..., int]) -> None:
    """Notes of others that share the telling words come with the words they share; the strong ones are counted."""
    mine = say("Pakken kom fire uger for sent", customer="K-8")
    found = finding.similar_to_note(log, mine, Filters(), limit=9)
    assert list(found["results"][0]) == list(SimilarNote.__annotations__)
    strong = [note for note in found["results"] if note["strong"]]
    assert [note["id"] for note in strong] == [1]
    assert {"pakken", "sent"} <= set(strong[0]["shared_words"])
    assert (found["customers"], found["notes"]) == (1, 1)
    assert found["first_said_at"] == found["last_said_at"] == strong[0]["said_at"]
    assert mine not in [note["id"] for note in found["results"]]


def test_similar_is_what_others_said(log: Log, say: Callable[..., int]) -> None:
    """What the same customer said before is not what others said; what nobody known said counts as a note only."""
    say("Pakken kom tre uger for sent", customer="K-1", said_at="2026-01-01T09:00:00Z")
    say("Pakken kom tre uger for sent", customer="K-2", said_at="2026-02-01T09:00:00Z")
    say("Pakken kom tre uger for sent", said_at="2026-03-01T09:00:00Z")
    again = say("Pakken kom tre uger for sent", customer="k-1")
    found = finding.similar_to_note(log, again, Filters(), limit=9)
    assert sorted(note["id"] for note in found["results"]) == [2, 3]
    assert (found["customers"], found["notes"]) == (1, 2)
    assert (found["first_said_at"], found["last_said_at"]) == ("2026-02-01T09:00:00Z", "2026-03-01T09:00:00Z")
    assert len(finding.similar_to_note(log, again, Filters(), limit=1)["results"]) == 1
    assert finding.similar_to_note(log, again, Filters(), limit=1)["notes"] == 2


def test_similar_text_need_not_be_logged(log: Log, shop: None) -> None:
    """A text is compared without being stored, also one whose accents are typed apart."""
    assert finding.similar_to_text(log, "skoene trykker", Filters(), limit=9)["results"][0]["id"] == 5
    apart = "A\u030anden i butikken er god"
    assert finding.similar_to_text(log, apart, Filters(), limit=9)["results"][0]["id"] == 6
    assert log.value("select count(*) from notes") == 7


@pytest.mark.parametrize("text", ["", "!!!", "og det er", "zebra giraf"])
def test_nothing_alike(log: Log, shop: None, text: str) -> None:
    """A text without telling words, or with words nobody used, is not said to have been heard before."""
    found = finding.similar_to_text(log, text, Filters(), limit=9)
    assert {**found, "results": []} == finding.NOTHING_SAID
    assert not any(note["strong"] for note in found["results"])


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Pakken kom tre uger for sent. " * 34_953, {1}),
        ("æ" * 1_048_576, set()),
        (" " * 1_048_575 + "x", set()),
        ("🙂 " * 524_288, set()),
        ("pakken " + " ".join(f"ord{number % 500}" for number in range(150_000)), set()),
    ],
    ids=["one sentence again and again", "one word", "blanks", "emoji", "many words"],
)
def test_a_mebibyte_is_compared(log: Log, shop: None, text: str, heard: set[int]) -> None:
    """A text as long as a note may be is compared like any other."""
    found = finding.similar_to_text(log, text, Filters(), limit=9)
    assert {note["id"] for note in found["results"] if note["strong"]} == heard


def test_similar_in_an_empty_log(log: Log) -> None:
    """In a log nobody has written to nothing is found and nothing fails."""
    assert finding.similar_to_text(log, "pakken kom", Filters(), limit=9) == finding.NOTHING_SAID
    assert search(log, "pakken") == []
    with pytest.raises(NotFound, match="There is no note 1"):
        finding.similar_to_note(log, 1, Filters(), limit=9)


def test_similar_says_what_came_of_it(log: Log, by: By, say: Callable[..., int]) -> None:
    """A note like it tells what was promised or done about it."""
    say("Pakken kom tre uger for sent", customer="K-1", promise="ring", due_on="2026-11-20")
    outcome = lambda: finding.similar_to_text(log, "pakken tre uger", Filters(), limit=9)["results"][0]["outcome"]  # noqa: E731
    assert outcome() == {"step": "promised", "on": "2026-11-20"}
    log.connection.execute("update promises set outcome = 'kept', ended_at = '2026-11-19T09:00:00Z'")
    assert outcome() == {"step": "promise kept", "on": "2026-11-19T09:00:00Z"}
    log.connection.execute(
        """insert into responses (uid, note_id, kind, responded_at, agent)
           values ('u', 1, 'apologised', '2026-11-21T09:00:00Z', 'x')"""
    )
    assert outcome() == {"step": "apologised", "on": "2026-11-21T09:00:00Z"}


@one_log
@given(text=st.text(max_size=60))
def test_any_text_can_be_compared(log: Log, text: str) -> None:
    """Whatever text is compared, the answer is a list, perhaps an empty one."""
    assert finding.similar_to_text(log, text, Filters(), limit=9)["results"] == []


def test_taken_back_is_never_found(log: Log, by: By, shop: None) -> None:
    """A note taken back is found by no words and is like nothing."""
    undoing.undo(log, undoing.last(log, "mette"), by)
    assert search(log, "cotton") == []
    assert finding.similar_to_text(log, "100 % cotton", Filters(), limit=9)["results"] == []
    assert [note["id"] for note in notes.by_ids(log, [7])] == []


def test_damaged_index_is_a_refusal(log: Log, log_path: Path, shop: None) -> None:
    """When the index is damaged, finding says so in words."""
    log.connection.execute("delete from notes_fts_data where id > 10")
    log.close()
    with open_for_reading(str(log_path)) as damaged:
        for find in (
            lambda: search(damaged, "pakken"),
            lambda: finding.similar_to_text(damaged, "pakken kom for sent", Filters(), limit=9),
        ):
            with pytest.raises(Refused) as refused:
                find()
            assert refused.value.message == f"The log is damaged: {log_path}."
            assert refused.value.hint == "Keep the file as it is, run `feedlog doctor`, and restore a backup."
