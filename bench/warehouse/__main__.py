"""python -m bench.warehouse: every analysis in DuckDB and on a Spark cluster of this machine: rows, times, memory."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.report import aligned, machine
from bench.warehouse import cluster
from bench.warehouse.making import Made, make_warehouse

LONGEST_SECONDS = 1800
WORKERS = 2
ROOT = Path(__file__).resolve().parents[2]


class Measured(NamedTuple):
    """What an engine answered: the seconds until it was open, the answers with theirs, and mebibytes by role."""

    engine: str
    opened: float
    answers: dict[str, Any]
    mebibytes: dict[str, int]


def main() -> None:
    """Makes the notes, asks both engines, prints; exits with 1 where their rows differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.warehouse", description=__doc__)
    parser.add_argument("--notes", type=int, default=5_000_000, help="how many (5,000,000)")
    parser.add_argument("--months", type=int, default=36, help="in how many months (36)")
    parser.add_argument("--keep", type=Path, help="keep the warehouse in this folder, or use the one that is there")
    parser.add_argument("--without-spark", action="store_true", help="only DuckDB")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedlog-warehouse-") as work:
        place = given.keep or Path(work) / "warehouse"
        made = make_warehouse(place, given.notes, given.months, os.cpu_count() or 1)
        print(_said(made), flush=True)
        results = [_measured("duckdb", place, Path(work), [])]
        if not given.without_spark:
            (Path(work) / "spark").mkdir()
            with cluster.started(Path(work) / "spark", WORKERS) as spark:
                results.append(_measured(spark.address, place, Path(work), [one.pid for one in spark.processes]))
    print(_table(results))
    sys.exit(_compare(results))


def _measured(engine: str, place: Path, work: Path, others: list[int]) -> Measured:
    told = work / "answers.json"
    command = [sys.executable, "-m", "bench.warehouse.asked", engine, str(place), str(told)]
    memory = cluster.Memory()
    deadline = time.monotonic() + LONGEST_SECONDS
    with subprocess.Popen(command, cwd=ROOT) as asking:
        while asking.poll() is None:
            memory.look([asking.pid, *others])
            time.sleep(0.2)
            if time.monotonic() > deadline:
                asking.kill()
    if asking.returncode:
        raise SystemExit(f"bench: {engine} ended with status {asking.returncode}")
    answered = json.loads(told.read_text("utf-8"))
    name = "DuckDB" if engine == "duckdb" else f"Spark, 1 master, {WORKERS} workers of 1 core"
    return Measured(name, answered["open"], answered["answers"], memory.mebibytes())


def _said(made: Made) -> str:
    return (
        f"{machine()}\n{made.notes:,} notes with {made.words:,} words in {made.bytes / 1e6:,.0f} MB of Parquet,"
        f" made or found in {made.seconds:,.0f} s by {made.workers} processes\n"
    )


def _table(results: list[Measured]) -> str:
    head = ("analysis", "rows", *(one.engine for one in results))
    lines = [("to open", "", *(f"{one.opened:.1f} s" for one in results))]
    for name, answer in results[0].answers.items():
        seconds = (f"{one.answers[name]['seconds']:.1f} s" for one in results)
        lines.append((name, f"{len(answer['rows']):,}", *seconds))
    lines.append(("memory, most", "", *(f"{sum(one.mebibytes.values()):,} MiB" for one in results)))
    parts = [
        f"{one.engine}: {', '.join(f'{role} {most:,} MiB' for role, most in one.mebibytes.items())}" for one in results
    ]
    return "\n".join([aligned([head, *lines], right=tuple(range(1, len(head)))), "", *parts])


def _compare(results: list[Measured]) -> int:
    """Says whether all engines gave the same rows; 1 where they did not."""
    if len(results) < 2:
        return 0
    differing = 0
    for name, answer in results[0].answers.items():
        other = results[1].answers[name]
        if answer["columns"] != other["columns"] or answer["rows"] != other["rows"]:
            differing += 1
            pairs = [pair for pair in zip(answer["rows"], other["rows"], strict=False) if pair[0] != pair[1]]
            print(f"{name}: {len(answer['rows'])} and {len(other['rows'])} rows, {len(pairs)} differ: {pairs[:2]}")
    print(f"rows equal in {len(results[0].answers) - differing} of {len(results[0].answers)} analyses")
    return 1 if differing else 0


if __name__ == "__main__":
    main()
