"""feedlog init: a log for oneself, or for a group of this machine."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.cli import main

Run = Callable[..., Any]
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="taking other people's places needs root")


def modes(folder: Path) -> dict[str, str]:
    """The mode of every file and folder below, by name."""
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.rglob("*")]}


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_own_log_is_private(invoke: Run, log_path: Path, umask: int) -> None:
    """Whatever the umask, every file is its owner's alone, those made by publishing too."""
    before = os.umask(umask)
    try:
        for words in (("init",), ("add", "Pakken"), ("publish",)):
            assert invoke(*words).status == 0
    finally:
        os.umask(before)
    found = modes(log_path.parent)
    assert {found.pop("log"), found.pop("published")} == {"0o700"}
    assert set(found.values()) == {"0o600"}
    assert len(found) >= 3


def test_says_where(invoke: Run, log_path: Path) -> None:
    """Where the log is and whose is said; a second time is harmless."""
    assert invoke("init").out == f"The log is {log_path}, yours alone.\n"
    assert invoke("init", "--json").json == {"path": str(log_path), "group": None}


def test_folder_that_holds_other_things(invoke: Run, log_path: Path) -> None:
    """A group is not let into a folder that holds anything but the log."""
    log_path.parent.mkdir()
    (log_path.parent / "diary.txt").touch()
    done = invoke("init", "--group")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"feedlog: The folder {log_path.parent} holds other things, such as diary.txt, which the group would get to"
        " read.\nGive the shared log a folder of its own with --db.\n"
    )
    assert oct(stat.S_IMODE(log_path.stat().st_mode)) == "0o600"


def test_group_there_is_not(invoke: Run) -> None:
    """A slip in the group's name is said."""
    done = invoke("init", "--group-name", "nobody-s-group")
    assert (done.status, done.err) == (
        1, "feedlog: There is no group 'nobody-s-group' on this machine.\nSee yours with: id -Gn\n",
    )  # fmt: skip


CALLS = (("add", "Pakken"), ("list",), ("publish",), ("user", "list"))


@pytest.fixture
def as_user(invoke: Run, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Runs the command line as another user and group of this machine; gives exit status and all that was printed."""
    for words in (("init", "--group"), *CALLS):  # loads what these need while its place can still be read
        assert invoke(*words, FEEDLOG_DB=str(tmp_path / "own" / "feedlog.db")).status == 0

    def ran(user: int, group: int, umask: int, *words: str) -> tuple[int, str]:
        printed = tmp_path / f"printed-{user}"
        child = os.fork()
        if child == 0:
            status = 99
            try:
                paper = os.open(printed, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o666)
                os.dup2(paper, 1)
                os.dup2(paper, 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
                os.umask(umask)
                os.setgroups([])
                os.setgid(group)
                os.setuid(user)
                try:
                    main(list(words))
                except SystemExit as end:
                    status = int(end.code or 0)
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(ended), printed.read_text("utf-8")

    return ran


@root_only
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_two_colleagues_share_a_log(
    as_user: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """Two users of one group log, read and publish in turn, whatever their umask; a third user sees nothing."""
    for place in (tmp_path, *tmp_path.parents):
        place.chmod(place.stat().st_mode | 0o011)
    shared = tmp_path / "shared"
    path = shared / "feedlog.db"
    shared.mkdir()
    os.chown(shared, 12001, 13000)
    monkeypatch.setenv("FEEDLOG_DB", str(path))
    assert as_user(12001, 13000, umask, "init", "--group") == (0, f"The log is {path}, shared with the group 13000.\n")
    for _ in range(2):
        for user in (12001, 12002):
            for words in CALLS:
                status, printed = as_user(user, 13000, umask, *words)
                assert status == 0, (user, words, printed)
    assert as_user(12002, 13000, umask, "list")[1].count("Pakken") == 4
    assert {mode[-2:] for mode in modes(shared).values()} == {"60", "70"}
    status, printed = as_user(12003, 13001, umask, "list")
    assert status == 1
    assert "Pakken" not in printed and "Traceback" not in printed
