"""The benchmark of the warehouse makes notes, asks and compares; how fast anything is, is not judged here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.warehouse import __main__ as bench
from bench.warehouse import cluster, making

ROOT = Path(__file__).resolve().parent.parent


def test_report(tmp_path: Path) -> None:
    """Every analysis has its rows and seconds, and the engine its memory."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.warehouse", "--notes", "600", "--months", "2", "--keep", str(tmp_path / "kept"),
         "--without-spark"],
        cwd=ROOT, env={**os.environ, "FEEDLOG_BENCH_TEXTS": str(ROOT / "feedlog" / "demo")}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^600 notes with [\d,]+ words in \d+ MB of Parquet", done.stdout, re.M)
    for name in ("first-response", "promises", "themes", "words"):
        assert re.search(rf"^{name} +[\d,]+ +\d+\.\d s$", done.stdout, re.M)
    assert re.search(r"^DuckDB: python \d+ MiB$", done.stdout, re.M)
    listing = (tmp_path / "kept" / "warehouse.json").read_text("utf-8")
    making.make_warehouse(tmp_path / "kept", 600, 2, 1)
    assert (tmp_path / "kept" / "warehouse.json").read_text("utf-8") == listing


def test_rows_that_differ_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Engines that do not agree end the benchmark with status 1, and the first rows that differ are shown."""

    def measured(engine: str, notes: int) -> bench.Measured:
        answers = {"themes": {"columns": ["notes"], "rows": [[1], [notes]], "seconds": 1.0}}
        return bench.Measured(engine, 0.1, answers, {"python": 100})

    assert bench._compare([measured("DuckDB", 2), measured("Spark", 2)]) == 0
    assert bench._compare([measured("DuckDB", 2), measured("Spark", 3)]) == 1
    assert capsys.readouterr().out == (
        "rows equal in 1 of 1 analyses\nthemes: 2 and 2 rows, 1 differ: [([2], [3])]\nrows equal in 0 of 1 analyses\n"
    )


def test_memory_counts_a_process_and_those_below_it() -> None:
    """What a process and its children held at most is counted, each once, and nobody else's."""
    script = "import subprocess, sys; held = bytes(60 << 20); subprocess.run([sys.executable, '-c', {child!r}])"
    child = "import time; held = bytearray(40 << 20); print('ready', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script.format(child=child)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline() == "ready\n"
        memory = cluster.Memory()
        memory.look([process.pid])
        memory.look([process.pid])
        assert 40 < memory.mebibytes()["python"] < 250
    finally:
        for number in cluster._below([process.pid]):
            os.kill(number, 9)
        process.wait()
