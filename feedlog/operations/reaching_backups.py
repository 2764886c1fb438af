"""Erases in the backups on the list what was erased from the log, each in its own file."""

import os
from typing import NamedTuple

from feedlog.errors import FeedlogError
from feedlog.operations import erased_list, erasing, reaching
from feedlog.operations.shapes import By
from feedlog.store import Log, backup_list, backups, replacing, scrubbing
from feedlog.store.backups import Backup


class Reached(NamedTuple):
    """How many backups hold no trace, why others still do, and which could not be reached at all."""

    clean: int
    troubles: list[str]
    out_of_reach: list[str]


def forget(log: Log, wanted: scrubbing.Wanted, by: By) -> Reached:
    """Makes every backup on the list forget all that was ever erased from the log, and notes how the files are now."""
    uids = erased_list.read(log.path)
    clean, troubles, out_of_reach = 0, [], []
    try:
        listed = backup_list.read(log.path)
    except FeedlogError as error:
        return Reached(0, [error.message.rstrip(".")], [])
    for backup in listed:
        path = backup["path"]
        if not os.path.exists(path):
            out_of_reach.append(f"the backup {path} of {backup['made_at'][:10]}, which is not there now")
        elif not os.access(path, os.W_OK) or not os.access(os.path.dirname(path), os.W_OK):
            out_of_reach.append(f"the backup {path} of {backup['made_at'][:10]}, which you may not write to")
        else:
            try:
                _forget(log.path, backup, uids, wanted, by)
                clean += 1
            except FeedlogError as error:
                troubles.append(f"the backup {path}: {error.message.rstrip('.')}")
    return Reached(clean, troubles, out_of_reach)


def _forget(log_path: str, backup: Backup, uids: list[str], wanted: scrubbing.Wanted, by: By) -> None:
    path = backup["path"]
    with backups.open_as_it_is(path) as copy:
        found = reaching.of_uids(copy, uids)
        concerned = bool(found.customer_ids or found.note_ids or erasing.unverified(copy))
        if not concerned and not scrubbing.left_in(copy.connection, path, wanted):
            return  # as it was made, to the byte
    with replacing.open_copy(path) as copy:
        erasing.apply(copy, uids, by)
        if scrubbing.left_in(copy.connection, path, wanted):
            erasing.scrub_or_refuse(copy, wanted)
        copy.connection.execute("pragma journal_mode = delete")  # one file again, as a backup is
    backup_list.put(log_path, backups.described(path, path, backup["made_at"]))
