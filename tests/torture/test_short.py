"""The short form of each case of `make torture`: the same promises, with fewer kills, writers and full disks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.torture.__main__ import CASES, PAST_ONE_MACHINE

ROOT = Path(__file__).resolve().parents[2]


def torture(*words: str) -> "subprocess.CompletedProcess[str]":
    """Runs the program as `make torture` does."""
    return subprocess.run(
        [sys.executable, "-m", "bench.torture", *words],
        cwd=ROOT, env={**os.environ, "TZ": "Europe/Copenhagen"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, *PAST_ONE_MACHINE])
def test_promise_is_kept(case: str) -> None:
    """The promise holds in its short form, and one line tells the figure."""
    done = torture(case, "--short")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.fullmatch(rf"{case} +kept  .*\d.*\(\d+ s\)\n", done.stdout)


def test_broken_promise_is_told() -> None:
    """A promise that is broken is said, and ends the program with status 1."""
    code = (
        "from bench.torture import __main__ as torture\n"
        "from bench.torture.scene import Broken\n"
        "def broken(work, short): raise Broken('3 of 5 notes are lost')\n"
        "torture.CASES, torture.PAST_ONE_MACHINE = {'kills': broken}, {}\n"
        "torture.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "kills       BROKEN  3 of 5 notes are lost\n")


def test_unknown_case() -> None:
    """A case there is none of is refused with the list."""
    done = torture("birds")
    assert done.returncode == 2
    assert "no 'birds': it is one of writers, kills, first-runs" in done.stderr
