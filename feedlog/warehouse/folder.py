"""The folder of a warehouse: what stands in it, and how all that changed takes its place as one.

    warehouse.json                        what belongs to it: for each month a digest, for each file its size and hash
    notes/month=2026-03/notes.parquet     a partition; the other tables alike
    themes/themes.parquet                 a table without months
    _coming/                              what an export has made and not put in its place yet

An export makes everything under `_coming`, and last of all the new `warehouse.json` there. Before that file stands, a
kill leaves the old warehouse; after, whoever comes next finishes the putting in place. So nobody who asks through
feedlog sees half a change, and programs that open the files themselves never see half a file or a month twice.
"""

import errno
import hashlib
import json
import os
import shlex
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypedDict

from feedlog.errors import FeedlogError, NotFound, NotStored, Refused, WrongUsage
from feedlog.store.drafts import write_text
from feedlog.warehouse.tables import FORM, MONTHLY, WHOLE

LISTING = "warehouse.json"
COMING = "_coming"
_EXPORTING = ".exporting"
# How the tables without months are called where others have their month.
NO_MONTH = ""
# A long query keeps an export from putting things in place, and the other way round for a moment.
PATIENCE_SECONDS = 600.0


class File(TypedDict):
    """A Parquet file: how many rows and bytes it has, and the SHA-256 of its bytes."""

    rows: int
    bytes: int
    sha256: str


class Part(TypedDict):
    """A month, or the tables without one: the digest of the rows it was made from, and its file for each table."""

    digest: str
    files: dict[str, File]


class Listing(TypedDict):
    """What belongs to a warehouse: its form, the log it came from, when, whether the open month is in it, its parts."""

    form: int
    log: str
    made_at: str
    open_month: bool
    parts: dict[str, Part]


def remedy(path: str) -> str:
    """What to do about a warehouse that is not there or not whole."""
    return f"Run: feedlog warehouse export {shlex.quote(path)}"


def place(table: str, month: str) -> str:
    """Where a table's file stands inside the folder."""
    folder = os.path.join(table, f"month={month}") if month else table
    return os.path.join(folder, f"{table}.parquet")


def tables_of(month: str) -> list[str]:
    """The tables that have a file for a month, or that have none."""
    return [table.name for table in (MONTHLY if month else WHOLE)]


class Warehouse:
    """A warehouse's folder, for whoever exports into it; others use `reading`."""

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def coming(self) -> str:
        """The folder in which an export makes its files."""
        return os.path.join(self.path, COMING)

    def listing(self) -> Listing | None:
        """What belongs to it, or None where nothing was ever finished. Raises Refused where that cannot be read."""
        return _listing(os.path.join(self.path, LISTING), self.path)

    def holds(self, month: str, part: Part) -> bool:
        """Whether the files of a month are to the byte what was made."""
        return all(_is_whole(os.path.join(self.path, place(table, month)), part, table) for table in tables_of(month))

    def finish(self) -> None:
        """Puts in place what a finished export made, and clears what an unfinished one left. Raises NotStored."""
        with _stored(self.path), _turn(self.path, exclusive=True):
            _finish(self.path)
            shutil.rmtree(self.coming, ignore_errors=True)

    def commit(self, listing: Listing) -> None:
        """Makes what stands under `coming` the warehouse, at once or not at all. Raises NotStored."""
        with _stored(self.path):
            make_folder(self.coming, self.path)
            text = json.dumps(listing, indent=1, sort_keys=True) + "\n"
            write_text(os.path.join(self.coming, LISTING), text, file_mode(self.path))
            with _turn(self.path, exclusive=True):
                _finish(self.path)


@contextmanager
def exporting(path: str, *, shared: bool = False) -> Iterator[Warehouse]:
    """The warehouse at `path` for one export at a time; the folder is made where it is missing, `shared` with a group.

    Raises Refused where the folder holds something else or somebody else exports into it, NotStored where it cannot be
    written.
    """
    _refuse_other_things(path)
    with _stored(path):
        if not os.path.isdir(path):
            os.makedirs(path, mode=0o700)
            os.chmod(path, 0o2770 if shared else 0o700)
        descriptor = os.open(os.path.join(path, _EXPORTING), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if os.fstat(descriptor).st_uid == os.geteuid():
                os.fchmod(descriptor, file_mode(path))
            if not _lock(descriptor, exclusive=True):
                raise Refused(f"Somebody else is exporting to {path}.", hint="Wait until that export is done.")
            warehouse = Warehouse(path)
            warehouse.finish()
            yield warehouse
        finally:
            os.close(descriptor)


@contextmanager
def reading(path: str) -> Iterator[Listing]:
    """What belongs to the warehouse at `path`, all of it there; no export changes anything before the block ends.

    Raises NotFound where there is none, Refused where files are missing or are not what was made.
    """
    if not os.path.isdir(path):
        raise NotFound(f"There is no warehouse at {path}.", hint=remedy(path))
    if os.path.exists(os.path.join(path, COMING, LISTING)):
        try:
            with _turn(path, exclusive=True):
                _finish(path)
        except (OSError, FeedlogError) as error:
            raise Refused(
                f"An export to {path} was stopped while it put its files in place.", hint=remedy(path)
            ) from error
    with _turn(path, exclusive=False):
        listing = _listing(os.path.join(path, LISTING), path)
        if listing is None:
            raise NotFound(f"There is no finished warehouse at {path}.", hint=remedy(path))
        for month, part in listing["parts"].items():
            for table in tables_of(month):
                _refuse_other_size(path, table, month, part)
        yield listing


def is_warehouse(path: str) -> bool:
    """Whether an export ever began in this folder."""
    return any(os.path.lexists(os.path.join(path, name)) for name in (LISTING, COMING, _EXPORTING))


def file_mode(path: str) -> int:
    """The rights of a file in the folder: for its group where the folder is open to it, never for everybody."""
    return stat.S_IMODE(os.stat(path).st_mode) & 0o660 | 0o600


def make_folder(folder: str, path: str) -> None:
    """Makes a folder inside the warehouse at `path`, with its rights whatever the umask is. Raises OSError."""
    if not os.path.isdir(folder):
        make_folder(os.path.dirname(folder), path)
        with suppress(FileExistsError):  # another process was quicker
            os.mkdir(folder)
        os.chmod(folder, stat.S_IMODE(os.stat(path).st_mode) & 0o2770 | 0o700)


def described(path: str, rows: int) -> File:
    """A file of so many rows, safe on disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        return File(rows=rows, bytes=os.path.getsize(path), sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _finish(path: str) -> None:
    """Every step may be taken twice: a kill between two of them leaves the rest to whoever comes next."""
    coming = os.path.join(path, COMING)
    new = _listing(os.path.join(coming, LISTING), path)
    if new is None:
        return
    for month in new["parts"]:
        for table in tables_of(month):
            made, target = (os.path.join(folder, place(table, month)) for folder in (coming, path))
            make_folder(os.path.dirname(target), path)
            if os.path.exists(made):
                os.replace(made, target)
    for table in (monthly.name for monthly in MONTHLY):
        for month in _months_standing(os.path.join(path, table)) - set(new["parts"]):
            gone = os.path.join(path, place(table, month))
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(gone)
            with suppress(OSError):  # whatever else somebody put there is theirs
                os.rmdir(os.path.dirname(gone))
    os.replace(os.path.join(coming, LISTING), os.path.join(path, LISTING))
    shutil.rmtree(coming, ignore_errors=True)


def _months_standing(folder: str) -> set[str]:
    with suppress(FileNotFoundError):
        return {name.removeprefix("month=") for name in os.listdir(folder) if name.startswith("month=")}
    return set()


def _listing(file: str, path: str) -> Listing | None:
    try:
        with open(file, encoding="utf-8") as opened:
            read: Listing = json.load(opened)
        if read["form"] > FORM:
            raise Refused(f"The warehouse was made by a newer feedlog: {path}.", hint="Install the newer feedlog.")
        if not all(set(part["files"]) == set(tables_of(month)) for month, part in read["parts"].items()):
            raise ValueError(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"The warehouse cannot be read: {error.strerror}: {path}.", hint="Ask its owner.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"The list of what belongs to the warehouse is damaged: {file}.",
            hint=f"Remove it and the folders beside it. {remedy(path)}",
        ) from error
    return read


def _refuse_other_things(path: str) -> None:
    if os.path.lexists(path) and not os.path.isdir(path):
        raise WrongUsage(f"This is not a folder: {path}.", hint="Name a folder; it is made where it is missing.")
    with suppress(FileNotFoundError):
        standing = os.listdir(path)
        if standing and not is_warehouse(path):
            raise Refused(
                f"The folder holds other things, such as {min(standing)}: {path}.",
                hint="Name a new folder, or an earlier warehouse.",
            )


def _is_whole(path: str, part: Part, table: str) -> bool:
    known = part["files"].get(table)
    try:
        with open(path, "rb") as file:
            same = known is not None and os.path.getsize(path) == known["bytes"]
            return same and known is not None and hashlib.file_digest(file, "sha256").hexdigest() == known["sha256"]
    except OSError:
        return False


def _refuse_other_size(path: str, table: str, month: str, part: Part) -> None:
    of = f"{table} of {month}" if month else table
    try:
        size = os.path.getsize(os.path.join(path, place(table, month)))
    except OSError as error:
        raise Refused(f"The warehouse is not whole: {of} is missing.", hint=remedy(path)) from error
    if size != part["files"][table]["bytes"]:
        raise Refused(f"The warehouse is damaged: {of} is not what was made.", hint=remedy(path))


@contextmanager
def _stored(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = error.strerror or os.strerror(error.errno or errno.EIO)
        raise NotStored(
            f"The warehouse cannot be written to {path}: {said}.", hint="Make room, or name a folder you may write to."
        ) from error


@contextmanager
def _turn(path: str, *, exclusive: bool) -> Iterator[None]:
    """Many may read at once; who changes the folder has it alone."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _lock(descriptor, exclusive=exclusive):
            if time.monotonic() > deadline:
                raise Refused(f"The warehouse has been in use for too long: {path}.", hint="Try again later.")
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, exclusive: bool) -> bool:
    """Whether the mark was free; it goes with the descriptor. Platforms without such marks let everybody in."""
    try:
        import fcntl

        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        pass
    return True
