"""The spool: a text that could not be stored is kept, and comes in once."""

import json
import os
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import WrongUsage
from feedlog.operations import notes, spool
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

SAID = Said(
    "Pakken kom\nfor sent, sagde hun: “æøå”",
    customer="K-1",
    themes=("levering", "pris"),
    promise="ring",
    due_on="2026-11-20",
)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """The spool's folder, which nobody has made yet."""
    return str(tmp_path / "state" / "spool")


def kept(folder: str, log: Log, said: Said, by: By) -> str:
    path = spool.keep(folder, log.path, said, by)
    assert path is not None
    return path


def test_kept_text_is_private_and_whole(log: Log, by: By, folder: str) -> None:
    """A kept text stands in a file only its owner can read, with all that was said about it."""
    path = kept(folder, log, SAID, by._replace(on_behalf_of="liv"))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    entry = json.loads(Path(path).read_text("utf-8"))
    assert entry["log"] == log.path
    assert entry["by"] == {"agent": "mette", "at": by.at, "on_behalf_of": "liv"}
    assert entry["said"].pop("idempotency_key").startswith("spool ")
    assert entry["said"] == {**SAID.as_plain(), "themes": ["levering", "pris"]}


def test_taken_in_once(log: Log, by: By, folder: str) -> None:
    """A kept text becomes the note it would have been, said when it was typed, and its file goes."""
    kept(folder, log, SAID, by)
    [taken] = spool.take_in(log, folder)
    assert taken.note_id == 1 and taken.why is None
    note = notes.get(log, 1)
    assert (note["verbatim"], note["said_at"], note["agent"]) == (SAID.verbatim, by.at, "mette")
    assert note["themes"] == ["levering", "pris"] and note["customer"] == {"key": "K-1", "name": None}
    assert log.value("select due_on from promises") == "2026-11-20"
    assert spool.waiting(folder) == []
    assert list(spool.take_in(log, folder)) == []


def test_taking_in_twice_makes_one_note(log: Log, by: By, folder: str) -> None:
    """When a file stays behind after its note was committed, the next try makes no second note."""
    path = kept(folder, log, SAID, by)
    content = Path(path).read_bytes()
    list(spool.take_in(log, folder))
    Path(path).write_bytes(content)
    assert list(spool.take_in(log, folder)) == []
    assert not Path(path).exists()
    assert log.value("select count(*) from notes") == 1


def test_two_take_in_the_same_file(log: Log, by: By, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody else removes the file at the same moment, both go on and there is one note."""
    path = kept(folder, log, SAID, by)
    add = notes.add

    def overtaken(*words: object, **options: object) -> notes.Added:
        done = add(*words, **options)  # type: ignore[arg-type]
        os.unlink(path)
        return done

    monkeypatch.setattr(notes, "add", overtaken)
    assert [taken.note_id for taken in spool.take_in(log, folder)] == [1]


def test_own_key_is_kept(log: Log, by: By, folder: str) -> None:
    """A text with an idempotency key keeps it, so that the caller's own repeat is the same note."""
    kept(folder, log, SAID._replace(idempotency_key="call 7"), by)
    list(spool.take_in(log, folder))
    assert notes.add(log, SAID._replace(idempotency_key="call 7"), by).note_id == 1


def test_oldest_first(log: Log, by: By, folder: str) -> None:
    """What waited longest comes in first."""
    for word in ("one", "two", "three"):
        kept(folder, log, Said(word), by)
        time.sleep(0.002)  # files are named by the millisecond
    list(spool.take_in(log, folder))
    assert [note["verbatim"] for note in notes.by_ids(log, [1, 2, 3])] == ["one", "two", "three"]


def test_text_of_another_log_stays(log: Log, by: By, folder: str) -> None:
    """A text meant for another log is passed over."""
    path = spool.keep(folder, "/elsewhere/feedlog.db", SAID, by)
    assert list(spool.take_in(log, folder)) == []
    assert spool.waiting(folder) == [path]


BROKEN = [
    b"",
    b"not json",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b'{"log": LOG, "said": [], "by": {}}',
    b'{"log": LOG, "said": {"verbatim": 5}, "by": {"agent": "a", "at": "2026-11-18T09:00:00Z"}}',
    b'{"log": LOG, "said": {"verbatim": "x", "birds": 1}, "by": {"agent": "a", "at": "2026-11-18T09:00:00Z"}}',
    b'{"log": LOG, "said": {"verbatim": "x"}, "by": {"agent": "a", "at": "yesterday"}}',
    b'{"log": LOG, "said": {"verbatim": "x", "themes": 5}, "by": {"agent": "a", "at": "2026-11-18T09:00:00Z"}}',
    b'{"log": LOG, "said": {"verbatim": ""}, "by": {"agent": "a", "at": "2026-11-18T09:00:00Z"}}',
]


@pytest.mark.parametrize("content", BROKEN)
def test_file_that_cannot_be_understood_stays(log: Log, by: By, folder: str, content: bytes) -> None:
    """A broken file stays, with the reason, and does not keep the others from coming in."""
    os.makedirs(folder)
    path = os.path.join(folder, "0.note.json")
    Path(path).write_bytes(content.replace(b"LOG", json.dumps(log.path).encode()))
    kept(folder, log, SAID, by)
    broken, good = spool.take_in(log, folder)
    assert (broken.file, broken.note_id) == (path, None)
    assert broken.why
    assert good.note_id is not None
    assert spool.waiting(folder) == [path]
    assert log.value("select count(*) from notes") == 1


def test_only_its_own_files(log: Log, by: By, folder: str, as_stranger: Callable[..., list[str]]) -> None:
    """Other files in the folder are left alone, and nothing is taken from a folder that is not there."""
    assert spool.waiting(folder) == []
    os.makedirs(folder)
    Path(folder, "draft-1.txt").write_text("half a sentence")
    assert spool.waiting(folder) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as somebody else")
def test_what_others_left_is_not_ours(log: Log, by: By, as_stranger: Callable[..., list[str]]) -> None:
    """In a shared folder, a file somebody else left is not logged."""
    with tempfile.TemporaryDirectory() as shared:
        os.chmod(shared, 0o777)
        told = as_stranger(lambda: [spool.keep(shared, log.path, SAID, by) or ""])
        assert os.path.dirname(told[0]) == shared
        assert spool.waiting(shared) == []


def test_temporary_folder_is_the_second_place(
    log: Log, by: By, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the spool cannot be written the temporary folder is used, and it is looked at for what waits."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "file").touch()
    path = spool.keep(str(tmp_path / "file" / "spool"), log.path, SAID, by)
    assert path is not None and os.path.dirname(path) == str(tmp_path / "temporary")
    assert spool.places("spool") == ("spool", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "temporary"))
    assert spool.keep(str(tmp_path / "file" / "spool"), log.path, SAID, by) is None


def test_damaged_letters_are_kept_too(log: Log, by: By, folder: str) -> None:
    """A text with half a character is kept as well as can be; it must not be lost on the way to the spool."""
    kept(folder, log, Said("half \udcf8 \ud83d"), by)
    assert len(spool.waiting(folder)) == 1
    with pytest.raises(WrongUsage):
        notes.add(log, Said("half \udcf8"), by)
    assert notes.listing(log, Filters(), limit=9) == []
