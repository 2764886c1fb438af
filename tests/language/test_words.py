"""How text is stored, and how it is cut into words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.language.words import composed, folded, plain_words, words_of


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  a b\t", "a b"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("A\u030anden", "Ånden"),
        ("\ufeffa", "a"),
        (" \ufeff \ufeffa", "a"),
        ("a\ufeffb", "a\ufeffb"),
        ("\u2003 \ufeff", ""),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_stored_form(typed: str, stored: str) -> None:
    """A text is stored composed, with plain line ends, without marks and blanks at its edges; else as typed."""
    assert composed(typed) == stored


@given(st.text())
def test_stored_form_is_final(text: str) -> None:
    """The stored form of a stored form is itself, so that a repeat is recognised."""
    stored = composed(text)
    assert composed(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pakken kom, TRE uger for sent!", ["pakken", "kom", "tre", "uger", "for", "sent"]),
        ("a_b c-d it's 3,5 100%", ["a", "b", "c", "d", "it", "s", "3", "5", "100"]),
        ("ÆØÅ äö ß", ["æøå", "äö", "ß"]),
        ("K-1042 anna@example.com", ["k", "1042", "anna", "example", "com"]),
        ("... 🙂 —", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """Letters and digits make words, lower case; everything else parts them."""
    assert plain_words(text) == words


@given(st.text())
def test_words_and_their_places_agree(text: str) -> None:
    """The words with places are the words without, and each stands at its place."""
    assert [word.word for word in words_of(text)] == plain_words(text)
    assert all(text[word.start : word.end].lower() == word.word for word in words_of(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [("KØBENHAVN", "kobenhavn"), ("köp", "køb"[:2] + "p"), ("Ånd", "aand"), ("søndag", "soendag"), ("café", "cafe")],
)
def test_folded(one: str, other: str) -> None:
    """What people type for letters they have no key for counts as the same."""
    assert folded(one) == folded(other)
