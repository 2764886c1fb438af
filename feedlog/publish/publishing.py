"""Brings the published file up to the working file, in one transaction: readers see the old pages or the new ones."""

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence, Set
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.config import Config
from feedlog.errors import NotStored, Refused
from feedlog.publish import reading
from feedlog.publish.database import Database
from feedlog.publish.privacy import Person, Privacy, phrases, possibly_named
from feedlog.publish.secret import fingerprint, secret_beside
from feedlog.publish.writing import Writer
from feedlog.store import Log, sharing
from feedlog.store.failures import translated
from feedlog.store.upgrades import statements
from feedlog.when.hours import Calendar

# Raised with every change of publish/schema.sql or of what goes into it: an older published file is written anew.
FORM = "4"
_RUN = re.compile("[a-z0-9]+")
# SQLite looks for so many runs of letters faster than Python for whole names.
_FEW_RUNS = 100


class Published(TypedDict):
    """What publishing did: the file, how many notes it holds, how many were written, how long it took."""

    path: str
    notes: int
    changed: int
    seconds: float


class _Mark(NamedTuple):
    """How far a published file is, and with which log, form, languages and secret."""

    log: str
    form: str
    languages: str
    secret: str
    change: int
    customer: int


def place_beside(log_path: str) -> str:
    """Where the published file of a log stands unless somebody says otherwise."""
    return os.path.join(os.path.dirname(log_path), "published", "feedlog.db")


def publish(
    log: Log,
    path: str,
    *,
    calendar: Calendar | None = None,
    rebuild: bool = False,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> Published:
    """Writes what changed since the last time into the published file at `path`; everything where there is none yet.

    How long a first answer took is counted in the business hours of `calendar`, by the settings where there is none.
    Raises NotStored where it cannot be written, Refused where the file at `path` is something else.
    """
    started = time.perf_counter()
    secret = secret_beside(log.path)
    with translated(path, writing=True), _opened(path, log.path) as connection, _snapshot(log):
        connection.execute("begin immediate")
        try:
            changed = _bring_up(log, connection, path, secret, rebuild, calendar or Config().calendar, progress)
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        # Not behind a long reader, such as an export into a warehouse: the pages are written, and the next publishing
        # or an erasure cuts the journal.
        connection.execute("pragma busy_timeout = 0")
        connection.execute("pragma wal_checkpoint(truncate)")
        notes = connection.execute("select coalesce(sum(notes), 0) from stats_months").fetchone()[0]
    return Published(path=path, notes=notes, changed=changed, seconds=round(time.perf_counter() - started, 3))


def _bring_up(
    log: Log,
    connection: sqlite3.Connection,
    path: str,
    secret: bytes,
    rebuild: bool,
    calendar: Calendar,
    progress: Callable[[int, int], object],
) -> int:
    """Writes what is missing and returns how many notes that were."""
    uid = log.value("select value from settings where name = 'uid'")
    newest = reading.newest_change(log), reading.newest_customer(log)
    now = _Mark(uid, FORM, " ".join(log.languages), fingerprint(secret), *newest)
    before = _mark(connection, path)
    if before and before.log != now.log:
        raise Refused(f"The pages at {path} were made from another log.", hint="Name another file, or remove that one.")
    whole = rebuild or before is None or before[:4] != now[:4] or before.change > now.change
    whole = whole or (before is not None and reading.restored_after(log, before.change))
    if not whole and before == now:
        _write_settings(connection)
        return 0
    named: set[int] = set()
    if whole or before is None:
        _make_anew(connection)
        ids: Sequence[int] = reading.all_note_ids(log)
        persons: Iterable[Person] = reading.persons(log)
    else:
        touched = reading.touched_note_ids(log, before.change)
        named = _mentioning(connection, reading.newly_known_persons(log, before.customer, before.change))
        ids = sorted(touched | named)
        if len(ids) <= reading.FEW:
            persons = possibly_named(reading.everybody(log), reading.sentences(log, ids))
        else:
            persons = reading.persons(log)
    Writer(log, connection, Privacy(secret, persons), calendar, anew=whole).write(ids, progress)
    if named:
        # A removed word lives on in an index's older pages until they are merged; a name must not.
        for index in ("notes_fts", "words_fts"):
            connection.execute(f"insert into {index} ({index}) values ('optimize')")
    told = {**now._asdict(), "published_at": when.now()}
    rows = [{"name": name, "value": str(value)} for name, value in told.items()]
    Database(connection).table("publication").upsert_all(rows, pk="name")
    _write_settings(connection)
    return len(ids)


def _write_settings(connection: sqlite3.Connection) -> None:
    """What the pages need of the firm's settings; nothing is written where it stands there already."""
    config = Config()
    told = {
        "complaint_rate": " ".join(f"{part:g}" for part in dict.fromkeys(config.complaint_rate)),
        "page_language": config["page_language"],
    }
    connection.executemany(
        """insert into publication (name, value) values (?, ?)
           on conflict (name) do update set value = excluded.value where value <> excluded.value""",
        list(told.items()),
    )


def _mentioning(connection: sqlite3.Connection, persons: Sequence[Person]) -> set[int]:
    """Published notes with a sentence that holds the name or key of these customers."""
    if not persons:
        return set()
    forms = [phrase for person in persons for phrase, _ in phrases(person)]
    if not forms:
        return set()
    found: set[int] = set()
    for start in range(0, len(forms), 50):
        query = " OR ".join(f'"{phrase}"' for phrase in forms[start : start + 50])
        found.update(
            row[0] for row in connection.execute("select rowid from notes_fts where verbatim match ?", [query])
        )
    privacy = Privacy(b"", persons)
    texts = _texts_with(connection, {max(_RUN.findall(form), key=len, default="") for form in forms})
    found.update(note_id for note_id, text in texts if privacy.hide(text, None) != text)
    return found


def _texts_with(connection: sqlite3.Connection, runs: Set[str]) -> Iterable[tuple[int, str]]:
    """What was written beside the notes and may hold one of these runs of letters, with its note's number.

    To take every text apart into its words would take seconds; so SQLite looks first, which knows no case but ASCII's.
    """
    sources = (("id", "reading", "notes"), *(("note_id", text, "promises") for text in ("what", "why")))
    for note_id, text, table in (*sources, ("note_id", "text", "responses")):
        sql = f"select {note_id}, {text} from {table} where {text} is not null"
        if len(runs) <= _FEW_RUNS:
            sql += f" and ({' or '.join(f'{text} like ?' for _ in runs)})"
            yield from connection.execute(sql, [f"%{run}%" for run in sorted(runs)])
        else:
            yield from connection.execute(sql)


def _make_anew(connection: sqlite3.Connection) -> None:
    from feedlog.publish import schema_text

    database = Database(connection)
    for view in database.views:
        view.drop()
    # Virtual tables first, since they take their own tables and triggers with them.
    for table in sorted(database.tables, key=lambda table: not table.virtual_table_using):
        if table.exists():
            table.drop()
    for statement in statements(schema_text()):
        connection.execute(statement)


def _mark(connection: sqlite3.Connection, path: str) -> _Mark | None:
    """How far the file is, or None for an empty one. Refuses a database that is not a published file."""
    tables = Database(connection).table_names()
    if not tables:
        return None
    if "publication" not in tables:
        raise Refused(
            f"The file is a database of something else, not feedlog's pages: {path}.", hint="Name another file."
        )
    told = {row["name"]: row["value"] for row in connection.execute("select name, value from publication")}
    return _Mark(
        told.get("log", ""),
        told.get("form", ""),
        told.get("languages", ""),
        told.get("secret", ""),
        int(told.get("change", 0)),
        int(told.get("customer", 0)),
    )


class _opened:
    """The published file, made where it is missing, readable by those who may read the log, closed at the end."""

    def __init__(self, path: str, log_path: str) -> None:
        self._path = path
        self._log_path = log_path

    def __enter__(self) -> sqlite3.Connection:
        try:
            sharing.new_folder(os.path.dirname(self._path) or ".", self._log_path)
            os.close(sharing.new_file(self._path, self._log_path, flags=0))
        except OSError as error:
            raise NotStored(
                f"The pages cannot be written to {self._path}: {error.strerror}.", hint="Name another file."
            ) from error
        self._connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = normal", "secure_delete = on", "foreign_keys = off"):
            self._connection.execute(f"pragma {pragma}")
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class _snapshot:
    """Reads the log at one moment, however long it takes and whoever writes meanwhile."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __enter__(self) -> None:
        self._log.connection.execute("begin")

    def __exit__(self, *_: object) -> None:
        self._log.connection.execute("rollback")
