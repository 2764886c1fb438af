"""python -m bench: what feedlog costs beside other programs, in one run on one machine."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import filling, pages, report, rounds, texts
from bench.contestants import IMPORTED_ROWS, Bench, Contestant
from bench.rounds import Timed
from bench.running import Failed

ALL = ("add", "search", "list", "publish", "import")
SEARCHES_A_ROUND = 4  # questions differ more than sentences do
MOST_IMPORTS = 3  # one takes seconds, not milliseconds; beyond so many rows it takes minutes and is done once
QUICK_SIZES, QUICK_ROUNDS = (1000,), 5
SIZES, ROUNDS = (1000, 100_000, 1_000_000), 21


class Wanted(NamedTuple):
    """What to measure, and how often."""

    sizes: list[int]
    rounds: int
    only: list[str]
    minutes: float
    keep: Path | None
    as_json: bool


def main() -> None:
    """Measures and prints. Exits with 0 whatever the figures are; with 1 where something could not be measured."""
    if sys.argv[1:2] == ["pages"]:
        pages.main(sys.argv[2:])
        return
    wanted = _wanted(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="feedlog-bench-") as work:
        try:
            results = _measure(wanted, Path(work))
        except Failed as failure:
            raise SystemExit(f"bench: {failure}") from None
    remarks = _remarks(wanted)
    if wanted.as_json:
        print(json.dumps(report.document(results, remarks), ensure_ascii=False, indent=1))
    else:
        print(report.text(results, remarks))


def _wanted(words: list[str]) -> Wanted:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog="`pages` times the pages.")
    parser.add_argument("--sizes", type=_numbers, metavar="N,N,...", help="notes in the logs (1000,100000,1000000)")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"how often each is timed ({ROUNDS})")
    parser.add_argument("--only", type=_names, metavar="WHAT,...", default=list(ALL), help=f"of {','.join(ALL)}")
    parser.add_argument("--quick", action="store_true", help=f"1,000 notes and {QUICK_ROUNDS} rounds")
    parser.add_argument("--minutes", type=float, default=15, help="no new rounds after that (15), filling apart")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the filled logs there for the next run")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON document")
    given = parser.parse_args(words)
    sizes = given.sizes or list(QUICK_SIZES if given.quick else SIZES)
    number = given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS)
    return Wanted(sizes, number, given.only, given.minutes, given.keep, given.as_json)


def _numbers(words: str) -> list[int]:
    try:
        numbers = sorted({int(word) for word in words.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is no list of numbers such as 1000,100000") from None
    if numbers[0] < 10:
        raise argparse.ArgumentTypeError("a log has at least 10 notes here")
    return numbers


def _names(words: str) -> list[str]:
    names = words.split(",")
    if unknown := set(names) - set(ALL):
        raise argparse.ArgumentTypeError(f"no {unknown.pop()!r}: it is one of {', '.join(ALL)}")
    return [name for name in ALL if name in names]


def _measure(wanted: Wanted, work: Path) -> list[Timed]:
    env = filling.environment(work / "home")
    groups = texts.sentences()
    files = []
    for size in wanted.sizes if wanted.only != ["import"] else []:
        _told(f"Filling a log with {size:,} notes ...")
        files.append(filling.filled(size, groups, work, wanted.keep, env))
    bench = Bench(files, groups, work)
    contests: dict[str, Callable[[], list[Contestant]]] = {
        "add": bench.adding,
        "search": bench.searching,
        "list": bench.listing,
        "publish": bench.publishing,
    }
    until = time.monotonic() + wanted.minutes * 60
    results = []
    for what in wanted.only:
        _told(f"Timing {what} ...")
        if what == "import":
            for size in sorted({min(IMPORTED_ROWS, wanted.sizes[-1]), wanted.sizes[-1]}):
                number = min(wanted.rounds, MOST_IMPORTS if size <= IMPORTED_ROWS else 1)
                results += rounds.timed(bench.importing(size), number, env, warm_ups=0, until=until, told=_told)
            continue
        number = wanted.rounds * SEARCHES_A_ROUND if what == "search" else wanted.rounds
        warm_ups = min(rounds.WARM_UPS, wanted.rounds - 1)  # one round alone only shows that it runs
        results += rounds.timed(contests[what](), number, env, warm_ups=warm_ups, until=until, told=_told)
    return results


def _remarks(wanted: Wanted) -> list[str]:
    remarks = ["Each time is that of a whole process, from its start to its exit."]
    if "add" in wanted.only:
        remarks += [
            "bare is bench/bare.py: click and sqlite3, one row into a table with indexes, no search index kept.",
            "sqlite-utils and sqlite3 insert a row into the same table.",
        ]
        if not filling.program("jrnl"):
            remarks.append("jrnl is not installed, so it is not among them; `make bench` installs it.")
        elif max(wanted.sizes) > filling.JOURNAL_ENTRIES:
            remarks.append(
                f"jrnl has {filling.JOURNAL_ENTRIES:,} entries only: it reads its whole journal at every entry."
            )
    if "import" in wanted.only:
        remarks.append("An import by sqlite3 is `.import` into one table without a search index.")
    if {"add", "import"} & set(wanted.only) and not filling.program("sqlite3"):
        remarks.append("The sqlite3 shell is not installed, so it is not among them.")
    if not texts.folder():
        remarks.append("The notes are made from the sample notes alone; FEEDLOG_BENCH_TEXTS names a folder with more.")
    return remarks


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
