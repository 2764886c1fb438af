"""The published file as the pages see it: is it ours, may this person read it, and reading it in one go."""

import contextvars
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit

from feedlog.web import failures, served

DATABASE = "feedlog"
Answer = TypeVar("Answer")
Row = dict[str, Any]


def is_served(datasette: Any) -> bool:
    """Whether Datasette serves a published file of ours under the name `feedlog`."""
    database = datasette.databases.get(DATABASE)
    if isinstance(database, served.ServedFile):
        return True  # it was when the server started, whatever has become of the file
    if database is None or not database.path:
        return False
    try:
        connection = sqlite3.connect(f"file:{database.path}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        sql = "select 1 from sqlite_master where type = 'table' and name = 'publication'"
        return connection.execute(sql).fetchone() is not None
    except sqlite3.Error:
        return False
    finally:
        connection.close()


async def may_look(datasette: Any, actor: dict[str, Any] | None) -> bool:
    """Whether this person may see anything at all."""
    if hasattr(datasette, "allowed"):  # Datasette 1.0
        return bool(await datasette.allowed(action="view-instance", actor=actor))
    return bool(await datasette.permission_allowed(actor, "view-instance", default=True))


async def may_write_sql(datasette: Any, actor: dict[str, Any] | None) -> bool:
    """Whether this person may ask in SQL of their own."""
    if hasattr(datasette, "allowed"):
        from datasette.resources import DatabaseResource

        return bool(await datasette.allowed(action="execute-sql", resource=DatabaseResource(DATABASE), actor=actor))
    return bool(await datasette.permission_allowed(actor, "execute-sql", DATABASE, default=True))


async def ensure_may_read(datasette: Any, actor: dict[str, Any] | None) -> None:
    """Lets pass whoever may read the notes; raises Datasette's Forbidden for everybody else."""
    if hasattr(datasette, "allowed"):
        from datasette.resources import TableResource

        await datasette.ensure_permission(action="view-table", resource=TableResource(DATABASE, "notes"), actor=actor)
        return
    await datasette.ensure_permissions(
        actor, [("view-table", (DATABASE, "notes")), ("view-database", DATABASE), "view-instance"]
    )


async def read(datasette: Any, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """The answer to a question, read at one moment, so that a page's figures agree while the file is written.

    Raises failures.Unreadable, a sqlite3.Error, where the file cannot be read or the answer takes too long.
    """
    limit = min(served.PAGE_MS, datasette.setting("sql_time_limit_ms"))

    # The answer is read in another thread, which knows the language of the page from here.
    here = contextvars.copy_context()

    def ask(connection: sqlite3.Connection) -> Answer:
        with sqlite_timelimit(connection, limit):
            connection.execute("begin")
            try:
                return here.run(question, connection)
            except sqlite3.Error as error:
                raise failures.Unreadable(str(error)) from error
            finally:
                connection.rollback()

    found: Answer = await datasette.get_database(DATABASE).execute_fn(ask)
    return found


def rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows of a statement, each a dict."""
    return [dict(row) for row in connection.execute(sql, parameters)]


def row(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
    """The first row, or None."""
    return next(iter(rows(connection, sql, parameters)), None)


def value(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row, or None."""
    found = connection.execute(sql, parameters).fetchone()
    return None if found is None else found[0]
