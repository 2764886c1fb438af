"""What is erased is nowhere: its bytes are counted in every file feedlog keeps, before and after."""

import sqlite3
import threading
from pathlib import Path

from bench.torture.scene import Broken, Scene, check, require

# A word nobody else uses, so that finding it anywhere means that it was left there.
TOKEN = "zyzzyvaqvark"
WORDS = f"{TOKEN} kom aldrig frem, og ingen ringede om {TOKEN}"


def run(work: Path, short: bool) -> str:
    """A customer with everything, also by writers who left freed pages as they were; at first a reader is there."""
    scene = Scene(work)
    fill(scene)
    before = copies(work)
    require(len(before) >= 4, f"the word stands in too few files to prove anything: {sorted(before)}")
    held = "" if short else held_back(scene)
    erased = scene.call("erase", "K-1", "--reason", "asked to be forgotten", "--yes", "--json")
    require(erased.status == 0, f"erasing ended with {erased.status}: {erased.err.strip()[-300:]}")
    require('"verified": true' in erased.out, "the receipt does not say that it was verified")
    after = copies(work)
    require(not after, f"the word is still in {after}")
    check(scene.log)
    listed = scene.done("search", TOKEN).out
    require(not listed and "Skoene" in scene.done("list").out, "others' notes are gone, or hers are not")
    copy = work / "backups" / "copy.db"
    check(copy)
    scene.done("restore", str(copy), "--yes")
    require(not copies(work), "a restored backup brought the word back")
    files = ", ".join(f"{name} {count}" for name, count in sorted(before.items()))
    return (
        f"before, the word stood {sum(before.values())} times in {len(before)} files ({files}); after, 0 times in 0;"
        f" 0 after restoring the backup{held}"
    )


def fill(scene: Scene) -> None:
    """A customer whose words are in every kind of place, with corrections, and others who stay."""
    scene.prepare(
        ("add", WORDS, "-c", "K-1", "--name", "Anna Holm", "-t", "levering", "--reading", f"vred over {TOKEN}"),
        ("add", "Skoene trykker", "-c", "K-2"),
    )
    careless(scene.log)
    (scene.folder / "backups").mkdir()
    scene.prepare(
        *(("add", f"{number} gange {TOKEN} nu " * 300, "-c", "K-1") for number in range(5)),
        ("correct", "1", f"{WORDS}, og igen {TOKEN}", "--why", f"misheard {TOKEN}"),
        ("promise", "add", "1", f"finde {TOKEN}", "--due", "in 9 days", "--any-day"),
        ("response", "add", "1", "--kind", "apologised", "--text", f"for {TOKEN}"),
        ("fact", "add", "K-1", f"ejer {TOKEN}"),
        ("publish",),
        ("backup", str(scene.folder / "backups" / "copy.db")),
        # Taken back: no note of hers, but still in the files.
        ("add", f"taget tilbage: {TOKEN}", "-c", "K-1", "--agent", "jens"),
        ("undo", "--agent", "jens"),
    )
    spool(scene)


def spool(scene: Scene) -> None:
    """A text of hers that could not be stored."""
    scene.log.rename(scene.log.with_suffix(".aside"))
    scene.log.mkdir()
    ran = scene.call("add", f"i spoolen: {TOKEN}", "-c", "K-1")
    scene.log.rmdir()
    scene.log.with_suffix(".aside").rename(scene.log)
    require(ran.status == 75 and TOKEN in scene.spooled(), "the text is not in the spool")


def careless(log: Path) -> None:
    """An earlier writer with secure_delete off, who corrects again and again: its words stay in pages nobody uses."""
    connection = sqlite3.connect(log, isolation_level=None)
    connection.execute("pragma secure_delete = off")
    for number in range(30):
        long = f"{TOKEN} rettet {number} " * 400
        connection.execute("update wordings set verbatim = ?, stems = ? where note_id = 1", [long, long])
    connection.execute("update wordings set verbatim = null, stems = 'pakk' where note_id = 1")
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()


def copies(folder: Path) -> dict[str, int]:
    """How often the word stands in the bytes of each file below a folder, in capitals or not, also as UTF-16."""
    found: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            count = content.count(TOKEN.encode()) + content.count(TOKEN.encode("utf-16-le"))
            if count:
                place = path.relative_to(folder)
                found["spool" if place.parts[0] == "spool" else str(place)] = count
    return found


def held_back(scene: Scene) -> str:
    """While somebody reads an older state, erasing says that traces remain, and the same call goes on later."""
    ready, over = threading.Event(), threading.Event()

    def read() -> None:
        reader = sqlite3.connect(scene.log, isolation_level=None)
        reader.execute("begin")
        reader.execute("select count(*) from notes").fetchone()
        ready.set()
        over.wait()
        reader.close()

    reading = threading.Thread(target=read)
    reading.start()
    ready.wait()
    try:
        ran = scene.call("erase", "K-1", "--reason", "asked to be forgotten", "--yes")
    finally:
        over.set()
        reading.join()
    if ran.status != 1 or "traces remain" not in ran.err:
        raise Broken(f"with a reader in the way erasing ended with {ran.status}: {ran.err.strip()}")
    return "; with a reader in the way it first said that traces remain, with status 1, and the same call went on"
