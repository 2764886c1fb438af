"""What SQL on the published file may not do: name its place on disk, or fill the memory with one call.

A time limit ends a statement between two steps, never within one call of a function.
"""

import re
import sqlite3
from typing import Any

# A note is a megabyte at most, and a row holds it with its reading; no text made by SQL needs to be longer.
LONGEST_BYTES = 4_000_000
# `%.*c` takes its width from an argument, `%900000000d` brings it along: either runs for a minute.
_TOO_WIDE = re.compile(r"%[-+ 0,#!]*(?:\*|\d{5}|\d*\.(?:\*|\d{5}))")
_PRINTING = ("printf", "format")


def restrict(connection: sqlite3.Connection) -> None:
    """Bounds what a connection makes, and hides where its file is."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_BYTES)
    printing = sqlite3.connect(":memory:", check_same_thread=False)
    printing.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_BYTES)

    def printed(*values: Any) -> Any:
        if values and isinstance(values[0], str) and _TOO_WIDE.search(values[0]):
            return "no width of more than four digits"  # raised, it would be printed with its traceback
        return printing.execute(f"select printf({', '.join('?' * len(values))})", values).fetchone()[0]

    for name in _PRINTING:
        connection.create_function(name, -1, printed, deterministic=True)
    connection.set_authorizer(_allowed)


def _allowed(action: int, first: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA and first == "database_list":
        return sqlite3.SQLITE_IGNORE  # as an empty list: Datasette asks for it, too
    if action == sqlite3.SQLITE_ATTACH:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
