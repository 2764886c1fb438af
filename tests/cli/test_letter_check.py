"""feedlog letter check"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.letters.reading import LONGEST_BYTES

Invoke = Callable[..., Any]
GOOD = "Kære Anna\n\nDu sagde: »Pakken kom tre uger for sent.« Her er den.\n"
BAD = GOOD + "Ingen andre har klaget,\nog det er vores politik.\n"


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a letter into the folder the test runs in; gives its name."""
    monkeypatch.chdir(tmp_path)

    def written(text: str | bytes, name: str = "letter.txt") -> str:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return written


def test_flags(invoke: Invoke, letter: Callable[..., str], log_path: Path) -> None:
    """Each thing to mend is one line: file, line, column, the words, why, and what to write instead."""
    done = invoke("letter", "check", letter(BAD))
    assert (done.status, done.err) == (1, "")
    assert done.out == (
        "letter.txt:4:1: “Ingen andre har klaget”: It says that nobody else has said so. "
        "Say what you do about it, not how many have said so.\n"
        "letter.txt:5:4: “det er vores politik”: It hides behind a rule. Say the reason, and what you can do.\n"
    )
    assert not log_path.exists()


def test_nothing_to_mend(invoke: Invoke, letter: Callable[..., str]) -> None:
    """A letter in order is said to be, with nothing on standard output."""
    assert invoke("letter", "check", letter(GOOD)) == (0, "", "Nothing to mend.\n")


def test_piped(invoke: Invoke) -> None:
    """A letter may be piped in."""
    done = invoke("letter", "check", "-", stdin=BAD.encode())
    assert (done.status, done.out.startswith("-:4:1: ")) == (1, True)


def test_json(invoke: Invoke, letter: Callable[..., str]) -> None:
    """The same as one document."""
    done = invoke("letter", "check", letter(BAD), "--json")
    assert (done.status, done.err) == (1, "")
    assert {name: done.json[name] for name in ("ok", "language")} == {"ok": False, "language": "da"}
    assert [[*flag] for flag in done.json["flags"]] == [["kind", "line", "column", "text", "why", "hint"]] * 2
    assert invoke("letter", "check", letter(GOOD), "--json").json == {"ok": True, "language": "da", "flags": []}


def test_against_the_log(invoke: Invoke, letter: Callable[..., str]) -> None:
    """With a note the claim that nobody else said so meets those who did."""
    invoke("add", "Pakken kom to uger for sent", "-c", "K-1", "--name", "Bo", "--said-at", "2026-03-02")
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-2", "--name", "Anna Holm")
    done = invoke("letter", "check", letter(BAD), "--note", "#2")
    assert "1 other customer has said something like this since 2 March" in done.out
    assert invoke("letter", "check", letter(BAD), "-c", "K-2").out == done.out
    assert invoke("letter", "check", letter(BAD), "--note", "9").err.startswith("feedlog: There is no note 9.")


def test_note_needs_a_log(invoke: Invoke, letter: Callable[..., str], log_path: Path) -> None:
    """Who asks for a note is told that there is no log; a log that cannot be read stops no other check."""
    done = invoke("letter", "check", letter(BAD), "--note", "1")
    assert (done.status, done.err.startswith("feedlog: There is no log yet")) == (1, True)
    log_path.parent.mkdir()
    log_path.write_bytes(b"no log at all" * 100)
    done = invoke("letter", "check", letter(BAD))
    assert (done.status, done.err.startswith("Checked without the log: ")) == (1, True)
    assert len(done.out.splitlines()) == 2


def test_windows_text(invoke: Invoke, letter: Callable[..., str]) -> None:
    """A letter in Windows-1252 is read, and that is said."""
    done = invoke("letter", "check", letter(GOOD.encode("cp1252")))
    assert done == (0, "", "letter.txt: Read as Windows-1252, since it is not UTF-8.\nNothing to mend.\n")


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.docx", b"PK\x03\x04 and so on", "a.docx is a Word or OpenDocument file."),
        ("a.doc", b"\xd0\xcf\x11\xe0 and so on", "a.doc is an old Word file."),
        ("a.pdf", b"%PDF-1.7 and so on", "a.pdf is a PDF."),
        ("a.rtf", b"{\\rtf1 and so on}", "a.rtf is a rich text file."),
        ("a.html", b"<!DOCTYPE html><p>Hej", "a.html is a web page."),
        ("a.bin", b"Hej\0Hej", "a.bin is not text."),
        ("a.bin", bytes(range(1, 32)) * 3, "a.bin is not text."),
        ("a.txt", b"", "a.txt is empty."),
        ("a.txt", b" \r\n\t", "a.txt is empty."),
        ("a.txt", b"x" * (LONGEST_BYTES + 1), "a.txt is longer than 256 KiB."),
        ("a.txt", b"1 2 3", "What language the letter is in cannot be told."),
    ],
)
def test_what_is_no_letter(invoke: Invoke, letter: Callable[..., str], name: str, raw: bytes, why: str) -> None:
    """What is no text is refused by a sentence that says what it is, and one that says what to do."""
    done = invoke("letter", "check", letter(raw, name))
    assert (done.status, done.out, done.err.splitlines()[0]) == (2, "", f"feedlog: {why}")
    assert len(done.err.splitlines()) == 2


def test_file_that_is_not_there(invoke: Invoke, letter: Callable[..., str], tmp_path: Path) -> None:
    """A missing file and a folder are each named; nothing is checked."""
    done = invoke("letter", "check", "gone.txt")
    assert done == (2, "", "feedlog: There is no file gone.txt.\nCheck the name and the folder.\n")
    done = invoke("letter", "check", str(tmp_path))
    assert done == (2, "", f"feedlog: {tmp_path} is a folder.\nName the letter in it.\n")
    assert invoke("letter", "check", "-").err.startswith("feedlog: The letter is empty.")


def test_option_out_of_range(invoke: Invoke, letter: Callable[..., str]) -> None:
    """A language without phrases and a kind there is not are wrong usage."""
    for option in (("--language", "de"), ("--kind", "sorry")):
        assert invoke("letter", "check", letter(GOOD), *option).status == 2
