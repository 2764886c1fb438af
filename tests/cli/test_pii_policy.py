"""Masked, rejected or allowed: what the setting `pii` and the option --pii do, and how it is told."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_pii import CARD, LEFT, NUMBER, SAID, verbatims
from tests.cli.test_writing import editor, typed
from tests.conftest import a_pipe

Invoke = Callable[..., Any]


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder for files that people bring."""
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


def test_masked_is_told(invoke: Invoke) -> None:
    """`add` says what it masked and what it left for the agent to judge, to people and to programs."""
    done = invoke("add", f"{SAID}. Også 020290 1234. Ring +45 20 30 40 50 eller a@b.dk", "--json")
    assert done.status == 0
    assert done.json["masked"] == [{"kind": "CPR", "count": 2}, {"kind": "card", "count": 1}]
    assert done.json["warnings"] == ["Kept, for you to judge: 1 phone number, 1 e-mail address."]
    assert done.err.splitlines() == [
        "Masked: 2 CPR numbers, 1 card number.",
        "Kept, for you to judge: 1 phone number, 1 e-mail address.",
    ]
    plain = invoke("add", "Pakken kom", "--json")
    assert (plain.json["masked"], plain.err) == ([], "")


def test_a_mark_is_found_by_search(invoke: Invoke) -> None:
    """Search finds what was masked by the word of its mark."""
    invoke("add", SAID)
    assert [note["id"] for note in invoke("search", "cpr", "--json").json] == [1]


def test_reject(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A rejected text is refused by kind and place, nothing is stored or spooled; a piped one is given back, masked."""
    with a_pipe(SAID.encode()) as pipe:
        piped = invoke("add", stdin=pipe, FEEDLOG_PII="reject")
    for done, shown in (
        (invoke("add", SAID, "--pii", "reject"), ""),
        (piped, "Mit nummer er [CPR], og kortet [card]\n"),
    ):
        assert (done.status, done.out) == (1, "")
        assert done.err == (
            f"{shown}feedlog: The text holds a CPR number, from character 15 to 25.\n"
            "Write it without the number, or have it masked with FEEDLOG_PII=mask.\n"
        )
    done = invoke("add", "x", "--reading", f"til DK50 0040 0440 1162 43, {CARD}", "--pii", "reject")
    assert done.err.startswith("feedlog: The reading holds an IBAN, from character 5 to 26.\n")
    assert not log_path.exists()
    assert not (tmp_path / "spool").exists()


def test_reject_with_the_editor(invoke: Invoke, tmp_path: Path) -> None:
    """A rejected text from the editor stays in its draft, which is named."""
    done = invoke("add", "--edit", "--pii", "reject", EDITOR=editor(tmp_path, f'printf "{SAID}" > "$1"'))
    [draft] = (tmp_path / "spool").iterdir()
    assert done.status == 1
    assert done.err.endswith(f"FEEDLOG_PII=mask. Your text is in {draft}.\n")
    assert draft.read_text("utf-8") == SAID


def test_reject_at_the_prompt(environment: dict[str, str], log_path: Path) -> None:
    """A rejected text typed at the prompt is shown again without its number, to be typed or copied from there."""
    status, shown = typed(environment, f"{SAID}\n".encode(), "--pii", "reject")
    assert status == 1
    assert LEFT in shown
    assert shown.count(NUMBER) == 1
    assert not log_path.exists()


def test_allow_is_recorded(invoke: Invoke, log_path: Path) -> None:
    """A number kept on purpose is told, and its kind and count stand in the record of changes."""
    done = invoke("add", SAID, "--pii", "allow", "--json")
    assert done.json["verbatim"] == SAID
    assert done.json["masked"] == []
    assert done.json["warnings"] == ["Kept as asked, which is recorded: 1 CPR number, 1 card number."]
    connection = sqlite3.connect(log_path)
    details = [row[0] for row in connection.execute("select detail from changes")]
    connection.close()
    assert details == ['{"id_numbers_kept": {"CPR": 1, "card": 1}}']
    assert invoke("undo", "--yes").status == 0


def test_allowed_text_keeps_its_numbers_through_the_spool(invoke: Invoke, log_path: Path) -> None:
    """What was allowed when it was typed is not masked when it is taken in, whatever the setting then."""
    log_path.mkdir(parents=True)
    assert invoke("add", SAID, "--pii", "allow").status == 75
    log_path.rmdir()
    assert invoke("recover", FEEDLOG_PII="reject").status == 0
    assert verbatims(log_path) == [SAID]


def test_key_makes_a_masked_note_once(invoke: Invoke) -> None:
    """The same key with the same text is the same note, masked both times."""
    assert invoke("add", SAID, "--key", "a").out == "#1\n"
    again = invoke("add", SAID, "--key", "a", "--json").json
    assert (again["id"], again["new"], again["masked"][0]) == (1, False, {"kind": "CPR", "count": 1})
    assert again["warnings"] == []


def test_unknown_policy(invoke: Invoke, log_path: Path) -> None:
    """A setting that is no policy is refused before anything is stored."""
    done = invoke("add", "x", FEEDLOG_PII="maybe")
    assert done.status == 2
    assert done.err.startswith("feedlog: The setting pii is 'maybe' (FEEDLOG_PII).\nIt is one of: mask, reject, allow.")
    assert not log_path.exists()


# --- import ------------------------------------------------------------------------------------------------------


def test_import_masks_rejects_allows(invoke: Invoke, log_path: Path, given: Path) -> None:
    """An import masks and says how many; a row with a number is rejected by name where that is asked for."""
    file = given / "notes.csv"
    file.write_text(
        f"text,customer\n{SAID},K-1\nPakken kom,K-2\nNr. {NUMBER},{NUMBER}\n".replace(SAID, f'"{SAID}"'), "utf-8"
    )
    done = invoke("import", str(file))
    assert done.out == "notes.csv: 3 rows, 3 added, 0 known, 0 without words, 0 rejected\n"
    assert done.err.splitlines()[1:] == [
        "Masked: 2 CPR numbers, 1 card number.",
        "Customer keys are kept as they are, ID numbers too: 1 CPR number.",
    ]
    assert verbatims(log_path) == [LEFT, "Pakken kom", "Nr. [CPR]"]
    assert invoke("import", str(file), "--json").json["known"] == 3
    done = invoke("import", str(file), "--source", "two", "--pii", "reject", "--json")
    assert done.json["added"] == 1
    assert [row["line"] for row in done.json["rejected"]] == [2, 4]
    assert done.json["rejected"][1]["reason"].startswith("The text holds a CPR number, from character 5 to 15. ")
    assert invoke("import", str(file), "--source", "three", "--pii", "allow").status == 0
    assert verbatims(log_path)[-1] == f"Nr. {NUMBER}"
