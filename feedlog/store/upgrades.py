"""Schema versions. A fresh log runs `schema.sql`; an older one walks the steps below, all in one transaction.

A step that was released is never edited, and no step runs `schema.sql`: that file is today's. A test proves that a
walked log and a fresh one have the same schema.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress

from feedlog.errors import FeedlogError

Step = Callable[[sqlite3.Connection], None]


def _to_2(connection: sqlite3.Connection) -> None:
    from feedlog.store.upgrade_to_2 import step  # here: every call loads this module, hardly any needs a step

    step(connection)


# Version n is made from n - 1 by STEPS[n]. Version 1 is the first that was released.
STEPS: dict[int, Step] = {2: _to_2}
NEWEST = max(STEPS, default=1)


def bring_up(connection: sqlite3.Connection, path: str, languages: list[str], *, back_up: bool = True) -> str | None:
    """Makes the schema in an empty file, or upgrades an older one; either whole or not at all.

    An older log is backed up beside itself first, and the backup's path returned; `back_up` is off for a file that is a
    copy already. Several may meet here: whoever gets the write lock does the work, the others find it done.
    """
    from feedlog.store.log import APPLICATION_ID, _version, take_turn

    kept = None
    take_turn(connection)
    try:
        version = _version(connection, path)
        if version == 0:
            _make(connection, languages)
        elif version < NEWEST and back_up:
            kept = _back_up(path, version)
        for step in range(version + 1 if version else NEWEST + 1, NEWEST + 1):
            STEPS[step](connection)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {NEWEST}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        if kept:
            _drop(path, kept)
        raise
    return kept


def _back_up(path: str, version: int) -> str:
    """A checked copy of the older log, beside it and on the list of its backups; returns where it is.

    Made while the upgrade holds the write lock: nothing can be logged between the copy and the first step.
    """
    from feedlog.store import backup_list, backups

    with backups.open_as_it_is(path) as old:
        kept = backups.make_beside(old, f"upgrade-from-{version}").backup
    try:
        backup_list.put(path, kept)
    except BaseException:
        os.unlink(kept["path"])  # what is not listed, no erasure reaches
        raise
    return kept["path"]


def _drop(path: str, kept: str) -> None:
    """Takes the copy away when the upgrade failed: the log is as it was, and every attempt would leave another one."""
    from feedlog.store import backup_list

    with suppress(FeedlogError, OSError):
        backup_list.forget(path, kept)
        os.unlink(kept)


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
