"""python -m bench.torture [CASE ...] [--short]: one line a case; the exit status is 1 where a promise was broken."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.torture import (
    damage,
    disk_full,
    erasing,
    first_runs,
    kills,
    live,
    masks,
    passing,
    reading,
    sites,
    upgrades,
    writers,
)
from bench.torture.scene import Broken

Case = Callable[[Path, bool], str]

CASES: dict[str, Case] = {
    "writers": writers.run,
    "kills": kills.run,
    "first-runs": first_runs.run,
    "disk-full": disk_full.run,
    "erase": erasing.run,
    "come-and-go": passing.run,
    "masks": masks.run,
    "upgrade": upgrades.run,
    "damage": damage.run,
    "reading": reading.run,
}
PAST_ONE_MACHINE: dict[str, Case] = {
    "live": live.run,
    "sites": sites.run,
}
# For the cases of one machine together, and again for those past it.
LONGEST_SECONDS = 600


def main() -> None:
    """Runs the cases named, or all; exits with 1 where one is broken or all together take too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    known = {**CASES, **PAST_ONE_MACHINE}
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(known)}")
    parser.add_argument("--short", action="store_true", help="a quick form of each")
    given = parser.parse_args()
    unknown = [name for name in given.cases if name not in known]
    if unknown:
        parser.error(f"no {unknown[0]!r}: it is one of {', '.join(known)}")
    signal.signal(signal.SIGALRM, _too_long)
    broken = []
    for group in (CASES, PAST_ONE_MACHINE):
        signal.alarm(LONGEST_SECONDS)
        wanted = {name: case for name, case in group.items() if not given.cases or name in given.cases}
        broken += [name for name, case in wanted.items() if not kept(name, case, short=given.short)]
    sys.exit(1 if broken else 0)


def kept(name: str, case: Case, *, short: bool) -> bool:
    """Runs one case and prints its line; whether its promise was kept."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"feedlog-{name}-", ignore_cleanup_errors=True) as work:
        try:
            line = case(Path(work), short)
        except Broken as broken:
            print(f"{name:11} BROKEN  {broken}", flush=True)
            return False
    print(f"{name:11} kept  {line}  ({time.monotonic() - started:.0f} s)", flush=True)
    return True


def _too_long(*_: object) -> None:
    raise SystemExit(f"torture: stopped after {LONGEST_SECONDS} seconds")


if __name__ == "__main__":
    main()
