"""Stems under several languages at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.language.stems import Stems

STEMS = Stems(("da", "sv", "nb", "en"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pakke", "pakken"),
        ("leveringen", "levering"),
        ("forsinket", "forsinkede"),
        ("butiken", "butik"),
        ("skoene", "skoen"),
        ("delayed", "delays"),
        ("shoes", "shoe"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    """Forms of one word meet in at least one language."""
    assert set(STEMS.of_word(one)) & set(STEMS.of_word(other))


@pytest.mark.parametrize(("one", "other"), [("ånd", "and"), ("køb", "kob"), ("før", "for"), ("hus", "mus")])
def test_other_words_do_not(one: str, other: str) -> None:
    """Words that differ in a letter of the alphabet, å or ø included, are other words."""
    assert not set(STEMS.of_word(one)) & set(STEMS.of_word(other))


def test_each_stem_once() -> None:
    """Stems that several languages agree on stand once; without languages a word is its own stem."""
    assert len(STEMS.of_word("pakken")) == len(set(STEMS.of_word("pakken")))
    assert Stems(()).of_word("pakken") == ("pakken",)
    assert STEMS.root("pakken") in STEMS.of_word("pakken")


@given(st.text(alphabet="abcdeæøåäöéß0123456789ıİΣςﬁ", min_size=1, max_size=20))
def test_any_word_has_a_stem(word: str) -> None:
    """Every word has a stem that is not empty, the same each time."""
    stems = STEMS.of_word(word)
    assert stems and all(stems)
    assert Stems(STEMS.languages).of_word(word) == stems


def test_column_keeps_the_order_of_the_words() -> None:
    """What the index stores is the stems, in the order of the words."""
    assert STEMS.of_text("Pakken kom!") == " ".join([*STEMS.of_word("pakken"), *STEMS.of_word("kom")])
    assert STEMS.of_text("...") == ""
