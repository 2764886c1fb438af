"""docs/analysts.md: every block is run on the sample log of one day, and gives what the page shows."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs import consoles, python_blocks
from feedlog.demo.playing import play
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"
TEXT = PAGE.read_text("utf-8")
# The page's own day: the samples' days count back from it.
THEN = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample log, with its published file."""
    place = tmp_path_factory.mktemp("analysts")
    path = str(place / "feedlog.db")
    with open_for_writing(path, DEFAULT_LANGUAGES) as log:
        play(log, THEN)
        publish(log, place_beside(path))
    return place


def test_shell(folder: Path) -> None:
    """Every console block prints what stands below it."""
    if not shutil.which("sqlite3"):
        pytest.skip("the sqlite3 shell is not installed")
    (folder / "notes.parquet").unlink(missing_ok=True)
    steps = consoles.steps(TEXT)
    assert len(steps) >= 6
    for step, printed in zip(steps, consoles.run([step.typed for step in steps], folder), strict=True):
        assert consoles.agrees(step.shown, printed), f"{PAGE.name}:{step.line}\n{printed}"


def test_python(folder: Path) -> None:
    """Every python block runs, one after the other, and prints what stands below it."""
    consoles.run(["feedlog --db feedlog.db export notes.parquet --force"], folder)
    found = python_blocks.blocks(TEXT)
    assert len(found) >= 7
    for block, printed in zip(found, python_blocks.run(found, folder), strict=True):
        assert block.shown == printed, f"{PAGE.name}:{block.line}\n{printed}"


def test_the_page_can_be_written_anew(tmp_path: Path) -> None:
    """Rewriting replaces what blocks print and nothing else; names live on from block to block."""
    page = tmp_path / "page.md"
    page.write_text(
        "A.\n\n```python\na = 1\n```\n\nB.\n\n```python\nprint(a)\n```\n\n```text\nold\n```\n\nC.\n", "utf-8"
    )
    python_blocks.rewrite(page, tmp_path)
    assert page.read_text("utf-8") == (
        "A.\n\n```python\na = 1\n```\n\nB.\n\n```python\nprint(a)\n```\n\n```text\n1\n```\n\nC.\n"
    )
