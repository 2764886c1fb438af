"""How a text matched, and what of it is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedlog.language.query import parse
from feedlog.language.search import match, snippet
from feedlog.language.stems import Stems

STEMS = Stems(("da", "sv", "nb", "en"))
LONG = (
    "Vi har ventet i flere uger på svar. " * 4
    + "Så kom pakken endelig frem, men den var våd. "
    + "Det er ikke i orden. " * 9
)


def shown(text: str, words: str, **options: int) -> str:
    return snippet(text, match(text, parse(words), STEMS).spans, **options)


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
def test_match(text: str, words: str, how: str, places: list[str]) -> None:
    """A match says whether the words stand there as typed or in another form, and where."""
    found = match(text, parse(words), STEMS)
    assert (found.how, [text[span.start : span.end] for span in found.spans]) == (how, places)


def test_short_text_is_shown_whole() -> None:
    """A text that fits is shown whole, on one line, with what matched between marks."""
    assert shown("Pakken kom\nfor   sent", "pakken sent") == "[Pakken] kom for [sent]"
    assert shown("Pakken kom", "zebra") == "Pakken kom"


def test_long_text_is_shown_around_the_match() -> None:
    """Of a long text the place that matched is shown, cut between words; an ellipsis stands for what is left out."""
    text = shown(LONG, "våd")
    assert "[våd]" in text
    assert text.startswith("… ") and text.endswith(" …")
    assert len(text) <= 160 + len("… [] …") + 2
    words = text.removeprefix("… ").removesuffix(" …").replace("[", "").replace("]", "").split()
    assert set(words) <= set(LONG.split())


@settings(max_examples=200)
@given(
    text=st.text(alphabet="pakkenå b\n.\u0303", max_size=400),
    words=st.text(alphabet='pakå "*-', max_size=12),
    width=st.integers(10, 200),
)
def test_snippet_is_of_the_text(text: str, words: str, width: int) -> None:
    """Whatever the text and the search, what is shown is a stretch of the text, with marks in pairs."""
    found = match(text, parse(words), STEMS)
    assert all(0 <= span.start < span.end <= len(text) for span in found.spans)
    assert all(one.end <= other.start for one, other in zip(found.spans, found.spans[1:], strict=False))
    part = snippet(text, found.spans, width=width)
    assert part.count("[") == part.count("]")
    bare = part.removeprefix("… ").removesuffix(" …").replace("[", "").replace("]", "")
    assert "".join(bare.split()) in "".join(text.split())
    assert "\n" not in part
