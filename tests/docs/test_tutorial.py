"""The examples in README.md and the tutorial are typed into a shell, and print what the page shows.

When the program's wording has changed on purpose: `python docs/generate.py --consoles` writes the pages anew.
"""

from pathlib import Path

import pytest

from docs import consoles


@pytest.mark.parametrize("page", consoles.PAGES, ids=lambda page: page.name)
def test_examples_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    """Every command of a page, run in order in a fresh home, prints what stands below it."""
    steps = consoles.steps(page.read_text("utf-8"))
    assert len(steps) >= 5
    printed = consoles.run([step.typed for step in steps], tmp_path)
    differing = [
        f"{page.name}:{step.line}: $ {step.typed}\nshown:\n{step.shown}\nprinted:\n{new}"
        for step, new in zip(steps, printed, strict=True)
        if not consoles.agrees(step.shown, new, flowing=step.flowing)
    ]
    assert not differing, "\n".join(differing)


def test_examples_leave_the_readers_own_log_alone(tmp_path: Path) -> None:
    """The examples see a home, a log and settings of their own, whatever the reader's environment says."""
    [printed] = consoles.run(["feedlog path"], tmp_path)
    assert printed == "~/.local/share/feedlog/feedlog.db\n"


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("said Friday 13 March, 15:30\n", "said Monday 1 December 2025, 08:00\n"),
        ("due 2026-03-13\n", "due 2025-12-01\n"),
        ("1  Fri 13 March  call back\n", "1  Fri 4 December · tomorrow  call back\n"),
        ("#1  today  “a”\n", "#1  today         “a”\n"),
        ("7 notes (0.02 s)\n", "7 notes (1.25 s)\n"),
        ("http://127.0.0.1:8001/\n", "http://127.0.0.1:40123/\n"),
        ("the file ... is gone\n", "the file a.b is gone\n"),
        ("first\n...\nlast\n", "first\nsecond\nthird\nlast\n"),
        ("first\n...\nlast\n", "first\nlast\n"),
        ("lørdag den 21. november 2026\n", "mandag den 1. maj 2027\n"),
    ],
)
def test_what_may_differ(shown: str, printed: str) -> None:
    """Days, times, seconds, ports and blanks may differ, and `...` stands for anything."""
    assert consoles.agrees(shown, printed)


def test_prose_may_break_its_lines_elsewhere() -> None:
    """A letter or a briefing is the same with its lines broken elsewhere, but not with another word."""
    shown, printed = (
        "Det sker senest fredag den 27. november\n2026, som aftalt.\n",
        "Det sker senest mandag den\n1. maj 2027, som aftalt.\n",
    )
    assert consoles.agrees(shown, printed, flowing=True)
    assert not consoles.agrees(shown, printed)
    assert not consoles.agrees(shown, printed.replace("sker", "skete"), flowing=True)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("#1  Anna Holm\n", "#2  Anna Holm\n"),
        ("“Pakken kom”\n", "“Pakken kom igen”\n"),
        ("one line\n", "one line\nand another\n"),
        ("", "something\n"),
        ("a ... b\n", "a\nb\n"),
        ("a.c\n", "abc\n"),
    ],
)
def test_what_may_not_differ(shown: str, printed: str) -> None:
    """Everything else is the same to the letter."""
    assert not consoles.agrees(shown, printed)


def test_a_stale_page_can_be_written_anew(tmp_path: Path) -> None:
    """Rewriting replaces what a command prints, keeps what agrees, and touches nothing outside the console blocks."""
    page = tmp_path / "page.md"
    page.write_text(
        "Before.\n\n```console\n$ echo one\nstale\n$ cat <<'END'\n> two\n> END\n...\n```\n\n```sh\necho three\n```\n",
        "utf-8",
    )
    home = tmp_path / "home"
    home.mkdir()
    assert [step.typed for step in consoles.rewrite(page, home)] == ["echo one"]
    assert page.read_text("utf-8") == (
        "Before.\n\n```console\n$ echo one\none\n$ cat <<'END'\n> two\n> END\n...\n```\n\n```sh\necho three\n```\n"
    )
    assert consoles.rewrite(page, home) == []
