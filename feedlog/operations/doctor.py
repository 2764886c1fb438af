"""Looks a log over: whether the file is sound, private and in step with itself. Changes nothing."""

import os
import sqlite3
import stat
from collections.abc import Callable
from typing import TypedDict

from feedlog.language.words import plain_words
from feedlog.operations import spool
from feedlog.store import Log
from feedlog.store.failures import as_ours


class Check(TypedDict):
    """One thing looked at; `detail` says what was found and, where it is not well, what to do."""

    name: str
    ok: bool
    detail: str


def examine(log: Log, spool_folder: str) -> list[Check]:
    """Every check, in the order of their weight. `log` is open for writing, since SQLite checks an index by writing."""
    checks: list[tuple[str, Callable[[], str | None], str]] = [
        ("file", lambda: _pragma(log, "quick_check", "ok"), "SQLite finds the file sound"),
        ("references", lambda: _references(log), "every row refers to one that exists"),
        ("search index", lambda: _index(log), "the index agrees with the notes"),
        ("words", lambda: _words(log), "the word counts agree with the notes"),
        ("journal", lambda: _pragma(log, "journal_mode", "wal"), "write-ahead log"),
        ("private", lambda: _private(log.path), "only its owner can read it"),
        ("spool", lambda: _spool(spool_folder), "no text waits to be stored"),
    ]
    found: list[Check] = []
    for name, look, well in checks:
        try:
            trouble = look()
        except sqlite3.DatabaseError as error:
            trouble = _in_words(error, log.path)
        found.append(Check(name=name, ok=trouble is None, detail=trouble or well))
    return found


def _in_words(error: sqlite3.DatabaseError, path: str) -> str:
    """A file somebody else is writing to is not a damaged one."""
    ours = as_ours(error, path, writing=False)
    if ours is None or "damaged" in ours.message:
        return f"{error}: keep the file as it is and restore a backup"
    return f"{ours.message} {ours.hint}"


def _pragma(log: Log, name: str, wanted: str) -> str | None:
    found = [str(row[0]) for row in log.connection.execute(f"pragma {name}").fetchall()]
    return None if found == [wanted] else f"{'; '.join(found[:3])}: keep the file as it is and restore a backup"


def _references(log: Log) -> str | None:
    broken = log.connection.execute("pragma foreign_key_check").fetchall()
    return (
        f"{len(broken)} rows refer to rows that are gone, the first in {broken[0][0]}: restore a backup"
        if broken
        else None
    )


def _index(log: Log) -> str | None:
    log.connection.execute("begin immediate")
    try:
        log.connection.execute("insert into notes_fts (notes_fts, rank) values ('integrity-check', 1)")
        log.connection.execute("insert into words_fts (words_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return "the index disagrees with the notes: run `feedlog reindex`"
    finally:
        if log.connection.in_transaction:  # a damaged file has rolled back already
            log.connection.execute("rollback")
    return None


def _words(log: Log) -> str | None:
    """Compares the number of notes behind a few words with the index itself."""
    for word, notes in log.connection.execute("select word, notes from words order by notes desc limit 20").fetchall():
        found = log.connection.execute(
            "select count(*) from notes_fts where notes_fts match ?", [f'verbatim : "{word}"']
        ).fetchone()[0]
        # The index parts a few rare letters otherwise than we do; only the notes themselves can tell then.
        if found != notes and (found := _recounted(log, word)) != notes:
            return f"{word!r} is counted in {notes} notes and stands in {found}: run `feedlog reindex`"
    return None


def _recounted(log: Log, word: str) -> int:
    return sum(word in plain_words(row[0]) for row in log.connection.execute("select verbatim from current_notes"))


def _private(path: str) -> str | None:
    others = stat.S_IMODE(os.stat(path).st_mode) & 0o007
    return f"everybody on this machine can read it: run chmod o-rwx {path}" if others else None


def _spool(folder: str) -> str | None:
    for place in spool.places(folder):
        if waiting := spool.waiting(place):
            return f"in {place} wait texts that were not stored, {len(waiting)} of them: run `feedlog recover`"
    return None
