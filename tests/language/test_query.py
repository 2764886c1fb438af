"""What is typed into a search box, as terms and as an expression."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedlog.language.query import MOST_TERMS, Term, expression, parse
from feedlog.language.search import search_expression
from feedlog.language.stems import Stems

STEMS = Stems(("da", "sv", "nb", "en"))


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """An index of one text."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create virtual table notes_fts using fts5 (verbatim, stems, tokenize='unicode61 remove_diacritics 0')"
    )
    connection.execute("insert into notes_fts values ('and or not near', 'and or not near')")
    yield connection
    connection.close()


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


def test_nothing_wanted_finds_nothing(index: sqlite3.Connection) -> None:
    """An expression without a wanted word is valid and matches nothing."""
    for typed in ("", "-and", "!!!"):
        found = index.execute("select * from notes_fts where notes_fts match ?", [expression(parse(typed), STEMS)])
        assert found.fetchall() == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40) | st.text(alphabet='ab"*-():^+{}<>=,;.\\/ ANDORNTE', max_size=40))
def test_expression_is_never_a_syntax_error(index: sqlite3.Connection, typed: str) -> None:
    """Whatever is typed becomes an expression SQLite understands; none of its signs or words is an operator."""
    index.execute("select * from notes_fts where notes_fts match ?", [search_expression(typed, STEMS)]).fetchall()


@pytest.mark.parametrize("word", ["AND", "OR", "NOT", "NEAR"])
def test_operators_are_words(index: sqlite3.Connection, word: str) -> None:
    """SQLite's own operators are looked for like any other word."""
    found = index.execute("select * from notes_fts where notes_fts match ?", [search_expression(word, STEMS)])
    assert len(found.fetchall()) == 1
