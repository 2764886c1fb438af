"""Files outside the log that hold a customer's words: texts in the spool, copies of letters in the outbox."""

import glob
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from feedlog.operations import spool
from feedlog.operations.reaching import Theirs

# A shorter sentence is said by many, and a shorter key is a number like any other.
_TELLING_CHARACTERS = 24
_SHORTEST_KEY = 4


class Outside(NamedTuple):
    """The folders in which files of a log wait: texts to be stored, colleagues' copies of letters."""

    spool: str
    outbox: str


class Swept(NamedTuple):
    """How many files were removed, and those that name the customer and are not this log's or cannot be removed."""

    removed: int
    left: list[str]


def sweep(log_path: str, outside: Outside, gone: Theirs) -> Swept:
    """Removes the files that hold what these customers said. Idempotent; takes the newest state of both folders."""
    removed, left = 0, []
    for path in _spooled(outside.spool):
        content = _content(path)
        entry = _entry(content)
        if not (_names(content, gone, gone.sentences) if entry is None else _is_theirs(entry["said"], gone)):
            continue
        if entry is not None and entry.get("log") != log_path:
            left.append(f"{path}, which waits for another log")
        else:
            removed += _removed(path, left)
    for path in copies(outside.outbox, gone.letter_ids):
        removed += _removed(path, left)
    for path in _unfinished_copies(outside.outbox):
        if _names(_content(path), gone, gone.texts):
            removed += _removed(path, left)
    return Swept(removed, left)


def _is_theirs(said: dict[str, Any], gone: Theirs) -> bool:
    """Whether a text that waits is one of theirs: by its key, or, where it names nobody, by saying what they said."""
    if said.get("customer"):
        return str(said["customer"]).casefold() in {key.casefold() for key in gone.keys}
    telling = {text for text in gone.sentences if len(text) >= _TELLING_CHARACTERS}
    return said.get("idempotency_key") in gone.idempotency_keys or said.get("verbatim") in telling


def _names(content: bytes, gone: Theirs, texts: Iterable[str]) -> bool:
    """Whether a draft, or a file that a crash cut short, names one of them or holds what they said."""
    text = content.decode("utf-8", "replace")
    keys = (key for key in gone.keys if len(key) >= _SHORTEST_KEY)
    return any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text, re.IGNORECASE) for key in keys) or any(
        said in text for said in texts if len(said) >= _TELLING_CHARACTERS
    )


def waiting(log_path: str, folder: str, keys: Iterable[str]) -> list[dict[str, Any]]:
    """What waits in the spool for this log and names one of these keys: as it was typed, and by whom."""
    wanted = {key.casefold() for key in keys}
    found = []
    for path in _spooled(folder):
        entry = _entry(_content(path))
        if entry and entry.get("log") == log_path and str(entry["said"].get("customer") or "").casefold() in wanted:
            found.append({"file": path, **entry["said"], "by": entry.get("by")})
    return found


def copies(outbox: str, letter_ids: Iterable[int]) -> list[str]:
    """The colleagues' copies of these letters."""
    wanted = set(letter_ids)
    found = []
    for path in glob.glob(os.path.join(glob.escape(outbox), "*", "letter-*")):
        numbered = re.match(r"letter-(\d+)(?!\d)", os.path.basename(path))
        if numbered and int(numbered[1]) in wanted:
            found.append(path)
    return sorted(found)


def _unfinished_copies(outbox: str) -> list[str]:
    """What a crash left while a copy was being written."""
    return sorted(glob.glob(os.path.join(glob.escape(outbox), "*", ".letter-*")))


def _spooled(folder: str) -> Iterator[str]:
    """Every file of the spool, those a crash left unfinished too; in the temporary folder only what is ours."""
    for place in dict.fromkeys(spool.places(folder)):
        names = sorted(os.listdir(place)) if os.path.isdir(place) else []
        for name in names:
            path = os.path.join(place, name)
            if (".note.json" in name or place == folder) and os.path.isfile(path):
                yield path


def _content(path: str) -> bytes:
    with suppress(OSError), open(path, "rb") as file:
        return file.read()
    return b""


def _entry(content: bytes) -> dict[str, Any] | None:
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        entry = json.loads(content.decode("utf-8", "replace"))
        if isinstance(entry["said"], dict):
            found: dict[str, Any] = entry
            return found
    return None


def _removed(path: str, left: list[str]) -> int:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return 0
    except OSError as error:
        left.append(f"{path}, which cannot be removed: {error.strerror}")
        return 0
    return 1
