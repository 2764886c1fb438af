"""Restores a log from a backup: made ready beside the log, shown, then put in its place in one step."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.errors import FeedlogError, NotFound, NotStored, Refused
from feedlog.operations import erased_list, erasing, reaching
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log, backup_list, backups, replacing, upgrades
from feedlog.store.backups import Backup
from feedlog.store.drafts import draft_beside, give_name

_UID = "select value from settings where name = 'uid'"
_NEWEST = "select max(logged_at) from current_notes"


class Standing(NamedTuple):
    """The log that would be replaced. `lost` counts its notes that the backup does not hold."""

    readable: bool
    same_log: bool
    notes: int
    newest_logged_at: str | None
    lost: int


class Ready(NamedTuple):
    """A checked copy of a backup, brought up to today's schema, and what it would replace, if anything stands there."""

    path: str
    backup_path: str
    copy: Log
    notes: int
    newest_logged_at: str | None
    upgraded_from: int | None
    remarks: list[str]
    standing: Standing | None


class Restored(TypedDict):
    """What restoring did. `lost` notes were in the log and not in the backup; `forgotten` rows were erased since."""

    path: str
    backup: str
    notes: int
    lost: int
    forgotten: int
    upgraded_from: int | None
    kept_aside: list[str]


@contextmanager
def ready(log_path: str, place: str) -> Iterator[Ready]:
    """Makes the backup at `place` ready to be restored; nothing stays of that unless `restore` follows.

    Raises NotFound where there is no backup, Refused for one that is damaged, newer than this feedlog or no log, or
    when something else than a log stands at `log_path`; NotStored where there is no room.
    """
    place = os.path.abspath(place)
    if not os.path.exists(place):
        raise NotFound(f"There is no backup: {place}.", hint="See them with: feedlog backup --list")
    if os.path.exists(log_path) and os.path.samefile(place, log_path):
        raise Refused(f"This is the log itself: {place}.", hint="Name a backup: feedlog backup --list")
    if not os.path.isdir(place) and not os.path.isfile(place):
        raise Refused(f"This is not an ordinary file: {place}.", hint="Name a backup: feedlog backup --list")
    _make_folder(os.path.dirname(log_path))
    with backups.open_as_it_is(place) as source, draft_beside(log_path) as draft:
        with backups.snapshot(source):
            backups.take_pages(source, draft, log_path)
            version = int(source.value("pragma user_version"))
        remarks = backups.verify(draft, place)
        with replacing.open_copy(draft) as copy:
            yield Ready(
                path=log_path,
                backup_path=place,
                copy=copy,
                notes=copy.value("select count(*) from current_notes"),
                newest_logged_at=copy.value(_NEWEST),
                upgraded_from=version if version != upgrades.NEWEST else None,
                remarks=remarks,
                standing=_standing(log_path, copy),
            )


def restore(ready: Ready, by: By) -> Restored:
    """Puts the copy in the log's place. The log that stood there is kept beside it.

    What was erased since the backup is forgotten again before anybody sees the restored log. Raises NotStored where the
    log cannot be written; it is then as it was.
    """
    aside = backups.free_name(f"{ready.path}.before-restore-{backups.moment()}")
    forgotten = erasing.apply(ready.copy, erased_list.read(ready.path), by)
    done = Restored(
        path=ready.path,
        backup=ready.backup_path,
        notes=0,
        lost=ready.standing.lost if ready.standing else 0,
        forgotten=forgotten,
        upgraded_from=ready.upgraded_from,
        kept_aside=[],
    )
    if ready.standing and ready.standing.readable:
        try:
            replacing.write_over(ready.copy, ready.path, lambda: _while_locked(ready, aside, by, done))
        except BaseException as error:
            for kept in done["kept_aside"]:  # the log is as it was, so there is nothing to keep
                os.unlink(kept)
            if isinstance(error, NotStored):  # nobody knows the name of the draft
                error.message = error.message.replace(ready.copy.path, ready.path)
            raise
    else:
        _number_on(ready.copy, _listed_numbers(ready.path))
        _record(ready.copy, by, done)
        ready.copy.close()
        done["kept_aside"] = replacing.move_aside(ready.path, aside)
        give_name(ready.copy.path, ready.path)
    with suppress(FeedlogError, OSError, sqlite3.Error):  # the restore is done; the list is for later
        _list(ready.path, done["kept_aside"])
    return done


def _while_locked(ready: Ready, aside: str, by: By, done: Restored) -> None:
    """The last steps, while nobody can log anything: all that was acknowledged is in what is kept aside."""
    with backups.open_as_it_is(ready.path) as old:
        late = reaching.of_uids(ready.copy, erased_list.read(ready.path))
        if late.note_ids or late.customer_ids:
            raise NotStored("Somebody has just erased what the backup holds.", hint="Restore it again.")
        erased_list.bring_up(old)  # the table that knows of it is about to go
        done["lost"] = _lost(old, ready.copy)
        numbers = {table: backups.highest(old.connection, table) for table in _NUMBERED}
        backups.keep_unchecked(old, aside)
    done["kept_aside"] = [aside]
    _number_on(ready.copy, numbers)
    _record(ready.copy, by, done)


# What people and pages name by number; a test holds it to the tables of schema.sql that count on.
_NUMBERED = ("notes", "changes", "customers", "facts", "corrections", "promises", "responses", "letters")


def _number_on(copy: Log, numbers: dict[str, int]) -> None:
    """Goes on counting where the replaced log was.

    Somebody has written down note 318, or has its link: the number must not come to mean another note. And pages made
    from the replaced log know how far they are by the number of a change.
    """
    with copy.write() as connection:
        for table, highest in numbers.items():
            connection.execute("update sqlite_sequence set seq = max(seq, ?) where name = ?", [highest, table])
            connection.execute(
                "insert into sqlite_sequence (name, seq) select ?1, ?2"
                " where ?2 > 0 and not exists (select 1 from sqlite_sequence where name = ?1)",
                [table, highest],
            )


def _record(copy: Log, by: By, done: Restored) -> None:
    done["notes"] = copy.value("select count(*) from current_notes")
    counts = {name: done[name] for name in ("notes", "lost", "forgotten")}
    with copy.write():
        record(copy, "log.restore", by, detail=counts)


def _listed_numbers(path: str) -> dict[str, int]:
    """The highest numbers the list of backups knows of, for a log that is gone or cannot be read."""
    known: list[Backup] = []
    with suppress(FeedlogError):
        known = backup_list.read(path)
    return {
        "notes": max((backup["last_note_id"] for backup in known), default=0),
        "changes": max((backup["newest_change"] for backup in known), default=0),
    }


def _list(path: str, kept: list[str]) -> None:
    for place in kept:
        backup_list.put(path, backups.described(place, place, when.now()))


def _standing(path: str, copy: Log) -> Standing | None:
    if not os.path.exists(path) or not os.path.getsize(path):
        return None
    try:
        with backups.open_as_it_is(path) as old:
            return Standing(
                readable=True,
                same_log=old.value(_UID) == copy.value(_UID),
                notes=old.value("select count(*) from wordings"),
                newest_logged_at=old.value(_NEWEST),
                lost=_lost(old, copy),
            )
    except FeedlogError as error:
        if not replacing.is_damage(error.__cause__):
            raise
        return Standing(readable=False, same_log=True, notes=0, newest_logged_at=None, lost=0)


def _lost(old: Log, copy: Log) -> int:
    """How many notes that stand in the old log are not in the copy."""
    # As bytes: a path need not be UTF-8.
    old.connection.execute("attach database ? as copy", [os.fsencode(copy.path)])
    try:
        lost: int = old.value(
            """select count(*) from main.wordings cross join main.notes on notes.id = wordings.note_id
                where not exists (select 1 from copy.notes as kept where kept.uid = notes.uid)"""
        )
        return lost
    finally:
        old.connection.execute("detach database copy")


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise NotStored(
            f"The log cannot be made in {folder}: {error.strerror}.", hint="Name another place with --db."
        ) from error
