"""A damaged log: wherever SQLite sees the damage, doctor says it and no backup is made of it; nothing pretends."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bench.torture.scene import Scene, opened, require

BYTES = 200
CALLS = (("list",), ("search", "pakken"), ("publish",), ("add", "Ny klage"))


def run(work: Path, short: bool) -> str:
    """Logs with two hundred bytes overwritten somewhere, or cut short; each is looked at by every kind of call."""
    trials = range(7, 10) if short else range(30)  # also the short form cuts one of them
    scene = Scene(work)
    long = "kom tre uger for sent, sagde hun "
    scene.prepare(*(("add", f"Pakke {number} {long}" * 10, "-c", f"K-{number % 5}") for number in range(30)))
    shutil.copytree(scene.log.parent, work / "base")
    chance = random.Random(11)
    seen = refused = kept = 0
    for number in trials:
        shutil.rmtree(scene.log.parent)
        shutil.copytree(work / "base", scene.log.parent)
        shutil.rmtree(scene.spool, ignore_errors=True)
        damage(scene.log, chance, cut=number % 10 == 9, at_head=short)
        visible = not sound(scene.log)
        doctor = scene.call("doctor")
        copy = work / f"copy-{number}.db"
        backup = scene.call("backup", str(copy))
        if visible:
            seen += 1
            require(doctor.status != 0, f"trial {number}: SQLite finds damage and doctor does not: {doctor.out}")
            require(backup.status != 0 and not copy.exists(), f"trial {number}: a damaged log was backed up")
        require(not copy.exists() or sound(copy), f"trial {number}: a backup is not sound")
        copy.unlink(missing_ok=True)
        for words in CALLS:
            ran = scene.call(*words)  # never a traceback
            refused += ran.status != 0
            if words[0] == "add" and ran.status:
                require("Ny klage" in scene.spooled(), f"trial {number}: the text is gone: {ran.err.strip()}")
                kept += 1
    require(seen > 0, "none of the logs was damaged where SQLite sees it")
    return (
        f"{len(trials)} damaged logs: SQLite sees the damage in {seen}, and in each of them doctor says so and no"
        f" backup is made; {len(trials) * len(CALLS)} other calls, {refused} refused with a sentence, no traceback;"
        f" {kept} texts that could not be stored are in the spool"
    )


def damage(log: Path, chance: random.Random, *, cut: bool, at_head: bool) -> None:
    """Overwrites bytes somewhere behind the first page, or cuts the file short; SQLite sees the head of a page."""
    size = log.stat().st_size
    at = chance.randrange(4096, size - BYTES)
    at -= at % 4096 if at_head else 0
    with log.open("r+b") as file:
        if cut:
            file.truncate(at)
        else:
            file.seek(at)
            file.write(chance.randbytes(BYTES))


def sound(log: Path) -> bool:
    """Whether SQLite's own quick look finds nothing."""
    try:
        with closing(opened(log)) as connection:
            return connection.execute("pragma quick_check").fetchall() == [("ok",)]
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # Python cannot read a complaint that quotes damaged bytes
        return False
