"""Datasette's statements on notes, said so that SQLite answers them at a million notes; the answers are the same.

Where Datasette words them otherwise one day, they are left as they are, and slower.
"""

import re

_WORDS = "escape_fts(:search)"
_FOUND = f"id in (select rowid from notes_fts where notes_fts match {_WORDS})"
# The newest matches: as many as the page holds are enough, where nothing else is asked for.
_NEWEST = re.compile(
    rf"(?P<select>select .+ from notes where ){re.escape(_FOUND)}"
    r"(?P<next> and \(id < (?P<before>:p\d+) or id is null or \(id = (?P=before) and id > :p\d+\)\))?"
    r" ?order by id desc(?:, id)? limit (?P<limit>\d+)",
    re.DOTALL,
)
# Where the next page begins. SQLite does not see in the `or` that it could start there, and walks to it from the top.
_NEXT = re.compile(r"\((?P<column>said_at|id) (?P<way>[<>]) (?P<value>:p\d+)(?: or (?P=column) is null)? or ")
# How many there are: the index alone knows.
_COUNT = re.compile(rf"select count\(\*\) from notes where {re.escape(_FOUND)} ?")
_EXPRESSION = ":words_as_searched"


def quick(sql: str) -> str:
    """The same statement, said otherwise where that is quicker."""
    if found := _NEWEST.fullmatch(sql):
        limit, before = found["limit"], found["before"]
        only = f" and rowid < {before}" if before else ""
        newest = _FOUND[:-1] + f"{only} order by rowid desc limit {limit})"
        return f"{found['select']}{newest} order by id desc limit {limit}"
    if _COUNT.fullmatch(sql):
        return f"select count(*) from notes_fts where notes_fts match {_WORDS}"
    return _NEXT.sub(lambda found: f"{found['column']} {found['way']}= {found['value']} and {found[0]}", sql)


def with_words(sql: str, parameters: dict[str, object], expression: str) -> tuple[str, dict[str, object]]:
    """The statement with the words already made into what the index is asked: that takes as long as a search."""
    return sql.replace(_WORDS, _EXPRESSION), {**parameters, _EXPRESSION[1:]: expression}


def words(sql: str, parameters: object) -> str | None:
    """The words a statement searches for, or None where it does not search."""
    return str(parameters["search"]) if isinstance(parameters, dict) and _WORDS in sql else None
