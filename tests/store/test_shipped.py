"""The files at the project's top level that the program reads."""

import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from feedlog import vocabulary
from feedlog.errors import Refused
from feedlog.store import Log
from feedlog.store.shipped import shipped_path, shipped_text
from feedlog.store.upgrades import statements

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["schema.sql", "metadata.yml"])
def test_checkout_finds_what_stands_above_the_package(name: str) -> None:
    """In a checkout the program reads the very files people read."""
    assert Path(shipped_path(name)) == ROOT / name
    assert shipped_text(name) == (ROOT / name).read_text("utf-8")


def test_what_is_missing_is_named() -> None:
    """An installation that lacks a file says which."""
    with pytest.raises(Refused) as refused:
        shipped_path("birds.sql")
    assert refused.value.message == "birds.sql is missing from this installation of feedlog."
    assert refused.value.hint == "Install feedlog again."


def test_statements_are_cut_as_sqlite_cuts_them() -> None:
    """Cutting the schema into statements loses nothing: a whole script makes the same schema."""
    script = shipped_text("schema.sql")
    whole, cut = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    whole.executescript(script)
    for statement in statements(script):
        cut.execute(statement)
    made = [connection.execute("select * from sqlite_master").fetchall() for connection in (whole, cut)]
    whole.close()
    cut.close()
    assert made[0] == made[1]
    assert "".join(statements(script)).strip() == script.strip()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("notes", vocabulary.CHANNELS),
        ("notes", vocabulary.KINDS),
        ("responses", vocabulary.RESPONSE_KINDS),
        ("letters", vocabulary.LETTER_KINDS),
        ("promises", vocabulary.PROMISE_OUTCOMES),
    ],
)
def test_schema_and_vocabulary_list_the_same_words(log: Log, table: str, words: tuple[str, ...]) -> None:
    """The closed lists of the schema are those of the program."""
    sql = " ".join(log.value("select sql from sqlite_master where name = ?", [table]).split())
    assert f"in ({str(words).strip('()')})" in sql


def test_every_table_and_column_is_explained() -> None:
    """The schema teaches: a comment stands above every table and beside what its name does not say."""
    lines = shipped_text("schema.sql").splitlines()
    bare = [
        line
        for before, line in pairwise(lines)
        if line.startswith(("create table", "create view", "create virtual table")) and not before.startswith("--")
    ]
    assert bare == []


def test_tables_are_strict(log: Log) -> None:
    """Every table of ours refuses a value of the wrong type."""
    loose = log.rows(
        """select name from pragma_table_list where type = 'table' and not strict and schema = 'main'
              and name not like 'sqlite%' and name not like '%\\_fts%' escape '\\'"""
    )
    assert [row["name"] for row in loose] == []
