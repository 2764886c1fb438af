"""A full disk in the middle of everything that writes: the text is kept, the file is sound, it goes on with room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.torture.scene import Broken, Ran, Scene, check, require, value

DISK_BYTES = 6 * 2**20
ROOMS_KIB = (0, 8, 40, 100, 300, 1000)
SHORT = ("add", "erase")
TEXT = "Pakken kom tre uger for sent, og ingen ringede æøå " * 400


class Work(NamedTuple):
    """One thing that writes: its words, and the query whose number grows when it is done, where one does."""

    name: str
    words: tuple[str, ...]
    grows: str | None = None


class Disk:
    """A folder whose room can run out: a small tmpfs where one may be mounted, else a limit on the size of files."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder, self.mounted = folder, mounted
        self.limit: int | None = None
        self._ballast = folder / "ballast"

    def leave(self, kib: int) -> None:
        """So much room is left."""
        self.empty()
        if not self.mounted:
            self.limit = (kib + 8) * 1024  # what is kept elsewhere is under the same limit
            return
        state = os.statvfs(self.folder)
        with self._ballast.open("wb") as file:
            file.write(bytes(max(0, state.f_bavail * state.f_frsize - kib * 1024)))

    def empty(self) -> None:
        """There is room again."""
        self.limit = None
        self._ballast.unlink(missing_ok=True)


@contextmanager
def disk(work: Path) -> Iterator[Disk]:
    """A disk of a few megabytes; unmounted at the end, whatever happens."""
    folder = work / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "feedlog-torture", str(folder)]
    mounted = os.geteuid() == 0 and not subprocess.run(mount, capture_output=True, check=False).returncode
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def run(work: Path, short: bool) -> str:
    """Everything that writes, at every amount of room, then again with room enough."""
    rooms = (60,) if short else ROOMS_KIB
    with disk(work) as full:
        scene = Scene(work, full.folder / "log")
        scene.env["FEEDLOG_OUTBOX"] = str(full.folder / "outbox")
        prepare(scene, work, full.folder)
        shutil.copytree(full.folder, work / "base")
        refused = done = 0
        every = works(work, full.folder)
        every = [one for one in every if one.name in SHORT] if short else every
        for one in every:
            for room in rooms:
                bring_back(full, work / "base")
                if one.name == "first publish":
                    forget_publishing(full.folder / "log")
                if tried(scene, full, one, room):
                    refused += 1
                else:
                    done += 1
        kind = "a tmpfs" if full.mounted else "a limit on the size of files"
    names = ", ".join(one.name for one in every)
    return (
        f"{refused + done} tries at a full disk ({kind}; {names}; {rooms[0]} to {rooms[-1]} KiB left): {refused}"
        f" refused with a sentence, {done} had room; every text kept, every file sound, all done again with room"
    )


def works(work: Path, place: Path) -> list[Work]:
    """Everything feedlog writes."""
    notes, responses = "select count(*) from notes", "select count(*) from responses"
    promise = ("--promise", "ring", "--due", "in 9 days", "--any-day")
    apology = ("response", "add", "2", "--kind", "apologised", "--text", TEXT)
    draft = ("letter", "write", "2", "--kind", "thanks", "--language", "en")
    return [
        Work("add", ("add", TEXT, "-c", "K-77", "-t", "levering", *promise), notes),
        Work("import", ("import", str(work / "notes.csv")), notes),
        Work("publish", ("publish", "--rebuild")),
        Work("first publish", ("publish",)),
        Work("erase", ("erase", "K-1", "--reason", "asked", "--yes"), "select count(*) from erasures"),
        Work("backup", ("backup", str(place / "copies" / "copy.db"))),
        Work("upgrade", ("list",), "select count(*) from sqlite_schema where name = 'shoes'"),
        Work("response", apology, responses),
        Work("letter", ("letter", "sent", "1", "--cc", "bo"), "select count(*) from letters where sent_at is not null"),
        Work("letter file", (*draft, "-o", str(place / "copies" / "letter.html")), "select count(*) from letters"),
        Work("correct", ("correct", "2", TEXT, "--why", "misheard"), "select count(*) from corrections"),
        Work("reindex", ("reindex",)),
    ]


def prepare(scene: Scene, work: Path, place: Path) -> None:
    """A log with a little of everything, its pages, and a letter that is ready."""
    (place / "copies").mkdir()
    lines = [f"{TEXT[:300]} {number};K-{number % 50}" for number in range(400)]
    (work / "notes.csv").write_text("verbatim;customer\n" + "\n".join(lines), "utf-8")
    (work / "letter.txt").write_text(
        "Dear Anna Holm,\n\nthank you for telling us that parcel 0 was late. We spoke to the driver.\n\nMette\n",
        "utf-8",
    )
    scene.prepare(
        *(
            ("add", f"Pakke {number} kom for sent, sagde hun", "-c", f"K-{number % 4}", "--name", "Anna Holm")
            for number in range(12)
        ),
        ("publish",),
        ("letter", "write", "1", "--kind", "thanks", "--language", "en"),
        ("letter", "edit", "1", str(work / "letter.txt")),
    )


def bring_back(full: Disk, base: Path) -> None:
    """The disk as it was, with room."""
    full.empty()
    for path in full.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(base, full.folder, dirs_exist_ok=True)


def forget_publishing(folder: Path) -> None:
    """As if nothing had been published ever: no pages, and no secret for the pseudonyms."""
    shutil.rmtree(folder / "published")
    (folder / "feedlog.db.secret").unlink()


def tried(scene: Scene, full: Disk, one: Work, room: int) -> bool:
    """Does one thing with so much room; whether it was refused. Raises Broken where anything is lost or pretended."""
    shutil.rmtree(scene.spool, ignore_errors=True)
    before = value(scene.log, one.grows or "select 0")
    full.leave(room)
    ran = called(scene, one, full.limit)
    where = f"{one.name} with {room} KiB left"
    if one.name != "upgrade":  # this feedlog does not read the next one's logs
        listed = scene.call("list", "-n", "100", limit=full.limit)
        require(listed.status == 0, f"{where}: reading was refused: {listed.err.strip()}")
    full.empty()
    check(scene.log)
    if ran.status:
        require(ran.err.count("\n") >= 2 and "feedlog: " in ran.err, f"{where}: no sentence but {ran.err.strip()!r}")
        if one.name == "add":
            require(value(scene.log, one.grows or "") == before, f"{where}: refused, and there is a note more")
            require(TEXT.strip() in scene.spooled(), f"{where}: the text is not in the spool: {ran.err.strip()[:200]}")
            require(scene.done("recover").out.count("#") == 1, f"{where}: the text did not come in from the spool")
        else:
            go_on(scene, one, where, ran)
    if one.grows:
        require(value(scene.log, one.grows) > before, f"{where}: it was said to be done and is not")
    check(scene.log)
    return ran.status != 0


def go_on(scene: Scene, one: Work, where: str, before: Ran) -> None:
    """The same again, with room: it is done now, or had been done but for what the first call named."""
    again = called(scene, one, None)
    fine = again.status == 0 or (one.name in ("letter", "correct") and "already" in again.err)
    if not fine:
        raise Broken(f"{where}: with room again it ended with {again.status}: {again.err.strip()} (before:"
                     f" {before.err.strip()})")  # fmt: skip


def called(scene: Scene, one: Work, limit: int | None) -> Ran:
    """Runs it, as feedlog's next version where it is an upgrade."""
    if one.name != "upgrade":
        return scene.call(*one.words, limit=limit)
    from bench.torture import upgrades

    return upgrades.called(scene, *one.words, limit=limit)
