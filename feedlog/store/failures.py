"""SQLite's errors as sentences. Only the ones we expect; the rest stays an error of feedlog's own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from feedlog.errors import FeedlogError, NotStored, Refused

# Primary result codes, https://www.sqlite.org/rescode.html; extended codes keep them in the low byte.
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_PROTOCOL = 15  # many connections opened at once

_SENTENCES = {
    _BUSY: ("Somebody else has been writing to the log for too long", "Try again in a moment."),
    _PROTOCOL: ("Too many open the log at this moment", "Try again in a moment."),
    _LOCKED: ("Somebody else has been writing to the log for too long", "Try again in a moment."),
    _READONLY: ("The log may not be written by you", "Ask its owner for the right to write to it and to its folder."),
    _IOERR: ("The disk refused", "Check that the disk is healthy and has room."),
    _CORRUPT: ("The log is damaged", "Keep the file as it is, run `feedlog doctor`, and restore a backup."),
    _FULL: ("The disk is full", "Make room, then try again."),
    _CANTOPEN: ("The log cannot be opened", "Check that its folder exists and that you may write there."),
    _NOTADB: ("The file is not a SQLite database", "Check the path: `feedlog path` prints it."),
}


def as_ours(error: sqlite3.Error, path: str, *, writing: bool) -> FeedlogError | None:
    """Our error for one of SQLite's, or None where it means a fault in feedlog (wrong SQL, a broken rule)."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & 0xFF not in _SENTENCES:
        return None
    why, hint = _SENTENCES[code & 0xFF]
    kind = NotStored if writing else Refused
    return kind(f"{why}: {path}.", hint=hint)


def damaged(path: str, *, writing: bool) -> FeedlogError:
    """Our error for a damaged file. Python reads SQLite's complaints as UTF-8: one that quotes damaged bytes arrives as
    a UnicodeDecodeError.
    """
    why, hint = _SENTENCES[_CORRUPT]
    return (NotStored if writing else Refused)(f"{why}: {path}.", hint=hint)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else holds the file, or came between two steps of opening it: what goes away by itself."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (_BUSY, _LOCKED, _PROTOCOL)


def is_without_room(error: sqlite3.Error) -> bool:
    """Whether the disk took no more."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (_IOERR, _FULL, _CANTOPEN)


@contextmanager
def translated(path: str, *, writing: bool) -> Iterator[None]:
    """Runs the block; an expected SQLite error leaves it as NotStored when writing, as Refused when reading."""
    try:
        yield
    except sqlite3.Error as error:
        ours = as_ours(error, path, writing=writing)
        if ours is None:
            raise
        raise ours from error
    except UnicodeDecodeError as error:
        raise damaged(path, writing=writing) from error
