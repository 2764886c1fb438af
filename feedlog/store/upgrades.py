"""Schema versions. A fresh log runs `schema.sql`; an older one walks the steps below, all in one transaction.

A step that was released is never edited, and no step runs `schema.sql`: that file is today's. A test proves that a
walked log and a fresh one have the same schema.
"""

import sqlite3
from collections.abc import Callable, Iterator

Step = Callable[[sqlite3.Connection], None]

# Version n is made from n - 1 by STEPS[n]. Version 1 is the first that was released.
STEPS: dict[int, Step] = {}
NEWEST = max(STEPS, default=1)


def bring_up(connection: sqlite3.Connection, path: str, languages: list[str]) -> None:
    """Makes the schema in an empty file, or upgrades an older one; either whole or not at all.

    Several first runs may meet here: whoever gets the write lock does the work, the others find it done.
    """
    from feedlog.store.log import APPLICATION_ID, _version, take_turn

    take_turn(connection)
    try:
        version = _version(connection, path)
        if version == 0:
            _make(connection, languages)
        for step in range(version + 1 if version else NEWEST + 1, NEWEST + 1):
            STEPS[step](connection)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {NEWEST}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _make(connection: sqlite3.Connection, languages: list[str]) -> None:
    from feedlog.store.shipped import shipped_text

    for statement in statements(shipped_text("schema.sql")):
        connection.execute(statement)
    from feedlog.store.ids import new_uid

    settings = [("languages", " ".join(languages)), ("uid", new_uid())]
    connection.executemany("insert into settings (name, value) values (?, ?)", settings)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script. `executescript` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
