"""feedlog letter: what an agent types and sees, from the first draft to the letter that is kept."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture
def called(invoke: Invoke) -> None:
    """Anna Holm has called about a late parcel, and was promised a call."""
    done = invoke(
        "add", "Pakken kom tre uger for sent", "-c", "K-1042", "--name", "Anna Holm", "--channel", "phone", "--kind",
        "complaint", "--promise", "ringe med en ny dato", "--due", "in 9 days", "--any-day",
    )  # fmt: skip
    assert done.status == 0


@pytest.fixture
def outbox(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for copies, and a config folder for templates."""
    monkeypatch.setenv("FEEDLOG_OUTBOX", str(tmp_path / "outbox"))
    environment["FEEDLOG_OUTBOX"] = str(tmp_path / "outbox")
    environment["FEEDLOG_CONFIG"] = str(tmp_path / "config" / "config.toml")
    return tmp_path / "outbox"


def filled(text: str) -> str:
    """A draft with every place filled."""
    return re.sub(r"\[\[[^]]*\]\]", "det, jeg selv har set", text)


def test_the_whole_way(outbox: Path, invoke: Invoke, called: None, tmp_path: Path) -> None:
    """Write, edit, check, sent: each command says the next, and what was sent is kept."""
    done = invoke("letter", "write", "#1", "--kind", "agreement", "--language", "da", "--cc", "bo")
    assert done.status == 0
    assert done.out.startswith("Kære Anna Holm\n")
    copy = outbox / "bo" / "letter-1.txt"
    assert done.err == f"A copy is in {copy}.\nLetter 1: 4 places to fill: feedlog letter edit 1\n"
    assert copy.read_text("utf-8").startswith("DRAFT, not sent yet\n\nKære Anna Holm\n")

    refused = invoke("letter", "sent", "1")
    assert (refused.status, refused.out) == (1, "")
    assert re.fullmatch(
        r"feedlog: Letter 1 still has 4 places to fill: lines [\d, ]+ and \d+\.\n"
        r"Fill what stands in \[\[ \]\]: feedlog letter edit 1\n",
        refused.err,
    )

    text = tmp_path / "letter.txt"
    text.write_text(filled(done.out), "utf-8")
    edited = invoke("letter", "edit", "1", str(text))
    assert (edited.status, edited.out) == (0, "")
    assert edited.err.endswith("Letter 1 is ready. When it is sent: feedlog letter sent 1\n")
    assert invoke("letter", "check", str(text), "--note", "1").status == 0

    sent = invoke("letter", "sent", "1", "--at", "today", "--cc", "jens")
    assert (sent.status, sent.out) == (0, "")
    assert sent.err.endswith("Letter 1 is kept with note 1, sent today by mette.\n")
    assert copy.read_text("utf-8") == (outbox / "jens" / "letter-1.txt").read_text("utf-8") == filled(done.out)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    assert invoke("letter", "show", "1").out == filled(done.out)
    [letter] = invoke("letter", "list", "--json").json
    assert (letter["sent_by"], letter["copies"]) == ("mette", ["bo", "jens"])
    shown = invoke("show", "1", "--json").json
    assert {"acknowledged", "apologised"} == {response["kind"] for response in shown["responses"]}
    assert invoke("letter", "edit", "1", str(text)).status == 1


def test_json(outbox: Path, invoke: Invoke, called: None, tmp_path: Path) -> None:
    """One document with the fields that are promised, also where a file is written."""
    fields = [
        "id", "note_id", "kind", "language", "customer", "text", "written_at", "written_by", "sent_at", "sent_by",
        "copies", "places",
    ]  # fmt: skip
    more = ["file", "copy_files", "remarks"]
    path = str(tmp_path / "brev.pdf")
    words = ("letter", "write", "1", "--kind", "thanks", "--language", "nb", "-o", path, "--cc", "bo", "--json")
    written = invoke(*words).json
    assert list(written) == [*fields, *more]
    assert (written["file"], written["copy_files"]) == (path, [str(outbox / "bo" / "letter-1.txt")])
    assert list(written["places"][0]) == ["line", "text"]
    assert list(invoke("letter", "show", "1", "--json").json) == [*fields, *more]
    assert list(invoke("letter", "list", "--json").json[0]) == fields
    assert list(invoke("letter", "edit", "1", "-", "--json", stdin="Kjære Anna, takk.".encode()).json) == [
        *fields,
        *more,
    ]
    assert invoke("letter", "sent", "1", "--json").json["sent_by"] == "mette"
    template = invoke("letter", "template", "told", "--language", "en", "--json").json
    assert list(template) == ["kind", "language", "text", "path", "own", "own_path"]


@pytest.mark.parametrize(("suffix", "begins"), [("txt", b"K"), ("html", b"<!DOC"), ("docx", b"PK"), ("pdf", b"%PDF-")])
def test_files(outbox: Path, invoke: Invoke, called: None, tmp_path: Path, suffix: str, begins: bytes) -> None:
    """A letter is written in the format its file's name asks for, and never over another unless told to."""
    path = tmp_path / f"brev.{suffix}"
    done = invoke("letter", "write", "1", "--kind", "thanks", "--language", "da", "-o", str(path))
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith(f"Letter 1 is in {path}.\n")
    assert path.read_bytes().startswith(begins)
    refused = invoke("letter", "show", "1", "-o", str(path))
    assert (refused.status, refused.err) == (
        1, f"feedlog: {path} is there already.\nName another file, or write over it with --force.\n",
    )  # fmt: skip
    assert invoke("letter", "show", "1", "-o", str(path), "--force").status == 0
    assert len(invoke("letter", "list", "--json").json) == 1


def test_other_suffixes_are_refused_first(invoke: Invoke, called: None) -> None:
    """Nothing is drafted for a file that cannot be written."""
    done = invoke("letter", "write", "1", "--kind", "thanks", "--language", "da", "-o", "brev.odt")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "feedlog: Letters are not written as '.odt' files: brev.odt.\n"
        "The name ends in one of: .txt, .html, .docx, .pdf.\n"
    )
    assert invoke("letter", "list", "--json").json == []
    assert invoke("letter", "show", "1", "--force").err.startswith("feedlog: --force is about a file")


def test_file_that_cannot_be_written_after_all(
    invoke: Invoke, called: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only the file fails, the draft is stored and the message says how to get at it."""
    from feedlog.letters import output

    monkeypatch.setattr(output, "check", lambda path, force: None)  # the folder went away in between
    path = tmp_path / "gone" / "brev.txt"
    done = invoke("letter", "write", "1", "--kind", "thanks", "--language", "da", "-o", str(path))
    assert done.status == 75
    assert done.err == (
        f"feedlog: Letter 1 is in the log, but not in a file. {path} cannot be written: No such file or directory.\n"
        "Name another file. Then: feedlog letter show 1 -o FILE\n"
    )
    assert invoke("letter", "show", "1").status == 0


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("write", "1", "--kind", "thanks"), 1, "The language of K-1042 is not known"),
        (("write", "1", "--kind", "thanks", "--language", "fi"), 2, "There are no letters in 'fi'."),
        (("write", "9", "--kind", "thanks", "--language", "da"), 1, "There is no note 9."),
        (("write", "1", "--language", "da"), 2, "Missing option '--kind'"),
        (("write", "1", "--kind", "sorry"), 2, "Invalid value for '--kind': 'sorry' is not one of"),
        (("write", "1", "--kind", "thanks", "--language", "da", "--cc", " "), 2, "The colleague's name is empty."),
        (("show", "9"), 1, "There is no letter 9."),
        (("edit", "9", "x"), 1, "There is no letter 9."),
        (("sent", "9"), 1, "There is no letter 9."),
        (("sent", "1", "no.txt"), 1, "There is no file no.txt."),
        (("sent", "1", "."), 1, "The file . cannot be read: Is a directory."),
        (("sent", "1", "--at", "tomorrow"), 2, "is still to come."),
        (("sent", "1", "--at", "someday"), 2, "someday"),
    ],
)  # fmt: skip
def test_refusals(invoke: Invoke, called: None, words: tuple[str, ...], status: int, message: str) -> None:
    """Whatever is wrong is said in a sentence, and nothing is printed as if it were a letter."""
    done = invoke("letter", *words)
    assert (done.status, done.out) == (status, "")
    assert message in done.err
    assert "Traceback" not in done.err


def test_wrong_template(outbox: Path, invoke: Invoke, called: None, tmp_path: Path) -> None:
    """A firm's own template is used, and where it is wrong its file and line are named and nothing is stored."""
    shown = invoke("letter", "template", "thanks", "--language", "da")
    own = tmp_path / "config" / "letters" / "da" / "thanks.txt"
    assert shown.out.startswith("{# A letter's template (Jinja).")
    assert re.fullmatch(rf"This is .*/da/thanks\.txt\.\nYour own goes into {re.escape(str(own))}\.\n", shown.err)
    own.parent.mkdir(parents=True)
    own.write_text(shown.out.replace("Kære", "Kæreste"), "utf-8")
    write = ("letter", "write", "1", "--kind", "thanks", "--language", "da")
    assert invoke(*write).out.startswith("Kæreste Anna Holm\n")
    assert invoke("letter", "template", "thanks", "--language", "da").err == f"This is {own}.\n"
    own.write_text("Kære {{ name }}\n{% for x in promises %}", "utf-8")
    done = invoke(*write, "--json")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"feedlog: The template {own}, line 2: Unexpected end of template.")
    assert len(invoke("letter", "list", "--json").json) == 1


def test_list(outbox: Path, invoke: Invoke, called: None) -> None:
    """Each letter is a line: whom to, what kind, which note, and how far it is; an empty list is an answer."""
    assert invoke("letter", "list")[:2] == (0, "")
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    invoke("letter", "write", "1", "--kind", "told", "--language", "da")
    invoke("letter", "sent", "1", "-", stdin=b"Tak, Anna.")
    assert re.fullmatch(
        r"2  to Anna Holm · told · note 1 · draft, \d places to fill\n"
        r"1  to Anna Holm · thanks · note 1 · sent today by mette\n",
        invoke("letter", "list").out,
    )
    assert invoke("letter", "list", "--unsent").out.startswith("2  ")
    assert invoke("letter", "list", "--kind", "compliment", "--json").json == []


def test_pipe_in_windows_1252(outbox: Path, invoke: Invoke, called: None) -> None:
    """A text that is not UTF-8 is read as Windows-1252, and that is said."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    done = invoke("letter", "edit", "1", stdin="Kære Anna, tak for dine ord på telefonen.".encode("cp1252"))
    assert done.status == 0
    assert "Windows-1252" in done.err
    assert invoke("letter", "show", "1").out == "Kære Anna, tak for dine ord på telefonen.\n"


def edit_on_a_terminal(environment: dict[str, str], script: str) -> tuple[int, str]:
    """`feedlog letter edit 1` with a person at the terminal whose editor is `script`."""
    ours, theirs = pty.openpty()
    editor = Path(environment["HOME"]) / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    editor.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "feedlog", "letter", "edit", "1"],
        stdin=theirs,
        env={**environment, "EDITOR": str(editor)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stderr


def test_editor(outbox: Path, environment: dict[str, str], invoke: Invoke, called: None, tmp_path: Path) -> None:
    """The draft opens in the editor, and what was saved takes its place."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    status, told = edit_on_a_terminal(environment, "sed -i 's/Kære/Kæreste/' \"$1\"")
    assert (status, told) == (0, "Letter 1: 3 places to fill: feedlog letter edit 1\n")
    assert invoke("letter", "show", "1").out.startswith("Kæreste Anna Holm\n")
    assert not (tmp_path / "spool").exists() or not list((tmp_path / "spool").iterdir())


def test_editor_that_fails_leaves_no_copy(
    outbox: Path, environment: dict[str, str], invoke: Invoke, called: None, tmp_path: Path
) -> None:
    """Where nothing was typed no copy of the letter stays behind; what was typed is kept and named."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    status, told = edit_on_a_terminal(environment, "exit 1")
    assert (status, "Your text is in" in told, list((tmp_path / "spool").iterdir())) == (1, False, [])
    status, told = edit_on_a_terminal(environment, 'echo "Hej" >> "$1"; exit 1')
    [kept] = (tmp_path / "spool").iterdir()
    assert (status, str(kept) in told) == (1, True)
    assert kept.read_text("utf-8").endswith("Hej\n")


def test_edited_text_is_never_lost(
    outbox: Path, environment: dict[str, str], invoke: Invoke, called: None, tmp_path: Path
) -> None:
    """Where a colleague sends the letter meanwhile, the file with the text stays and is named."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    other = f"{sys.executable} -m feedlog letter sent 1 - >/dev/null 2>&1"
    status, told = edit_on_a_terminal(environment, f'echo "Tak, Anna" | {other}; echo "Min tekst" >> "$1"')
    assert status == 1
    [draft] = (tmp_path / "spool").iterdir()
    assert "Letter 1 was sent; what was sent is never changed." in told
    assert f"Your text is in {draft}." in told
    assert draft.read_text("utf-8").endswith("Min tekst\n")


def test_undo(outbox: Path, invoke: Invoke, called: None) -> None:
    """Sending and drafting are taken back one after the other."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    invoke("letter", "sent", "1", "-", stdin=b"Tak, Anna.")
    assert invoke("undo").out == "Took back the sending of letter 1.\n"
    assert invoke("letter", "list").out == "1  to Anna Holm · thanks · note 1 · draft, ready to be sent\n"
    assert invoke("undo").out == "Took back the draft of letter 1 and what was written into it.\n"
    assert invoke("letter", "list", "--json").json == []


def test_a_bare_letter_loads_no_pdf_library(environment: dict[str, str], invoke: Invoke, called: None) -> None:
    """The large libraries are loaded only for the formats that need them."""
    invoke("letter", "write", "1", "--kind", "thanks", "--language", "da")
    watched = (
        "import sys, atexit, json; atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr)); "
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{watched}from feedlog.cli import main; main(['letter', 'show', '1'])"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    modules = set(json.loads(done.stderr.splitlines()[-1]))
    assert {"typst", "docx", "jinja2", "babel"} & modules == set()


def test_templates_travel_with_the_program(tmp_path: Path) -> None:
    """An installed feedlog has every template, every language's words and the page of the PDF."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    folder = root / "feedlog" / "letters"
    shipped = {
        str(path.relative_to(root)) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert len([name for name in shipped if name.endswith(".txt")]) == 12
    assert shipped <= names
