"""Undo takes back the last thing an agent did, by new rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import NotFound, Refused
from feedlog.operations import corrections, doctor, finding, importing, notes, preparing, promises, themes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

JENS = By("jens", "2026-11-19T09:00:00Z")


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def standing(log: Log) -> list[int]:
    return sorted(note["id"] for note in notes.listing(log, Filters(), limit=50))


def well(log: Log) -> bool:
    """Whether the doctor finds index and word counts in step."""
    return all(check["ok"] for check in doctor.examine(log, "") if check["name"] in ("search index", "words"))


def test_note_taken_back_is_shown_nowhere(log: Log, by: By) -> None:
    """A note taken back is neither listed, found, compared nor counted, and still stands in the record."""
    notes.add(log, Said("Pakken kom for sent", promise="ring", due_on="2026-11-20"), by)
    notes.add(log, Said("Pakken kom for sent igen"), by)
    assert undo(log, by) == "note 2"
    assert undo(log, by) == "note 1"
    assert standing(log) == []
    assert finding.search(log, "pakken", Filters(), limit=9) == []
    assert finding.similar_to_text(log, "pakken kom for sent", Filters(), limit=9)["results"] == []
    assert promises.of_note(log, 1) == []
    assert log.value("select group_concat(kind) from promise_events") == "made,withdrawn"
    assert log.value("select count(*) from notes") == 2
    assert log.value("select count(*) from words") == 0
    assert well(log)


def test_undo_is_a_change_of_its_own(log: Log, by: By, say: Callable[..., int]) -> None:
    """Taking back adds a row that names what it takes back, who did it and when."""
    say("a")
    undo(log, by._replace(at="2026-11-20T09:00:00Z"))
    row = log.row("select action, agent, made_at, note_id, undoes_id from changes order by id desc")
    assert row is not None and tuple(row) == ("undo", "mette", "2026-11-20T09:00:00Z", 1, 1)


def test_again_takes_back_the_one_before(log: Log, by: By, say: Callable[..., int]) -> None:
    """Undo walks back step by step through all an agent did, and says each in words."""
    say("one")
    corrections.correct(log, 1, "two", "misheard", by)
    themes.tag(log, [1], ["levering", "pris"], by)
    themes.untag(log, [1], ["levering"], by)
    assert undo(log, by) == "the removal of the theme 'levering' from note 1"
    assert notes.get(log, 1)["themes"] == ["levering", "pris"]
    assert undo(log, by) == "2 themes on 1 note"
    assert notes.get(log, 1)["themes"] == []
    assert undo(log, by) == "the correction of note 1"
    assert notes.get(log, 1)["verbatim"] == "one"
    assert undo(log, by) == "note 1"
    with pytest.raises(NotFound) as nothing:
        undo(log, by)
    assert nothing.value.message == "There is nothing of mette's to take back."
    assert nothing.value.hint == "Each agent takes back their own: see --agent."
    assert well(log)


def test_each_takes_back_their_own(log: Log, by: By, say: Callable[..., int]) -> None:
    """What a colleague did later is not what undo takes back."""
    mine, theirs = say("mine"), say("theirs", who=JENS)
    assert undo(log, by) == f"note {mine}"
    assert standing(log) == [theirs]
    assert undo(log, JENS) == f"note {theirs}"


def test_correction_taken_back_keeps_every_wording(log: Log, by: By, say: Callable[..., int]) -> None:
    """Taking back a correction words the note as before, by one more wording; the text is exactly the old one."""
    say("Pakken  kom\nfor sent")
    corrections.correct(log, 1, "Posen kom", "misheard", by)
    corrections.correct(log, 1, "Posen gik", "misheard", by)
    undo(log, by)
    assert notes.get(log, 1)["verbatim"] == "Posen kom"
    undo(log, by)
    assert notes.get(log, 1)["verbatim"] == "Pakken  kom\nfor sent"
    assert [wording["why"] for wording in corrections.wordings(log, 1)][3:] == ["correction taken back"] * 2
    assert well(log)


def test_correction_that_was_corrected_since(log: Log, by: By, say: Callable[..., int]) -> None:
    """A correction on which a colleague's rests is not taken back from under it."""
    say("one")
    corrections.correct(log, 1, "two", "misheard", by)
    corrections.correct(log, 1, "three", "misheard", JENS)
    with pytest.raises(Refused) as refused:
        undo(log, by)
    assert refused.value.message == "Note 1 was corrected again since."
    assert refused.value.hint == "Correct it once more: feedlog correct 1"
    assert notes.get(log, 1)["verbatim"] == "three"


def test_note_a_colleague_has_worked_on(log: Log, by: By, say: Callable[..., int]) -> None:
    """A note stays while a colleague's work hangs on it, and goes once they have taken that back."""
    say("one")
    themes.tag(log, [1], ["levering"], JENS)
    with pytest.raises(Refused) as refused:
        undo(log, by)
    assert refused.value.message == "A colleague has worked on note 1 since."
    assert refused.value.hint == "Talk to them first; see it with: feedlog show 1"
    assert standing(log) == [1]
    undo(log, JENS)
    assert undo(log, by) == "note 1"


def test_only_once(log: Log, by: By, say: Callable[..., int]) -> None:
    """Two who take back the same change at the same moment take it back once."""
    say("one")
    change = undoing.last(log, "mette")
    undoing.undo(log, change, by)
    with pytest.raises(Refused) as refused:
        undoing.undo(log, change, by)
    assert refused.value.message == "Somebody has taken that back already."
    assert refused.value.hint == "See what is last now: feedlog undo"
    assert log.value("select count(*) from changes") == 2


def test_failed_undo_takes_nothing_back(log: Log, by: By) -> None:
    """When undoing fails half-way, note, promise and index stand as before."""
    notes.add(log, Said("Pakken kom", promise="ring", due_on="2026-11-20"), by)
    log.connection.execute(
        "create trigger full_disk before insert on promise_events begin select raise(abort, 'no'); end"
    )
    with pytest.raises(Exception, match="no"):
        undo(log, by)
    log.connection.execute("drop trigger full_disk")
    assert standing(log) == [1]
    assert [promise["outcome"] for promise in promises.of_note(log, 1)] == [None]
    assert len(finding.search(log, "pakken", Filters(), limit=9)) == 1
    assert well(log)


def test_tags_put_on_together_come_off_together(log: Log, by: By, say: Callable[..., int]) -> None:
    """One call that put several themes on several notes is one thing to take back."""
    numbers = [say("one"), say("two")]
    themes.tag(log, numbers, ["levering", "pris"], by)
    assert undo(log, by) == "2 themes on 2 notes"
    assert [notes.get(log, number)["themes"] for number in numbers] == [[], []]
    assert undo(log, by) == "note 2"
    assert well(log)


def test_tags_taken_off_together_come_back_together(log: Log, by: By, say: Callable[..., int]) -> None:
    """One call that took several themes off several notes is one thing to take back."""
    numbers = [say("one", themes=("levering", "pris")), say("two", themes=("levering", "pris"))]
    themes.untag(log, numbers, ["levering", "pris"], by)
    assert [notes.get(log, number)["themes"] for number in numbers] == [[], []]
    assert undo(log, by) == "the removal of 2 themes from 2 notes"
    assert [notes.get(log, number)["themes"] for number in numbers] == [["levering", "pris"]] * 2
    themes.untag(log, numbers, ["pris"], by)
    assert undo(log, by) == "the removal of the theme 'pris' from 2 notes"
    assert undo(log, by) == "note 2"
    assert well(log)


def test_what_was_done_to_a_note_that_is_gone_is_passed_over(log: Log, by: By, tmp_path: Path) -> None:
    """Where a colleague took the note back, one's own earlier work can still be taken back."""
    own = notes.add(log, Said("Skoene trykker"), JENS).note_id
    file = tmp_path / "notes.csv"
    file.write_text("verbatim\nPakken kom for sent\n", "utf-8")
    importing.bring_in(log, preparing.prepare(str(file)), by)
    themes.tag(log, [own + 1], ["levering"], JENS)
    undo(log, by)
    assert undo(log, JENS) == f"note {own}"
