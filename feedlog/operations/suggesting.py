"""Suggesting themes: groups of like notes that nobody has named yet. Naming them is left to people."""

from collections.abc import Callable
from typing import TypedDict

from feedlog.language.clusters import clusters
from feedlog.language.stems import Stems
from feedlog.operations import notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Note
from feedlog.store import Log
from feedlog.store.failures import translated

MOST_NOTES = 2000


class Suggestion(TypedDict):
    """A group of like notes: how many, of how many known customers, the words they share, and the typical one."""

    notes: int
    customers: int
    words: list[str]
    example: Note
    note_ids: list[int]


class Suggestions(TypedDict):
    """How many notes were looked at, of how many there are to look at, and the groups found, largest first."""

    looked_at: int
    of: int
    groups: list[Suggestion]


def suggest(
    log: Log,
    filters: Filters,
    *,
    notes_looked_at: int,
    limit: int,
    progress: Callable[[int], object] = lambda done: None,
) -> Suggestions:
    """Groups among the newest notes that pass the filters: those without a theme, or, where the filters name a theme,
    those that bear it. At most `limit` groups, each of three notes or more and not all of one customer.
    """
    conditions, parameters = filters.conditions(log)
    if not filters.themes:
        conditions.append("not exists (select 1 from note_themes where note_id = notes.id)")
    where = f"from current_notes as notes where {' and '.join(conditions)}"
    of = int(log.value(f"select count(*) {where}", parameters))
    newest = f"select id, verbatim {where} order by said_at desc, id desc limit ?"
    texts = {row["id"]: row["verbatim"] for row in log.rows(newest, [*parameters, notes_looked_at])}
    with translated(log.path, writing=False):
        found = clusters(log.connection, texts, Stems(log.languages), progress=progress)
    groups: list[Suggestion] = []
    for cluster in found:
        if len(groups) == limit:
            break
        members = notes.by_ids(log, cluster.note_ids)
        customers = {note["customer"]["key"] for note in members if note["customer"]}
        if len(customers) == 1 and all(note["customer"] for note in members):
            continue  # one person's story, told several times
        [example] = [note for note in members if note["id"] == cluster.example_id]
        groups.append(
            Suggestion(
                notes=len(members),
                customers=len(customers),
                words=cluster.words,
                example=example,
                note_ids=cluster.note_ids,
            )
        )
    return Suggestions(looked_at=len(texts), of=of, groups=groups)
