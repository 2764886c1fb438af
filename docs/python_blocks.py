"""The ```python blocks of a page: runs them in order in one interpreter, and compares or rewrites what they print.

What a block prints stands in the ```text block right after it. To write a page's output anew:
python docs/python_blocks.py PAGE FOLDER, where FOLDER holds the files the page reads.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL)
_END = "\x1e\n"
_RUN = f"""
import json, sys
names = {{"__name__": "page"}}
for place, code in enumerate(json.load(sys.stdin)):
    exec(compile(code, f"block {{place + 1}}", "exec"), names)
    print({_END!r}, end="", flush=True)
"""


class Block(NamedTuple):
    """A block of a page: its code, what the page says it prints, its line, and where that output stands."""

    code: str
    shown: str
    line: int
    span: tuple[int, int]


def blocks(text: str) -> list[Block]:
    """Every python block of a page, in order."""
    return [
        Block(found["code"], found["shown"] or "", text.count("\n", 0, found.start("code")), found.span("shown"))
        for found in _BLOCK.finditer(text)
    ]


def run(page: list[Block], folder: Path) -> list[str]:
    """What each block prints, run in order in one fresh interpreter that stands in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        input=json.dumps([block.code for block in page]),
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [re.sub(r" +$", "", printed, flags=re.MULTILINE) for printed in done.stdout.split(_END)[:-1]]


def rewrite(page: Path, folder: Path) -> None:
    """Writes into a page what its blocks print now."""
    text = page.read_text("utf-8")
    found = blocks(text)
    for block, printed in reversed([*zip(found, run(found, folder), strict=True)]):
        start, end = block.span
        if start >= 0:
            text = text[:start] + printed + text[end:]
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    rewrite(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
