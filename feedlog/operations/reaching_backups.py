"""Erases in the backups on the list what was erased from the log, each in its own file."""

import os
from typing import NamedTuple

from feedlog.errors import FeedlogError
from feedlog.operations import erased_list, erasing, reaching
from feedlog.operations.shapes import By
from feedlog.store import Log, backup_list, backups, replacing, scrubbing
from feedlog.store.backups import Backup
from feedlog.store.drafts import BESIDE


class Reached(NamedTuple):
    """How many backups hold no trace, why others still do, and which could not be reached at all."""

    clean: int
    troubles: list[str]
    out_of_reach: list[str]


def forget(log: Log, wanted: scrubbing.Wanted, by: By) -> Reached:
    """Makes every backup on the list forget all that was ever erased from the log, and notes how the files are now."""
    uids = erased_list.read(log.path)
    clean, troubles = 0, list[str]()
    out_of_reach: dict[str, list[Backup]] = {}
    try:
        listed = backup_list.read(log.path)
    except FeedlogError as error:
        return Reached(0, [error.message.rstrip(".")], [])
    for backup in listed:
        path = backup["path"]
        why = _why_out_of_reach(path)
        if not why:
            try:
                _forget(log.path, backup, uids, wanted, by)
                clean += 1
            except (FileNotFoundError, FeedlogError) as error:
                if not os.path.exists(path):
                    why = "which somebody has just removed"
                elif isinstance(error, FeedlogError):
                    troubles.append(f"the backup {path}: {error.message.rstrip('.')}")
                else:
                    raise
        if why:
            out_of_reach.setdefault(why, []).append(backup)
            troubles += _sweep_beside(path)
    return Reached(clean, troubles, [_summed_up(backups, why) for why, backups in out_of_reach.items()])


def _summed_up(backups: list[Backup], why: str) -> str:
    """One line for all that are out of reach for one reason: old ones are removed by hand, and stay on the list."""
    oldest = min(backups, key=lambda backup: backup["made_at"])
    told = f"the backup {oldest['path']} of {oldest['made_at'][:10]}, {why}"
    others = len(backups) - 1
    if not others:
        return told
    more = "1 other backup" if others == 1 else f"{others} other backups"
    return f"{told}, and {more} alike (`feedlog backup --list`; --forget takes one off that is gone for good)"


def _sweep_beside(path: str) -> list[str]:
    """Removes what SQLite left beside a backup that is gone: pages of it. A sentence for each that stays."""
    if os.path.lexists(path):
        return []
    troubles = []
    for end in BESIDE:
        try:
            os.unlink(path + end)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            if os.path.lexists(path + end):
                troubles.append(f"{path + end} cannot be removed: {error.strerror}")
    return troubles


def behind(log_path: str) -> list[str]:
    """The backups on the list that still hold what was erased from the log since, as far as one can see.

    They could not be reached then: on a disk that was away, or a colleague's. Raises Refused for a damaged list.
    """
    uids = erased_list.read(log_path)
    return [backup["path"] for backup in backup_list.read(log_path) if uids and _is_behind(backup["path"], uids)]


def catch_up(log_path: str) -> list[str]:
    """Makes those forget it that are in reach now; says for each what became of it."""
    told = []
    try:
        waiting = behind(log_path)
        listed = [backup for backup in backup_list.read(log_path) if backup["path"] in waiting]
    except FeedlogError:  # a list that is damaged was said already
        return []
    uids, nothing = erased_list.read(log_path), scrubbing.wanted([], [])
    for backup in listed:
        path = backup["path"]
        why = _why_out_of_reach(path)
        try:
            if not why:
                _forget(log_path, backup, uids, nothing, None)
        except (FeedlogError, OSError) as error:
            why = str(error).rstrip(".")
        told.append(
            f"{path} still holds what was erased since it was made: {why}."
            if why
            else f"{path} held what was erased since it was made; now it is gone from it, too."
        )
    return told


def _is_behind(path: str, uids: list[str]) -> bool:
    try:
        with backups.open_as_it_is(path) as copy:
            return _is_concerned(copy, uids)
    except FeedlogError:  # not there, not ours to read, or damaged
        return False


def _is_concerned(copy: Log, uids: list[str]) -> bool:
    found = reaching.of_uids(copy, uids)
    return bool(found.customer_ids or found.note_ids or erasing.unverified(copy))


def _why_out_of_reach(path: str) -> str | None:
    try:
        os.stat(path)
    except PermissionError:
        return "which lies in a folder you may not enter"
    except OSError:
        return "which is not there now"
    if not os.access(path, os.W_OK) or not os.access(os.path.dirname(path), os.W_OK):
        return "which you may not write to"
    return None


def _forget(log_path: str, backup: Backup, uids: list[str], wanted: scrubbing.Wanted, by: By | None) -> None:
    path = backup["path"]
    with backups.open_as_it_is(path) as copy:
        if not _is_concerned(copy, uids) and not scrubbing.left_in(copy.connection, path, wanted):
            return  # as it was made, to the byte
    with replacing.open_copy(path) as copy:
        erasing.apply(copy, uids, by)
        if scrubbing.left_in(copy.connection, path, wanted):
            erasing.scrub_or_refuse(copy, wanted)
        copy.connection.execute("pragma journal_mode = delete")  # one file again, as a backup is
    backup_list.put(log_path, backups.described(path, path, backup["made_at"]))
