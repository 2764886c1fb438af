"""The list of what was erased, beside the log: random names and moments, so that a restored backup forgets, too.

The log's own table holds the same. The file outlives a log that is lost or replaced by an older one.
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress

from feedlog.errors import NotStored
from feedlog.store import Log, sharing

_NAME = "erased.jsonl"


def place_beside(log_path: str) -> str:
    """Where the list of a log stands. Logs in one folder share it, since no two rows share a uid."""
    return os.path.join(os.path.dirname(log_path), _NAME)


def read(log_path: str) -> list[str]:
    """The uids of all customers and notes that were ever erased from this log: from the list and from the log itself.

    A line cut short by a crash is passed over; the log's table holds what it said.
    """
    found: dict[str, None] = {}
    with suppress(FileNotFoundError), open(place_beside(log_path), "rb") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                found[str(json.loads(line)["uid"])] = None
    with suppress(sqlite3.Error):  # no log, or one that cannot be read any more: the reason to restore
        found.update(dict.fromkeys(_in_log(log_path)))
    return [*found]


def _in_log(log_path: str) -> list[str]:
    from urllib.parse import quote  # here: only for a restore and an erasure

    if not os.path.exists(log_path):
        return []
    connection = sqlite3.connect(f"file:{quote(os.fsencode(log_path))}?mode=ro", uri=True, timeout=5)
    try:
        return [row[0] for row in connection.execute("select uid from erased")]
    finally:
        connection.close()


def bring_up(log: Log) -> None:
    """Adds to the list what the log's table holds beyond it, safe on disk; raises NotStored where that fails."""
    path = place_beside(log.path)
    known: set[str] = set()
    with suppress(FileNotFoundError), open(path, "rb") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                known.add(str(json.loads(line)["uid"]))
    rows = log.rows("select erased.uid, started_at from erased join erasures on erasures.id = erasure_id")
    _append(
        path, log.path, ({"uid": row["uid"], "erased_at": row["started_at"]} for row in rows if row["uid"] not in known)
    )


def _append(path: str, log_path: str, entries: Iterable[dict[str, str]]) -> None:
    lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
    if not lines:
        return
    try:
        with os.fdopen(sharing.new_file(path, log_path, os.O_APPEND), "rb+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():  # a line that a crash cut short must not swallow the next one
                file.seek(-1, os.SEEK_END)
                lines = lines if file.read(1) == b"\n" else b"\n" + lines
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NotStored(
            f"The list of what was erased cannot be written at {path}: {error.strerror}.",
            hint="Make room or mend the rights of that file, and run the same command again.",
        ) from error
