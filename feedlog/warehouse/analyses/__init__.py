"""The analyses that come with feedlog: SQL files that DuckDB and Spark run as they are."""

import os
from functools import cache
from typing import NamedTuple

_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Analysis(NamedTuple):
    """An analysis: its name, what it tells, in one sentence, and its SQL."""

    name: str
    tells: str
    sql: str


@cache
def analyses() -> dict[str, Analysis]:
    """All of them by name."""
    found = {}
    for file in sorted(os.listdir(_FOLDER)):
        name, ending = os.path.splitext(file)
        if ending == ".sql":
            with open(os.path.join(_FOLDER, file), encoding="utf-8") as opened:
                sql = opened.read()
            name = name.replace("_", "-")
            found[name] = Analysis(name, sql.partition("\n")[0].removeprefix("-- "), sql)
    return found
