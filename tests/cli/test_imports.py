"""What `feedlog add` loads. It answers while a customer is talking, and loading is most of what it does."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

# Says at the end, on a line of its own, which modules were loaded beside those of click and of this script.
WATCHED = """
import atexit, json, sys
import click
before = set(sys.modules)
atexit.register(lambda: sys.stderr.write(json.dumps(sorted(set(sys.modules) - before))))
from feedlog.cli import main
main(sys.argv[1:])
"""

OURS = {
    "feedlog",
    "feedlog.cli",
    "feedlog.cli.add",
    "feedlog.cli.noting",
    "feedlog.cli.options",
    "feedlog.cli.printing",
    "feedlog.cli.session",
    "feedlog.config",
    "feedlog.errors",
    "feedlog.language",
    "feedlog.language.index",
    "feedlog.language.languages",
    "feedlog.language.excerpts",
    "feedlog.language.similar",
    "feedlog.language.stems",
    "feedlog.language.words",
    "feedlog.operations",
    "feedlog.operations.changes",
    "feedlog.operations.checks",
    "feedlog.operations.customers",
    "feedlog.operations.filters",
    "feedlog.operations.finding",
    "feedlog.operations.masking",
    "feedlog.operations.notes",
    "feedlog.operations.promises",
    "feedlog.operations.shapes",
    "feedlog.operations.spool",
    "feedlog.operations.themes",
    "feedlog.places",
    "feedlog.store",
    "feedlog.store.failures",
    "feedlog.store.ids",
    "feedlog.store.log",
    "feedlog.store.upgrades",
    "feedlog.vocabulary",
    "feedlog.when",
}

# Each of these costs more than a millisecond and nothing `add` does needs it.
HEAVY = {
    "asyncio",
    "concurrent",
    "csv",
    "dataclasses",
    "dateparser",
    "datasette",
    "email",
    "getpass",
    "hashlib",
    "holidays",
    "http",
    "importlib.metadata",
    "inspect",
    "logging",
    "multiprocessing",
    "pathlib",
    "pkg_resources",
    "platformdirs",
    "shlex",
    "socket",
    "sqlite_utils",
    "ssl",
    "subprocess",
    "tempfile",
    "urllib",
    "uuid",
    "yaml",
}


def loaded(environment: dict[str, str], *words: str) -> set[str]:
    """The modules a call loads beside those that click brings along."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.fixture
def settled(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """An office that has settled where its log and its config file are, and has logged before."""
    variables = {**environment, "FEEDLOG_CONFIG": f"{environment['HOME']}/config.toml"}
    loaded(variables, "add", "Pakken kom for sent", "-c", "K-1", "-t", "levering")
    yield variables


def test_add_loads_what_it_needs(settled: dict[str, str]) -> None:
    """The second `add` of a day loads exactly these modules of feedlog, who else said this included."""
    modules = loaded(
        settled, "add", "Pakken kom tre uger for sent", "-c", "K-2", "-t", "levering", "--kind", "complaint"
    )
    # Where the disk is not one of this machine's own, such as in a container, a look is taken at what it is.
    assert {name for name in modules if name.split(".")[0] == "feedlog"} - {"feedlog.store.network"} == OURS


def test_add_loads_nothing_heavy(settled: dict[str, str]) -> None:
    """Nothing slow to load comes along that click does not bring itself."""
    modules = loaded(settled, "add", "Pakken kom tre uger for sent", "-c", "K-2", "-t", "levering")
    assert {name for name in modules if name in HEAVY or name.split(".")[0] in HEAVY} == set()


def test_plain_dates_load_no_date_parser(settled: dict[str, str]) -> None:
    """ISO dates and the common words are read without dateparser."""
    for said_at in ("2026-03-13 15:30", "yesterday 15:30", "i går", "3 days ago", "for en uge siden"):
        assert "dateparser" not in loaded(settled, "add", "x", "--said-at", said_at)


@pytest.mark.parametrize(
    "words", [("list",), ("search", "pakken"), ("show", "1"), ("tag", "1", "-t", "pris"), ("path",)]
)
def test_daily_commands_load_nothing_heavy(settled: dict[str, str], words: tuple[str, ...]) -> None:
    """The other daily commands are as light."""
    modules = loaded(settled, *words)
    assert {name for name in modules if name in HEAVY or name.split(".")[0] in HEAVY} == set()


def test_publishing_loads_no_pandas(settled: dict[str, str]) -> None:
    """sqlite-utils would load pandas and numpy where they are installed, as they are here."""
    assert importlib.util.find_spec("pandas") and importlib.util.find_spec("numpy")
    modules = loaded(settled, "publish")
    assert "sqlite_utils" in modules
    assert {"pandas", "numpy"} & modules == set()


def test_help_loads_no_command(settled: dict[str, str]) -> None:
    """The first help is made from the list alone."""
    ours = {name for name in loaded(settled, "--help") if name.startswith("feedlog")}
    assert ours <= {"feedlog", "feedlog.cli", "feedlog.cli.printing", "feedlog.cli.session", "feedlog.config",
                    "feedlog.errors", "feedlog.places", "feedlog.vocabulary", "feedlog.when"}  # fmt: skip
