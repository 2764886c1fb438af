"""Asks a warehouse: an analysis by its name, or SQL of one's own."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NamedTuple

from feedlog.errors import NotFound, WrongUsage
from feedlog.warehouse.analyses import Analysis, analyses

# What is one word is meant as a name; SQL has at least two.
_NAME = re.compile(r"[\w-]+")
IN_PROCESS = "duckdb"


class Answer(NamedTuple):
    """The columns' names, the rows, and whether there would have been more of them."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool


Question = Callable[[str, int], Answer]


def analysis(asked: str) -> Analysis | None:
    """The analysis of that name; None for SQL. Raises NotFound for a name there is none of, WrongUsage for no text."""
    asked = asked.strip()
    if not asked:
        raise WrongUsage("There is no question.", hint="Name an analysis or write SQL: feedlog warehouse query --help")
    if not _NAME.fullmatch(asked):
        return None
    known = analyses()
    name = asked.lower().replace("_", "-")
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.5)
        guess = f" Did you mean {close[0]!r}?" if close else ""
        raise NotFound(f"There is no analysis {asked!r}.{guess}", hint=f"There are: {', '.join(known)}")
    return known[name]


def ask(asked: str, place: str, *, engine: str = IN_PROCESS, limit: int) -> Answer:
    """The answer of the warehouse at `place`, at most `limit` rows.

    `engine` is 'duckdb', which runs here and reads nothing but the warehouse, or the address of a Spark master, which
    runs the analyses only. Raises NotFound without a warehouse or an analysis, WrongUsage for SQL that is wrong or
    more than one query, Refused for a warehouse that is damaged, or without the engine's package.
    """
    chosen = analysis(asked)
    if engine == IN_PROCESS:
        if "://" in place:
            raise WrongUsage(
                f"DuckDB reads a folder of this machine, not an address: {place}.",
                hint="Name the folder, or a cluster that sees the address: --engine spark://host:7077",
            )
        from feedlog.warehouse import duck

        return duck.ask(chosen.sql if chosen else asked, place, limit)
    if chosen is None:
        raise WrongUsage(
            "On Spark only the analyses run: SQL of your own could read and write whatever the cluster may.",
            hint="Leave --engine out, or open the folders in Spark itself: docs/warehouse.md says how.",
        )
    from feedlog.warehouse import spark

    return spark.ask(chosen.sql, place, engine, limit)


def answer(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int) -> Answer:
    """The first `limit` rows with values that JSON knows, so that every engine's are spelled alike."""
    return Answer(list(columns), [tuple(map(_plain, row)) for row in rows[:limit]], len(rows) > limit)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)  # JSON has no word for it
    return value if value is None or isinstance(value, str | int | float) else str(value)
