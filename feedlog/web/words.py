"""The language of the log on the pages: one search behind our page, Datasette's search box and its JSON."""

import sqlite3
import threading
from typing import Any

from feedlog.language import search as language
from feedlog.language.query import parse
from feedlog.language.stems import Stems

# A stemmer must not be used by two threads at once.
_of_thread = threading.local()


class Search:
    """What a person typed, looked for in the published file."""

    def __init__(self, connection: sqlite3.Connection, text: str) -> None:
        self._connection = connection
        self._stems = stems(connection)
        self._terms = parse(text)

    @property
    def empty(self) -> bool:
        """Whether there is no word to look for."""
        return all(term.negated for term in self._terms)

    def find(self, *, limit: int, only: str, parameters: list[Any]) -> list[int]:
        """The ids of matching notes, best first. `only` is a condition on `notes_fts.rowid` with its `parameters`."""
        return language.find(
            self._connection, self._terms, self._stems, limit=limit, only=only, parameters=parameters
        )

    def match(self, text: str) -> language.Match:
        """Where and how what was looked for stands in a text."""
        return language.match(text, self._terms, self._stems)


def stems(connection: sqlite3.Connection) -> Stems:
    """The stems of the languages the published file is indexed in."""
    row = connection.execute("select value from publication where name = 'languages'").fetchone()
    languages = tuple(row[0].split()) if row else ()
    known: Stems | None = getattr(_of_thread, "stems", None)
    if known is None or known.languages != languages:
        known = _of_thread.stems = Stems(languages)
    return known


def teach(connection: sqlite3.Connection) -> None:
    """Replaces Datasette's `escape_fts`, so that `?_search=` understands inflections, "phrases", begin* and -not."""
    try:
        known = stems(connection)
    except sqlite3.Error:  # a database of that name that is not ours
        return

    def escape_fts(text: Any) -> str:
        return language.search_expression(str(text), known)

    connection.create_function("escape_fts", 1, escape_fts)
