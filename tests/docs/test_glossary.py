"""The glossary knows every noun of the schema and the command line, and the names we do not want stay away."""

import ast
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedlog.cli import COMMANDS
from feedlog.publish import schema_text
from feedlog.store.shipped import shipped_text
from feedlog.store.upgrades import statements

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
KNOWN = set(re.findall(r"\w+", GLOSSARY.lower()))
FORBIDDEN = {"utils", "helpers", "manager", "data", "info", "process", "handle", "ticket", "item"}

# Columns whose names are plain English or arithmetic, not words of the trade.
PLAIN = {
    "id", "name", "value", "text", "what", "why", "file", "notes", "detail", "reason", "read", "added", "known",
    "skipped", "rejected", "action", "word", "our_word", "their_word", "customer_told", "customers", "complaints",
    "compliments", "promises", "responses", "letters", "corrected",
}  # fmt: skip
# The verb in `said_at`, `due_on`, `written_by` says what happened then; the suffixes are in the glossary.
MOMENT = re.compile(r"_(at|on|by)$")


def columns_of(script: str) -> dict[str, list[str]]:
    """Every table and view of a schema with its columns; what FTS5 keeps for itself left out."""
    connection = sqlite3.connect(":memory:")
    for statement in statements(script):
        connection.execute(statement)
    rows = connection.execute(
        "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite%'"
    )
    names = [name for (name,) in rows if not re.search(r"_fts_\w+$", name)]
    return {name: [row[1] for row in connection.execute(f'pragma table_info("{name}")')] for name in names}


WORKING = columns_of(shipped_text("schema.sql"))
PUBLISHED = columns_of(schema_text())


@pytest.mark.parametrize("table", sorted({*WORKING, *PUBLISHED} - {"searched_notes"}))
def test_table_is_in_the_glossary(table: str) -> None:
    """Every table stands in the glossary, spelled as in SQL."""
    assert f"`{table}`" in GLOSSARY


@pytest.mark.parametrize("table", sorted({*WORKING, *PUBLISHED}))
def test_columns_are_in_the_glossary(table: str) -> None:
    """Every column that is a word of the trade stands in the glossary."""
    columns = {*WORKING.get(table, []), *PUBLISHED.get(table, [])} - PLAIN
    unknown = {name for name in columns if not MOMENT.search(name) and not KNOWN.intersection(spellings(name))}
    assert unknown == set()


def spellings(column: str) -> set[str]:
    """A column as the glossary may spell it: as it is, or without its suffix."""
    return {column, re.sub(r"_(id|minor)$", "", column)}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_in_the_glossary(command: str) -> None:
    """Every command stands in the glossary, spelled as it is typed."""
    assert f"`{command}`" in GLOSSARY


def names_given() -> Iterator[tuple[str, str]]:
    """Where and what: every module, function, class and table of the program."""
    for path in sorted((ROOT / "feedlog").rglob("*.py")):
        place = str(path.relative_to(ROOT))
        yield place, path.stem
        yield place, path.parent.name
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield place, node.name
    for place, tables in (("schema.sql", WORKING), ("feedlog/publish/schema.sql", PUBLISHED)):
        yield from ((place, table) for table in tables)


def test_names_that_would_fit_anything_are_not_used() -> None:
    """No module, function, class or table is called by a word that says nothing, in the singular or the plural."""
    found = [
        f"{place}: {name}" for place, name in names_given() if name.lower().strip("_").removesuffix("s") in _SINGULAR
    ]
    assert found == []


_SINGULAR = {name.removesuffix("s") for name in FORBIDDEN}
