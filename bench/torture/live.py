"""kill -9 of everything, the machine gone: what the live copy lacks, in notes and in seconds."""

import os
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.torture import agents, object_store
from bench.torture.object_store import ObjectStore
from bench.torture.scene import Broken, Scene, check, require, value

LANES = 4
AT_WORK_SECONDS, SHORT = 6.0, 2.5
# Litestream sends every second. A busy machine is slow, but a copy so far behind would be no live copy.
MOST_SECONDS = 10.0


class Lost(NamedTuple):
    """Of the notes acknowledged, how many the copy lacks, and how long before the kill the oldest of them was told."""

    acknowledged: int
    notes: int
    seconds: float


def run(work: Path, short: bool) -> str:
    """Agents, Litestream and the object store, where there is one, are killed at once; the copy makes a new log."""
    folders = [_with_a_folder(work / f"folder {number}", short) for number in range(1 if short else 5)]
    told = [_rounds("a folder", folders)]
    if short or object_store.program() is None:
        why = "in the short form" if short else "as SeaweedFS is not installed"
        told.append(f"an object store was not tried {why}")
    else:
        store = ObjectStore(work / "store")
        try:
            told.append(_rounds("S3", [_with_a_store(work / f"store {number}", store) for number in range(3)]))
        finally:
            store.kill()
    return "; ".join(told)


def _rounds(where: str, found: list[Lost]) -> str:
    worst = max(one.seconds for one in found)
    require(worst < MOST_SECONDS, f"the copy in {where} was {worst:.1f} s behind")
    middle = statistics.median(one.seconds for one in found)
    return (
        f"{where}: {len(found)} × all killed, {sum(one.acknowledged for one in found)} notes acknowledged,"
        f" {sum(one.notes for one in found)} of them lost, of the last {middle:.2f} s (median), {worst:.2f} s (most);"
        " each restored and sound"
    )


def _with_a_folder(folder: Path, short: bool) -> Lost:
    folder.mkdir()
    seconds = SHORT if short else AT_WORK_SECONDS
    return _one_loss(Scene(folder), str(folder / "copy"), lambda: None, lambda: None, seconds)


def _with_a_store(folder: Path, store: ObjectStore) -> Lost:
    folder.mkdir()
    store.kill()
    store.start()
    scene = Scene(folder)
    scene.env |= {"LITESTREAM_ACCESS_KEY_ID": object_store.KEY, "LITESTREAM_SECRET_ACCESS_KEY": object_store.SECRET}
    address = store.address.replace("/log?", f"/{folder.name.replace(' ', '-')}?")
    return _one_loss(scene, address, store.kill, store.start)


def _one_loss(
    scene: Scene,
    target: str,
    kill_store: Callable[[], None],
    start_store: Callable[[], None],
    seconds: float = AT_WORK_SECONDS,
) -> Lost:
    scene.done("add", "Den første")
    start = scene.done("backup", "--live", target).out.splitlines()[0]
    with (scene.folder / "litestream.log").open("w") as said:
        copying = subprocess.Popen(
            ["/bin/sh", "-c", start.replace("; ", "; exec ", 1)],
            env={**os.environ, **scene.env},
            stdout=said,
            stderr=said,
        )
    lanes = [_Lane(scene.log, f"agent {number}") for number in range(LANES)]
    try:
        _wait_for_the_first_copy(scene, copying)
        agents.begin([lane.process for lane in lanes])
        for lane in lanes:
            lane.start()
        time.sleep(seconds)
        require(copying.poll() is None, "Litestream ended by itself")
        kill_store()
    finally:
        for process in (copying, *(lane.process for lane in lanes)):
            process.kill()
    killed_at = time.monotonic()
    for lane in lanes:
        lane.join()
    copying.wait()
    shutil.rmtree(scene.log.parent)  # the machine is gone
    start_store()
    scene.done("restore", "--live", target, "--yes")
    check(scene.log)
    return _compare(scene.log, lanes, killed_at)


def _wait_for_the_first_copy(scene: Scene, copying: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    said = scene.folder / "litestream.log"
    while "snapshot complete" not in said.read_text("utf-8") and "compaction complete" not in said.read_text("utf-8"):
        if time.monotonic() > deadline or copying.poll() is not None:
            raise Broken(f"Litestream does not copy: {said.read_text('utf-8')[-300:]}")
        time.sleep(0.1)


class _Lane(threading.Thread):
    """An agent, and when each of its notes was acknowledged."""

    def __init__(self, log: Path, name: str) -> None:
        super().__init__()
        self.name = name
        self.process = agents.started(log, name, 0, 1_000_000)
        self.told: list[tuple[int, float]] = []

    def run(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.endswith("\n"):  # else it was cut short by the kill
                self.told.append((agents.told(line).count, time.monotonic()))


def _compare(log: Path, lanes: list[_Lane], killed_at: float) -> Lost:
    """The copy holds all that was acknowledged up to some moment: the first notes of every agent, without a gap."""
    lost: list[float] = []
    for lane in lanes:
        held = value(log, f"select count(*) from notes where idempotency_key like '{lane.name} %'")
        last = value(
            log,
            f"""select coalesce(max(cast(substr(idempotency_key, length('{lane.name}') + 2) as integer)), -1) from notes
                 where idempotency_key like '{lane.name} %'""",
        )
        require(last == held - 1, f"the copy holds {held} notes of {lane.name}, and the last is its {last + 1}th")
        lost += [at for count, at in lane.told if count > last]
    acknowledged = sum(len(lane.told) for lane in lanes)
    require(acknowledged > LANES, f"only {acknowledged} notes were acknowledged before the kill")
    return Lost(acknowledged, len(lost), killed_at - min(lost, default=killed_at))
