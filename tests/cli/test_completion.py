"""Tab completion: from the log, and never in the way."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]

PROTOCOL = {"bash": "complete_bash", "zsh": "complete_zsh", "fish": "complete_fish"}


@pytest.fixture
def tab(invoke: Invoke) -> Callable[..., list[str]]:
    """What a shell is told when Tab is pressed after these words; an error would show on the person's prompt."""

    def pressed(*words: str, shell: str = "bash") -> list[str]:
        variables = {"_FEEDLOG_COMPLETE": f"{shell}_complete", "COMP_WORDS": " ".join(["feedlog", *words])}
        variables["COMP_CWORD"] = words[-1] if shell == "fish" else str(len(words))
        done = invoke(**variables)
        assert done.err == ""
        return [line for line in done.out.splitlines() if line]

    return pressed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script(invoke: Invoke, shell: str) -> None:
    """Each shell gets its script, and the JSON says where it goes."""
    done = invoke("completion", shell)
    assert (done.status, done.err) == (0, "")
    assert f"_FEEDLOG_COMPLETE={PROTOCOL[shell].split('_')[1]}_complete" in done.out
    answer = invoke("completion", shell, "--json").json
    assert list(answer) == ["shell", "script", "where"]
    assert (answer["shell"], answer["script"].strip()) == (shell, done.out.strip())
    assert f"feedlog completion {shell}" in answer["where"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_takes_the_script(invoke: Invoke, tmp_path: Path, shell: str) -> None:
    """The shell itself can read its script."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / "script"
    script.write_text(invoke("completion", shell).out, "utf-8")
    done = subprocess.run([program, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_commands_and_options(tab: Callable[..., list[str]]) -> None:
    """Commands, options and closed lists complete without a log."""
    assert tab("co") == ["plain,correct", "plain,config", "plain,completion"]
    assert tab("list", "--ch") == ["plain,--channel"]
    assert tab("list", "--channel", "p") == ["plain,phone"]
    assert tab("add", "--kind", "com") == ["plain,complaint", "plain,compliment"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_candidates_from_the_log(invoke: Invoke, tab: Callable[..., list[str]], shell: str) -> None:
    """Customers complete by key and name, themes and touchpoints by their beginning."""
    invoke("add", "a", "-c", "K-1042", "--name", "Anna Holm", "-t", "levering", "--touchpoint", "delivery")
    invoke("add", "b", "-c", "K-7", "-t", "pris")
    for words, expected in (
        (("add", "-c", "K-1"), ["K-1042"]),
        (("add", "-c", "Anna"), ["K-1042"]),
        (("list", "-t", "Lev"), ["levering"]),
        (("tag", "1", "-t", ""), ["levering", "pris"]),
        (("search", "x", "--touchpoint", "d"), ["delivery"]),
    ):
        told = "\n".join(tab(*words, shell=shell))
        assert all(word in told for word in expected)
        assert ("K-7" in told) == ("K-7" in expected)


def test_other_log(invoke: Invoke, tmp_path: Path, tab: Callable[..., list[str]]) -> None:
    """Completion looks into the log the call names."""
    other = str(tmp_path / "other.db")
    invoke("--db", other, "add", "a", "-t", "sko")
    assert tab("--db", other, "add", "-t", "s") == ["plain,sko"]


@pytest.mark.parametrize("kind", ["missing", "folder", "text", "damaged", "config"])
def test_broken_log_completes_to_nothing(
    invoke: Invoke, log_path: Path, monkeypatch: pytest.MonkeyPatch, tab: Callable[..., list[str]], kind: str
) -> None:
    """Whatever is wrong with the log, Tab offers nothing and prints nothing."""
    if kind == "folder":
        log_path.mkdir(parents=True)
    elif kind == "text":
        log_path.parent.mkdir()
        log_path.write_text("Dear diary, " * 50)
    elif kind == "damaged":
        invoke("add", "a", "-c", "K-1", "-t", "levering", "--touchpoint", "delivery")
        size = log_path.stat().st_size
        with open(log_path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
    elif kind == "config":
        monkeypatch.delenv("FEEDLOG_DB")
        monkeypatch.setenv("FEEDLOG_CONFIG", str(log_path.parent))
        log_path.parent.mkdir()
    assert tab("add", "-c", "") == []
    assert tab("add", "-t", "") == []
    assert tab("add", "--touchpoint", "") == []


def test_names_are_shown_and_not_obeyed(invoke: Invoke, tab: Callable[..., list[str]]) -> None:
    """A customer's name that would reorder the prompt is shown escaped, and such a key is not offered."""
    invoke("add", "a", "-c", "K-1", "--name", "Anna \u202emloH")
    invoke("add", "a", "-c", "K-\u202e2")
    told = "\n".join(tab("add", "-c", "K", shell="zsh"))
    assert "\u202e" not in told
    assert "\\u202e" in told
