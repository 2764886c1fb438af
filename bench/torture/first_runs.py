"""Many first calls at the same moment make one log, and nobody is refused."""

from pathlib import Path

from bench.torture import agents
from bench.torture.scene import check, require, value


def run(work: Path, short: bool) -> str:
    """Rounds of agents that begin together on a log that is not there."""
    rounds, many = (2, 8) if short else (8, 30)
    longest = 0.0
    for number in range(rounds):
        log = work / f"round-{number}" / "feedlog.db"
        starting = [agents.started(log, f"agent {each}", 0, 1) for each in range(many)]
        agents.begin(starting)
        told = [one for agent in starting for one in agents.ended(agent)]
        require(sorted(one.note_id for one in told) == [*range(1, many + 1)], "a number is missing or given twice")
        require(value(log, "select count(*) from settings") == 2, "the schema was made more than once")
        check(log)
        longest = max(longest, *(one.milliseconds for one in told))
    return f"{rounds} rounds x {many} processes on a missing log: 0 refused, one schema; longest {longest / 1000:.1f} s"
