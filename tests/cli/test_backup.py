"""`feedlog backup`: a checked copy, a list of them, and a sentence for every place that will not do."""

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.store import backups, open_for_writing

Invoke = Callable[..., Any]
LANGUAGES = ("da", "en")


@pytest.fixture
def filled(invoke: Invoke) -> None:
    """A log with two notes."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1")
    invoke("add", "Skoene trykker")


def test_backup_to_a_file(invoke: Invoke, filled: None, tmp_path: Path, log_path: Path) -> None:
    """A copy is made where it was asked for, only its owner may read it, and it is a log to look at."""
    done = invoke("backup", str(tmp_path / "copy.db"))
    assert (done.status, done.err) == (0, "")
    assert done.out == f"2 notes in {tmp_path}/copy.db (0.4 MB), checked.\n"
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert "Skoene trykker" in invoke("--db", str(tmp_path / "copy.db"), "list").out


def test_backup_to_a_folder(invoke: Invoke, filled: None, tmp_path: Path) -> None:
    """In a folder copies are named after the log and the moment, and none takes another's place."""
    (tmp_path / "copies").mkdir()
    made = [invoke("backup", str(tmp_path / "copies"), "--json").json for _ in range(3)]
    names = {Path(one["path"]).name for one in made}
    assert names == {path.name for path in (tmp_path / "copies").iterdir()}
    assert len(names) == 3
    assert all(name.startswith("feedlog-20") and name.endswith(".db") for name in names)


def test_backup_as_json(invoke: Invoke, filled: None, tmp_path: Path) -> None:
    """Everything the list knows of a backup is in the answer."""
    answer = invoke("backup", str(tmp_path / "copy.db"), "--json").json
    assert set(answer) == {
        "path", "made_at", "bytes", "sha256", "notes", "last_note_id", "newest_change", "schema_version", "log_uid",
        "remarks",
    }  # fmt: skip
    assert (answer["notes"], answer["bytes"]) == (2, (tmp_path / "copy.db").stat().st_size)


def test_list(invoke: Invoke, filled: None, tmp_path: Path, log_path: Path) -> None:
    """The list says where each backup is, and which are gone or no longer what they were; it outlives the log."""
    for name in ("kept.db", "changed.db", "gone.db"):
        invoke("backup", str(tmp_path / name))
    with (tmp_path / "changed.db").open("ab") as file:
        file.write(b"x")
    (tmp_path / "gone.db").unlink()
    lines = invoke("backup", "--list").out.splitlines()
    assert [line.strip() for line in lines[1::2]] == [
        str(tmp_path / name) for name in ("kept.db", "changed.db", "gone.db")
    ]
    assert [line.split(" · ")[2:] for line in lines[::2]] == [[], ["changed since"], ["gone"]]
    log_path.unlink()
    answer = invoke("backup", "--list", "--json").json
    assert [(one["exists"], one["matches"]) for one in answer] == [(True, True), (True, False), (False, False)]


def test_on_the_list_before_it_has_its_name(
    invoke: Invoke, filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, a backup is known to erasures all the same; one that gets no name is on no list."""
    found: list[Any] = []

    def taken(draft: str, path: str, *, replace: bool = False) -> None:
        found.append((os.path.exists(path), [one["path"] for one in invoke("backup", "--list", "--json").json]))
        raise Refused(f"There is a file already: {path}.", hint="Name another.")

    with monkeypatch.context() as patch:
        patch.setattr(backups, "give_name", taken)
        assert invoke("backup", str(tmp_path / "copy.db")).status == 1
    assert found == [(False, [str(tmp_path / "copy.db")])]
    assert invoke("backup", "--list", "--json").json == []


def test_empty_list_is_an_answer(invoke: Invoke) -> None:
    """Before the first backup, and even before the first note, there is an empty list."""
    assert invoke("backup", "--list", "--json").json == []
    done = invoke("backup", "--list")
    assert (done.status, done.out) == (0, "")
    assert done.err == "No backup of this log was made yet. Make one with: feedlog backup FOLDER\n"


def test_forget(invoke: Invoke, filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup comes off the list by its path, also a relative one, and its file stays."""
    monkeypatch.chdir(tmp_path)
    invoke("backup", "copy.db")
    done = invoke("backup", "--forget", "copy.db")
    assert (done.status, done.out) == (0, f"{tmp_path}/copy.db is off the list; the file is where it was.\n")
    assert (tmp_path / "copy.db").exists()
    assert invoke("backup", "--list", "--json").json == []
    done = invoke("backup", "--forget", "copy.db")
    assert (done.status, done.err) == (
        1, f"feedlog: No backup is listed at {tmp_path}/copy.db.\nSee them with: feedlog backup --list\n",
    )  # fmt: skip
    invoke("backup", "other.db")
    assert invoke("backup", "--forget", "other.db", "--json").json == {
        "path": str(tmp_path / "other.db"), "forgotten": True,
    }  # fmt: skip


def test_force_replaces_an_earlier_backup(invoke: Invoke, filled: None, tmp_path: Path) -> None:
    """With --force today's backup takes the place of yesterday's, and the list holds it once."""
    target = str(tmp_path / "copy.db")
    invoke("backup", target)
    done = invoke("backup", target)
    assert (done.status, done.out) == (1, "")
    assert done.err == f"feedlog: There is a file already: {target}.\nName another, or replace it with --force.\n"
    invoke("add", "En til")
    assert invoke("backup", target, "--force").out.startswith("3 notes in ")
    assert [one["notes"] for one in invoke("backup", "--list", "--json").json] == [3]


def other_log(path: Path) -> None:
    open_for_writing(str(path), LANGUAGES).close()


@pytest.mark.parametrize(
    "make",
    [other_log, lambda path: path.write_text("Dear diary, " * 99), lambda path: path.touch()],
    ids=["another log", "a diary", "an empty file"],
)
def test_force_replaces_nothing_else(
    invoke: Invoke, filled: None, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """Not even --force replaces a file that is no backup of this log."""
    target = tmp_path / "there.db"
    make(target)
    before = target.read_bytes()
    done = invoke("backup", str(target), "--force")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"feedlog: The file is no backup of this log, so it is not replaced: {target}.\n"
        "Name another file, or remove that one yourself.\n"
    )
    assert target.read_bytes() == before


def test_published_file_is_not_replaced(invoke: Invoke, filled: None, log_path: Path) -> None:
    """The pages' file is no backup."""
    invoke("publish")
    published = log_path.parent / "published" / "feedlog.db"
    for words in ((), ("--force",)):
        done = invoke("backup", str(published), *words)
        assert (done.status, done.out) == (1, "")
    assert "no backup of this log" in done.err
    assert invoke("publish").status == 0


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_log_itself_is_refused(invoke: Invoke, filled: None, log_path: Path, tmp_path: Path, end: str) -> None:
    """A backup onto the log, by whatever name, would be the end of it."""
    (tmp_path / "link.db").symlink_to(f"{log_path}{end}")
    for target in (f"{log_path}{end}", str(tmp_path / "link.db")):
        done = invoke("backup", target, "--force")
        assert (done.status, done.out) == (1, "")
        assert done.err == f"feedlog: This is the log itself: {target}.\nName another file, best on another disk.\n"
    assert len(invoke("list").out.splitlines()) == 2


def test_places_that_will_not_do(invoke: Invoke, filled: None, tmp_path: Path) -> None:
    """A pipe and a folder that is not there are refused, each with a sentence, and nothing is left behind."""
    os.mkfifo(tmp_path / "pipe")
    done = invoke("backup", str(tmp_path / "pipe"))
    assert (done.status, done.err) == (
        1, f"feedlog: This is not an ordinary file: {tmp_path}/pipe.\nName a file or a folder.\n",
    )  # fmt: skip
    done = invoke("backup", str(tmp_path / "nowhere" / "copy.db"))
    assert (done.status, done.err) == (
        1, f"feedlog: There is no folder {tmp_path}/nowhere.\nMake it first, or name another file.\n",
    )  # fmt: skip
    done = invoke("backup", str(tmp_path / "pipe" / "copy.db"))
    assert (done.status, done.err.startswith(f"feedlog: There is no folder {tmp_path}/pipe.")) == (1, True)
    done = invoke("backup", str(tmp_path / ("x" * 300)))
    assert (done.status, done.out, "Traceback" in done.err) == (75, "", False)
    assert invoke("backup", "--list", "--json").json == []


def test_read_only_place(as_stranger: Callable[..., list[str]]) -> None:
    """Where one may not write the reason is said."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedlog.db"
        other_log(path)
        for one in (path, Path(folder)):
            one.chmod(0o755)
        (Path(folder) / "copies").mkdir(mode=0o555)

        def back_up(path: str, place: str) -> list[str]:
            from feedlog.errors import FeedlogError
            from feedlog.operations import backing_up

            try:
                backing_up.back_up(path, place)
            except FeedlogError as error:
                return [str(error.exit_status), error.message, error.hint]
            return []

        told = as_stranger(back_up, str(path), f"{folder}/copies")
        assert told == [
            "75",
            f"{folder}/copies cannot be written to: Permission denied.",
            "Name a folder you may write to.",
        ]


def test_backup_that_cannot_be_listed(as_stranger: Callable[..., list[str]]) -> None:
    """Who may read the log but not write beside it gets a backup, and is told that an erasure will not reach it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedlog.db"
        other_log(path)
        path.chmod(0o644)
        Path(folder).chmod(0o755)
        copies = Path(folder) / "copies"
        copies.mkdir()
        copies.chmod(0o777)

        def back_up(path: str, place: str) -> list[str]:
            from feedlog.operations import backing_up

            return backing_up.back_up(path, place).remarks

        [told] = as_stranger(back_up, str(path), str(copies))
        assert told.startswith("The backup could not be put on the list, so an erasure will not reach it: ")
        assert len(list(copies.iterdir())) == 1


def test_no_log(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Without a log there is nothing to back up, and none is made."""
    done = invoke("backup", str(tmp_path / "copy.db"))
    assert (done.status, done.err) == (
        1, f"feedlog: There is no log: {log_path}.\nCheck the path: see `feedlog path`.\n",
    )  # fmt: skip
    assert not log_path.parent.exists()


@pytest.mark.parametrize("words", [(), ("copy.db", "--list"), ("--list", "--forget", "x")])
def test_one_thing_at_a_time(invoke: Invoke, words: tuple[str, ...]) -> None:
    """It is one of: a file, the list, forgetting, a live copy."""
    done = invoke("backup", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "feedlog: Name one thing to do: a file or folder, --list, --forget or --live.\nSee: feedlog backup --help\n"
    )


def test_older_log_is_not_upgraded_by_a_backup(invoke: Invoke, filled: None, log_path: Path, tmp_path: Path) -> None:
    """A backup only reads: not a byte of the log changes."""
    before = log_path.read_bytes(), log_path.stat().st_mtime_ns
    assert invoke("backup", str(tmp_path / "copy.db")).status == 0
    assert (log_path.read_bytes(), log_path.stat().st_mtime_ns) == before


def test_damaged_list_does_not_keep_from_backing_up(
    invoke: Invoke, filled: None, log_path: Path, tmp_path: Path
) -> None:
    """Where the list is damaged the backup is made, and that it is on no list is said."""
    log_path.with_name("backups.json").write_text("{")
    done = invoke("backup", str(tmp_path / "copy.db"))
    assert done.status == 0
    assert done.err == (
        "The backup could not be put on the list, so an erasure will not reach it: "
        f"The list of backups {log_path.parent}/backups.json is damaged. Mend it, or move it away.\n"
    )
    done = invoke("backup", "--list")
    assert (done.status, done.err) == (
        1, f"feedlog: The list of backups {log_path.parent}/backups.json is damaged.\nMend it, or move it away.\n",
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_special_file(run: Invoke, log_path: Path, tmp_path: Path) -> None:
    """A special file is no place for a backup."""
    run("add", "x")
    done = run("backup", "/dev/full")
    assert (done.status, done.err) == (
        1,
        "feedlog: This is not an ordinary file: /dev/full.\nName a file or a folder.\n",
    )


def test_folder_whose_name_is_not_utf8(run: Any, log_path: Path, tmp_path: Path) -> None:
    """A folder is found by the bytes of its name, whatever they would be read as in a text."""
    run("add", "Pakken kom")
    folder = os.fsencode(tmp_path) + b"/d\xf8r"
    os.mkdir(folder)
    done = run("backup", folder)
    assert (done.status, done.err) == (0, "")
    [name] = os.listdir(folder)
    done = run("restore", folder + b"/" + name, "--yes")
    assert (done.status, done.out) == (0, f"{log_path} is restored: 1 note.\n")
    assert sorted(os.listdir(tmp_path)) == sorted(["log", "home", "temporary", os.fsdecode(b"d\xf8r")])
