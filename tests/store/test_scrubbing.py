"""What deleting leaves in a file is found in its bytes, and removed."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feedlog.store import Log, scrubbing
from feedlog.store.scrubbing import wanted


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where the test's file is."""
    return str(tmp_path / "some.db")


@pytest.fixture
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """A file with a table and the two search indexes every file of ours has; what is freed is not overwritten."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "pragma journal_mode = wal",
        "pragma secure_delete = off",
        "create table said (id integer primary key, text text)",
        "create virtual table notes_fts using fts5 (text, content='said', content_rowid='id')",
        "create virtual table words_fts using fts5 (text, content='said', content_rowid='id', tokenize='trigram')",
    ):
        connection.execute(statement)
    yield connection
    connection.close()


def say(connection: sqlite3.Connection, number: int, text: str) -> None:
    connection.execute("insert into said values (?, ?)", [number, text])
    for index in scrubbing.INDEXES:
        connection.execute(f"insert into {index} (rowid, text) values (?, ?)", [number, text])


def delete(connection: sqlite3.Connection, number: int, text: str) -> None:
    for index in scrubbing.INDEXES:
        connection.execute(f"insert into {index} ({index}, rowid, text) values ('delete', ?, ?)", [number, text])
    connection.execute("delete from said where id = ?", [number])


def test_deleting_leaves_traces_and_scrubbing_none(opened: sqlite3.Connection, path: str) -> None:
    """A deleted row stands in the file, and after scrubbing it does not, while the other rows do."""
    for number in range(200):
        say(opened, number, f"pakken nummer {number}")
    say(opened, 999, "zyzzyvapakken")
    delete(opened, 999, "zyzzyvapakken")
    looked_for = wanted(["zyzzyvapakken"], ["zyzzyvapakken"])
    assert scrubbing.left_in(opened, path, looked_for) == 1
    opened.execute("pragma wal_checkpoint(truncate)")
    assert b"zyzzyva" in Path(path).read_bytes()
    assert scrubbing.scrub(opened, path, looked_for) is None
    assert b"zyzzyva" not in Path(path).read_bytes()
    assert Path(path + "-wal").stat().st_size == 0
    assert opened.execute("select count(*) from said").fetchone()[0] == 200
    found = opened.execute("select rowid from notes_fts where notes_fts match 'pakken' limit 1").fetchone()
    assert found is not None


@pytest.mark.parametrize(
    ("content", "words", "texts", "names", "found"),
    [
        (b"\0\x07Zyzzyva\x01", ["zyzzyva"], [], [], {b"zyzzyva"}),
        (b"azyzzyva", ["zyzzyva"], [], [], set()),
        ("\0ÅRSAGEN\1".encode(), ["ÅRSAGEN"], [], [], {"Årsagen".encode().lower().replace("å".encode(), "Å".encode())}),
        ("\0årsagen\1".encode(), ["Årsagen"], [], [], {"årsagen".encode()}),
        (b"xxPakken kom aldrigxx", [], ["pakken kom aldrig"], [], {b"pakken kom aldrig"}),
        (b"xxK-1042xx", [], [], ["k-1042"], {b"k-1042"}),
        (b"kort", ["kort"], ["kort"], [], set()),
    ],
)
def test_bytes_are_searched(
    tmp_path: Path, content: bytes, words: list[str], texts: list[str], names: list[str], found: set[bytes]
) -> None:
    """Words are found where they stand alone, texts and names also inside others, in capitals or not."""
    file = tmp_path / "bytes"
    file.write_bytes(content)
    assert scrubbing.traces_of([str(file)], wanted(words, texts, names)) == found


def test_missing_file_has_no_traces(tmp_path: Path) -> None:
    """A file that is not there holds nothing."""
    assert scrubbing.traces_of([str(tmp_path / "none")], wanted(["zyzzyva"], [])) == set()


def test_traces_across_chunks_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that lies across two readings is found."""
    monkeypatch.setattr(scrubbing, "_CHUNK_BYTES", 1000)
    file = tmp_path / "bytes"
    for start in range(980, 1010):
        file.write_bytes(b" " * start + b"zyzzyva kom aldrig frem" + b" " * 2000)
        looked_for = wanted(["zyzzyva"], ["zyzzyva kom aldrig frem"])
        assert scrubbing.traces_of([str(file)], looked_for) == {b"zyzzyva", b"zyzzyva kom aldrig frem"}


def test_every_page_of_a_long_text_is_looked_for() -> None:
    """Of a long text a piece of every kilobyte is looked for, since it is spread over pages."""
    text = " ".join(f"ord{number}" for number in range(20_000))
    pieces = wanted([], [text]).pieces
    assert len(pieces) >= len(text) // 1000
    assert all(piece.decode() in text for piece in pieces)


def test_pieces_are_sampled_in_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all pieces fit the time, an even sample of them is looked for, and all words still are."""
    monkeypatch.setattr(scrubbing, "_BYTES_COMPARED", 1)
    monkeypatch.setattr(scrubbing, "_FEWEST_PIECES", 16)
    texts = [f"sætning nummer {number:05}" for number in range(100)]
    file = tmp_path / "bytes"
    file.write_text("\0".join(texts) + "\0zyzzyva\0", "utf-8")
    found = scrubbing.traces_of([str(file)], wanted(["zyzzyva"], texts))
    assert scrubbing.sampled(str(file), wanted([], texts)) and not scrubbing.sampled(str(file), wanted([], texts[:9]))
    assert b"zyzzyva" in found and 14 <= len(found) - 1 <= 16


def test_what_others_say_is_no_trace(opened: sqlite3.Connection, path: str) -> None:
    """A word that stands in a row that stays is no trace."""
    say(opened, 1, "zyzzyvapakken")
    assert scrubbing.traces_of([path + "-wal"], wanted(["zyzzyvapakken"], [])) == {b"zyzzyvapakken"}
    assert scrubbing.left_in(opened, path, wanted(["zyzzyvapakken"], ["zyzzyvapakken"])) == 0


def test_an_index_that_still_knows_a_word_is_a_trace(opened: sqlite3.Connection, path: str) -> None:
    """A word that only the index knows is found by asking it, and goes when it is made anew."""
    say(opened, 1, "zyzzyvapakken")
    opened.execute("delete from said")
    assert scrubbing.indexed(opened, [b"zyzzyvapakken"]) == {b"zyzzyvapakken"}
    assert scrubbing.left_in(opened, path, wanted(["zyzzyvapakken"], [])) == 1
    assert scrubbing.scrub(opened, path, wanted(["zyzzyvapakken"], [])) is None
    assert scrubbing.indexed(opened, [b"zyzzyvapakken"]) == set()


def test_a_reader_is_waited_for(opened: sqlite3.Connection, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With somebody reading an older state the file is not called clean, and it is once they are gone."""
    monkeypatch.setattr(scrubbing, "READER_SECONDS", 0.1)
    say(opened, 1, "zyzzyvapakken")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from said").fetchone()
    delete(opened, 1, "zyzzyvapakken")
    looked_for = wanted(["zyzzyvapakken"], [])
    assert scrubbing.scrub(opened, path, looked_for) == f"somebody is still reading an older state of {path}"
    reader.close()
    assert scrubbing.scrub(opened, path, looked_for) is None


def test_writers_go_on_meanwhile(opened: sqlite3.Connection, path: str) -> None:
    """What others write while a file is scrubbed stays and is no trouble."""
    other = sqlite3.connect(path, isolation_level=None)
    say(opened, 1, "zyzzyvapakken")
    delete(opened, 1, "zyzzyvapakken")
    say(other, 2, "kaffen")
    assert scrubbing.scrub(opened, path, wanted(["zyzzyvapakken"], [])) is None
    say(other, 3, "kaffen igen")
    assert scrubbing.unsound(opened) is None
    assert opened.execute("select count(*) from said").fetchone()[0] == 2
    other.close()


def test_damage_is_told(opened: sqlite3.Connection, path: str) -> None:
    """An index that disagrees with its rows is told, not passed over."""
    say(opened, 1, "kaffen")
    opened.execute("insert into notes_fts (notes_fts, rowid, text) values ('delete', 1, 'kaffen')")
    assert "the index disagrees with the rows" in (scrubbing.unsound(opened) or "")
    assert not opened.in_transaction


def test_a_number_beside_a_word_is_no_trace(opened: sqlite3.Connection, path: str) -> None:
    """A word of a row that a number beside it seems to make longer is no trace once the file is made anew."""
    opened.execute("create table counted (word text, notes integer)")
    opened.execute("insert into counted values ('prisbillig', ?)", [ord("t")])
    looked_for = wanted(["prisbilligt"], [])
    assert scrubbing.left_in(opened, path, looked_for) == 1
    assert scrubbing.scrub(opened, path, looked_for) is None
    assert scrubbing.left_in(opened, path, wanted(["prisbilligt"], [], ["prisbilligt"]), anew=True) == 1


def test_many_words_of_others_are_no_traces(opened: sqlite3.Connection, path: str) -> None:
    """However many words and sentences somebody else said, too, none is a trace."""
    for number in range(30):
        say(opened, number, f"ordnummer{number} kom aldrig frem")
    texts = [f"ordnummer{number} kom aldrig frem" for number in range(30)]
    assert scrubbing.left_in(opened, path, wanted([text.split()[0] for text in texts], texts)) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="locks of a process are a matter of Unix")
def test_looking_keeps_the_locks(log: Log, say: Callable[..., int]) -> None:
    """Others who come and go while the bytes are searched leave an open connection its write-ahead log."""
    say("Pakken kom for sent")
    for end in ("", "-wal", "-shm"):
        scrubbing.traces_of([log.path + end], scrubbing.wanted(["pakken"], []))
    come_and_go = "import sys; from feedlog.store import open_for_writing as o; o(sys.argv[1], ['da']).close()"
    subprocess.run([sys.executable, "-c", come_and_go, log.path], check=True)
    assert os.path.exists(f"{log.path}-wal")
    say("Posen kom for sent")
    look = "import sys; from feedlog.store import open_for_reading as o; print(o(sys.argv[1]).value(sys.argv[2]))"
    words = [sys.executable, "-c", look, log.path, "select count(*) from notes"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "2\n"
