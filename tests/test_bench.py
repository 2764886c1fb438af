"""The benchmark runs and reports; how fast anything is, is not judged here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import report, texts
from bench.rounds import Timed
from bench.running import Failed, run_watched
from bench.tour import TOUR

ROOT = Path(__file__).resolve().parent.parent


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    # The sample notes are in every checkout, so this reads the same sentences everywhere.
    env = {**os.environ, "FEEDLOG_BENCH_TEXTS": str(ROOT / "feedlog" / "demo")}
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def installed(name: str) -> bool:
    return Path(sys.executable).with_name(name).exists() or shutil.which(name) is not None


def test_report_has_every_row() -> None:
    """A quick run times each program at each size and prints each ratio with its goal."""
    done = bench("--quick", "--rounds", "1", "--sizes", "20,40")
    assert done.returncode == 0, done.stderr
    rows = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()]
    timed = {(row[0], row[1], row[2]) for row in rows if len(row) == 6}
    for size in ("20", "40"):
        assert {("add", who, size) for who in ("feedlog", "bare", "sqlite-utils")} <= timed
        assert {("search", "feedlog", size), ("search", "bare", size)} <= timed
        assert {("list", "feedlog", size), ("publish", "feedlog", size)} <= timed
    assert {("import", "feedlog", "40"), ("import", "sqlite-utils", "40")} <= timed
    assert (("add", "sqlite3", "40") in timed) == installed("sqlite3")
    assert (("add", "jrnl", "40") in timed) == installed("jrnl")
    goals = {row[0]: row[2] for row in rows if len(row) == 4 and row[3] in ("met", "missed")}
    assert {
        "add, 40 notes, to bare": "at most 1.5 ×",
        "add, 40 notes, to sqlite-utils": "at most 0.5 ×",
        "add, 40 notes, to add, 20": "at most 1.3 ×",
        "search, 40 notes, median to bare median": "at most 2 ×",
        "search, 40 notes, 95th percentile to bare median": "at most 5 ×",
        "import, 40 rows, to sqlite-utils insert and enable-fts": "at most 1 ×",
        "publish after one new note, 40 notes": "at most 1 s",
    }.items() <= goals.items()


def test_kept_logs_are_used_again(tmp_path: Path) -> None:
    """Logs filled for one run serve the next, untouched by what was timed; --json prints one document."""
    words = ("--rounds", "1", "--sizes", "20", "--only", "publish", "--keep", str(tmp_path), "--json")
    first = bench(*words)
    assert first.returncode == 0, first.stderr
    [kept] = tmp_path.iterdir()
    before = {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()}
    again = bench(*words)
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert [(one["what"], one["who"], one["size"], one["rounds"]) for one in told["times"]] == [
        ("publish", "feedlog", 20, 1)
    ]
    assert {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "fly"], "no 'fly': it is one of add, search"),
        (["--sizes", "many"], "'many' is no list of numbers such as 1000,100000"),
        (["--sizes", "5"], "a log has at least 10 notes here"),
    ],
)
def test_wrong_words_are_refused(words: list[str], sentence: str) -> None:
    """A size or a contest that cannot be is refused with a sentence."""
    done = bench(*words)
    assert (done.returncode, sentence in done.stderr) == (2, True)


def test_goals_are_judged_at_their_own_size() -> None:
    """Of several sizes, the one a goal was set for is judged, and the others are only told."""
    results = [
        Timed("add", who, size, [milliseconds])
        for size, feedlog in ((1000, 100.0), (100_000, 120.0), (1_000_000, 200.0))
        for who, milliseconds in (("feedlog", feedlog), ("bare", 100.0))
    ]
    told = {ratio.name: (ratio.value, ratio.met) for ratio in report.ratios(results)}
    assert told == {
        "add, 1,000 notes, to bare": (1.0, None),
        "add, 100,000 notes, to bare": (1.2, True),
        "add, 1,000,000 notes, to bare": (2.0, None),
        "add, 1,000,000 notes, to add, 1,000": (2.0, False),
    }


def test_imports_tell_rows_a_second_and_memory() -> None:
    """Imports are judged at a hundred thousand rows; a million is told, with how far memory grew."""
    results = [
        Timed("import", who, size, [milliseconds * size / 100_000], mebibytes)
        for size, mebibytes in ((100_000, 50.0), (1_000_000, 60.0))
        for who, milliseconds in (("feedlog", 8000.0), ("sqlite-utils", 10_000.0), ("sqlite3", 500.0))
    ]
    assert {ratio.name: (ratio.value, ratio.met) for ratio in report.ratios(results)} == {
        "import, 100,000 rows, to sqlite-utils insert and enable-fts": (0.8, True),
        "import, 100,000 rows, to sqlite3 .import": (16.0, None),
        "import, 1,000,000 rows, to sqlite-utils insert and enable-fts": (0.8, None),
        "import, 1,000,000 rows, to sqlite3 .import": (16.0, None),
        "import, memory, 1,000,000 rows, to 100,000": (1.2, None),
    }
    lines = [re.split(r"\s{2,}", line) for line in report.text(results, []).splitlines()]
    assert ["feedlog", "1,000,000", "12,500", "60"] in lines


def test_memory_is_that_of_the_program_alone() -> None:
    """A small program is told to take little, whatever the one that measures it holds."""
    held = bytearray(200 << 20)
    ran = run_watched([sys.executable, "-c", "pass"], dict(os.environ), longest=60)
    assert 0 < ran.mebibytes < 100 < len(held) >> 20
    with pytest.raises(Failed):
        run_watched([sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), longest=60)


def test_percentile_is_a_measured_value() -> None:
    """The 95th percentile of twenty times is the second slowest."""
    assert report.percentile([float(number) for number in range(20, 0, -1)], 95) == 19.0
    assert report.percentile([3.0], 95) == 3.0


def test_made_notes_are_the_same_every_time() -> None:
    """A small log is the beginning of a large one, and new words keep coming."""
    groups = texts.sentences()
    short = [note.verbatim for note in texts.Source(groups).notes(500)]
    long = [note.verbatim for note in texts.Source(groups).notes(1000)]
    assert short == long[:500]
    words = [set(" ".join(part).lower().split()) for part in (long[:900], long[900:])]
    assert words[1] - words[0]


def test_every_page_of_the_tour_is_timed() -> None:
    """Each page is asked for and answered, beside stock Datasette where it has one; memory is told of both."""
    done = bench("pages", "--size", "300", "--rounds", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["notes"] == 300
    timed = {(one["page"], one["who"]): one for one in told["pages"]}
    wanted = {(page.name, "feedlog") for page in TOUR} | {(page.name, "stock") for page in TOUR if page.stock}
    assert {*timed} == wanted
    assert {name: one["refused"] for name, one in timed.items() if one["refused"]} == {}
    assert all(one["p95_ms"] >= one["median_ms"] > 0 for one in timed.values())
    assert all(after <= most for _, after, most in told["mebibytes"].values())


def test_pages_of_no_log() -> None:
    """A log that is not there is said to be missing."""
    done = bench("pages", "--log", "nosuch.db")
    assert done.returncode == 1
    assert "did not start" in done.stderr
