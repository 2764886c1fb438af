"""The ```console blocks of a page: reads them, runs them in a throw-away home, and compares or rewrites what they show.

A line that starts with `$ ` is typed, `> ` goes on with it, and the rest up to the next `$ ` is what it prints, talk
and data alike. The blocks of one page run in order in one shell, so what an earlier one set or logged is there later.

What changes from run to run need not be the same as on the page: weekdays, dates, clock times, seconds and ports may
differ, a date may be said to be that of today or tomorrow, blanks may be more or fewer, letters and briefings may break
their lines elsewhere, and the home folder is written `~`. Beyond that `...` stands for anything within a line, and a
line of only `...` for any lines.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "tutorial.md", ROOT / "docs" / "case.md")
WIDTH = "96"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "\x1e"
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun"
_DANISH_MONTHS = "januar februar marts april maj juni juli august september oktober november december"
_DANISH_DAYS = "mandag tirsdag onsdag torsdag fredag lørdag søndag"
_CHANGING = (
    (re.compile(r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?"), "DATE"),
    (re.compile(rf"\b({_DAYS.replace(' ', '|')})\b"), "WEEKDAY"),
    (re.compile(rf"\b\d{{1,2}} ({_MONTHS.replace(' ', '|')})\b( \d{{4}})?"), "DATE"),
    (re.compile(rf"\b({_DANISH_DAYS.replace(' ', '|')})\b"), "WEEKDAY"),
    (re.compile(rf"\b\d{{1,2}}\. ({_DANISH_MONTHS.replace(' ', '|')})\b( \d{{4}})?"), "DATE"),
    (re.compile(r"\bDATE · (today|tomorrow)\b"), "DATE"),
    (re.compile(r"\b\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\b\d+\.\d\d s\b"), "SECONDS"),
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), "PORT"),
    (re.compile(r" +"), " "),
)


class Step(NamedTuple):
    """One command of a page: what is typed, what the page shows, and where that stands in its text."""

    typed: str
    shown: str
    line: int
    start: int
    end: int

    @property
    def flowing(self) -> bool:
        """Whether it shows prose, whose lines break elsewhere when a date in it is longer."""
        return self.typed.startswith("feedlog brief ") or re.fullmatch(r"cat \S+\.txt", self.typed) is not None


def steps(text: str) -> list[Step]:
    """Every command in the console blocks of a page, in order."""
    found = []
    for block in _BLOCK.finditer(text):
        at = block.start(1)
        typed: list[str] = []
        start = at
        for line in [*block[1].splitlines(keepends=True), "$ "]:
            if line.startswith("$ "):
                if typed:
                    found.append(_step(text, typed, start, at))
                typed, start = [line[2:]], at + len(line)
            elif line.startswith("> ") and start == at:
                typed.append(line[2:])
                start += len(line)
            at += len(line)
    return found


def _step(text: str, typed: list[str], start: int, end: int) -> Step:
    return Step("".join(typed).rstrip("\n"), text[start:end], text.count("\n", 0, start), start, end)


def run(commands: list[str], home: Path) -> list[str]:
    """What each command prints, run in order in one shell whose home and whose only log is `home`."""
    lines = [f"{command}\nstatus=$?; printf '{_END}'; (exit $status)" for command in commands]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FEEDLOG_", "XDG_"))}
    done = subprocess.run(
        ["bash", "-c", "exec 2>&1\n" + "\n".join(lines)],
        cwd=home,
        env={
            **own,
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": WIDTH,
            "NO_COLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    printed = done.stdout.decode("utf-8").replace(str(home), "~").split(_END)[: len(commands)]
    return printed + [""] * (len(commands) - len(printed))


def agrees(shown: str, printed: str, *, flowing: bool = False) -> bool:
    """Whether a command printed what the page shows, but for what changes; `flowing` lines may break elsewhere."""
    if flowing:
        return _settled(" ".join(shown.split())) == _settled(" ".join(printed.split()))
    pattern = ""
    for line in _settled(shown).splitlines(keepends=True):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.split("..."))
    return re.fullmatch(pattern, _settled(printed)) is not None


def _settled(text: str) -> str:
    for changing, instead in _CHANGING:
        text = changing.sub(instead, text)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def rewrite(page: Path, home: Path) -> list[Step]:
    """Writes into a page what its commands print now, where that does not agree; returns the steps it changed."""
    text = page.read_text("utf-8")
    found = steps(text)
    printed = run([step.typed for step in found], home)
    stale = [
        (step, new)
        for step, new in zip(found, printed, strict=True)
        if not agrees(step.shown, new, flowing=step.flowing)
    ]
    for step, new in reversed(stale):
        text = text[: step.start] + re.sub(r" +$", "", new, flags=re.MULTILINE) + text[step.end :]
    page.write_text(text, "utf-8")
    return [step for step, _ in stale]


def play(page: Path) -> None:
    """Runs a page in a throw-away home and prints what is typed and answered, with the page's own words between."""
    import tempfile

    text = page.read_text("utf-8")
    found = steps(text)
    with tempfile.TemporaryDirectory(prefix="feedlog-play-") as home:
        printed = run([step.typed for step in found], Path(home))
    at = 0
    for step, answer in zip(found, printed, strict=True):
        told = text[at : step.start].replace("```console\n", "").replace("```\n", "")
        lines = [line for line in told.splitlines() if not line.startswith(("$ ", "> "))]
        prose = "\n".join(lines).strip("\n")
        print(f"\n{prose}\n" if prose else "")
        print("$ " + step.typed.replace("\n", "\n> "))
        print(answer, end="")
        at = step.end
    print(text[at:].replace("```\n", ""))


if __name__ == "__main__":
    play(Path(sys.argv[1]))
