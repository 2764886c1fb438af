"""Opens the log. Pragmas, identity and version are settled here, at the door, and nowhere else."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from feedlog.errors import NotFound, NotStored, Refused
from feedlog.store.failures import is_busy, is_without_room, translated

APPLICATION_ID = 0x666C6F67  # 'flog'
BUSY_SECONDS = 30.0

# Bytes of a path that mean themselves in a URI.
_UNQUOTED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~")

Parameters = Sequence[Any] | dict[str, Any]


class Log:
    """An open log: a SQLite connection in autocommit mode, its path, and the languages its index holds."""

    def __init__(self, path: str, connection: sqlite3.Connection, *, writable: bool) -> None:
        self.path = path
        self.connection = connection
        self.writable = writable
        self.kept_before_upgrade: str | None = None  # where the older log is, when opening this one upgraded it
        self._languages: tuple[str, ...] | None = None

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a reading statement."""
        with translated(self.path, writing=False), suppress(OverflowError):  # such a number is in no row
            return self.connection.execute(sql, parameters).fetchall()
        return []

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        with translated(self.path, writing=False), suppress(OverflowError):
            found: sqlite3.Row | None = self.connection.execute(sql, parameters).fetchone()
            return found
        return None

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, parameters)
        return None if row is None else row[0]

    def insert(self, table: str, **columns: Any) -> int:
        """Inserts one row inside a `write` block and returns its id."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        done = self.connection.execute(f"insert into {table} ({names}) values ({marks})", list(columns.values()))
        return int(done.lastrowid or 0)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Runs the block as one change: it gets the write lock first, or nothing happens.

        BEGIN IMMEDIATE waits its turn; a transaction that starts by reading would be refused at once instead.
        Raises NotStored where the log cannot be written. A `write` inside a `write` joins the outer one.
        """
        if self.connection.in_transaction:
            yield self.connection
            return
        with translated(self.path, writing=True):
            take_turn(self.connection)
            try:
                yield self.connection
                self.connection.execute("commit")
            except BaseException:
                if self.connection.in_transaction:  # a full disk has rolled back already
                    self.connection.execute("rollback")
                raise

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages whose stems the search index holds."""
        if self._languages is None:
            self._languages = tuple(self.value("select value from settings where name = 'languages'").split())
        return self._languages

    def forget_languages(self) -> None:
        """Reads the languages anew at the next use."""
        self._languages = None

    def close(self) -> None:
        """Closes the connection; the log must not be used afterwards."""
        self.connection.close()

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_for_writing(path: str, languages: Sequence[str]) -> Log:
    """The log at `path`, made with `languages` when it is not there yet, brought up to today's schema when it is older.

    Raises NotStored where it cannot be written, Refused for a file that is not a feedlog log or is newer than this
    feedlog.
    """
    _make_file(path)
    kept = None
    with translated(path, writing=True):
        connection = _connect(path, "rw")
        try:
            _settle(connection)
            # Both are read before anything is written: a file that is not ours stays as it is.
            version = _settled_version(connection, path)
            _enter_wal(connection)
            from feedlog.store import upgrades  # reads schema.sql only when there is something to do

            if version != upgrades.NEWEST:
                kept = upgrades.bring_up(connection, path, list(languages))
        except BaseException:
            connection.close()
            raise
    log = Log(path, connection, writable=True)
    log.kept_before_upgrade = kept
    return log


def open_for_reading(path: str) -> Log:
    """The log at `path`, read-only: nothing in the file changes, whoever reads.

    Raises NotFound where there is none, Refused for a file that is not a feedlog log, or is older or newer than this
    feedlog reads.
    """
    if not os.path.exists(path):
        _refuse_closed_folder(path)
        raise NotFound(f"There is no log yet: {path}.", hint="The first `feedlog add` makes it; --db names another.")
    _refuse_folder(path)
    _refuse_network(path)
    from feedlog.store import upgrades

    with translated(path, writing=False):
        connection, version = connect_to_read(path)
        if 0 <= version < upgrades.NEWEST:
            connection.close()
            if version == 0:
                raise NotFound(f"There is nothing in the log yet: {path}.", hint="The first `feedlog add` makes it.")
            if os.access(path, os.W_OK):
                return open_for_writing(path, ())  # an older log is upgraded by whoever comes first
            raise Refused(
                f"The log is from an older feedlog: {path}.", hint="Its owner upgrades it with any `feedlog add`."
            )
        _settle(connection)
    return Log(path, connection, writable=False)


def connect_to_read(path: str) -> tuple[sqlite3.Connection, int]:
    """A read-only connection to a log, and its schema version.

    Raises sqlite3.Error where it cannot be read, Refused for what is not a log or is newer than this feedlog.
    """
    mode = _reading_mode(path)
    while True:
        connection = _connect(path, mode)
        try:
            return connection, _version(connection, path)
        except sqlite3.OperationalError as error:
            connection.close()
            # On a full disk there is no room for the shared-memory file of the write-ahead log either.
            if mode == "immutable" or _pending(path) or not is_without_room(error):
                raise
            mode = "immutable"
        except BaseException:
            connection.close()
            raise


def _connect(path: str, mode: str) -> sqlite3.Connection:
    # By hand: importing urllib.parse takes 3 ms, and a name may hold bytes that are not UTF-8.
    quoted = "".join(chr(byte) if byte in _UNQUOTED else f"%{byte:02X}" for byte in os.fsencode(path))
    uri = f"file:{quoted}?mode={mode}" if mode != "immutable" else f"file:{quoted}?immutable=1"
    # check_same_thread: `serve` hands its connection to one worker thread; never two at a time.
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    # A row that other software filled with broken bytes must not hide the rest of the list.
    connection.text_factory = _text
    return connection


def take_turn(connection: sqlite3.Connection) -> None:
    """Begins a write. Everybody who waits asks again at the same short, uneven intervals.

    SQLite's own waiting asks ever more seldom, so that under 50 writers whoever waits longest is served last: two of
    2,000 were still waiting after 30 seconds.
    """
    connection.execute("pragma busy_timeout = 0")
    try:
        _until_free(lambda: connection.execute("begin immediate"))
    finally:
        connection.execute(f"pragma busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _until_free(ask: Callable[[], object]) -> None:
    """Asks until SQLite no longer says that somebody else is writing, for at most `BUSY_SECONDS`."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            ask()
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.002 + os.urandom(1)[0] / 25_600)  # 2 to 12 milliseconds


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


def _settle(connection: sqlite3.Connection) -> None:
    # Per connection, never stored in the file. FULL: acknowledged means it survives a power cut. Temporary tables stay
    # in memory: an erasure could not reach a file the system keeps.
    for pragma in (
        "synchronous = full",
        "foreign_keys = on",
        "secure_delete = on",
        "recursive_triggers = on",
        "temp_store = memory",
    ):
        connection.execute(f"pragma {pragma}")


def _version(connection: sqlite3.Connection, path: str) -> int:
    """The schema version: 0 for an empty file. Refuses a file that is not ours or is newer than we know."""
    from feedlog.store.upgrades import NEWEST

    identity = connection.execute("pragma application_id").fetchone()[0]
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if identity != APPLICATION_ID:
        tables = connection.execute("select count(*) from sqlite_master").fetchone()[0]
        if not (tables or identity or version):
            return 0
        # Somebody may have made the log since its identity was asked for; that and all its tables come at once.
        if connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID:
            return _version(connection, path)
        raise Refused(
            f"The file is a database of something else, not a feedlog log: {path}.",
            hint="Nothing was changed. Name another path with --db or FEEDLOG_DB.",
        )
    if version > NEWEST:
        raise Refused(
            f"The log was written by a newer feedlog (schema {version}, this one knows {NEWEST}): {path}.",
            hint="Nothing was changed. Install the newer feedlog.",
        )
    return version


def _settled_version(connection: sqlite3.Connection, path: str) -> int:
    """The schema version, asked again while somebody else is just making the file."""
    found: list[int] = []
    _until_free(lambda: found.append(_version(connection, path)))
    return found[-1]


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging, so that readers never wait for a writer.

    Switching ignores the busy timeout, so several first runs at once are let in one after the other by hand.
    """
    mode: list[str] = []

    def switch() -> None:
        mode[:] = [connection.execute("pragma journal_mode").fetchone()[0]]
        if mode != ["wal"]:
            mode[:] = [connection.execute("pragma journal_mode = wal").fetchone()[0]]

    _until_free(switch)
    if mode != ["wal"]:
        raise NotStored("The log cannot be switched to write-ahead logging.", hint="Keep it on a local disk.")


def _make_file(path: str) -> None:
    """Makes an empty file only its owner can read, in a folder only its owner can enter, where there is none."""
    _refuse_folder(path)
    _refuse_network(path)
    if os.path.exists(path):
        return
    folder = os.path.dirname(path) or "."
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise NotStored(
            f"The log cannot be made in {folder}: {error.strerror}.",
            hint="Choose a folder you may write to with --db or FEEDLOG_DB.",
        ) from error


def _refuse_closed_folder(path: str) -> None:
    """A folder one may not enter is no sign that there is no log."""
    try:
        os.stat(path)
    except PermissionError as error:
        raise Refused(
            f"You may not enter the folder of the log: {path}.", hint="Ask its owner to share it: feedlog init --group"
        ) from error
    except OSError:
        pass


def _refuse_folder(path: str) -> None:
    if os.path.isdir(path):
        raise Refused(f"This is a folder, not a log: {path}.", hint="Name a file, such as feedlog.db inside it.")


def _refuse_network(path: str) -> None:
    with suppress(OSError):
        if os.major(os.stat(path).st_dev):  # a disk of this machine has a number: nothing more to ask
            return
    from feedlog.store.network import network_of

    kind = network_of(path)
    if kind:
        raise Refused(
            f"The log lies on a network drive ({kind}), where SQLite's locks cannot be trusted: {path}.",
            hint="Keep it on a disk of this machine, where colleagues log in, or give each site a log of its own.",
        )


def _reading_mode(path: str) -> str:
    """Read-only; where even the shared-memory file of the write-ahead log may not be made, the bare file is read."""
    if not _pending(path) and not os.access(os.path.dirname(path) or ".", os.W_OK):
        return "immutable"
    return "ro"


def _pending(path: str) -> bool:
    """Whether the write-ahead log holds anything, without which the bare file is not the whole log."""
    return os.path.exists(path + "-wal") and os.path.getsize(path + "-wal") > 0
