"""Exporting: the warehouse is the published file, month by month, and only what changed is written."""

import itertools
import json
import os
import random
import resource
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from feedlog.errors import NotFound, NotStored, Refused, WrongUsage
from feedlog.operations import corrections
from feedlog.operations.shapes import By
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from feedlog.warehouse import folder
from feedlog.warehouse.asking import ask
from feedlog.warehouse.exporting import export
from feedlog.warehouse.tables import MONTHLY, TABLES

CLOSED = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]

BY = By("mette", "2026-11-18T09:00:00Z")

Bring = Callable[..., Any]


def rows_of(place: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table as any program would read them, without feedlog."""
    read: list[dict[str, Any]] = pyarrow.parquet.read_table(place / table).to_pylist()
    return read


def texts_in(place: Path) -> str:
    """Every text in every Parquet file below a folder, whether it belongs to the warehouse or not."""
    files = [pyarrow.parquet.ParquetFile(path).read().to_pylist() for path in place.rglob("*.parquet")]
    return json.dumps(files, default=str, ensure_ascii=False)


def state(place: Path) -> dict[str, tuple[int, int]]:
    """Which file stands where, and since when."""
    return {
        str(path.relative_to(place)): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in place.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("table", [table.name for table in MONTHLY if table.name != "words"])
def test_rows_are_those_of_the_published_file(bring: Bring, shop: Log, place: Path, table: str) -> None:
    """Every row of the months that are over is there, once, with the values of the published file."""
    bring()
    of_note = "notes.id" if table == "notes" else f"{table}.note_id"
    with sqlite3.connect(place_beside(shop.path)) as pages:
        pages.row_factory = sqlite3.Row
        there = pages.execute(
            f"""select said.month as of_month, {table}.* from {table} join notes as said on said.id = {of_note}
                 where said.month < '2026-11'"""
        ).fetchall()
    shared = [column.name for column in TABLES[table].columns if column.name != "amount_minor"]
    assert there

    def spelled(row: Any) -> tuple[str, ...]:
        cells = [
            str(row["month" if isinstance(row, dict) else "of_month"]),
            *("" if row[name] is None else str(row[name]) for name in shared),
        ]
        return tuple(
            cell.replace(" ", "T").replace("+00:00", "Z").replace("True", "1").replace("False", "0") for cell in cells
        )

    assert sorted(map(spelled, rows_of(place, table))) == sorted(map(spelled, there))


def test_hundredths(bring: Bring, shop: Log, place: Path) -> None:
    """Goodwill is kept in hundredths of its currency, as whole numbers."""
    bring(open_month=True)
    given = sorted(row["amount_minor"] for row in rows_of(place, "responses") if row["amount_minor"] is not None)
    kept = [row[0] for row in shop.rows("select amount_minor from responses where amount_minor is not null order by 1")]
    assert given == kept != []


def test_nobody_is_named(bring: Bring, shop: Log, place: Path) -> None:
    """No customer's full name and no key stands in any file."""
    bring(open_month=True)
    texts = texts_in(place).lower()
    for row in shop.rows("select key, name from customers"):
        assert f'"{row["key"].lower()}"' not in texts
        assert not row["name"] or row["name"].lower() not in texts


def test_the_open_month_is_left_out(bring: Bring, place: Path) -> None:
    """Only months that are over are there, unless the one that is not is asked for; then it goes again."""
    assert bring()["months"] == CLOSED
    assert {path.name for path in (place / "notes").iterdir()} == {f"month={month}" for month in CLOSED}
    opened = bring(open_month=True)
    assert (opened["months"], opened["written"]) == ([*CLOSED, "2026-11"], ["2026-11"])
    again = bring()
    assert (again["months"], again["removed"]) == (CLOSED, ["2026-11"])
    assert not (place / "notes" / "month=2026-11").exists()


def test_nothing_changed_nothing_touched(bring: Bring, place: Path) -> None:
    """A second export writes no file."""
    bring()
    before = state(place)
    assert bring()["written"] == []
    assert state(place) == before


def test_only_a_changed_month_is_written(bring: Bring, place: Path, shop: Log, misheard: int) -> None:
    """A correction changes its month alone; the old wording is in no file any more."""
    done = bring()
    assert done["notes"] == len(rows_of(place, "notes"))
    before = state(place)
    assert "Gebyret er alt for højt" in texts_in(place)
    corrections.correct(shop, misheard, "Gebyret kan vi ikke betale", "misheard", BY)
    assert bring()["written"] == ["2026-09"]
    changed = {name for name, when in state(place).items() if before.get(name) != when}
    assert changed == {f"{table.name}/month=2026-09/{table.name}.parquet" for table in MONTHLY} | {"warehouse.json"}
    assert "Gebyret er alt for højt" not in texts_in(place)


def test_damage_is_mended(bring: Bring, place: Path) -> None:
    """A file that is not to the byte what was made, or is gone, is made anew."""
    bring()
    whole = texts_in(place)
    flipped = place / "words" / "month=2026-07" / "words.parquet"
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    (place / "notes" / "month=2026-06" / "notes.parquet").unlink()
    assert bring()["written"] == ["2026-06", "2026-07"]
    assert texts_in(place) == whole


def test_private_unless_the_folder_is_shared(bring: Bring, place: Path) -> None:
    """Files and folders are for their owner; in a folder open to a group they are open to it, to everybody never."""
    before = os.umask(0)
    try:
        bring()
        assert {path.stat().st_mode & 0o777 for path in place.rglob("*") if path.is_file()} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in [place, *place.rglob("*")] if path.is_dir()} == {0o700}
        place.chmod(0o2775)
        (place / "notes" / "month=2026-06" / "notes.parquet").unlink()
        bring()
        assert (place / "notes" / "month=2026-06" / "notes.parquet").stat().st_mode & 0o777 == 0o660
    finally:
        os.umask(before)


def test_what_is_refused(bring: Bring, shop: Log, place: Path, tmp_path: Path) -> None:
    """A file, a folder of other things, another log's warehouse, one from a newer feedlog: a sentence each."""
    bring()
    pages = place_beside(shop.path)
    (tmp_path / "file").touch()
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").touch()
    for path, kind, message in (
        (tmp_path / "file", WrongUsage, f"This is not a folder: {tmp_path}/file."),
        (tmp_path / "letters", Refused, f"The folder holds other things, such as a.txt: {tmp_path}/letters."),
    ):
        with pytest.raises(kind) as refused:
            export(pages, str(path), this_month="2026-11", made_at="")
        assert refused.value.message == message
    with pytest.raises(NotFound) as missing:
        export(str(tmp_path / "none.db"), str(place), this_month="2026-11", made_at="")
    assert missing.value.message == f"There is no published file: {tmp_path}/none.db."
    with pytest.raises(Refused) as other:
        export(shop.path, str(place), this_month="2026-11", made_at="")
    assert other.value.message == f"This is no published file: {shop.path}."
    for name, value, message in (
        ("log", "another", f"The warehouse was made from another log: {place}."),
        ("form", 99, f"The warehouse was made by a newer feedlog: {place}."),
        ("parts", [], f"The list of what belongs to the warehouse is damaged: {place}/warehouse.json."),
    ):
        kept = (place / "warehouse.json").read_text("utf-8")
        (place / "warehouse.json").write_text(json.dumps({**json.loads(kept), name: value}), "utf-8")
        with pytest.raises(Refused) as refused:
            bring()
        assert refused.value.message == message
        (place / "warehouse.json").write_text(kept, "utf-8")


def test_two_exports_at_once(bring: Bring, place: Path) -> None:
    """Somebody who exports has the warehouse alone."""
    with folder.exporting(str(place)), pytest.raises(Refused) as refused:
        bring()
    assert refused.value.message == f"Somebody else is exporting to {place}."


def test_readers_are_waited_for(bring: Bring, place: Path, misheard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing changes under somebody who reads; where they never end, the old warehouse stays and it is said."""
    monkeypatch.setattr(folder, "PATIENCE_SECONDS", 0.1)
    bring()
    (place / "notes" / "month=2026-06" / "notes.parquet").unlink()
    with pytest.raises(Refused):
        folder.reading(str(place)).__enter__()
    bring()
    before = state(place)
    with folder.reading(str(place)), pytest.raises(Refused) as refused:
        bring(open_month=True)
    assert refused.value.message == f"The warehouse has been in use for too long: {place}."
    assert {name: when for name, when in state(place).items() if not name.startswith("_coming")} == before


def test_without_pyarrow(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its packages it is said what to install, before anything is made."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        bring()
    assert refused.value.message == "The warehouse needs the package pyarrow, which is not installed."
    assert refused.value.hint == "Install it with: pip install 'feedlog[warehouse]'"


def test_a_full_disk(bring: Bring, shop: Log, place: Path, misheard: int) -> None:
    """Where a file finds no room, the warehouse stays as it was, with a sentence."""
    bring()
    before = texts_in(place)
    corrections.correct(shop, misheard, random.Random(1).randbytes(100_000).hex(), "misheard", BY)
    publish(shop, place_beside(shop.path))

    def refused() -> str:
        room = 64 * 1024  # enough for SQLite's shared memory, too little for that sentence
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            export(place_beside(shop.path), str(place), this_month="2026-11", made_at="")
        except NotStored as error:
            return error.message
        return "it found room"

    assert in_a_child(refused).startswith(f"The warehouse cannot be written to {place}: ")
    assert not (place / "_coming" / "warehouse.json").exists()
    assert bring()["written"] == ["2026-09"]
    assert texts_in(place) != before


def test_killed_at_any_step(bring: Bring, shop: Log, place: Path, misheard: int) -> None:
    """Wherever an export is killed, the next question gets the old warehouse or the new one, and the next export ends
    where one that was not killed does."""
    bring(open_month=True)
    asked = "select month, count(*), count(*) filter (where verbatim like '%betale%') from notes group by 1 order by 1"
    old = ask(asked, str(place), limit=99)
    shutil.copytree(place, place.with_name("old"))
    corrections.correct(shop, misheard, "Gebyret kan vi ikke betale", "misheard", BY)
    bring()
    new = ask(asked, str(place), limit=99)
    assert old != new
    seen = []
    for step in range(1, 1000, 24):
        shutil.rmtree(place)
        shutil.copytree(place.with_name("old"), place)
        ended = in_a_child(lambda step=step: killed_at(step, place_beside(shop.path), place))
        seen.append(ask(asked, str(place), limit=99))
        assert seen[-1] in (old, new)
        if ended:
            break
        bring()
        assert ask(asked, str(place), limit=99) == new
        assert not (place / "_coming").exists()
    assert len(seen) > 4
    assert seen[0] == old
    assert seen[-1] == new


def killed_at(step: int, pages: str, place: Path) -> str:
    """Exports, and dies at the so-manieth file or folder that is opened, made, moved or removed."""
    steps = itertools.count(1)

    def die(event: str, _: object) -> None:
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir") and next(steps) == step:
            os._exit(9)

    sys.addaudithook(die)
    export(pages, str(place), this_month="2026-11", made_at="")
    return "ended"


def in_a_child(look: Callable[[], str]) -> str:
    """Runs it in a process of its own; what it says, or nothing where it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, look().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        said = told.read()
    os.waitpid(child, 0)
    return said
