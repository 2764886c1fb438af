"""feedlog import, given what is no table, and stopped in the middle."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

Feedlog = Callable[..., Any]


@pytest.fixture
def feedlog(invoke: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feedlog:
    """Runs the command line in the folder the test's files are in."""
    monkeypatch.chdir(tmp_path)
    return invoke


def a_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("notes.csv", "text\nhej\n")


def a_long_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"text\n")
        for _ in range(80):
            file.write(b"x" * (1 << 20))


def a_hole(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"text\n")
        file.truncate(2 << 30)


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("a.zip", a_zip, "is a zip archive"),
        ("a.pdf", lambda path: path.write_bytes(b"%PDF-1.7 ..."), "is a PDF"),
        ("a.png", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"), "is a picture"),
        ("a.jpg", lambda path: path.write_bytes(b"\xff\xd8\xff\xe0"), "is a picture"),
        (
            "a.xls",
            lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1"),
            "is an old Excel file, or one that is prot",
        ),
        ("a.csv", lambda path: path.write_bytes(b""), "is empty"),
        ("b.csv", a_long_line, "Line 2 is longer than 16 million characters."),
        ("c.csv", a_hole, "holds NUL bytes"),
        ("d.json", lambda path: path.write_text('[{"text": "hej"},'), "is not JSON"),
        ("e.json", lambda path: path.write_text("{}"), "is empty"),
        ("f.json", lambda path: path.write_text("[]"), "holds no rows"),
        ("g.xlsx", lambda path: Workbook().save(path), "The sheet 'Sheet' of g.xlsx is empty."),
        ("h.csv", os.mkfifo, "is not a file that can be read twice"),
        ("i", Path.mkdir, "This is a folder, not a file"),
    ],
)
def test_no_table(
    feedlog: Feedlog, tmp_path: Path, log_path: Path, name: str, make: Callable[[Path], object], sentence: str
) -> None:
    """What is no table is refused with status 1, a sentence and what to do; nothing is made."""
    make(tmp_path / name)
    done = feedlog("import", name)
    assert (done.status, done.out) == (1, "")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 2
    assert not log_path.exists()


def test_header_only(feedlog: Feedlog, tmp_path: Path) -> None:
    """A file with column names alone is read, and said to have no rows."""
    (tmp_path / "a.csv").write_text("id,text\n")
    done = feedlog("import", "a.csv")
    assert (done.status, done.out) == (0, "a.csv: 0 rows, 0 added, 0 known, 0 without words, 0 rejected\n")
    assert "It names its columns and has no rows." in done.err


def test_files_of_two_kinds(feedlog: Feedlog, tmp_path: Path) -> None:
    """A file beside a known system's export that is not its own stops them all."""
    jrnl = {"tags": {}, "entries": [{"title": "a", "body": "", "date": "2026-03-13", "time": "09:00", "tags": []}]}
    jrnl["entries"][0]["starred"] = False  # type: ignore[index]
    (tmp_path / "j.json").write_text(json.dumps(jrnl))
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    done = feedlog("import", "j.json", "a.csv")
    assert done.status == 1
    assert "These are files of different kinds: a.csv is not jrnl's" in done.err


def test_format_that_does_not_fit(feedlog: Feedlog, tmp_path: Path) -> None:
    """A file that is not what --format says is refused with what is."""
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    assert "has not the columns of any export of jrnl" in feedlog("import", "a.csv", "--format", "jrnl").err
    assert "is text and not an Excel workbook" in feedlog("import", "a.csv", "--format", "excel").err
    done = feedlog("import", "a.csv", "--format", "jrnl", "--map", "verbatim=text")
    assert (done.status, done.out) == (2, "")
    assert "a.csv has no sheets" in feedlog("import", "a.csv", "--sheet", "x").err


def test_piped_in(feedlog: Feedlog) -> None:
    """`-` takes what is piped in, once it has a name to be known again by."""
    done = feedlog("import", "-", stdin=b"id;text\n1;hej\n")
    assert done.status == 2
    assert "--source NAME" in done.err
    assert "1 added" in feedlog("import", "-", "--source", "shop", stdin=b"id;text\n1;hej\n").out
    assert "0 added, 1 known" in feedlog("import", "-", "--source", "shop", stdin=b"id;text\n1;hej\n").out


def test_strict(feedlog: Feedlog, tmp_path: Path) -> None:
    """A strict import with a row that is rejected leaves nothing of any file, lists the row, and has status 1."""
    (tmp_path / "a.csv").write_text("text,channel\ngood,\n")
    (tmp_path / "b.csv").write_text("text,channel\ngood,\nbad,fax\n")
    done = feedlog("import", "a.csv", "b.csv", "--strict")
    assert done.status == 1
    assert "b.csv, line 3: There is no channel 'fax'." in done.err
    assert "1 row was rejected, so nothing was imported." in done.err
    assert feedlog("list", "--json").json == []
    assert feedlog("import", "a.csv", "--strict").status == 0


def _is_being_written(path: str) -> bool:
    """Whether somebody holds the log's write lock."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("begin immediate")
            connection.execute("rollback")
        except sqlite3.OperationalError:
            return True
    return False


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_stopped(environment: dict[str, str], invoke: Callable[..., Any], tmp_path: Path, stop: int) -> None:
    """An import stopped by Ctrl-C or kill -9 leaves nothing; then it comes in whole."""
    invoke("add", "before")
    path = tmp_path / "long.csv"
    path.write_text("id,text\n" + "".join(f"{row},note number {row} about parcels\n" for row in range(20_000)))
    started = subprocess.Popen(
        [sys.executable, "-m", "feedlog", "import", str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    until = time.monotonic() + 50
    while time.monotonic() < until and started.poll() is None and not _is_being_written(environment["FEEDLOG_DB"]):
        time.sleep(0.01)
    time.sleep(0.1)
    assert started.poll() is None, "it was over before it could be stopped"
    started.send_signal(stop)
    _, said = started.communicate(timeout=50)
    assert b"Traceback" not in said
    assert [note["verbatim"] for note in invoke("list", "--json").json] == ["before"]
    assert "20000 added" in invoke("import", str(path)).out


def test_export_comes_back_into_its_own_log(feedlog: Callable[..., Any], tmp_path: Path) -> None:
    """A log knows its own notes again in what was exported from it, as CSV and as JSON Lines."""
    feedlog("add", "Pakken kom for sent", "-c", "K-1")
    feedlog("correct", "1", "Posen kom for sent", "--why", "misheard")
    for name in ("all.csv", "all.jsonl"):
        assert feedlog("export", name).status == 0
        found = feedlog("import", name, "--json").json
        assert (found["read"], found["added"], found["known"], found["remarks"]) == (1, 0, 1, [])


def test_known_id_with_other_words(feedlog: Callable[..., Any], tmp_path: Path) -> None:
    """Words that do not come in because their id is known are never passed over in silence."""
    (tmp_path / "a.csv").write_text("id,text\n1,Pakken kom for sent\n2,Alt var fint\n2,Noget helt andet\n", "utf-8")
    told = (
        "a.csv: 1 row has an id we know, with other words, and what they say was not stored. Where the file's ids are"
        " not each row's own, leave them out: --map source_id="
    )
    first = feedlog("import", "a.csv", "--json").json
    assert (first["added"], first["known"], first["remarks"]) == (2, 1, [told])
    (tmp_path / "a.csv").write_text("id,text\n1,Pakken kom igen for sent\n2,Alt var fint\n", "utf-8")
    second = feedlog("import", "a.csv", "--json").json
    assert (second["added"], second["known"], second["remarks"]) == (0, 2, [told])
