"""The spool: texts that could not be stored, each in a file of its own, taken in once the log can be written again."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from feedlog.errors import FeedlogError
from feedlog.operations import masking, notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log
from feedlog.store.ids import new_uid

_SUFFIX = ".note.json"
# How the name of a draft begins that is open in an editor, and for how long it is taken to be.
DRAFT = "draft-"
_DRAFT_SECONDS = 3600
# What a file that is damaged, or was never ours, may lead to. RecursionError: brackets within brackets.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, sqlite3.Error)


class Taken(NamedTuple):
    """What became of one file in the spool: the note's number, or why it stays."""

    file: str
    note_id: int | None
    why: str | None = None


def keep(folder: str, log_path: str, said: Said, by: By, *, perhaps_stored: bool = False) -> str | None:
    """Writes a text that could not be stored to the spool, safe on disk, and returns the file's path.

    `perhaps_stored`: whoever stored it was stopped and cannot know; then it is looked for before it is taken in. Only
    its owner may read it. Where the folder cannot be written the temporary folder is used; None means that both
    failed, and the caller must show the text.
    """
    if not said.idempotency_key:
        said = said._replace(idempotency_key=f"spool {new_uid()}")  # so that taking it in twice makes one note
    entry: dict[str, Any] = {"log": log_path, "said": said.as_plain(), "by": by._asdict()}
    if perhaps_stored:
        entry["perhaps_stored"] = True
    if masking.current().policy() == "allow":
        entry["pii"] = "allow"  # who takes it in may have another setting
    # A half character becomes JSON's own escape, so that whatever was typed can be written and read again.
    import json  # here and in `_read`: every `add` looks into the spool, and hardly ever finds anything

    content = json.dumps(entry, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
    for place in places(folder):
        path = os.path.join(place, f"{new_uid()}{_SUFFIX}")
        try:
            os.makedirs(place, mode=0o700, exist_ok=True)
            _write_durably(path, content)
        except OSError:
            continue
        return path
    return None


def places(folder: str) -> tuple[str, str]:
    """Where texts may wait: the spool's folder, else the temporary one."""
    import tempfile  # here: only when something went wrong

    return folder, tempfile.gettempdir()


def waiting(folder: str) -> list[str]:
    """The person's own files in a folder, the oldest first. What others left in a shared folder is not ours to log."""
    if not os.path.isdir(folder):
        return []
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(_SUFFIX)]
    return [path for path in paths if _is_own(path)]


def drafts_left(folder: str) -> list[str]:
    """The person's drafts of `--edit` that nobody has written to for an hour, the oldest name first."""
    import time  # here: only for the doctor

    if not os.path.isdir(folder):
        return []
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.startswith(DRAFT)]
    found = []
    for path in paths:
        with suppress(FileNotFoundError):
            if _is_own(path) and time.time() - os.path.getmtime(path) > _DRAFT_SECONDS:
                found.append(path)
    return found


def take_in(log: Log, folder: str, *, every: bool = False) -> Iterator[Taken]:
    """Logs what waits for this log, one note at a time, and removes each file once its note is committed.

    A file for another log is passed over unless `every` one is meant; one that cannot be understood stays and is said.
    """
    for path in waiting(folder):
        try:
            entry = _read(path)
            if entry["log"] != log.path and not every:
                continue
            said = Said(**{**entry["said"], "themes": tuple(entry["said"].get("themes", ()))})
            by = By(**entry["by"])
            if entry.get("perhaps_stored") and _is_stored(log, said, by):
                os.unlink(path)
                continue
            # Without a day of its own the note was said when it was typed, not when it is taken in.
            # It was checked before it came here, so there is nothing to reject.
            with masking.under("allow" if entry.get("pii") == "allow" else "mask"):
                added = notes.add(log, said._replace(said_at=said.said_at or by.at), by)
        except FileNotFoundError:  # somebody else took it in at the same moment
            continue
        except _UNREADABLE as error:
            yield Taken(path, None, f"it cannot be read: {error}")
            continue
        except FeedlogError as error:
            yield Taken(path, None, error.message)
            continue
        with suppress(FileNotFoundError):
            os.unlink(path)
        if added.new:  # else somebody else did; its key made one note of it
            yield Taken(path, added.note_id)


def _is_stored(log: Log, said: Said, by: By) -> bool:
    """Whether this agent logged these words at that very second."""
    same = "select 1 from notes where logged_at = ? and agent = ? and verbatim = ?"
    return log.value(same, [by.at, by.agent, said.verbatim]) is not None


def meant_for_others(folder: str, log_path: str) -> dict[str, int]:
    """How many texts wait for each other log, by its path."""
    found: dict[str, int] = {}
    for path in waiting(folder):
        with suppress(*_UNREADABLE):
            meant = str(_read(path)["log"])
            if meant != log_path:
                found[meant] = found.get(meant, 0) + 1
    return found


def _is_own(path: str) -> bool:
    try:
        return not hasattr(os, "getuid") or os.lstat(path).st_uid == os.getuid()
    except OSError:  # somebody else took it in at this moment
        return False


def _read(path: str) -> dict[str, Any]:
    import json

    with open(path, "rb") as file:
        entry: dict[str, Any] = json.loads(file.read().decode("utf-8", "replace"))
        return entry


def _write_durably(path: str, content: bytes) -> None:
    """Writes a file that is there whole or not at all, also after a power cut."""
    unfinished = path + ".part"
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, path)
    except OSError:
        os.unlink(unfinished)
        raise
    with suppress(OSError):  # not every file system lets a folder be synced
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
