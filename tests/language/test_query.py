"""What is typed into a search box, as terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.language.query import MOST_TERMS, Term, parse


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Pakken sent", [Term("word", ("pakken",)), Term("word", ("sent",))]),
        ('"Tre  uger"', [Term("phrase", ("tre", "uger"))]),
        ('"tre uger', [Term("phrase", ("tre", "uger"))]),
        ("lev*", [Term("prefix", ("lev",))]),
        ("pakke -levering", [Term("word", ("pakke",)), Term("word", ("levering",), negated=True)]),
        ('-"tre uger"', [Term("phrase", ("tre", "uger"), negated=True)]),
        ("e-mail", [Term("word", ("e", "mail"))]),
        ("sent SENT", [Term("word", ("sent",))]),
        ("A\u030and", [Term("word", ("ånd",))]),
        ("--- !!!", []),
        ("", []),
    ],
)
def test_terms(typed: str, terms: list[Term]) -> None:
    """Words, quoted phrases, beginnings and exclusions are told apart; the rest is left out."""
    assert parse(typed) == terms


def test_no_more_terms_than_anyone_types() -> None:
    """Of a pasted page the first words are looked for."""
    assert [term.words for term in parse(" ".join(map(str, range(100))))] == [(str(n),) for n in range(MOST_TERMS)]


@given(st.text())
def test_any_text_is_terms(text: str) -> None:
    """Whatever is typed is understood: each term has words of letters and digits, and none stands twice."""
    terms = parse(text)
    assert len(set(terms)) == len(terms) <= MOST_TERMS
    for term in terms:
        assert term.kind in ("word", "phrase", "prefix")
        assert all(word.isalnum() or "\u0307" in word for word in term.words)
