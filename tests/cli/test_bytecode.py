"""Compiled files cut short by a full disk: they are removed, and no command stays broken by them."""

import importlib.util
import os
import py_compile
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import feedlog
from feedlog import bytecode
from feedlog.store.shipped import shipped_path

Run = Callable[..., Any]

# A disk gives room by the block: what is smaller was written whole or not at all, and so are the files that heal.
BLOCK = 4096


@pytest.fixture
def call(environment: dict[str, str], tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the command line with compiled files of its own, which Python may write."""
    environment |= {"PYTHONPYCACHEPREFIX": str(tmp_path / "compiled")}
    del environment["PYTHONDONTWRITEBYTECODE"]

    def called(*words: str, room: int = resource.RLIM_INFINITY) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "feedlog", *words],
            env=environment, input="", capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),
        )  # fmt: skip

    return called


def cut_short(module: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Half of a module's compiled file, where a process that keeps its compiled files in `folder` looks for it."""
    spec = importlib.util.find_spec(module)
    assert spec and spec.origin
    monkeypatch.setattr(sys, "pycache_prefix", str(folder))
    path = Path(str(py_compile.compile(spec.origin, doraise=True)))
    os.truncate(path, path.stat().st_size // 2)
    return path


@pytest.mark.parametrize("module", ["feedlog.cli.list", "feedlog.operations.filters"])
def test_command_that_was_cut_short(
    invoke: Run, call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """A command whose compiled files are cut short works all the same, and they are whole afterwards."""
    invoke("add", "Pakken kom for sent", "-c", "K-1")
    path = cut_short(module, tmp_path / "compiled", monkeypatch)
    before = path.stat().st_size
    done = call("list")
    assert (done.returncode, done.stderr) == (0, "") and "Pakken kom for sent" in done.stdout
    assert path.stat().st_size > before


def test_module_needed_later_that_was_cut_short(
    invoke: Run, call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is loaded in the middle of a call is not tried again, for something may have been written: it is said."""
    invoke("add", "Pakken kom for sent", "-c", "K-1")
    path = cut_short("feedlog.when.reading", tmp_path / "compiled", monkeypatch)
    done = call("list", "--since", "yesterday")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        f"feedlog: Python's compiled file {path} was cut short, as happens on a full disk.\n"
        "It is removed now. Look what was done, and call again.\n"
    )
    assert call("list", "--since", "yesterday").returncode == 0


def test_note_while_its_words_cannot_be_loaded(
    call: Run, invoke: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence is kept where a module that reads it was cut short, and comes in with the next call."""
    cut_short("feedlog.language.words", tmp_path / "compiled", monkeypatch)
    done = call("add", "Pakken kom for sent", "-c", "K-1")
    assert done.returncode in (0, 75), done.stderr
    call("add", "Og ingen ringede", "-c", "K-1")
    assert {note["verbatim"] for note in invoke("list", "--json").json} == {
        "Pakken kom for sent",
        "Og ingen ringede",
    }


def test_calls_on_a_full_disk_leave_nothing_broken(invoke: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """A feedlog whose own compiled files were all cut short heals: at the worst a call says so, and later ones work."""
    invoke("add", "Pakken kom for sent", "-c", "K-1")
    copy = tmp_path / "copy"
    shutil.copytree(Path(feedlog.__file__).parent, copy / "feedlog", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(shipped_path("schema.sql"), copy)
    del environment["PYTHONDONTWRITEBYTECODE"]
    environment |= {"PYTHONPATH": str(copy)}

    def call(room: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "feedlog", "list", "--since", "2 days ago"],
            env=environment, cwd=copy, input="", capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),
        )  # fmt: skip

    call(room=BLOCK)
    cut = [path for path in copy.rglob("*.pyc") if path.stat().st_size == BLOCK]
    assert {"session", "filters"} <= {path.name.partition(".")[0] for path in cut}
    for _ in cut:
        done = call(room=resource.RLIM_INFINITY)
        if not done.returncode:
            break
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith("was cut short, as happens on a full disk.\n" + bytecode.HINT + "\n")
    assert done.returncode == 0 and "Pakken kom for sent" in done.stdout, done.stderr
