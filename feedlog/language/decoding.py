"""From bytes to text. What people pipe in and export is mostly UTF-8, sometimes not; it is never guessed silently."""

import codecs
from collections.abc import Iterable
from typing import NamedTuple

from feedlog.errors import WrongUsage

NOT_UTF8 = "Read as Windows-1252, since it is not UTF-8."

# Byte order marks, and what a text that starts with one is written in.
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Encoding(NamedTuple):
    """How a text is written: Python's name for it, how many bytes its mark takes, a warning where we had to guess."""

    name: str
    mark: int = 0
    warning: str | None = None


class Decoded(NamedTuple):
    """A text, the encoding it was in, and a warning where that had to be guessed."""

    text: str
    encoding: str
    warning: str | None = None


def decode(raw: bytes) -> Decoded:
    """The text in `raw`, without a byte order mark. Raises WrongUsage for NUL bytes, which are no text.

    A byte that Windows-1252 gives no meaning, and half a character of UTF-16, become U+FFFD.
    """
    encoding = encoding_of([raw])
    return Decoded(raw[encoding.mark :].decode(encoding.name, "replace"), encoding.name, encoding.warning)


def encoding_of(blocks: Iterable[bytes]) -> Encoding:
    """The encoding of a text given in blocks, so that a long one need not be in memory at once.

    A byte order mark decides for UTF-16; then strict UTF-8, which other texts hardly ever are by chance; else
    Windows-1252. Raises WrongUsage for NUL bytes without a mark.
    """
    mark = 0
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    for number, block in enumerate(blocks):
        if number == 0:
            name, mark = next(((name, len(mark)) for mark, name in _MARKS if block.startswith(mark)), ("", 0))
            if name.startswith("utf-16"):
                return Encoding(name, mark)
            block = block[mark:]
        if b"\0" in block:
            raise WrongUsage(
                "The text holds NUL bytes: it looks like UTF-16 without a byte order mark, or it is not text.",
                hint="Save it as UTF-8 and try again.",
            )
        utf8 = utf8 if utf8 and _goes_on(utf8, block) else None
    if utf8 and _goes_on(utf8, b"", final=True):
        return Encoding("utf-8", mark)
    return Encoding("cp1252", mark, NOT_UTF8)


def _goes_on(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True
