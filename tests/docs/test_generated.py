"""The generated pages are up to date, and say so when they are not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate
from feedlog.cli import COMMANDS


def test_check_names_stale_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stale or missing page is named, with exit status 1, and nothing is written."""
    (tmp_path / "fresh.md").write_text("fresh\n", "utf-8")
    (tmp_path / "stale.md").write_text("stale\n", "utf-8")
    names = ("fresh.md", "stale.md", "missing.md")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "PAGES", {tmp_path / name: lambda: "fresh\n" for name in names})
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == ("stale.md is stale: run `make docs`\nmissing.md is stale: run `make docs`\n")
    assert not (tmp_path / "missing.md").exists()
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_pages_are_what_the_program_says() -> None:
    """docs/cli.md and docs/schema.md are what `make docs` would write now, asked in the way `make lint` asks."""
    script = generate.ROOT / "docs" / "generate.py"
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, script, "--check"], cwd="/", env=own, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_command_is_described() -> None:
    """docs/cli.md has a heading for each command there is."""
    text = (generate.ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## feedlog {name}\n" not in text] == []


def test_every_published_column_is_described() -> None:
    """Each column of each published table that readers see has its meaning in docs/schema.md."""
    published = generate.schema_page().partition("## The published file")[2]
    assert [line for line in published.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []
