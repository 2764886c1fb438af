"""Datasette's tables and questions as Excel workbooks: all their rows, for whoever may see the page."""

import re
from collections.abc import Generator
from typing import Any

from datasette.utils import sqlite_timelimit

from feedlog.web import downloads, published

EXTENSION = "xlsx"
# A million notes take three minutes. A question that never ends must not keep others from their workbooks for so long.
LONGEST_SECONDS, LONGEST_QUESTION_SECONDS = 600, 60
# Datasette asks for a page of a table and one row more, to know whether there is a next one.
_PAGE = re.compile(r" limit \d+\s*\Z")


def renderer() -> dict[str, Any]:
    """What Datasette wants to know of a form its pages can have."""
    return {"extension": EXTENSION, "render": _rendered, "can_render": _is_ours}


def _is_ours(database: str, columns: list[str]) -> bool:
    return database == published.DATABASE and bool(columns)


def _rendered(datasette: Any, database: str, table: str | None, query_name: str | None, data: dict[str, Any]) -> Any:
    """Datasette has asked whether the reader may see it before it comes here, and built the statement."""
    if database != published.DATABASE or data.get("error"):
        return None
    query = data["query"]
    sql = _PAGE.sub("", query["sql"]) if table else query["sql"]
    columns = data["columns"]
    name = table or query_name or "question"
    seconds = LONGEST_SECONDS if table else LONGEST_QUESTION_SECONDS
    rows = _rows(datasette, sql, query["params"], seconds)
    moments = [place for place, column in enumerate(columns) if column.endswith(("_on", "_at"))]
    return downloads.answer(EXTENSION, name, columns, rows, moments)


def _rows(datasette: Any, sql: str, parameters: Any, seconds: int) -> Generator[tuple[Any, ...], None, None]:
    """The rows, read by a connection of their own that may do no more than Datasette's."""
    database = datasette.databases[published.DATABASE]
    connection = database.connect()
    datasette._prepare_connection(connection, database.name)
    try:
        with sqlite_timelimit(connection, seconds * 1000):
            yield from connection.execute(sql, parameters)
    finally:
        database._all_file_connections.remove(connection)
        connection.close()
