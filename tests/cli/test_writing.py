"""Writing a text: in one's own editor, or at the prompt that takes anything raw."""

import os
import pty
import select
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.store import open_for_reading

Invoke = Callable[..., Any]


def verbatims(log_path: Path) -> list[str]:
    with open_for_reading(str(log_path)) as log:
        return [row["verbatim"] for row in log.rows("select verbatim from current_notes order by id")]


def editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def drafts(tmp_path: Path) -> list[str]:
    folder = tmp_path / "spool"
    return [path.read_text("utf-8") for path in sorted(folder.iterdir())] if folder.exists() else []


def test_editor(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """The text can be written in one's own editor, starting from what was given; its draft goes once it is stored."""
    own = editor(tmp_path, 'test "$(stat -c %a "$1")" = 600 && printf " og ingen ringede" >> "$1"')
    assert invoke("add", "Pakken kom", "--edit", EDITOR=own).out == "#1\n"
    assert verbatims(log_path) == ["Pakken kom og ingen ringede"]
    assert drafts(tmp_path) == []


EDITORS = [
    ("printf half > \"$1\"; exit 3", 1, "The editor ended with status 3; nothing was logged.", "Try again.", ["half"]),
    ("exit 3", 1, "The editor ended with status 3; nothing was logged.", "Try again.", []),
    ("printf ' \\n' > \"$1\"", 2, "The text is empty.", "Nothing was logged.", []),
    ("head -c 1100000 /dev/zero | tr '\\0' x > \"$1\"", 2, "The text is longer than 1024 KiB.",
     "Log what the customer said, not a whole file.", ["x" * 1_100_000]),
    ("printf 'a\\0b' > \"$1\"", 2, "The text holds NUL bytes", "Save it as UTF-8 and try again.", ["a\0b"]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "status", "message", "hint", "left"), EDITORS, ids=[case[2] for case in EDITORS])
def test_editor_that_fails(
    invoke: Invoke, tmp_path: Path, log_path: Path, script: str, status: int, message: str, hint: str, left: list[str]
) -> None:
    """Whatever goes wrong with the editor, nothing is logged and what was written stays in a file that is named."""
    done = invoke("add", "--edit", EDITOR=editor(tmp_path, script))
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(f"feedlog: {message}")
    assert hint in done.err
    assert drafts(tmp_path) == left
    if left:
        [path] = (tmp_path / "spool").iterdir()
        assert f"Your text is in {path}." in done.err
    assert not log_path.exists()


@pytest.mark.parametrize("name", ["/nowhere/vi", "'"])
def test_editor_there_is_not(invoke: Invoke, tmp_path: Path, name: str) -> None:
    """An editor that cannot be started is named, and the text it was to start from is kept."""
    done = invoke("add", "Pakken kom", "--edit", EDITOR=name)
    assert done.status == 1
    assert done.err.startswith(f"feedlog: The editor {name!r} cannot be started: ")
    assert "Set EDITOR. Your text is in " in done.err
    assert drafts(tmp_path) == ["Pakken kom"]


def test_editor_and_a_log_that_is_none(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A text from the editor that cannot be stored is kept."""
    log_path.mkdir(parents=True)
    done = invoke("add", "--edit", EDITOR=editor(tmp_path, 'printf "Pakken kom" > "$1"'))
    assert done.status == 75
    assert "Your text is safe in " in done.err
    assert any("Pakken kom" in draft for draft in drafts(tmp_path))


def typed(environment: dict[str, str], keys: bytes, *words: str) -> tuple[int, str]:
    """Runs `feedlog add` on a terminal and types; gives the exit status and what the terminal showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "feedlog", "add", *words], {**environment, "TERM": "dumb"})
    shown = b""
    while b"> " not in shown:
        shown += os.read(terminal, 1000)
    settings = termios.tcgetattr(terminal)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, settings)
    time.sleep(0.1)
    os.write(terminal, keys)
    try:
        while True:
            # A Ctrl-C in the instant before Python begins to wait is seen at the next one only. That one must not come
            # while Python tidies up after the first, for then it is killed.
            if keys.endswith(b"\x03") and not select.select([terminal], [], [], 10)[0]:
                os.write(terminal, b"\x03")
            elif part := os.read(terminal, 1000):
                shown += part
            else:
                break
    except OSError:  # Linux's way to say that the other side has closed the terminal
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return status, shown.decode("utf-8", "replace")


RAW = """It's "50%" off! $HOME `ls` \\n & # | * ~ < > ; (æøå)"""


def test_prompt_takes_anything_raw(environment: dict[str, str], log_path: Path) -> None:
    """At the prompt a sentence is typed as it was said: no character means anything but itself."""
    status, shown = typed(environment, RAW.encode() + b"\n", "-c", "K-1")
    assert (status, "What did the customer say?" in shown, "#1  K-1" in shown) == (0, True, True)
    assert verbatims(log_path) == [RAW]


def test_prompt_on_a_terminal_that_is_not_utf8(environment: dict[str, str], log_path: Path) -> None:
    """A terminal that sends other bytes than its locale says does not end in a failure, and the doubt is said."""
    status, shown = typed(environment, "Rødgrød".encode("cp1252") + b"\n")
    assert (status, "Read as Windows-1252" in shown, "Traceback" in shown) == (0, True, False)
    assert verbatims(log_path)[0].endswith("grød")


@pytest.mark.parametrize(
    ("keys", "status", "told"),
    [
        (b"\x04", 2, "Nothing was typed."),
        (b"   \n", 2, "The text is empty."),
        (b"half a sente\x03", 130, "Stopped."),
    ],
)
def test_prompt_without_a_sentence(
    environment: dict[str, str], log_path: Path, keys: bytes, status: int, told: str
) -> None:
    """Leaving the prompt logs nothing, and says so."""
    left, shown = typed(environment, keys)
    assert (left, told in shown) == (status, True)
    assert "Traceback" not in shown
    assert not log_path.exists()


def test_slip_in_an_option_comes_before_the_sentence(invoke: Invoke) -> None:
    """A slip in the options or settings is said before a text is read, so that it never costs a typed sentence."""
    for words, variables in (
        (("-c", "K\n1"), {}),
        (("--said-at", "blue moon"), {}),
        ((), {"FEEDLOG_CHANNEL": "pigeon"}),
        ((), {"FEEDLOG_WHO_ELSE": "maybe"}),
        ((), {"FEEDLOG_AGENT": "a\tb"}),
    ):
        done = invoke("add", *words, stdin=b"\0", **variables)
        assert done.status == 2
        assert "NUL" not in done.err
