"""Short calls come and go while erasures and backups run, and `kill -9` meets both in the middle of their work.

SQLite forgets a process's locks when that process closes any other handle of the file: whoever reads a log's bytes
beside its connection might let a short call take the write-ahead log away. That seldom shows here; that the locks
are kept is what tests/store/test_scrubbing.py shows.
"""

import random
import subprocess
import threading
import time
from pathlib import Path

from bench.torture.scene import Broken, Scene, check, require, value

# A word nobody else uses.
TOKEN = "zyzzyvaqvark"
LANES = 2
# Beside the others an erasure takes a second or two, a backup half a second.
LATEST_KILL_SECONDS = 1.2
LONGEST_CALL = 120.0


class Comers:
    """One short `feedlog add` after the other in each lane, some killed and repeated with their key."""

    def __init__(self, scene: Scene) -> None:
        self.acknowledged: set[str] = set()
        self.killed = 0
        self._scene, self._over = scene, threading.Event()
        self._trouble: list[str] = []
        self._threads = [threading.Thread(target=self._come_and_go, args=(lane,)) for lane in range(LANES)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._trouble:
            raise Broken(self._trouble[0])

    def _come_and_go(self, lane: int) -> None:
        chance, number = random.Random(lane), 0
        while not self._over.is_set() and not self._trouble:
            number += 1
            words = ("add", f"Kald {number} fra {lane}", "-c", f"K-{lane}", "--key", f"{lane} {number}")
            if chance.random() < 0.3:
                self.killed += killed(self._scene, words, chance.random() * 0.3)
            call = self._scene.start(*words)
            _, err = call.communicate(timeout=LONGEST_CALL)
            if call.returncode:
                self._trouble.append(
                    f"feedlog add ended with {call.returncode} beside an erasure: {err.strip()[-300:]}"
                )
            else:
                self.acknowledged.add(f"{lane} {number}")
            self._over.wait(chance.random() * 0.1)  # now and then nobody has the log open but who erases


def killed(scene: Scene, words: tuple[str, ...], after: float) -> bool:
    """Starts a call and kills it; False where it had ended by itself."""
    call = scene.start(*words)
    try:
        call.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        call.kill()
        call.communicate()
        return True
    return False


def run(work: Path, short: bool) -> str:
    """Erasures and backups one after the other, every second one killed, and the same again until it is done."""
    rounds = range(1, 2) if short else range(16)  # every odd one kills
    scene = Scene(work)
    fill(scene, 200 if short else 4000)
    chance, comers = random.Random(6), Comers(scene)
    erasures = backups = 0
    (work / "backups").mkdir()
    started = time.monotonic()
    with comers:
        for number in rounds:
            scene.done("add", f"{TOKEN} {number} kom aldrig frem, siger {TOKEN}", "-c", f"E-{number}", "--name", TOKEN)
            backup = ("backup", str(work / "backups"))
            erase = ("erase", f"E-{number}", "--reason", "asked", "--yes")
            if number % 2:
                backups += killed(scene, backup, 0.1 + chance.random() * 0.4)
                erasures += killed(scene, erase, 0.15 + chance.random() * LATEST_KILL_SECONDS)
            scene.done(*backup)
            gone(scene, erase)
    seconds = time.monotonic() - started
    stored = value(scene.log, "select count(*) from notes where idempotency_key like '_ %'")
    require(stored == len(comers.acknowledged), f"{len(comers.acknowledged)} keys and {stored} notes")
    check(scene.log)
    for copy in (work / "backups").glob("*.db"):
        check(copy)
    left = [str(path.relative_to(work)) for path in holding(work)]
    require(not left, f"what was erased is still in {', '.join(left)}")
    told = scene.call("doctor")
    require(told.status == 0, f"doctor finds what is not well: {told.out.strip()[-300:]}")
    return (
        f"{len(rounds)} erasures and {len(rounds)} backups beside {stored} short calls of `feedlog add` that came and"
        f" went in {seconds:.0f} s, {erasures} erasures, {backups} backups and {comers.killed} notes killed in the"
        " middle and done again: one note per key, 0 lost, log and backups sound, 0 bytes left"
    )


def fill(scene: Scene, notes: int) -> None:
    """So many notes that an erasure takes a while to look through the bytes of the files."""
    lines = [f"Pakke {number} kom for sent, og ingen ringede om det;K-{number % 50 + 10}" for number in range(notes)]
    rows = scene.folder / "notes.csv"
    rows.write_text("verbatim;customer\n" + "\n".join(lines), "utf-8")
    scene.done("import", str(rows))


def gone(scene: Scene, erase: tuple[str, ...]) -> None:
    """Erases to the end: also where a killed call had taken the rows, or had just finished."""
    ran = scene.call(*erase)
    finished = ran.status == 1 and "There is no customer" in ran.err
    require(ran.status == 0 or finished, f"erasing ended with {ran.status}: {ran.err.strip()[-300:]}")


def holding(folder: Path) -> list[Path]:
    """The files whose bytes hold the word."""
    return [
        path for path in sorted(folder.rglob("*")) if path.is_file() and TOKEN.encode() in path.read_bytes().lower()
    ]
