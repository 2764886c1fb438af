"""Everything feedlog prints. Data goes to standard output, talk to standard error."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from feedlog.errors import Refused

# Characters that would move the cursor, ring, colour or reorder what follows: C0 and C1 controls but line feed and
# tab, and the bidirectional controls. A customer's words are shown, never obeyed.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_JSON_CONTROLS = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


# What stands between these two is bold on a terminal. Private characters, which mean nothing in anybody's sentence;
# `unmarked` takes them out of one.
MARKS = ("\ue000", "\ue001")


def unmarked(text: str) -> str:
    """A customer's text on one line, without the characters that would be taken for marks."""
    return " ".join(text.replace(MARKS[0], "").replace(MARKS[1], "").split())


def safe(text: str) -> str:
    """The text with control characters shown as escapes."""
    return _CONTROLS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def out(text: str = "") -> None:
    """One line or more of data. Raises Refused where it cannot be written."""
    colour = _colour(sys.stdout)
    shown = safe(text)
    for mark, code in zip(MARKS, ("\x1b[1m", "\x1b[22m"), strict=True):
        shown = shown.replace(mark, code if colour else "")
    with _writing():
        click.echo(shown, color=colour)


def flush() -> None:
    """Hands on what was printed; raises as `out` does."""
    with _writing():
        sys.stdout.flush()


def let_go(stream: Any = None) -> None:
    """Drops what could not be printed; else Python would try once more as it ends, and complain."""
    stream = stream or sys.stdout
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    stream.flush()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # whoever reads has enough: see `main`
        raise
    except OSError as error:
        let_go()
        raise Refused(
            f"The answer cannot be written: {error.strerror}.", hint="Check where the output goes."
        ) from error


def talk(text: str) -> None:
    """A remark for the person at the terminal; nothing for an empty one.

    Where nobody listens any more it is dropped: a remark must never stop what it is about, least of all a note that is
    on its way into the log.
    """
    if text:
        try:
            click.echo(safe(text), err=True, color=_colour(sys.stderr))
        except OSError:
            let_go(sys.stderr)


def complain(message: str, hint: str) -> None:
    """Why something was refused, and what to do; what was typed wrongly is never quoted with an ID number in it."""
    from feedlog.operations import masking  # here: only when something was refused

    talk(masking.unnumbered(f"feedlog: {message}"))
    talk(masking.unnumbered(hint))


def document(value: Any) -> None:
    """Exactly one JSON document in UTF-8, whatever the terminal's encoding."""
    import json  # here: people read text most of the time

    text = json.dumps(value, ensure_ascii=False, indent=2)
    text = _JSON_CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    flush()
    raw = text.encode("utf-8", "backslashreplace") + b"\n"
    buffer = getattr(sys.stdout, "buffer", None)
    with _writing():
        if buffer is None:
            sys.stdout.write(raw.decode())
        else:
            buffer.write(raw)
        sys.stdout.flush()


def bold(text: str) -> str:
    """Stronger on a terminal that shows colours, plain elsewhere."""
    return f"{MARKS[0]}{text}{MARKS[1]}"


def many(count: int, noun: str) -> str:
    """'1 note', '3 notes', '12,000 notes'."""
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def width() -> int:
    """How many characters a line of the terminal takes; 80 in a pipe."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (ValueError, OSError, AttributeError):  # a pipe, a captured stream
        columns = 80
    return max(40, columns or 80)  # some terminals do not know how wide they are, and say 0


def _colour(stream: Any) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(getattr(stream, "isatty", lambda: False)())
