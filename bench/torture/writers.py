"""Many write at once, while others read, back up and erase: nobody is refused, nothing is lost."""

import statistics
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

from bench.torture import agents
from bench.torture.scene import Broken, Scene, check, opened, require, value

ERASED = 12
LONGEST_WAIT_MS = 30_000.0


def run(work: Path, short: bool) -> str:
    """Agents with a fresh connection for every note beside a reader, backups and erasures; then whole command lines."""
    many, each = (5, 5) if short else (50, 40)
    scene = Scene(work)
    erasable = 2 if short else ERASED
    scene.prepare(*(("add", f"Kurven {number} er forsvunden", "-c", f"E-{number}") for number in range(erasable)))
    alone = at_once(scene, many, each, "alone")
    all_there(scene, many * each, "alone")
    company = Company(scene, erasable)
    with company:
        beside = at_once(scene, many, each, "beside")
    all_there(scene, many * each, "beside")
    calls = whole_calls(scene, many, 2 if short else 20)
    return (
        f"{many} agents x {each} notes, a fresh connection each: 0 lost, 0 refused, {alone}; beside a reader,"
        f" {company.backups} backups and {company.erasures} erasures: 0 lost, 0 refused, {beside}; {calls}"
    )


def at_once(scene: Scene, many: int, each: int, name: str) -> str:
    """So many agents begin together, and each logs so many notes; how long they waited."""
    writing = [agents.started(scene.log, f"{name} {number}", 0, each) for number in range(many)]
    agents.begin(writing)
    told = [one for agent in writing for one in agents.ended(agent)]
    times = sorted(one.milliseconds for one in told)
    require(len({one.note_id for one in told}) == many * each, "a note's number was given twice, or a note is missing")
    require(times[-1] < LONGEST_WAIT_MS, f"one waited {times[-1] / 1000:.1f} s")
    return f"median {statistics.median(times):.0f} ms, longest {times[-1] / 1000:.1f} s"


def all_there(scene: Scene, wanted: int, name: str) -> None:
    """Every acknowledged note is in the log, which is sound."""
    stored = value(scene.log, f"select count(*) from notes where idempotency_key like '{name} %'")
    require(stored == wanted, f"{wanted} notes were acknowledged and {stored} are there")
    check(scene.log)


def whole_calls(scene: Scene, many: int, each: int) -> str:
    """As many shells, each calling the real command line again and again."""
    before = value(scene.log, "select count(*) from notes")
    refused: list[str] = []
    times: list[float] = []

    def shell(name: int) -> None:
        for number in range(each):
            started = time.perf_counter()
            call = scene.start("add", f"Kasse {number} fra {name}", "-c", f"K-{number % 9}", "-t", "levering")
            _, err = call.communicate()
            times.append(time.perf_counter() - started)
            if call.returncode:
                refused.append(err)

    shells = [threading.Thread(target=shell, args=(name,)) for name in range(many)]
    for one in shells:
        one.start()
    for one in shells:
        one.join()
    require(not refused, f"{len(refused)} calls were refused: {refused[:1]}")
    stored = value(scene.log, "select count(*) from notes") - before
    require(stored == many * each, f"{many * each} calls succeeded and {stored} notes are there")
    check(scene.log)
    return (
        f"{many} shells x {each} whole calls of `feedlog add`: {stored} stored, 0 refused, median"
        f" {statistics.median(times):.1f} s, longest {max(times):.1f} s"
    )


class Company:
    """Others at work meanwhile: one who reads for long, as pages do, one who backs up, one who erases."""

    def __init__(self, scene: Scene, erasable: int) -> None:
        self.backups = self.erasures = 0
        self._scene, self._erasable = scene, erasable
        self._over = threading.Event()
        self._trouble: list[str] = []
        self._threads = [threading.Thread(target=work) for work in (self._read, self._back_up, self._erase)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._trouble:
            raise Broken(self._trouble[0])

    def _read(self) -> None:
        while not self._over.is_set():
            with closing(opened(self._scene.log)) as connection:
                connection.execute("begin")
                seen = connection.execute("select count(*) from current_notes").fetchone()
                self._over.wait(1)  # as a page that takes long
                if connection.execute("select count(*) from current_notes").fetchone() != seen:
                    self._trouble.append("a reader saw the log change while it read")
            self._over.wait(0.2)

    def _back_up(self) -> None:
        while not self._over.is_set():
            self._must("backup", str(self._scene.folder / "copy.db"), "--force")
            check(self._scene.folder / "copy.db")
            self.backups += 1

    def _erase(self) -> None:
        for number in range(self._erasable):
            words = ("erase", f"E-{number}", "--reason", "asked", "--yes")
            while self._must(*words, also="traces remain"):  # a reader was in the way: it says so and goes on
                pass
            self.erasures += 1
            if self._over.is_set():
                return

    def _must(self, *words: str, also: str = "") -> int:
        call = self._scene.start(*words)
        try:
            _, err = call.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            call.kill()
            err = "it never ended"
        if call.returncode and not (also and also in err):
            self._trouble.append(f"feedlog {words[0]} was refused: {err.strip()[:300]}")
            return 0
        return call.returncode
