"""Runs the contestants in turn, so that whatever else the machine does hits all of them alike."""

import random
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.contestants import Contestant
from bench.running import Ran, run, run_watched

WARM_UPS = 2
FEWEST_ROUNDS = 3  # also when the time is up
LONGEST_SECONDS = 900


class Timed(NamedTuple):
    """How long one contestant took, in milliseconds, in each round, and the most memory it held, where watched."""

    what: str
    who: str
    size: int
    milliseconds: list[float]
    mebibytes: float = 0.0


def timed(
    contestants: Sequence[Contestant],
    rounds: int,
    env: dict[str, str],
    *,
    warm_ups: int,
    until: float,
    told: Callable[[str], object],
) -> list[Timed]:
    """Runs every contestant once a round, in another order every round; `warm_ups` further rounds come first.

    Past `until` (of time.monotonic) no round begins, except for the first few.
    """
    results = [Timed(one.what, one.who, one.size, []) for one in contestants]
    order = list(range(len(contestants)))
    shuffler = random.Random(rounds)
    for turn in range(warm_ups + rounds):
        if turn - warm_ups >= FEWEST_ROUNDS and time.monotonic() > until:
            told(f"{contestants[0].what}: the time is up after {turn - warm_ups} of {rounds} rounds.")
            break
        shuffler.shuffle(order)
        for place in order:
            for command in contestants[place].before(turn):
                run(command, env, longest=LONGEST_SECONDS)
            commands = contestants[place].commands(turn)
            ran = [_ran(command, env, contestants[place]) for command in commands]
            if turn >= warm_ups:
                results[place].milliseconds.append(sum(one.seconds for one in ran) * 1000)
                most = max(results[place].mebibytes, *(one.mebibytes for one in ran))
                results[place] = results[place]._replace(mebibytes=most)
    return results


def _ran(command: Sequence[str], env: dict[str, str], contestant: Contestant) -> Ran:
    if contestant.watched:
        return run_watched(command, env, longest=LONGEST_SECONDS)
    return Ran(run(command, env, longest=LONGEST_SECONDS), 0.0)
