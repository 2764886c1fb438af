"""Files that are there whole or not at all: written under a passing name, then given their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from feedlog.errors import NotStored, Refused

_START, _END = ".feedlog-", ".part"
# What SQLite may put beside a database.
BESIDE = ("-journal", "-wal", "-shm")


@contextmanager
def draft_beside(path: str) -> Iterator[str]:
    """An empty file in the folder of `path`, private from its first byte; gone at the end unless it was named.

    A draft whose writer was killed is removed by the next one in the same folder. Raises Refused where there is no
    such folder, NotStored where it cannot be written.
    """
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise Refused(f"There is no folder {folder}.", hint="Make it first, or name another file.")
    _sweep(folder)
    draft, descriptor = _make(folder)
    try:
        os.fchmod(descriptor, 0o600)  # a umask may take even the owner's rights away
        yield draft
    finally:
        os.close(descriptor)
        _remove(draft)


def give_name(draft: str, path: str, *, replace: bool = False) -> None:
    """Gives a draft its name, safe on disk; without `replace` never in the place of another file.

    Raises Refused where there is one, NotStored where the disk refuses.
    """
    try:
        _sync(draft)
        if replace:
            os.replace(draft, path)
        else:
            _link(draft, path)
        _sync(os.path.dirname(path) or ".")
    except FileExistsError:
        raise Refused(f"There is a file already: {path}.", hint="Name another, or remove that one.") from None
    except OSError as error:
        raise _not_written(path, error) from error


def write_text(path: str, text: str, mode: int = 0o600) -> None:
    """Replaces a small text file in one step. Raises NotStored."""
    with draft_beside(path) as draft:
        try:
            with open(draft, "w", encoding="utf-8", errors="surrogateescape") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
        except OSError as error:
            raise _not_written(path, error) from error
        give_name(draft, path, replace=True)


def _not_written(path: str, error: OSError) -> NotStored:
    return NotStored(f"{path} cannot be written: {error.strerror}.", hint="Make room, or name another file.")


def _link(draft: str, path: str) -> None:
    """A second name and then the first one taken away: unlike renaming, that never replaces a file."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # not every file system knows two names for a file
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(draft, path)
    else:
        os.unlink(draft)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if os.path.isdir(path):
            with suppress(OSError):  # not every file system lets a folder be synced
                os.fsync(descriptor)
        else:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make(folder: str) -> tuple[str, int]:
    """A new draft's name and its open descriptor, marked as being written.

    Between its making and its mark somebody else's sweep may take it for abandoned; then another is made. Whoever
    sweeps marks a draft first and removes it before letting go, so a draft that is marked and has a name stays.
    """
    while True:
        draft = os.path.join(folder, f"{_START}{os.urandom(8).hex()}{_END}")
        try:
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        except OSError as error:
            raise NotStored(
                f"{folder} cannot be written to: {error.strerror}.", hint="Name a folder you may write to."
            ) from error
        if _hold(descriptor) is not _Mark.ANOTHERS and os.fstat(descriptor).st_nlink:
            return draft, descriptor
        os.close(descriptor)


class _Mark(Enum):
    OURS = auto()
    ANOTHERS = auto()
    NONE = auto()  # a platform or file system without such marks


def _hold(descriptor: int) -> _Mark:
    """Marks a draft as being written, for as long as its writer lives."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _Mark.ANOTHERS
    except (ImportError, OSError):
        return _Mark.NONE
    return _Mark.OURS


def _sweep(folder: str) -> None:
    """Removes drafts that nobody writes any more: they hold customers' words."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(_START) and name.endswith(_END):
                _remove_abandoned(os.path.join(folder, name))


def _remove_abandoned(draft: str) -> None:
    with suppress(OSError):
        descriptor = os.open(draft, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            if _hold(descriptor) is _Mark.OURS:
                _remove(draft)
        finally:
            os.close(descriptor)


def _remove(draft: str) -> None:
    for end in ("", *BESIDE):
        with suppress(OSError):
            os.unlink(draft + end)
