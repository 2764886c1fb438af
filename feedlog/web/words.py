"""The language of the log on the pages: one search behind our page, Datasette's search box and its JSON."""

import sqlite3
import threading
from typing import Any

from feedlog.language.search import Search
from feedlog.language.stems import Stems

# A stemmer must not be used by two threads at once.
_of_thread = threading.local()
# Nobody types more; what is beyond is a paste gone wrong, and spelling it in other ways would take seconds.
LONGEST = 1000


def search(connection: sqlite3.Connection, text: str) -> Search:
    """What a person typed, to be looked for in the published file."""
    return Search(connection, text[:LONGEST], stems(connection))


def stems(connection: sqlite3.Connection) -> Stems:
    """The stems of the languages the published file is indexed in."""
    row = connection.execute("select value from publication where name = 'languages'").fetchone()
    languages = tuple(row[0].split()) if row else ()
    known: Stems | None = getattr(_of_thread, "stems", None)
    if known is None or known.languages != languages:
        known = _of_thread.stems = Stems(languages)
    return known


def teach(connection: sqlite3.Connection) -> None:
    """Replaces Datasette's `escape_fts`, so that `?_search=` finds what `feedlog search` finds."""

    def escape_fts(text: Any) -> str:
        # Reads the words' table on the connection it is called from, which SQLite allows as long as it only reads.
        return search(connection, str(text)).expression()

    connection.create_function("escape_fts", 1, escape_fts)
