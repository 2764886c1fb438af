"""Masking stands where texts come into their stored form, so that whatever calls `checks` is covered."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.errors import Refused, WrongUsage
from feedlog.operations import checks, corrections, masking, notes, spool
from feedlog.operations.changes import record
from feedlog.operations.shapes import By, Said
from feedlog.store import Log
from feedlog.vocabulary import LONGEST_TEXT_BYTES

NUMBER = "010190-1234"


def test_without_a_call_numbers_are_masked() -> None:
    """A program that uses the operations and settles nothing stores no number."""
    assert checks.text(f"nr {NUMBER}", "text") == "nr [CPR]"
    assert checks.label(f"Anna {NUMBER}", "name") == "Anna [CPR]"
    assert checks.code(f"Tema {NUMBER}", "theme") == "tema [cpr]"


@pytest.mark.parametrize("what", ["agent", "colleague's name", "customer key", "idempotency key", "owner", "source_id"])
def test_what_something_is_known_by_is_kept(what: str) -> None:
    """Keys and names of agents stay under every policy."""
    for policy in ("mask", "reject", "allow"):
        with masking.under(policy) as met:
            assert checks.label(NUMBER, what) == NUMBER
            assert met.report() == ([], [], [])


def test_each_text_counts_once() -> None:
    """A text is checked on the command line and again by the operation, and told once; another field counts anew."""
    with masking.under("mask") as met:
        for _ in range(3):
            masked = checks.text(f"nr {NUMBER}, a@b.dk", "text")
        assert checks.text(masked, "text") == masked
        checks.text(f"nr {NUMBER}", "reading")
        report = met.report()
        assert report.masked == [{"kind": "CPR", "count": 2}]
        assert report.told == ["Masked: 2 CPR numbers."]
        assert report.warnings == ["Kept, for you to judge: 1 e-mail address."]
        assert met.report() == ([], [], [])


def test_each_row_counts_for_itself() -> None:
    """Two rows of an import with the same words are two."""
    with masking.under("mask") as met:
        for _ in range(2):
            met.next_row()
            checks.text(f"nr {NUMBER}", "text")
        assert met.report().masked == [{"kind": "CPR", "count": 2}]


def test_rejected_by_kind_and_place() -> None:
    """A refusal names the field, the kind and where it stands, never the number."""
    with masking.under("reject"), pytest.raises(Refused) as refused:
        checks.text(f"æøå {NUMBER}", "fact")
    assert refused.value.message == "The fact holds a CPR number, from character 5 to 15."
    assert refused.value.hint == "Write it without the number, or have it masked with FEEDLOG_PII=mask."


def test_kept_on_purpose_is_recorded_once(log: Log, by: By, say: Callable[..., int]) -> None:
    """The change that stores an allowed number counts it; the next one does not."""
    with masking.under("allow"):
        note_id = say(f"nr {NUMBER}")
        corrections.correct(log, note_id, "Pakken kom", "misheard", by)
    found = log.rows("select action, detail from changes order by id")
    assert [(row["action"], json.loads(row["detail"]).get("id_numbers_kept")) for row in found] == [
        ("note.add", {"CPR": 1}),
        ("note.correct", None),
    ]


def test_detail_of_a_change_keeps_what_undoing_needs(log: Log, by: By) -> None:
    """What was kept is written beside the rest of a change's detail."""
    with masking.under("allow"), log.write():
        checks.text(NUMBER, "reason")
        record(log, "note.correct", by, detail={"correction_id": 7})
    assert json.loads(log.value("select detail from changes")) == {"correction_id": 7, "id_numbers_kept": {"CPR": 1}}


def test_a_text_that_is_too_long_once_masked_is_refused_at_once() -> None:
    """A mark may be longer than its number; the text is refused before anything is done, not half-way."""
    text = "27055318994 " * (LONGEST_TEXT_BYTES // 12)
    with pytest.raises(WrongUsage, match=r"longer than 1024 KiB"):
        checks.text(text, "text")


def test_a_raw_file_in_the_spool_is_masked_when_taken_in(log: Log, by: By, tmp_path: object) -> None:
    """A file that came into the spool with its number, by an older feedlog or by hand, is masked under any policy."""
    path = spool.keep(str(tmp_path), log.path, Said(f"nr {NUMBER}"), by)
    assert path is not None
    with masking.under("reject"):
        [taken] = spool.take_in(log, str(tmp_path))
    assert taken.note_id is not None
    assert notes.get(log, taken.note_id)["verbatim"] == "nr [CPR]"


def test_only_shown_texts_hold_no_number() -> None:
    """Why something was refused is told without the number, whatever the policy."""
    with masking.under("allow"):
        assert masking.unnumbered(f"{NUMBER} is no day") == "[CPR] is no day"
    assert masking.unnumbered("Your text is in /tmp/019ab0c4-5d2e-7f3a-8b1c-123456789012.note.json") == (
        "Your text is in /tmp/019ab0c4-5d2e-7f3a-8b1c-123456789012.note.json"
    )


@given(st.text(alphabet="0123456789٣²½ aå@-.’"))
def test_quick_look_leaves_nothing_out(text: str) -> None:
    """What is told to hold few digits holds no eight near one another and no mail address, in whatever script."""
    if masking._has_few_digits(text):
        assert masking._WORTH_A_LOOK.search(text) is None
