"""Brings the published file up to the working file, in one transaction: readers see the old pages or the new ones."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypedDict

from sqlite_utils import Database

from feedlog import when
from feedlog.errors import NotStored, Refused
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.publish import reading, statistics
from feedlog.publish.privacy import Person, Privacy, initials, phrases, possibly_named
from feedlog.publish.secret import secret_beside
from feedlog.publish.words import MonthWords
from feedlog.store import Log
from feedlog.store.failures import translated
from feedlog.store.upgrades import statements

# Raised with every change of publish/schema.sql or of what goes into it: an older published file is written anew.
FORM = "2"


class Published(TypedDict):
    """What publishing did: the file, how many notes it holds, how many were written, how long it took."""

    path: str
    notes: int
    changed: int
    seconds: float


class _Mark(NamedTuple):
    """How far a published file is, and with which log, form and languages."""

    log: str
    form: str
    languages: str
    change: int
    customer: int


def place_beside(log_path: str) -> str:
    """Where the published file of a log stands unless somebody says otherwise."""
    return os.path.join(os.path.dirname(log_path), "published", "feedlog.db")


def publish(
    log: Log, path: str, *, rebuild: bool = False, progress: Callable[[int, int], object] = lambda done, of: None
) -> Published:
    """Writes what changed since the last time into the published file at `path`; everything where there is none yet.

    Raises NotStored where it cannot be written, Refused where the file at `path` is something else.
    """
    started = time.perf_counter()
    secret = secret_beside(log.path)
    with translated(path, writing=True), _opened(path) as connection, _snapshot(log):
        connection.execute("begin immediate")
        try:
            changed = _bring_up(log, connection, path, secret, rebuild, progress)
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        connection.execute("pragma wal_checkpoint(truncate)")
        notes = connection.execute("select coalesce(sum(notes), 0) from stats_months").fetchone()[0]
    return Published(path=path, notes=notes, changed=changed, seconds=round(time.perf_counter() - started, 3))


def _bring_up(
    log: Log,
    connection: sqlite3.Connection,
    path: str,
    secret: bytes,
    rebuild: bool,
    progress: Callable[[int, int], object],
) -> int:
    """Writes what is missing and returns how many notes that were."""
    uid = log.value("select value from settings where name = 'uid'")
    now = _Mark(uid, FORM, " ".join(log.languages), reading.newest_change(log), reading.newest_customer(log))
    before = _mark(connection, path)
    if before and before.log != now.log:
        raise Refused(f"The pages at {path} were made from another log.", hint="Name another file, or remove that one.")
    whole = rebuild or before is None or before[:3] != now[:3] or before.change > now.change
    if not whole and before == now:
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
        persons = reading.persons(log)
        if len(ids) <= reading.BATCH:
            persons = possibly_named(persons, reading.sentences(log, ids))
    _Writer(log, connection, Privacy(secret, persons), anew=whole).write(ids, progress)
    if named:
        # A removed word lives on in an index's older pages until they are merged; a name must not.
        for index in ("notes_fts", "words_fts"):
            connection.execute(f"insert into {index} ({index}) values ('optimize')")
    told = {**now._asdict(), "published_at": when.now()}
    rows = [{"name": name, "value": str(value)} for name, value in told.items()]
    Database(connection).table("publication").upsert_all(rows, pk="name")
    return len(ids)


class _Writer:
    """Replaces notes in the published file with everything that hangs on them."""

    def __init__(self, log: Log, connection: sqlite3.Connection, privacy: Privacy, *, anew: bool) -> None:
        self._log = log
        self._connection = connection
        self._privacy = privacy
        self._anew = anew
        stems = Stems(log.languages)
        self._index = Index(connection, stems)
        self._words = MonthWords(connection, stems)
        self._weeks: set[str] = set()
        self._months: set[str] = set()
        self._themes: set[str] = set()

    def write(self, ids: Sequence[int], progress: Callable[[int, int], object]) -> None:
        """Writes these notes as they are now; those that no longer stand disappear."""
        for start in range(0, len(ids), reading.BATCH):
            batch = ids[start : start + reading.BATCH]
            if not self._anew:
                self._remove(batch)
            self._insert(batch)
            progress(start + len(batch), len(ids))
        self._index.flush()
        statistics.recount(self._connection, self._weeks, self._months)
        if ids:
            self._words.flush()
        self._write_themes()

    def _remove(self, ids: Sequence[int]) -> None:
        marks = ", ".join("?" * len(ids))
        sql = f"select id, verbatim, week, month from notes where id in ({marks})"
        gone = self._connection.execute(sql, ids).fetchall()
        self._weeks.update(row["week"] for row in gone)
        self._months.update(row["month"] for row in gone)
        self._index.remove_many([(row["id"], row["verbatim"]) for row in gone])
        for row in gone:
            self._words.remove(row["month"], row["verbatim"])
        themes = self._connection.execute(f"select distinct theme from note_themes where note_id in ({marks})", ids)
        self._themes.update(row["theme"] for row in themes)
        for table in ("note_themes", "promises", "responses"):
            self._connection.execute(f"delete from {table} where note_id in ({marks})", ids)
        self._connection.execute(f"delete from notes where id in ({marks})", ids)

    def _insert(self, ids: Sequence[int]) -> None:
        persons: dict[int, Person | None] = {}
        rows = []
        for note in reading.notes(self._log, ids):
            persons[note["id"]] = Person(note["key"], note["name"]) if note["key"] else None
            rows.append(self._note(note, persons[note["id"]]))
        self._weeks.update(row["week"] for row in rows)
        self._months.update(row["month"] for row in rows)
        _insert(self._connection, "notes", rows)
        tagged = [
            {"theme": theme, "note_id": row["id"], "said_on": row["said_on"], "customer": row["customer"]}
            for row in rows
            for theme in json.loads(row["themes"])
        ]
        self._themes.update(row["theme"] for row in tagged)
        _insert(self._connection, "note_themes", tagged)
        self._index.add_many([(row["id"], row["verbatim"]) for row in rows])
        for row in rows:
            self._words.add(row["month"], row["verbatim"])
        promises = [promise for promise in reading.promises(self._log, ids) if promise["note_id"] in persons]
        _insert(self._connection, "promises", [self._promise(row, persons[row["note_id"]]) for row in promises])
        responses = [response for response in reading.responses(self._log, ids) if response["note_id"] in persons]
        _insert(self._connection, "responses", [self._response(row, persons[row["note_id"]]) for row in responses])

    def _note(self, note: reading.Row, person: Person | None) -> reading.Row:
        said = when.local(note["said_at"]).date().isoformat()
        return {
            "id": note["id"],
            "said_on": said,
            "verbatim": self._privacy.hide(note["verbatim"], person),
            "reading": self._privacy.hide(note["reading"], person),
            "kind": note["kind"],
            "channel": note["channel"],
            "touchpoint": note["touchpoint"],
            "themes": json.dumps(note["themes"], ensure_ascii=False),
            **self._who(person),
            "segment": note["segment"],
            "satisfaction": note["satisfaction"],
            "week": when.week(said),
            "month": said[:7],
            "said_at": note["said_at"],
            "logged_at": note["logged_at"],
            "agent": note["agent"],
            "on_behalf_of": note["on_behalf_of"],
            "source": note["source"],
            "corrected": note["corrected"],
        }

    def _promise(self, promise: reading.Row, person: Person | None) -> reading.Row:
        ended_at = promise["ended_at"]
        return {
            "id": promise["id"],
            "note_id": promise["note_id"],
            "what": self._privacy.hide(promise["what"], person),
            "owner": promise["owner"],
            "promised_by": promise["promised_by"],
            "promised_on": when.local(promise["promised_at"]).date().isoformat(),
            "due_on": promise["due_on"],
            "outcome": promise["outcome"] or "open",
            "ended_on": when.local(ended_at).date().isoformat() if ended_at else None,
            **self._who(person),
        }

    def _response(self, response: reading.Row, person: Person | None) -> reading.Row:
        amount = response.pop("amount_minor")
        return {
            **response,
            "text": self._privacy.hide(response["text"], person),
            "amount": None if amount is None else amount / 100,
        }

    def _who(self, person: Person | None) -> dict[str, str | None]:
        return {
            "customer": self._privacy.pseudonym(person.key) if person else None,
            "initials": (initials(person.name) or None) if person else None,
        }

    def _write_themes(self) -> None:
        """The codebook; only for themes whose notes or day of mending changed is counted anew what the notes say."""
        codebook = reading.themes(self._log)
        names = json.dumps([theme["name"] for theme in codebook])
        self._connection.execute("delete from themes where name not in (select value from json_each(?))", [names])
        known = dict(self._connection.execute("select name, fixed_on from themes").fetchall())
        self._themes.update(row["name"] for row in codebook if known.get(row["name"]) != row["fixed_on"])
        self._connection.executemany(
            """insert into themes (name, title, owner, measure, fixed_on, notes, customers, came_back)
               values (:name, :title, :owner, :measure, :fixed_on, 0, 0, 0)
               on conflict (name) do update
               set title = :title, owner = :owner, measure = :measure, fixed_on = :fixed_on""",
            codebook,
        )
        self._connection.executemany(
            """update themes set (notes, customers, came_back, first_said_on, last_said_on) =
                 (select count(*), count(distinct customer), count(*) filter (where said_on > themes.fixed_on),
                         min(said_on), max(said_on)
                    from note_themes where theme = name)
               where name = ?""",
            [[theme] for theme in sorted(self._themes)],
        )


def _mentioning(connection: sqlite3.Connection, persons: Sequence[Person]) -> set[int]:
    """Published notes with a sentence that holds the name or key of these customers."""
    if not persons:
        return set()
    forms = [phrase for person in persons for phrase, _ in phrases(person)]
    found: set[int] = set()
    for start in range(0, len(forms), 50):
        query = " OR ".join(f'"{phrase}"' for phrase in forms[start : start + 50])
        found.update(
            row[0] for row in connection.execute("select rowid from notes_fts where verbatim match ?", [query])
        )
    privacy = Privacy(b"", persons)
    texts = """select id, reading from notes where reading is not null
               union all select note_id, what from promises
               union all select note_id, text from responses where text is not null"""
    found.update(note_id for note_id, text in connection.execute(texts) if privacy.hide(text, None) != text)
    return found


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
        int(told.get("change", 0)),
        int(told.get("customer", 0)),
    )


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = list(rows[0])
        sql = f"insert into {table} ({', '.join(columns)}) values ({', '.join(':' + column for column in columns)})"
        connection.executemany(sql, rows)


class _opened:
    """The published file, made where it is missing, readable by its owner only, closed at the end."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            os.makedirs(os.path.dirname(self._path) or ".", mode=0o700, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
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
