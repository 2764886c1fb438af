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


def test_many_words_are_few_words(log: Log, say: Callable[..., int]) -> None:
    """Word counts come out the same whether they are written in the end or whenever memory is full."""
    texts = [" ".join(f"ord{number}" for number in range(start, start + 300)) for start in range(0, 1500, 100)]
    notes = [(say(text), text) for text in texts]
    as_added = searchable(log)
    for words_in_memory in (40, 700, 100_000):
        with log.write() as connection:
            index = Index(connection, Stems(log.languages), words_in_memory=words_in_memory)
            index.remove_many(notes)
            index.flush()
            assert searchable(log) == [[], [], []]
            for note in notes:
                index.add_many([note])
            index.flush()
        for before, after in zip(as_added, searchable(log), strict=True):
            assert {row[-4:] for row in after} == {row[-4:] for row in before}
        log.connection.execute("insert into words_fts (words_fts, rank) values ('integrity-check', 1)")
