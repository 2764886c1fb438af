"""Backs the log up into a file, and keeps the list of its backups."""

import os
import sqlite3
from contextlib import suppress
from typing import NamedTuple

from feedlog.errors import FeedlogError, Refused
from feedlog.operations import reaching_backups
from feedlog.store import Log, backup_list, backups
from feedlog.store.backups import Backup
from feedlog.store.drafts import BESIDE

_UID = "select value from settings where name = 'uid'"


class BackedUp(NamedTuple):
    """What a backup came to. `remarks` say what its owner should see to."""

    backup: Backup
    remarks: list[str]


def back_up(log_path: str, place: str, *, force: bool = False) -> BackedUp:
    """Writes a checked copy of the log to the file `place`, or into the folder `place` under a name with the moment.

    With `force` an earlier backup of the same log is replaced, and nothing else ever. The log itself is only read; the
    list beside it gets a line, and earlier backups that were out of reach of an erasure catch up with it.

    Raises NotFound without a log, Refused for a place that will not do or a log that is damaged, NotStored where the
    copy cannot be written: then nothing is left behind.
    """
    place = os.path.abspath(place)
    unlisted: list[str] = []

    def put_on_the_list(backup: Backup) -> None:
        try:
            backup_list.put(log_path, backup)
        except FeedlogError as error:
            unlisted.append(
                "The backup could not be put on the list, so an erasure will not reach it:"
                f" {error.message} {error.hint}"
            )

    with backups.open_as_it_is(log_path) as log:
        if os.path.isdir(place):
            place = backups.free_name(os.path.join(place, _name(log_path)))
        _check_place(log, place, force)
        try:
            # First the list: killed in between, a backup that stands nowhere would keep what is erased later.
            made = backups.make(log, place, replace=force, before_naming=put_on_the_list)
        except FeedlogError:
            if not os.path.lexists(place):
                with suppress(FeedlogError):  # it was not listed yet
                    backup_list.forget(log_path, place)
            raise
    return BackedUp(made.backup, [*made.remarks, *unlisted, *reaching_backups.catch_up(log_path)])


def listed(log_path: str) -> list[backup_list.Listed]:
    """The log's backups, the oldest first, each compared with its file."""
    return backup_list.looked_at(log_path)


def forget(log_path: str, place: str) -> None:
    """Takes a backup off the list and leaves its file alone. Raises NotFound."""
    backup_list.forget(log_path, os.path.abspath(place))


def _name(log_path: str) -> str:
    return f"{os.path.splitext(os.path.basename(log_path))[0]}-{backups.moment()}.db"


def _check_place(log: Log, place: str, force: bool) -> None:
    """Refuses what a backup must not be written to, also with `force`."""
    for end in ("", *BESIDE):
        if _same_file(place, log.path + end):
            raise Refused(f"This is the log itself: {place}.", hint="Name another file, best on another disk.")
    if not os.path.lexists(place):
        return
    if not os.path.isfile(place):
        raise Refused(f"This is not an ordinary file: {place}.", hint="Name a file or a folder.")
    if not force:
        raise Refused(f"There is a file already: {place}.", hint="Name another, or replace it with --force.")
    if not _is_backup_of(log, place):
        raise Refused(
            f"The file is no backup of this log, so it is not replaced: {place}.",
            hint="Name another file, or remove that one yourself.",
        )


def _is_backup_of(log: Log, place: str) -> bool:
    """Whether the file is a copy of this log that nobody works with: what may be replaced by a newer one."""
    if any(os.path.exists(place + end) for end in BESIDE):
        return False
    try:
        with backups.open_as_it_is(place) as other:
            return bool(other.value(_UID) == log.value(_UID))
    except (FeedlogError, sqlite3.Error):
        return False


def _same_file(one: str, other: str) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
