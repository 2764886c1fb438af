"""The published file as Datasette reads it: nobody waits long for a page, and a file that was replaced is noticed."""

import asyncio
import copy
import os
import re
import sqlite3
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

from feedlog.web import failures, searching

Answer = TypeVar("Answer")

# The longest a page may take in the database. What analysts write themselves has the server's own limit.
PAGE_MS = 3000
# Rows are counted so far and so long; beyond that it is said that there are more. `?_count=on` counts them all.
COUNTED_ROWS = 10_000
COUNTING_MS = 100
# How many long questions run at a time: a thread is left for pages, however much analysts ask.
LONG_AT_ONCE = 2
# What one answer to an analyst may take in memory.
LARGEST_ANSWER_BYTES = 50_000_000
_COUNTED = f"select count(*) from (select 1 from {{}} limit {COUNTED_ROWS + 1})"
_COUNT = re.compile(r"select count\(\*\) from (?P<what>.+)", re.DOTALL)


class Asked(NamedTuple):
    """What a request is for: `long` where an analyst asks in SQL, `whole` where the reader wants every row counted.

    `searches` holds what the words searched for have been made into; `schema` which schema the file has, once known.
    """

    searches: dict[str, str]
    schema: list[Any]
    long: bool = False
    whole: bool = False


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class _Open(NamedTuple):
    """A connection, and which file it was opened on."""

    connection: sqlite3.Connection
    file: tuple[int, int]


class ServedFile(Database):  # type: ignore[misc]
    """Datasette's database of the published file."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._of_thread = threading.local()
        self._long = asyncio.Semaphore(LONG_AT_ONCE)
        self._known_schema: Any = None
        self._known: dict[tuple[Any, ...], Any] = {}

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Answer], *_: Any, **__: Any) -> Answer:
        """What a function makes of a connection to the file that is there now. Raises sqlite3.Error."""

        def ask() -> Answer:
            try:
                return fn(self._connection())
            except sqlite3.DatabaseError as error:
                if unreadable := failures.of_the_file(error):
                    raise unreadable from error
                raise

        if self.ds.executor is None:
            return ask()
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, ask)

    def _connection(self) -> sqlite3.Connection:
        there = _file(self.path)
        kept: _Open | None = getattr(self._of_thread, "open", None)
        if kept and kept.file == there:
            return kept.connection
        if kept:  # it would show the pages of the old file for as long as the server runs
            self._all_file_connections.remove(kept.connection)
            kept.connection.close()
            self._of_thread.open = None
        connection = self.connect()
        self.ds._prepare_connection(connection, self.name)
        self._of_thread.open = _Open(connection, there)
        return connection  # type: ignore[no-any-return]

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = False,
    ) -> Any:
        """The rows of a statement, as Datasette asks for them. Raises QueryInterrupted, sqlite3.Error."""
        now = asked.get() or Asked({}, [])
        if now.long:
            async with self._long:
                limit = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
                most = self.ds.max_returned_rows if truncate else None
                return await self.execute_fn(lambda connection: _bounded(connection, sql, params, limit, most))
        limit = min(custom_time_limit or PAGE_MS, PAGE_MS)
        sql, params = await self._quick(sql, params)
        if not now.whole and (count := _COUNT.fullmatch(sql)):
            counted = _COUNTED.format(count["what"])
            found = await super().execute(counted, params, custom_time_limit=min(limit, COUNTING_MS))
            # A table has no number then; what Datasette counts to suggest counts by columns is as good with this one.
            if found.rows[0][0] > COUNTED_ROWS and not count["what"].startswith("("):
                raise QueryInterrupted(None, sql, params)
            return found
        # What went wrong is told on the page; what was asked for belongs in no log.
        return await super().execute(sql, params, truncate, limit, page_size, log_sql_errors=False)

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """How many rows each table has; None beyond what is counted. All in one go: each by itself is a wait."""
        names = await self.table_names()

        def ask(connection: sqlite3.Connection) -> dict[str, int | None]:
            with sqlite_timelimit(connection, PAGE_MS):
                found = {name: connection.execute(_COUNTED.format(f'"{name}"')).fetchone()[0] for name in names}
            return {name: count if count <= COUNTED_ROWS else None for name, count in found.items()}

        return await self.execute_fn(ask)

    async def remembered(self, name: str, *given: Any) -> Any:
        """What Datasette's method of this name tells of the schema, which it asks for a hundred times a page."""
        now = asked.get()
        method = getattr(super(), name)
        if now is None:
            return await method(*given)
        if not now.schema:
            version = await self.execute_fn(lambda one: one.execute("pragma schema_version").fetchone()[0])
            now.schema.append((_file(self.path), version))
        if now.schema[0] != self._known_schema:
            self._known_schema, self._known = now.schema[0], {}
        known = self._known
        if (name, *given) not in known:
            known[(name, *given)] = await method(*given)
        return copy.copy(known[(name, *given)])

    async def _quick(self, sql: str, params: Any) -> tuple[str, Any]:
        sql = searching.quick(sql)
        text = searching.words(sql, params)
        if text is None:
            return sql, params
        known = (asked.get() or Asked({}, [])).searches
        if text not in known:
            ask = "select escape_fts(?)"
            known[text] = await self.execute_fn(lambda connection: connection.execute(ask, [text]).fetchone()[0])
        return searching.with_words(sql, params, known[text])


def _remembering(name: str) -> Callable[..., Any]:
    async def method(self: ServedFile, *given: Any) -> Any:
        return await self.remembered(name, *given)

    return method


_OF_THE_SCHEMA = (
    *("table_exists", "table_names", "table_columns", "table_column_details", "primary_keys", "fts_table"),
    *("label_column_for_table", "foreign_keys_for_table", "hidden_table_names", "get_all_foreign_keys"),
    *("view_names", "get_table_definition", "get_view_definition", "attached_databases"),
)
for _name in _OF_THE_SCHEMA:
    setattr(ServedFile, _name, _remembering(_name))


def take_over(datasette: Any, name: str) -> None:
    """Lets Datasette read its database of this name in our way from now on."""
    before = datasette.databases[name]
    if not isinstance(before, ServedFile):
        ours = ServedFile(datasette, path=before.path, is_mutable=before.is_mutable)
        before.close()
        datasette.remove_database(name)
        datasette.add_database(ours, name=name)


def _file(path: str) -> tuple[int, int]:
    try:
        there = os.stat(path)
    except OSError as error:
        raise sqlite3.OperationalError("unable to open database file") from error
    return there.st_dev, there.st_ino


def _bounded(connection: sqlite3.Connection, sql: str, params: Any, limit: int, most: int | None) -> Any:
    """Rows as far as they fit: a thousand rows of a megabyte each would be the end of the server."""
    rows: list[sqlite3.Row] = []
    size = 0
    with sqlite_timelimit(connection, limit):
        try:
            cursor = connection.execute(sql, params if params is not None else {})
            for row in cursor:
                if most and len(rows) == most:
                    return Results(rows, True, cursor.description)
                size += sum(len(value) for value in row if isinstance(value, str | bytes))
                if size > LARGEST_ANSWER_BYTES:
                    raise sqlite3.DatabaseError(f"the answer is larger than {LARGEST_ANSWER_BYTES // 1_000_000} MB")
                rows.append(row)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, sql, params) from error
            raise
    return Results(rows, False, cursor.description)
