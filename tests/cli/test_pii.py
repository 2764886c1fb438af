"""ID numbers on the real command line: masked wherever a text can be typed, never in a file, never said again."""

import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_writing import editor, typed
from tests.conftest import Ran

Invoke = Callable[..., Any]

NUMBER = "010190-1234"
CARD = "4111 1111 1111 1111"
RAW = (b"010190-1234", b"0101901234", b"4111 1111 1111 1111", b"4111111111111111")
SAID = f"Mit nummer er {NUMBER}, og kortet {CARD}"
LEFT = "Mit nummer er [CPR], og kortet [card]"


def files_with_numbers(folder: Path) -> list[str]:
    """The files below a folder that hold one of the numbers, but for those somebody gave."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent.name != "given" and any(raw in path.read_bytes() for raw in RAW)
    ]


def clean(done: Any) -> bool:
    return not any(raw.decode() in done.out + done.err for raw in RAW)


def verbatims(log_path: Path) -> list[str]:
    connection = sqlite3.connect(log_path)
    found = [row[0] for row in connection.execute("select verbatim from current_notes order by id")]
    connection.close()
    return found


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder for files that people bring; what stands in them is theirs."""
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


# --- no file, no word ----------------------------------------------------------------------------------------------


def test_bytes_after_add(invoke: Invoke, tmp_path: Path, log_path: Path, given: Path) -> None:
    """After an `add` by argument, pipe or editor the number is in no file and in no answer."""
    done = [
        invoke("add", SAID, "-c", "K-1", "--name", f"Anna {NUMBER}", "--reading", SAID, "--touchpoint", f"kort {CARD}"),
        invoke("add", stdin=SAID.encode()),
        invoke("add", SAID, "--json"),
        invoke("add", "--edit", EDITOR=editor(given, f'printf "{SAID}" > "$1"')),
        invoke("add", SAID, "--edit", EDITOR=editor(given, "true")),
        invoke("add", "Ring", "-c", "K-1", "--promise", SAID, "--due", "in 3 days", "--any-day"),
    ]
    assert [one.status for one in done] == [0] * 6
    assert all(map(clean, done))
    assert verbatims(log_path) == [LEFT] * 5 + ["Ring"]
    assert files_with_numbers(tmp_path) == []


def test_bytes_are_looked_at(invoke: Invoke, tmp_path: Path) -> None:
    """The look into the files finds a number that was kept on purpose."""
    invoke("add", SAID, "--pii", "allow")
    assert "log/feedlog.db" in files_with_numbers(tmp_path) or "log/feedlog.db-wal" in files_with_numbers(tmp_path)


def test_bytes_after_the_prompt(environment: dict[str, str], tmp_path: Path, log_path: Path) -> None:
    """Typed at the prompt, a number is seen where it is typed and nowhere else."""
    status, shown = typed(environment, f"{SAID}\n".encode())
    assert status == 0
    assert shown.count(NUMBER) == 1
    assert "Masked: 1 CPR number, 1 card number." in shown
    assert verbatims(log_path) == [LEFT]
    assert files_with_numbers(tmp_path) == []


def test_bytes_after_other_commands(invoke: Invoke, tmp_path: Path, given: Path) -> None:
    """The same holds for corrections, facts, responses, promises, customers, themes, letters and imports."""
    (given / "notes.csv").write_text(
        f'text,customer,name,satisfaction\n"{SAID}",K-5,Bo {NUMBER},\nx,K-6,,{NUMBER}\n', "utf-8"
    )
    assert invoke("add", "Pakken kom", "-c", "K-1", "-t", "post").status == 0
    for words in (
        ("correct", "1", SAID, "--why", SAID),
        ("fact", "add", "K-1", SAID),
        ("response", "add", "1", "--kind", "apologised", "--text", SAID),
        ("promise", "add", "1", SAID, "--due", "in 3 days", "--any-day"),
        ("customer", "set", "K-1", "--prefers", SAID, "--segment", NUMBER),
        ("theme", "set", "post", "--measure", SAID, "--title", CARD),
        ("import", str(given / "notes.csv")),
        ("undo",),
    ):
        done = invoke(*words)
        assert done.status == 0, done.err
        assert clean(done), words
        assert words[0] == "undo" or "Masked: " in done.err
    assert invoke("publish").status == 0
    assert files_with_numbers(tmp_path) == []


def test_bytes_after_a_failure(invoke: Invoke, tmp_path: Path, log_path: Path, given: Path) -> None:
    """What goes to the spool is masked before, its draft goes, and it comes in as it would have."""
    log_path.mkdir(parents=True)
    given_text = ("--reading", SAID, "--promise", SAID, "--due", "in 3 days", "--any-day")
    for done in (
        invoke("add", SAID, *given_text),
        invoke("add", "--edit", EDITOR=editor(given, f'printf "{SAID}" > "$1"')),
    ):
        assert done.status == 75
        assert clean(done)
        assert "Masked: " in done.err
    assert files_with_numbers(tmp_path) == []
    log_path.rmdir()
    assert clean(invoke("recover"))
    assert verbatims(log_path) == [LEFT, LEFT]
    assert files_with_numbers(tmp_path) == []


def test_a_correction_that_cannot_be_stored_is_shown_without_its_number(
    invoke: Invoke, environment: dict[str, str], tmp_path: Path
) -> None:
    """A correction has no spool; where no file may grow, the terminal shows it, masked."""
    invoke("add", "Pakken kom")
    done = subprocess.run(
        [sys.executable, "-m", "feedlog", "correct", "1", SAID, "--why", "misheard"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (33_000, 33_000)),
    )
    assert done.returncode == 75, done.stderr
    assert done.stderr.startswith(f"{LEFT}\n")
    assert clean(Ran(done.returncode, done.stdout, done.stderr))
    assert files_with_numbers(tmp_path) == []


WRONG = [
    ("list", "--limit", NUMBER),
    ("add", "x", "--said-at", f"den {NUMBER}"),
    ("show", NUMBER),
    ("add", "x", "--satisfaction", CARD),
    ("list", "--since", CARD),
    ("theme", "show", NUMBER),
    ("brief", NUMBER),
    (NUMBER,),
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: words[0])
def test_refusals_do_not_repeat_a_number(invoke: Invoke, words: tuple[str, ...]) -> None:
    """A number typed in the wrong place is refused without being quoted."""
    invoke("add", "Pakken kom")
    done = invoke(*words)
    assert done.status in (1, 2)
    assert clean(done), done.err


# --- every column ------------------------------------------------------------------------------------------------

# What a thing is known again by is kept: see docs/decisions/id-numbers.md.
KNOWN_BY = {
    "key", "idempotency_key", "source_id", "agent", "on_behalf_of", "owner", "created_by",
    "promised_by", "written_by", "sent_by", "removed_by",
    "source",  # of a response; it is its import's, which is looked at below
}  # fmt: skip
# What they hold was typed into another log, and masked there.
BETWEEN_SITES = {"receipts", "arrived", "parked", "erased_customers", "sites", "unreadable"}
# Not typed by anybody, or chosen from a list.
MADE = re.compile(
    r"uid|.*_(at|on)|kind|channel|language|outcome|currency|action|detail|stems|root|folded|word|value|key_marks"
)
TYPED = {
    "customers": {"name", "segment", "type", "prefers"},
    "customer_versions": {"name", "segment", "type", "prefers"},
    "facts": {"fact"},
    "notes": {"verbatim", "reading", "touchpoint", "source"},
    "corrections": {"verbatim", "why"},
    "wordings": {"verbatim"},
    "themes": {"name", "title", "measure"},
    "theme_versions": {"title", "measure", "terms"},
    "theme_terms": {"our_word", "their_word"},
    "imports": {"file", "source"},
    "promises": {"what"},
    "promise_events": {"why"},
    "responses": {"text"},
    "letters": {"text"},
    "erasures": {"reason"},
}
EVERYWHERE = [
    ("add", SAID, "-c", "K-1", "--name", f"Anna {NUMBER}", "-t", f"tema {NUMBER}", "--touchpoint", f"sted {NUMBER}",
     "--reading", SAID, "--promise", SAID, "--due", "in 3 days", "--any-day"),
    ("correct", "1", f"Nej, {SAID}", "--why", SAID),
    ("customer", "set", "K-1", "--segment", NUMBER, "--type", NUMBER, "--prefers", SAID),
    ("customer", "set", "K-1", "--name", "Anna", "--segment", "x", "--type", "x", "--prefers", "x"),
    ("customer", "set", "K-2", "--name", NUMBER, "--segment", NUMBER, "--type", NUMBER, "--prefers", SAID),
    ("fact", "add", "K-1", SAID),
    ("theme", "set", f"tema {NUMBER}", "--title", NUMBER, "--measure", SAID),
    ("theme", "set", f"tema {NUMBER}", "--title", "x", "--measure", "x"),
    ("theme", "set", f"tema {NUMBER}", "--title", NUMBER, "--measure", SAID),
    ("theme", "set", f"tema {NUMBER}", "--our-word", NUMBER, "--their-word", NUMBER),
    ("promise", "move", "1", "--due", "in 5 days", "--any-day", "--told", "--why", SAID),
    ("response", "add", "1", "--kind", "apologised", "--text", SAID),
    ("letter", "write", "1", "--kind", "thanks", "--language", "da"),
    ("letter", "edit", "1", "-"),
    ("add", "Slet mig", "-c", "K-3"),
    ("erase", "K-3", "--reason", SAID, "--yes"),
]  # fmt: skip


def test_every_column_that_is_typed_arrives_masked(invoke: Invoke, log_path: Path, given: Path) -> None:
    """Each text column of the schema is typed by one of these commands and masked, known by, or not typed at all."""
    (given / f"kunder {NUMBER}.csv").write_text("text\nPakken kom\n", "utf-8")
    for words in (*EVERYWHERE, ("import", str(given / f"kunder {NUMBER}.csv"))):
        done = invoke(*words, stdin=f"Kære Anna\n\n{SAID}\n".encode())
        assert done.status == 0, (words, done.err)
        assert clean(done), words
    connection = sqlite3.connect(log_path)
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and name not like '%\\_fts%' escape '\\'"
    )
    for (table,) in tables.fetchall():
        for _, column, kind, *_ in connection.execute(f'pragma table_info("{table}")').fetchall():
            if kind.lower() != "text" or table == "settings":
                continue
            stored = "\n".join(str(row[0]) for row in connection.execute(f'select "{column}" from "{table}"'))
            assert not any(raw.decode() in stored for raw in RAW), (table, column)
            if table in BETWEEN_SITES:
                continue
            if column in TYPED.get(table, ()):
                assert "[cpr]" in stored.lower(), (table, column)
            else:
                assert column in KNOWN_BY or MADE.fullmatch(column), f"{table}.{column}: can it hold an ID number?"
    connection.close()


def test_the_name_of_an_imported_file(invoke: Invoke, tmp_path: Path, log_path: Path, given: Path) -> None:
    """A number in a file's name is neither stored nor said again, by the import, the history or undo."""
    file = given / f"kunder {NUMBER}.csv"
    file.write_text("text,satisfaction\nPakken kom,\nSkoene trykker,xx\n", "utf-8")
    done = [
        invoke("import", str(file)),
        invoke("history", "1"),
        invoke("undo"),
        invoke("import", str(file), "--source", CARD),
    ]
    assert [one.status for one in done] == [0] * 4, done
    assert all(map(clean, done)), done
    assert done[0].out == "kunder [CPR].csv: 2 rows, 1 added, 0 known, 0 without words, 1 rejected\n"
    assert "Masked: 1 CPR number." in done[0].err
    assert "kunder [CPR].csv" in done[2].out + done[2].err
    assert files_with_numbers(tmp_path) == []
    refused = invoke("import", str(file), "--pii", "reject")
    assert (refused.status, refused.err.splitlines()[-2]) == (
        1, "feedlog: The source holds a CPR number, from character 8 to 18.",
    )  # fmt: skip


def test_a_customer_key_is_kept(invoke: Invoke) -> None:
    """A firm may know its customers by their CPR; masked, all of them would be one. It is remarked on."""
    for key in (NUMBER, "020290-1234"):
        done = invoke("add", "Pakken kom", "-c", key, "--json")
        assert done.json["customer"]["key"] == key
        assert done.json["masked"] == []
        assert done.json["warnings"][-1] == "Customer keys are kept as they are, ID numbers too: 1 CPR number."
    assert invoke("add", "Pakken kom", "-c", NUMBER, "--pii", "reject").status == 0


def test_a_key_of_a_note_is_kept(invoke: Invoke) -> None:
    """A note is known again by its key: a number in it stays and is remarked on."""
    done = invoke("add", "Pakken kom", "--key", NUMBER, "--json")
    assert done.json["warnings"][-1] == "Idempotency keys are kept as they are, ID numbers too: 1 CPR number."


def test_ids_of_another_system_are_no_id_numbers(invoke: Invoke, tmp_path: Path) -> None:
    """One in fourteen order numbers of ten digits could be a CPR: an import does not call them so."""
    rows = "".join(f"{number},Pakke {number % 1000} kom\n" for number in range(1007290000, 1007290200))
    (tmp_path / "notes.csv").write_text(f"id,text\n{rows}", "utf-8")
    done = invoke("import", str(tmp_path / "notes.csv"), "--map", "verbatim=text")
    assert done.out.startswith("notes.csv: 200 rows, 200 added")
    assert "CPR" not in done.err
