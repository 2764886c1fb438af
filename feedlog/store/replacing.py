"""Puts one log in the place of another.

Whoever has the log open keeps its file: a running `feedlog add` or `feedlog serve`. Renaming another file over it would
leave them writing into a file without a name, and a write-ahead log beside it that belongs to neither. So the new pages
are written into the file that stands there, as one transaction of SQLite's own: readers see the old log until it is
committed, writers wait their turn, and a kill leaves the old log.
"""

import os
import sqlite3
import time
from collections.abc import Callable

from feedlog.errors import NotStored
from feedlog.store import log as door
from feedlog.store import upgrades
from feedlog.store.backups import free_name
from feedlog.store.drafts import BESIDE
from feedlog.store.failures import translated
from feedlog.store.log import BUSY_SECONDS, Log, _enter_wal, _settle, _version

_BUSY, _LOCKED, _CORRUPT, _NOTADB = 5, 6, 11, 26
# Far less than the smallest log has, so that the first step is never the last one.
_PAGES_A_STEP = 8


def open_copy(path: str) -> Log:
    """A backup, or a draft of one, open for writing as a log is and brought up to today's schema.

    It stays one file without a write-ahead log, and no copy is made of what is a copy already.
    """
    with translated(path, writing=True):
        connection = door._connect(path, "rw")
        try:
            _settle(connection)
            if _version(connection, path) != upgrades.NEWEST:
                upgrades.bring_up(connection, path, [], back_up=False)
        except BaseException:
            connection.close()
            raise
    return Log(path, connection, writable=True)


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite said that the file is damaged, or is no database at all."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (_CORRUPT, _NOTADB)


def write_over(ready: Log, path: str, locked: Callable[[], object]) -> None:
    """Writes every page of `ready` into the log at `path`, as one transaction.

    `locked` runs once, when nobody else can write any more and everybody still sees the old log; it may write to
    `ready`, which reaches the new pages too, and whatever it raises leaves the old log in place. Raises NotStored where
    the log cannot be written.
    """
    with translated(path, writing=True):
        target = door._connect(path, "rw")
        try:
            _settle(target)
            _enter_wal(target)
            _write_pages(ready.connection, target, path, locked)
            # What the old log held need not linger beside it; where a reader is still at it, a later one will do.
            target.execute("pragma busy_timeout = 1000")
            target.execute("pragma wal_checkpoint(truncate)")
        finally:
            target.close()


def _write_pages(
    source: sqlite3.Connection, target: sqlite3.Connection, path: str, locked: Callable[[], object]
) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    begun = False

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal begun
        if begun:
            return
        if status not in (_BUSY, _LOCKED):
            begun = True  # the first pages are written, so the write lock is ours until the end
            locked()
        elif time.monotonic() > deadline:
            raise NotStored(
                f"Somebody else has been writing to the log for too long: {path}.", hint="Try again in a moment."
            )

    # Short, steady waits instead of SQLite's own: see `take_turn`.
    target.execute("pragma busy_timeout = 0")
    source.backup(target, pages=_PAGES_A_STEP, progress=step, sleep=0.005)


def move_aside(path: str, aside: str) -> list[str]:
    """Renames a log that cannot be opened, and what SQLite left beside it; returns the new names.

    A write-ahead log that stayed behind would be taken for the next file's of that name.
    """
    moved = []
    for end in ("", *BESIDE):
        if os.path.lexists(path + end):
            name = free_name(aside + end)
            try:
                os.rename(path + end, name)
            except OSError as error:
                raise NotStored(
                    f"{path + end} cannot be moved aside: {error.strerror}.", hint="Call as the log's owner."
                ) from error
            moved.append(name)
    return moved
