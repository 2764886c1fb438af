"""Looks a log over: whether the file is sound, private and in step with itself. Changes nothing."""

import os
import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import TypedDict

from feedlog.errors import FeedlogError
from feedlog.language.words import plain_words
from feedlog.operations import reaching_backups, spool
from feedlog.store import Log, backup_list, sharing
from feedlog.store.failures import as_ours
from feedlog.store.network import network_of
from feedlog.store.shipped import shipped_text

# SQLite takes the write-ahead log in from 4 MB on; so much more means that somebody keeps it from doing so.
_LONGEST_WAL = 64 * 2**20


_WELL_PLACED = "on a disk of this machine"
_WELL_KEPT = "nobody but its owner or group can read it"
_NOTHING_WAITS = "no text waits to be stored"


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
        ("times", lambda: _times(log), "every day and instant can be read"),
        ("search index", lambda: _index(log), "the index agrees with the notes"),
        ("words", lambda: _words(log), "the word counts agree with the notes"),
        ("rules", lambda: _rules(log), "notes cannot be changed, nor the record of changes"),
        ("journal", lambda: _pragma(log, "journal_mode", "wal"), "write-ahead log"),
        ("waiting pages", lambda: _waiting(log), "the write-ahead log is being taken in"),
        ("place", lambda: _place(log.path), _WELL_PLACED),
        ("private", lambda: _private(log.path), _WELL_KEPT),
        ("erasures", lambda: _erasures(log), "of what was erased no trace is left"),
        ("backups", lambda: _backups(log.path), "no backup in reach holds what was erased since"),
        ("spool", lambda: _spool(spool_folder), _NOTHING_WAITS),
    ]
    found: list[Check] = []
    for name, look, well in checks:
        try:
            trouble = look()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            trouble = _in_words(error, log.path)
        found.append(Check(name=name, ok=trouble is None, detail=trouble or well))
    return found


def examine_unopened(path: str, spool_folder: str, error: FeedlogError) -> list[Check]:
    """The checks that need no open log, where it cannot be opened: `error` says why."""
    advice = "Keep the file as it is and restore a backup." if "damaged" in error.message else error.hint
    found = [Check(name="file", ok=False, detail=f"{error.message} {advice}")]
    without_log: list[tuple[str, Callable[[], str | None], str]] = [
        ("place", lambda: _place(path), _WELL_PLACED),
        ("private", lambda: _private(path), _WELL_KEPT),
        ("spool", lambda: _spool(spool_folder), _NOTHING_WAITS),
    ]
    for name, look, well in without_log:
        try:
            trouble = look()
        except OSError as problem:
            trouble = f"it cannot be looked at: {problem.strerror}"
        found.append(Check(name=name, ok=trouble is None, detail=trouble or well))
    return found


def _in_words(error: sqlite3.DatabaseError | UnicodeDecodeError, path: str) -> str:
    """A file somebody else is writing to is not a damaged one."""
    if isinstance(error, UnicodeDecodeError):  # what SQLite says of it quotes damaged bytes
        return "the file is damaged: keep it as it is and restore a backup"
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


def _times(log: Log) -> str | None:
    """SQLite sees damage inside a cell only where a rule of the schema is broken by it."""
    columns = log.connection.execute(
        """select tables.name, columns.name from sqlite_schema as tables, pragma_table_info(tables.name) as columns
            where tables.type = 'table' and (columns.name glob '*_at' or columns.name glob '*_on')"""
    ).fetchall()
    for table, column in columns:
        unreadable = f"select count(*) from {table} where {column} is not null and datetime({column}) is null"
        found = log.connection.execute(unreadable).fetchone()[0]
        if found:
            return (
                f"{found} of the times in {table}.{column} cannot be read: keep the file as it is and restore a backup"
            )
    return None


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


def _rules(log: Log) -> str | None:
    """Whether the triggers that keep what was said are there, and this connection lets none of them be passed by."""
    wanted = set(re.findall(r"^create trigger (\w+)", shipped_text("schema.sql"), re.MULTILINE))
    there = {row[0] for row in log.connection.execute("select name from sqlite_schema where type = 'trigger'")}
    if wanted - there:
        return f"the rule {min(wanted - there)} was taken out of the file: restore a backup"
    for pragma in ("foreign_keys", "recursive_triggers", "secure_delete"):
        if log.connection.execute(f"pragma {pragma}").fetchone()[0] != 1:
            return f"this SQLite leaves {pragma} off: use another build of it"
    return None


def _waiting(log: Log) -> str | None:
    """A write-ahead log that only grows is held back by somebody who has been reading all the time."""
    path = f"{log.path}-wal"
    size = os.path.getsize(path) if os.path.exists(path) else 0
    if size < _LONGEST_WAL:
        return None
    return f"{size // 2**20} MiB wait to be taken into the file: end whoever has been reading it for long"


def _place(path: str) -> str | None:
    kind = network_of(path)
    return f"on a network drive ({kind}): move it to a disk of this machine" if kind else None


def _private(path: str) -> str | None:
    """The log and every file beside it that has its name: pages of it wait there, and the secret of the pseudonyms."""
    folder, name = os.path.split(path)
    published = os.path.join(folder, "published", "feedlog.db")
    beside = [os.path.join(folder, each) for each in sorted(os.listdir(folder)) if each.startswith(name)]
    for each in [*beside, published, *_listed_backups(path)]:
        with suppress(OSError):  # gone at this moment, or never there
            if sharing.open_to_all(each):
                return f"everybody on this machine can read it: run chmod o-rwx {shlex.quote(each)}"
    if sharing.changed_by_all(folder):
        return f"everybody on this machine can put another file in its place: run chmod o-w {shlex.quote(folder)}"
    return None


def _listed_backups(path: str) -> list[str]:
    with suppress(FeedlogError):  # `_backups` says that the list is damaged
        return [backup["path"] for backup in backup_list.read(path)]
    return []


def _backups(path: str) -> str | None:
    try:
        behind = reaching_backups.behind(path)
    except FeedlogError as error:
        return f"{error.message} {error.hint}"
    return f"what was erased is still in {behind[0]}: run `feedlog backup` once more" if behind else None


def _erasures(log: Log) -> str | None:
    row = log.connection.execute("select min(started_at), count(*) from erasures where verified_at is null").fetchone()
    if not row[1]:
        return None
    return f"traces may remain of what was erased on {row[0][:10]}: run the same `feedlog erase` again"


def _spool(folder: str) -> str | None:
    for place in spool.places(folder):
        if waiting := spool.waiting(place):
            return f"in {place} wait texts that were not stored, {len(waiting)} of them: run `feedlog recover`"
    if drafts := spool.drafts_left(folder):
        named = shlex.quote(drafts[0])
        more = f", {len(drafts)} in all" if len(drafts) > 1 else ""
        return f"a draft was left at {named}{more}: log it with `feedlog add < {named}`, then remove it"
    if os.path.isdir(folder) and (sharing.open_to_all(folder) or sharing.changed_by_all(folder)):
        return f"everybody on this machine can look into it: run chmod go-rwx {shlex.quote(folder)}"
    return None
