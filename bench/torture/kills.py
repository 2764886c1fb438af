"""kill -9 in the middle of writing: what was acknowledged is there, and repeating a key makes no second note."""

import random
import threading
import time
from pathlib import Path

from bench.torture import agents
from bench.torture.scene import Broken, Scene, check, require, value

LANES = 4
# A killed agent goes on for at most this long after its first note was acknowledged.
LATEST_KILL_SECONDS = 0.08


class Lane:
    """One agent after the other, each killed while it writes; the next repeats what the last was not told of."""

    def __init__(self, log: Path, name: str, kills: int, seed: int) -> None:
        self.name, self.kills = name, kills
        self.acknowledged: dict[int, int] = {}
        self.unseen = 0
        self.trouble: BaseException | None = None
        self._log, self._chance = log, random.Random(seed)

    def work(self) -> None:
        """Runs and kills; never raises, see `trouble`."""
        try:
            for _ in range(self.kills):
                self._one_life()
            last = agents.started(self._log, self.name, self._next(), 3)
            agents.begin([last])
            self._take([f"{one.count} {one.note_id} {int(one.new)} 0" for one in agents.ended(last)])
        except BaseException as error:
            self.trouble = error

    def _next(self) -> int:
        return max(self.acknowledged, default=-1) + 1

    def _one_life(self) -> None:
        agent = agents.started(self._log, self.name, self._next(), 100_000)
        agents.begin([agent])
        assert agent.stdout and agent.stderr
        first = agent.stdout.readline()  # only one that has written is killed in the middle of writing
        if not first:
            raise Broken(f"an agent was refused: {agent.communicate()[1][-300:]}")
        time.sleep(self._chance.random() * LATEST_KILL_SECONDS)
        agent.kill()
        rest = agent.stdout.read()  # not communicate: it would pass over what readline has read ahead
        agent.communicate()
        self._take([first, *rest.splitlines(keepends=True)])

    def _take(self, lines: list[str]) -> None:
        for line in lines:
            if len(line.split()) < 4:  # cut short by the kill: not acknowledged
                continue
            one = agents.told(line)
            if not one.new:
                self.unseen += 1
            self.acknowledged[one.count] = one.note_id


def run(work: Path, short: bool) -> str:
    """Four agents at a time until so many have been killed, then whole command lines killed at any moment."""
    kills = 8 if short else 200
    scene = Scene(work)
    scene.done("add", "Den første")
    lanes = [Lane(scene.log, f"agent {number}", kills // LANES, number) for number in range(LANES)]
    threads = [threading.Thread(target=lane.work) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane in lanes:
        if lane.trouble:
            raise lane.trouble
    acknowledged = _compare(scene, lanes)
    unseen = sum(lane.unseen for lane in lanes)
    calls = 4 if short else 40
    during = killed_calls(scene, calls)
    check(scene.log)
    return (
        f"{kills} agents killed with 4 writing: {acknowledged} notes acknowledged, 0 lost, {unseen} stored unseen and"
        f" found again by their key, one note per key; {calls} whole calls killed, {during} before they had stored:"
        " one note per key; file, references and index sound"
    )


def _compare(scene: Scene, lanes: list[Lane]) -> int:
    """Every key that was acknowledged is one note, under the number that was told, and there is no other."""
    for lane in lanes:
        listed = ", ".join(f"({count}, {note})" for count, note in lane.acknowledged.items())
        found = value(
            scene.log,
            f"""with told (count, note_id) as (values {listed})
                select count(*) from told join notes on notes.id = told.note_id
                 where notes.idempotency_key = '{lane.name} ' || told.count
                   and notes.verbatim = 'Pakke ' || told.count || ' fra {lane.name} kom for sent'
                   and exists (select 1 from wordings where wordings.note_id = notes.id)""",
        )
        require(found == len(lane.acknowledged), f"{len(lane.acknowledged) - found} acknowledged notes are lost")
    total = sum(len(lane.acknowledged) for lane in lanes)
    stored = value(scene.log, "select count(*) from notes where idempotency_key is not null")
    require(stored == total, f"{total} keys were used and {stored} notes have one")
    changes = value(scene.log, "select count(*) from changes where action = 'note.add'")
    require(changes == total + 1, f"{total + 1} notes, and the record of changes knows {changes}")
    return total


def killed_calls(scene: Scene, calls: int) -> int:
    """Whole calls of `feedlog add --key`, killed anywhere between start and end, then repeated."""
    chance = random.Random(7)
    before_storing = 0
    for number in range(calls):
        words = ("add", f"Kald {number}", "--key", f"call {number}")
        call = scene.start(*words)
        time.sleep(chance.random() * 0.3)
        call.kill()
        call.communicate()
        before_storing += value(scene.log, f"select count(*) from notes where idempotency_key = 'call {number}'") == 0
        scene.done(*words)
    stored = value(scene.log, "select count(*) from notes where idempotency_key like 'call %'")
    require(stored == calls, f"{calls} keys and {stored} notes")
    return before_storing
