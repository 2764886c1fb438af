"""How a text matched, what of it is shown, and what a search becomes."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedlog.language import search
from feedlog.language.excerpts import snippet
from feedlog.language.search import Search
from feedlog.language.stems import Stems
from feedlog.store import Log

one_log = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STEMS = Stems(("da", "sv", "nb", "en"))
LONG = (
    "Vi har ventet i flere uger på svar. " * 4
    + "Så kom pakken endelig frem, men den var våd. "
    + "Det er ikke i orden. " * 9
)


def shown(log: Log, text: str, words: str, **options: int) -> str:
    return snippet(text, Search(log.connection, words, STEMS).match(text).spans, **options)


def matching(log: Log, words: str) -> list[int]:
    """The notes SQLite finds by the expression that the words become."""
    expression = Search(log.connection, words, STEMS).expression()
    return [row["rowid"] for row in log.rows("select rowid from notes_fts where notes_fts match ?", [expression])]


@pytest.mark.parametrize(
    ("text", "words", "how", "places"),
    [
        ("Pakken kom", "pakken", "exact", ["Pakken"]),
        ("Min pakke kom", "pakken", "inflection", ["pakke"]),
        ("Pakken kom tre uger for sent", '"tre uger"', "exact", ["tre uger"]),
        ("Leveringen kom", "lever*", "exact", ["Leveringen"]),
        ("Pakken kom", "pakken -levering", "exact", ["Pakken"]),
        ("En e-mail kom", "e-mail", "exact", ["e-mail"]),
        ("Ånden på ÅEN", "ånden åen", "exact", ["Ånden", "ÅEN"]),
    ],
)
def test_match(log: Log, text: str, words: str, how: str, places: list[str]) -> None:
    """A match says whether the words stand there as typed or in another form, and where."""
    found = Search(log.connection, words, STEMS).match(text)
    assert (found.how, [text[span.start : span.end] for span in found.spans]) == (how, places)


def test_compounds_of_what_is_said_everywhere(
    log: Log, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word is looked for inside longer ones, unless it is said everywhere: then nobody waits for these."""
    monkeypatch.setattr(search, "EVERYWHERE", 3)
    inside = say("returpakken er væk")
    for expected in (True, True, True, False):
        assert (inside in Search(log.connection, "pakken", STEMS).find(limit=50)) == expected
        say("pakken er væk")


def test_short_text_is_shown_whole(log: Log) -> None:
    """A text that fits is shown whole, on one line, with what matched between marks."""
    assert shown(log, "Pakken kom\nfor   sent", "pakken sent") == "[Pakken] kom for [sent]"
    assert shown(log, "Pakken kom", "zebra") == "Pakken kom"


def test_long_text_is_shown_around_the_match(log: Log) -> None:
    """Of a long text the place that matched is shown, cut between words; an ellipsis stands for what is left out."""
    text = shown(log, LONG, "våd")
    assert "[våd]" in text
    assert text.startswith("… ") and text.endswith(" …")
    assert len(text) <= 160 + len("… [] …") + 2
    words = text.removeprefix("… ").removesuffix(" …").replace("[", "").replace("]", "").split()
    assert set(words) <= set(LONG.split())


@one_log
@given(
    text=st.text(alphabet="pakkenå b\n.\u0303", max_size=400),
    words=st.text(alphabet='pakå "*-', max_size=12),
    width=st.integers(10, 200),
)
def test_snippet_is_of_the_text(log: Log, text: str, words: str, width: int) -> None:
    """Whatever the text and the search, what is shown is a stretch of the text, with marks in pairs."""
    found = Search(log.connection, words, STEMS).match(text)
    assert all(0 <= span.start < span.end <= len(text) for span in found.spans)
    assert all(one.end <= other.start for one, other in zip(found.spans, found.spans[1:], strict=False))
    part = snippet(text, found.spans, width=width)
    assert part.count("[") == part.count("]")
    bare = part.removeprefix("… ").removesuffix(" …").replace("[", "").replace("]", "")
    assert "".join(bare.split()) in "".join(text.split())
    assert "\n" not in part


def test_nothing_wanted_matches_nothing(log: Log, say: Callable[..., int]) -> None:
    """An expression without a wanted word is valid and matches nothing."""
    say("and or not near")
    assert [matching(log, words) for words in ("", "-and", "!!!")] == [[], [], []]


@pytest.mark.parametrize("word", ["AND", "OR", "NOT", "NEAR", '"OR"', "N*"])
def test_operators_are_words(log: Log, say: Callable[..., int], word: str) -> None:
    """SQLite's own operators are looked for like any other word."""
    say("and or not near")
    assert matching(log, word) == [1]


@one_log
@given(words=st.text(max_size=40) | st.text(alphabet='ab"*-():^+{}<>=,;.\\/ ANDORNTE', max_size=40))
def test_expression_is_never_a_syntax_error(log: Log, words: str) -> None:
    """Whatever is typed becomes an expression SQLite understands."""
    matching(log, words)


def test_words_as_typed_come_first(log: Log, say: Callable[..., int]) -> None:
    """Notes with the very words come before those with other forms, however rare these are."""
    exact = {say(f"en mand ringede om sag {number}") for number in range(8)}
    other = say("mændene ringede")
    found = Search(log.connection, "mand", STEMS).find(limit=20)
    assert set(found[:8]) == exact
    assert found[8:] == [other]


def test_a_stem_that_is_grammar_finds_no_grammar(log: Log, say: Callable[..., int]) -> None:
    """A foreign stemmer makes a function word of some words; only forms of the word itself are found."""
    hound, hounds = say("hunden bed mig"), say("to hunde gøede")
    for number in range(5):
        say(f"hun ringede om sag {number}")
    assert set(Search(log.connection, "hund", STEMS).find(limit=20)[:2]) == {hound, hounds}
