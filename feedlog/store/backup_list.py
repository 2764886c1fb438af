"""The list of a log's backups, in `backups.json` beside it: where they are, so that an erasure reaches them, too.

One file for a folder, since a folder may hold several logs; each has its part under its file's name. It is known by
the name and not by the log's uid, because it is needed most when the log cannot be opened.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from feedlog.errors import NotFound, Refused
from feedlog.store.backups import Backup
from feedlog.store.drafts import write_text
from feedlog.store.sharing import is_shared


class Listed(Backup):
    """A backup on the list and how it is now: whether the file exists, and whether it is to the byte what was made."""

    exists: bool
    matches: bool


def list_beside(log_path: str) -> str:
    """Where the list of a log's backups is kept."""
    return os.path.join(os.path.dirname(log_path), "backups.json")


def read(log_path: str) -> list[Backup]:
    """The backups on the list, the oldest first. Raises Refused where the list cannot be read."""
    found: list[Backup] = _read(list_beside(log_path)).get(os.path.basename(log_path), [])
    return found


def looked_at(log_path: str) -> list[Listed]:
    """The backups on the list, each compared with its file."""
    return [
        Listed(**backup, exists=os.path.exists(backup["path"]), matches=_matches(backup)) for backup in read(log_path)
    ]


def put(log_path: str, backup: Backup) -> None:
    """Adds a backup, in the place of one that stood at the same path. Raises Refused, NotStored."""
    with _changed(log_path) as backups:
        backups[:] = [*(other for other in backups if other["path"] != backup["path"]), backup]


def forget(log_path: str, path: str) -> None:
    """Takes a backup off the list; the file stays as it is. Raises NotFound where none is listed at `path`."""
    with _changed(log_path) as backups:
        rest = [backup for backup in backups if backup["path"] != path]
        if len(rest) == len(backups):
            raise NotFound(f"No backup is listed at {path}.", hint="See them with: feedlog backup --list")
        backups[:] = rest


def _matches(backup: Backup) -> bool:
    import hashlib  # here: see `described`

    try:
        if os.path.getsize(backup["path"]) != backup["bytes"]:
            return False
        with open(backup["path"], "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == backup["sha256"]
    except OSError:
        return False


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            kept = json.load(file)
        if not all(isinstance(backup["path"], str) for part in kept.values() for backup in part):
            raise TypeError
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Refused(
            f"The list of backups cannot be read from {path}: {error.strerror}.", hint="Call as the log's owner."
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(f"The list of backups {path} is damaged.", hint="Mend it, or move it away.") from error
    listed: dict[str, Any] = kept
    return listed


@contextmanager
def _changed(log_path: str) -> Iterator[list[Backup]]:
    """The log's part of the list, written back at the end; two who change it at once wait for each other."""
    path, name = list_beside(log_path), os.path.basename(log_path)
    with _turn(os.path.dirname(path) or "."):
        kept = _read(path)
        part = kept.setdefault(name, [])
        yield part
        if not part:
            del kept[name]
        text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
        write_text(path, text, 0o660 if is_shared(log_path) else 0o600)


@contextmanager
def _turn(folder: str) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except (ImportError, OSError):  # then the last one to write wins
            pass
        yield
    finally:
        os.close(descriptor)
