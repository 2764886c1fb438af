"""DuckDB as the engine: inside this process, on all its cores, with no file but the warehouse's in reach."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from feedlog.errors import Refused, WrongUsage
from feedlog.warehouse.asking import Answer, Question, answer
from feedlog.warehouse.exporting import require_packages
from feedlog.warehouse.folder import NO_MONTH, Listing, place, reading, remedy
from feedlog.warehouse.tables import MONTHLY, TABLES, WHOLE

if TYPE_CHECKING:
    import duckdb


def ask(sql: str, path: str, limit: int) -> Answer:
    """The answer to one SELECT. Raises as `asking.ask` says."""
    with opened(path) as question:
        return question(sql, limit)


@contextmanager
def opened(path: str) -> Iterator[Question]:
    """A way to ask the warehouse at `path` as often as one likes; an export waits until the block ends."""
    require_packages("duckdb")
    import duckdb

    path = os.path.abspath(path)
    with (
        reading(path) as listing,
        # What does not fit into memory is put aside, and holds customers' words.
        tempfile.TemporaryDirectory(prefix="feedlog-warehouse-") as aside,
        duckdb.connect(":memory:", config=_SETTINGS) as connection,
    ):
        with _complaints(path):
            _open(connection, path, listing, aside)

        def question(sql: str, limit: int) -> Answer:
            with _complaints(path):
                _refuse_all_but_one_query(connection, sql)
                done = connection.execute(sql)
                return answer([column[0] for column in done.description or ()], done.fetchmany(limit + 1), limit)

        yield question


_TABLES = f"Its tables are: {', '.join(TABLES)}"
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # else a query could read this program's variables
}


@contextmanager
def _complaints(path: str) -> Iterator[None]:
    """DuckDB's complaints as our sentences."""
    import duckdb

    try:
        yield
    except duckdb.PermissionException as error:
        raise Refused(f"The query reaches beyond the warehouse: {_told(error)}", hint="Ask its tables only.") from error
    except duckdb.OutOfMemoryException as error:
        raise Refused(f"The query needs too much memory: {_told(error)}", hint="Ask for less at once.") from error
    except duckdb.Error as error:
        if path in str(error):  # it complains of one of the files
            raise Refused(f"The warehouse cannot be read: {_told(error)}", hint=remedy(path)) from error
        raise WrongUsage(f"The SQL is wrong: {_told(error)}", hint=_TABLES) from error


def _open(connection: "duckdb.DuckDBPyConnection", path: str, listing: Listing, aside: str) -> None:
    """Makes a view of each table, then shuts everything else out, for good.

    Each view names its files, so that what lies beside them is not read.
    """
    months = [month for month in listing["parts"] if month]
    if not months:
        raise Refused(
            f"There is no month in the warehouse yet: {path}.",
            hint="A month comes in when it is over, or with: feedlog warehouse export --open-month",
        )
    files = {table.name: [os.path.join(path, place(table.name, month)) for month in months] for table in MONTHLY}
    single = {table.name: [os.path.join(path, place(table.name, NO_MONTH))] for table in WHOLE}
    connection.execute(f"set temp_directory = {_quoted(aside)}")
    connection.execute(f"set allowed_paths = {_listed([*chain(*files.values(), *single.values())])}")
    connection.execute("set enable_external_access = false")
    for table, paths in (files | single).items():
        partitions = ", hive_partitioning = true, hive_types = {'month': varchar}" if table in files else ""
        connection.execute(f"create view {table} as select * from read_parquet({_listed(paths)}{partitions})")
    connection.execute("set lock_configuration = true")


def _refuse_all_but_one_query(connection: "duckdb.DuckDBPyConnection", sql: str) -> None:
    import duckdb

    kinds = [statement.type for statement in connection.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        raise WrongUsage("A warehouse is only read, with one query at a time.", hint="Write one SELECT.")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _told(error: Exception) -> str:
    """What DuckDB complains of, on one line, without the kind of error before it and the query after it."""
    first = str(error).split("\n\n")[0].replace("\n", " ")
    told = re.sub(r"^[\w ]+ Error: ", "", first).rstrip(" .!")
    return told if told.endswith("?") else f"{told}."
