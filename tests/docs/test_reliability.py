"""docs/reliability.md names what shows each promise; it names nothing that is not there."""

import re
from pathlib import Path

from bench.torture.__main__ import CASES, PAST_ONE_MACHINE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
PROMISES = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]


def test_each_promise_has_what_shows_it() -> None:
    """Every promise has its number, a figure and a test or command."""
    assert [int(line.split("|")[1]) for line in PROMISES] == [*range(1, 24)]
    for line in PROMISES:
        _, _, promise, figure, shown, _ = line.split("|")
        assert promise.strip() and figure.strip(), line
        assert "tests/" in shown or "make " in shown, line


def test_every_case_is_on_the_page() -> None:
    """What `make torture` tries is named, and nothing else is."""
    named = set(re.findall(r"TORTURE_ARGS=([\w-]+)`", PAGE))
    assert named == {*CASES, *PAST_ONE_MACHINE}


def test_named_tests_are_there() -> None:
    """A test that is named exists, under that name."""
    here = ROOT
    for path, function in re.findall(r"`((?:tests/)?[\w/]+/?(?:\.py)?)(?:::(\w+))?`", PAGE):
        if not path.startswith(("tests/", "test_")):
            continue
        place = ROOT / path if path.startswith("tests/") else here / path
        assert place.exists(), path
        here = place.parent if place.is_file() else place
        if function:
            assert f"def {function}(" in place.read_text("utf-8"), function
