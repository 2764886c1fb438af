"""feedlog export: files and pipes, what is refused, and a whole log there and back."""

import csv
import io
import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

Invoke = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the caller stands."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def filled(invoke: Invoke, folder: Path) -> Path:
    """A log with three notes; gives the caller's folder."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Anna Holm", "-t", "levering")
    invoke("add", '=HYPERLINK("http://example.com")', "-c", "+4512345678", "--kind", "complaint")
    invoke("add", "Så sagde jeg: »nu«;\nog ventede", "--channel", "chat")
    return folder


def table(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)]


def test_to_standard_output(invoke: Invoke, filled: Path) -> None:
    """Without a file CSV goes to standard output, the newest note last, and nothing is said."""
    for words in (("export",), ("export", "-"), ("export", "--format", "csv")):
        done = invoke(*words)
        assert (done.status, done.err) == (0, "")
        assert [row["id"] for row in table(done.out)] == ["1", "2", "3"]
    assert [filled.iterdir()] and not [*filled.iterdir()]


def test_json(invoke: Invoke, filled: Path) -> None:
    """--json without a file is one list of notes; with a file it says what was written."""
    assert [note["customer"] for note in invoke("export", "--json").json] == ["K-1", "+4512345678", None]
    assert invoke("export", "--json", "--channel", "letter").json == []
    told = invoke("export", "x.csv", "--json").json
    columns = told.pop("columns")
    assert told == {"path": "x.csv", "format": "csv", "notes": 3, "remarks": []}
    assert columns == [*table((filled / "x.csv").read_text("utf-8"))[0]]


def test_json_lines(invoke: Invoke, filled: Path) -> None:
    """JSON Lines go down a pipe, one object a note."""
    lines = invoke("export", "--format", "jsonl", "--kind", "complaint").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [2]


def test_files(invoke: Invoke, filled: Path) -> None:
    """Each format is chosen by the file's name, holds the same notes, and only its owner may read it."""
    said = "3 notes written to {}, readable by you alone. Names and keys are in it.\n"
    for name in ("x.csv", "x.tsv", "x.jsonl", "x.xlsx", "x.parquet"):
        done = invoke("export", name)
        assert (done.status, done.out, done.err) == (0, "", said.format(name))
        assert stat.S_IMODE((filled / name).stat().st_mode) == 0o600
    assert len(table((filled / "x.csv").read_text("utf-8"))) == 3
    assert table((filled / "x.tsv").read_text("utf-8"), "\t")[2]["channel"] == "chat"
    assert len((filled / "x.jsonl").read_text("utf-8").splitlines()) == 3
    assert openpyxl.load_workbook(filled / "x.xlsx")["notes"]["K3"].value == '=HYPERLINK("http://example.com")'
    assert parquet.read_table(filled / "x.parquet").column("name").to_pylist() == ["Anna Holm", None, None]
    assert len([*filled.iterdir()]) == 5


def test_filters(invoke: Invoke, filled: Path) -> None:
    """The filters are those of every list, days are echoed, and --limit keeps the newest."""
    done = invoke("export", "--since", "yesterday", "--limit", "2")
    assert done.err.startswith("since ")
    assert [row["id"] for row in table(done.out)] == ["2", "3"]
    assert [row["id"] for row in table(invoke("export", "-c", "k-1", "-t", "levering").out)] == ["1"]
    done = invoke("export", "x.csv", "-c", "K-77")
    assert (done.status, done.err.splitlines()[0]) == (1, "feedlog: There is no customer 'K-77'.")
    assert not [*filled.iterdir()]


def test_formulas(invoke: Invoke, filled: Path) -> None:
    """A cell that would run is neutralised, a phone number is not, and --raw leaves all as it is."""
    row = table(invoke("export").out)[1]
    assert (row["verbatim"], row["customer"]) == ('\'=HYPERLINK("http://example.com")', "+4512345678")
    assert table(invoke("export", "--raw").out)[1]["verbatim"] == '=HYPERLINK("http://example.com")'


def test_for_excel(invoke: Invoke, filled: Path) -> None:
    """--excel is what Nordic Excel opens by a double click; another delimiter may be asked for."""
    assert invoke("export", "--excel", "x.csv").status == 0
    raw = (filled / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid;")
    assert table(raw.decode("utf-8-sig"), ";")[2]["verbatim"] == "Så sagde jeg: »nu«;\nog ventede"
    assert invoke("export", "--delimiter", "tab").out.startswith("id\tsaid_on")


@pytest.mark.parametrize("words", [("--raw", "x.csv"), ("x.csv",), ("x.tsv",), ("x.jsonl",)])
def test_import_reads_it_back(invoke: Invoke, filled: Path, words: tuple[str, ...]) -> None:
    """What was exported comes in again elsewhere, once: the same words, customers, themes and times, of all sources."""
    said = {"1": "'=1+1 stod der", "2": "''+45 12 34", "3": "-nej tak"}
    for source in ("shop", "desk"):  # they count their rows alike
        (filled / f"{source}.csv").write_text("id,text\n" + "".join(f"{one},{text}\n" for one, text in said.items()))
        assert invoke("import", f"{source}.csv", "--json").json["added"] == 3
    invoke("export", *words)
    for added, known in ((9, 0), (0, 9)):
        done = invoke("--db", "other.db", "import", words[-1], "--source", "old", "--json").json
        assert (done["added"], done["known"], done["rejected"]) == (added, known, [])
    fields = ("verbatim", "customer", "channel", "kind", "themes", "said_at", "agent")
    ours, theirs = (
        sorted(json.dumps([note[field] for field in fields]) for note in invoke(*log, "list", "--json").json)
        for log in ((), ("--db", "other.db"))
    )
    assert theirs == ours


# --- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "status", "why", "what"),
    [
        (("x.txt",), 2, "It is not clear from its name what x.txt should be.",
         "Say it with --format, or let the name end in one of: .csv, .tsv, .jsonl, .ndjson, .xlsx, .parquet."),
        (("--format", "xlsx"), 2, "xlsx cannot go to standard output.", "Name a file: feedlog export notes.xlsx"),
        (("--json", "--format", "csv"), 2, "--json and --format csv exclude each other here.",
         "Name a FILE, or leave one."),
        (("x.xlsx", "--raw"), 2, "--raw is for CSV, and this is xlsx.", "Leave it out, or use --format csv."),
        (("x.jsonl", "--excel"), 2, "--excel is for CSV, and this is jsonl.", "Leave it out, or use --format csv."),
        (("."), 1, "This is a folder, not a file: ..", "Name a file in it."),
        (("no/x.csv",), 1, "There is no folder no.", "Make it first, or name another file."),
        (("--whole", "x.jsonl", "-c", "K-1"), 2,
         "--whole is everything in one form, so --customer has no place beside it.", "Leave one of them out."),
        (("--whole", "--format", "csv"), 2, "--whole is everything in one form, so --format has no place beside it.",
         "Leave one of them out."),
        (("--whole", "--json"), 2, "--json has nothing to add to what goes to standard output.",
         "Name a FILE, or leave it."),
    ],
)  # fmt: skip
def test_refusals(invoke: Invoke, filled: Path, words: tuple[str, ...], status: int, why: str, what: str) -> None:
    """What cannot be done is said in a sentence before anything is written."""
    done = invoke("export", *words)
    assert (done.status, done.out, done.err) == (status, "", f"feedlog: {why}\n{what}\n")
    assert not [*filled.iterdir()]


def test_no_file_is_replaced_unasked(invoke: Invoke, filled: Path) -> None:
    """A file that is there stays; with --force it is replaced, and is then the caller's alone."""
    there = filled / "x.csv"
    there.write_text("mine")
    done = invoke("export", "x.csv")
    assert (done.status, done.err) == (
        1, "feedlog: There is a file already: x.csv.\nName another, or replace it with --force.\n",
    )  # fmt: skip
    assert there.read_text() == "mine"
    assert invoke("export", "x.csv", "--force").status == 0
    assert there.read_text("utf-8").startswith("id,")
    assert stat.S_IMODE(there.stat().st_mode) == 0o600


def test_no_database_is_ever_replaced(invoke: Invoke, filled: Path, log_path: Path) -> None:
    """Not even --force puts an export in the place of a log or a published file."""
    before = log_path.read_bytes()
    done = invoke("export", str(log_path), "--format", "csv", "--force")
    assert (done.status, done.err) == (
        1, f"feedlog: {log_path} is a database, a log perhaps.\nName another file: nothing replaces a database.\n",
    )  # fmt: skip
    assert log_path.read_bytes() == before


def test_before_there_is_a_log(invoke: Invoke, log_path: Path, folder: Path) -> None:
    """Without a log nothing is made, neither log nor file."""
    for words in (("export",), ("export", "x.csv"), ("export", "--whole", "x.jsonl")):
        done = invoke(*words)
        assert (done.status, done.err.splitlines()[0]) == (1, f"feedlog: There is no log yet: {log_path}.")
    assert not log_path.exists() and not [*folder.iterdir()]


def test_a_full_disk_leaves_nothing(run: Invoke, filled: Path) -> None:
    """Where the output cannot be written a sentence says so."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no device that is always full")
    done = subprocess.run(
        [sys.executable, "-m", "feedlog", "export"],
        stdout=open("/dev/full", "wb"),  # noqa: SIM115
        stderr=subprocess.PIPE,
        env={**os.environ},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "feedlog: The export cannot be written: No space left on device.\nCheck where the output goes.\n"
    )


def test_a_reader_that_has_enough(run: Invoke, filled: Path) -> None:
    """`feedlog export | head -1` ends without a word."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m feedlog export --format jsonl | true"],
        capture_output=True,
        env={**os.environ},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_is_shown_and_never_told(invoke: Invoke, filled: Path) -> None:
    """Control characters in a customer's words do not reach a terminal."""
    invoke("add", "farve \x1b[31m rød ø", "-c", "K-3")
    reading, writing = pty.openpty()
    done = subprocess.run([sys.executable, "-m", "feedlog", "export", "-c", "K-3"], stdout=writing, env={**os.environ})
    os.close(writing)
    shown = os.read(reading, 65536).decode()
    assert (done.returncode, "\x1b" in shown, "farve \\x1b[31m rød ø" in shown) == (0, False, True)


# --- a whole log ----------------------------------------------------------------------------------------------


def test_a_whole_log_there_and_back(invoke: Invoke, filled: Path) -> None:
    """A whole log is one private file, and import knows it by itself."""
    done = invoke("export", "--whole", "log.jsonl")
    assert (done.status, done.out, done.err) == (
        0,
        "",
        "The whole log with 3 notes written to log.jsonl, readable by you alone.\n"
        "It goes into an empty log: feedlog --db NEW import FILE\n",
    )
    assert stat.S_IMODE((filled / "log.jsonl").stat().st_mode) == 0o600
    dry = invoke("--db", "new.db", "import", "log.jsonl", "--dry-run")
    assert (dry.status, dry.err) == (0, "This was a dry run: nothing was stored.\n")
    assert not (filled / "new.db").exists()
    done = invoke("--db", "new.db", "import", "log.jsonl")
    day = json.loads((filled / "log.jsonl").read_text("utf-8").splitlines()[0])["made_at"][:10]
    told = f"log.jsonl: a whole log as of {day}, 3 notes. This log has become it.\n"
    assert (done.status, done.out, done.err) == (0, told, "")
    assert invoke("--db", "new.db", "list", "--json").json == invoke("list", "--json").json
    assert invoke("--db", "new.db", "history", "1", "--json").json == invoke("history", "1", "--json").json


def test_a_whole_log_as_json(invoke: Invoke, filled: Path) -> None:
    """--json counts the rows on the way out, and gives an import's figures on the way in."""
    out = invoke("export", "--whole", "log.jsonl", "--json").json
    assert (out["path"], out["format"], out["notes"], out["rows"]["notes"]) == ("log.jsonl", "whole", 3, 3)
    taken = invoke("--db", "new.db", "import", "log.jsonl", "--json").json
    assert taken.pop("rows") == out["rows"]
    assert taken == {"read": 3, "added": 3, "known": 0, "skipped": 0, "rejected": [], "forgotten": 0}


def test_a_whole_log_down_a_pipe(invoke: Invoke, filled: Path) -> None:
    """Without a file it goes to standard output, and is the same when it was caught in a file."""
    done = invoke("export", "--whole")
    assert done.err == ""
    (filled / "log.jsonl").write_text(done.out, "utf-8")
    assert invoke("--db", "new.db", "import", "log.jsonl").status == 0


def test_half_a_whole_log(invoke: Invoke, filled: Path) -> None:
    """Half a file makes no log at all."""
    invoke("export", "--whole", "log.jsonl")
    whole = (filled / "log.jsonl").read_bytes()
    (filled / "log.jsonl").write_bytes(whole[: len(whole) // 2])
    done = invoke("--db", "new.db", "import", "log.jsonl")
    assert (done.status, done.err) == (
        1,
        "feedlog: log.jsonl is cut off: its last line, which seals it, is missing.\n"
        "Export it again, and bring it over as it is: feedlog export --whole FILE\n",
    )
    assert not (filled / "new.db").exists()


def test_a_whole_log_comes_alone(invoke: Invoke, filled: Path) -> None:
    """Other files, or words on how to read a table, have no place beside it."""
    invoke("export", "--whole", "log.jsonl")
    invoke("export", "x.csv")
    done = invoke("import", "x.csv", "log.jsonl")
    assert (done.status, done.err) == (
        2, "feedlog: A whole log comes in alone, into an empty log.\nName one file.\n",
    )  # fmt: skip
    done = invoke("import", "log.jsonl", "--set", "channel=phone")
    assert (done.status, done.err) == (
        2, "feedlog: A whole log comes in as it is.\nLeave out what says how a table is read.\n",
    )  # fmt: skip
    assert len(invoke("list", "--json").json) == 3


def test_a_whole_log_is_not_piped_in(run: Invoke, filled: Path) -> None:
    """Down a pipe it would be taken for a table, so it is refused before anything comes in."""
    whole = run("export", "--whole").out.encode()
    done = run("--db", "new.db", "import", "-", "--source", "old", stdin=whole)
    assert (done.status, done.err) == (
        2, "feedlog: A whole log comes in from a file.\nSave it first, then: feedlog import FILE\n",
    )  # fmt: skip
    assert not (filled / "new.db").exists()
