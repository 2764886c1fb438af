"""Indexing many notes at once does what indexing them one by one does."""

from collections.abc import Callable

from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.store import Log

TEXTS = ["Pakken kom for sent", "«Pakkerne» kom aldrig: 3 uger!", '"quoted" \\ back', "?!", "pakken pakken"]


def searchable(log: Log) -> list[list[tuple[object, ...]]]:
    tables = ("select * from wordings", "select * from words", "select rowid, * from notes_fts")
    return [[tuple(row) for row in log.rows(sql)] for sql in tables]


def test_many_is_one_by_one(log: Log, say: Callable[..., int]) -> None:
    """Words, stems and counts come out the same, and go the same."""
    notes = [(say(text), text) for text in TEXTS]
    as_added = searchable(log)
    with log.write() as connection:
        index = Index(connection, Stems(log.languages))
        index.remove_many(notes[:2])
        index.remove_many(notes[2:])
        index.flush()
        assert searchable(log) == [[], [], []]
        index.add_many(notes[:2])
        index.add_many(notes[2:])
        index.flush()
    assert searchable(log) == as_added
    log.connection.execute("insert into notes_fts (notes_fts, rank) values ('integrity-check', 1)")
