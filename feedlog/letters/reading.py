"""Takes a letter in from a file: text only, and not longer than any letter."""

import os
import re

from feedlog.errors import WrongUsage
from feedlog.language.decoding import Decoded, decode

LONGEST_BYTES = 262_144

# How files begin that hold letters but are no text, and what they are.
_NOT_TEXT = (
    (b"PK\x03\x04", "a Word or OpenDocument file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich text file"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def letter_from(raw: bytes, name: str) -> Decoded:
    """The text of a letter given as bytes; `name` is what to call it. Raises WrongUsage for what is no such text."""
    what = next((told for start, told in _NOT_TEXT if raw.startswith(start)), None)
    if _WEB_PAGE.match(raw):
        what = "a web page"
    if what:
        raise WrongUsage(f"{name} is {what}.", hint="Check the letter's text: save it as .txt.")
    if len(raw) > LONGEST_BYTES:
        raise WrongUsage(f"{name} is longer than {LONGEST_BYTES // 1024} KiB.", hint="Check one letter at a time.")
    if b"\0" in raw[:LONGEST_BYTES] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongUsage(f"{name} is not text.", hint="Check the letter's text: save it as .txt in UTF-8.")
    read = decode(raw)
    if not read.text.strip():
        raise WrongUsage(f"{name} is empty.", hint="Write the letter first, or start with: feedlog letter write NOTE")
    if len(_CONTROLS.findall(read.text)) * 100 > len(read.text):
        raise WrongUsage(f"{name} is not text.", hint="Check the letter's text: save it as .txt in UTF-8.")
    return read


def letter_at(path: str) -> Decoded:
    """The text of the letter at `path`, which may be a pipe. Raises WrongUsage where it cannot be had."""
    name = os.fsencode(path).decode("utf-8", "replace")
    if os.path.isdir(path):
        raise WrongUsage(f"{name} is a folder.", hint="Name the letter in it.")
    try:
        with open(path, "rb") as file:
            raw = file.read(LONGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise WrongUsage(f"There is no file {name}.", hint="Check the name and the folder.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name is no name"
        raise WrongUsage(f"{name} cannot be read: {why}.", hint="Check who may read it.") from error
    return letter_from(raw, name)
