"""Reindexing makes the search tables anew."""

from collections.abc import Callable

import pytest

from feedlog.errors import WrongUsage
from feedlog.operations import corrections, doctor, finding, reindexing, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log


def found(log: Log, words: str) -> list[int]:
    return [note["id"] for note in finding.search(log, words, Filters(), limit=9)]


def derived(log: Log) -> dict[str, list[tuple[object, ...]]]:
    """Everything search reads, as it would be after any reindexing."""
    tables = {"wordings": "note_id, verbatim, stems", "words": "word, root, notes"}
    read = {name: [tuple(row) for row in log.rows(f"select {columns} from {name}")] for name, columns in tables.items()}
    return {name: sorted(rows, key=str) for name, rows in read.items()}


def test_gives_what_was_there(log: Log, by: By, say: Callable[..., int]) -> None:
    """A log that is in step is the same after reindexing, and the change is on record."""
    say("Pakken kom for sent")
    say("Skoene trykker")
    say("taget tilbage")
    undoing.undo(log, undoing.last(log, "mette"), by)
    corrections.correct(log, 2, "Skoene trykker ikke", "misheard", by)
    before = derived(log)
    told: list[int] = []
    assert reindexing.reindex(log, log.languages, by, told.append) == 2
    assert derived(log) == before
    assert told == [1, 2]
    assert log.value("select detail from changes order by id desc") == '{"languages": ["da", "sv", "nb", "en"]}'


def test_other_languages(log: Log, by: By, say: Callable[..., int]) -> None:
    """After a change of languages words are found in the forms of the new ones."""
    say("Die Lieferungen waren beschädigt")
    assert found(log, '"lieferungen"') == [1]
    reindexing.reindex(log, ["de"], by)
    assert log.languages == ("de",)
    assert log.value("select value from settings where name = 'languages'") == "de"
    assert found(log, "Lieferung") == [1]


INJURIES = [
    "insert into notes_fts (notes_fts, rowid, verbatim, stems) values ('delete', 1, 'pakken', 'pakk')",
    "insert into notes_fts (notes_fts) values ('delete-all')",
    "delete from notes_fts_data where id > 10",
    "delete from notes_fts_idx",
    "update notes_fts_data set block = x'00' where id = 10",
    "insert into words_fts (words_fts) values ('delete-all')",
    "delete from words",
    "update words set notes = notes + 7",
    "update wordings set stems = 'x'",
]


@pytest.mark.parametrize("statement", INJURIES)
def test_mends_what_the_doctor_finds(log: Log, by: By, say: Callable[..., int], statement: str) -> None:
    """However the search tables came out of step, reindexing brings them back, and the triggers with them."""
    say("Pakken kom for sent")
    say("Min pakke er forsinket")
    before = derived(log)
    log.connection.execute(statement)
    reindexing.reindex(log, log.languages, by)
    assert derived(log) == before
    assert [check for check in doctor.examine(log, "") if not check["ok"]] == []
    say("Pakken igen")
    corrections.correct(log, 1, "Posen kom", "misheard", by)
    assert sorted(found(log, "pakken")) == [2, 3]
    assert [check for check in doctor.examine(log, "") if not check["ok"]] == []


@pytest.mark.parametrize(
    ("languages", "message", "hint"),
    [
        ([], "No language was named.", "Languages are: da, sv, nb, en, de."),
        (["da", "tlh"], "There is no language 'tlh'.", "It is one of: da, sv, nb, en, de."),
    ],
)
def test_language_there_is_not(log: Log, by: By, languages: list[str], message: str, hint: str) -> None:
    """An unknown language, or none, is refused and the index stays as it was."""
    with pytest.raises(WrongUsage) as refused:
        reindexing.reindex(log, languages, by)
    assert (refused.value.message, refused.value.hint) == (message, hint)
    assert log.languages == ("da", "sv", "nb", "en")


def test_interrupted(log: Log, by: By, say: Callable[..., int]) -> None:
    """Reindexing that is interrupted leaves index, languages and triggers as they were."""
    say("Pakken kom for sent")
    before = derived(log), list(log.rows("select sql from sqlite_master order by name"))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindexing.reindex(log, ["de"], by, stop)
    log.forget_languages()
    assert log.languages == ("da", "sv", "nb", "en")
    assert (derived(log), list(log.rows("select sql from sqlite_master order by name"))) == before
    assert [check for check in doctor.examine(log, "") if not check["ok"]] == []
