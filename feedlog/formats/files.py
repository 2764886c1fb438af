"""Opens a file to import as text. All of it is looked at first: nothing is written before it is known to be text."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, TextIO

from feedlog.errors import Refused, WrongUsage
from feedlog.language.decoding import Encoding, encoding_of

_BLOCK_BYTES = 1 << 20
# How files begin that are often taken for a table, and what to do about them.
_NOT_TEXT = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "Save the sheet as CSV."),
    (b"%PDF", "a PDF", "Ask for the export as CSV."),
    (b"\x1f\x8b", "a compressed file", "Unpack it with gunzip."),
    (b"SQLite format 3\0", "a SQLite database", "Export the table as CSV."),
)


class TextFile(NamedTuple):
    """A file that was looked through: its path, its size in bytes, how it is written and how it begins."""

    path: str
    size: int
    encoding: Encoding
    start: str

    @property
    def name(self) -> str:
        """The name without folders, fit to be stored and shown whatever bytes it is made of."""
        return _shown(os.path.basename(self.path))

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """The text from its beginning, with the line ends as they stand, without a byte order mark."""
        with _read(self.path) as raw:
            raw.seek(self.encoding.mark)
            # "replace": the file was read through as this encoding, but another program may write to it meanwhile.
            with io.TextIOWrapper(raw, encoding=self.encoding.name, errors="replace", newline="") as text:
                yield text


def look_at(path: str) -> TextFile:
    """The file at `path`, read through once in pieces. Raises Refused where it is missing, empty, or is not text."""
    if os.path.isdir(path):
        raise Refused(f"This is a folder, not a file: {_shown(path)}.", hint="Name the files in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise Refused(
            f"This is not a file that can be read twice: {_shown(path)}.", hint="Save it to a file and import that."
        )
    with _read(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        head = raw.read(4096)
        for start, what, hint in _NOT_TEXT:
            if head.startswith(start):
                raise Refused(f"{_shown(path)} is {what}, not text.", hint=hint)
        raw.seek(0)
        try:
            encoding = encoding_of(iter(lambda: raw.read(_BLOCK_BYTES), b""))
        except WrongUsage as error:
            raise Refused(
                f"{_shown(path)} holds NUL bytes: it is not text, or it is UTF-16 without a byte order mark.",
                hint=error.hint,
            ) from error
    # Half a character at the cut becomes U+FFFD, which decides nothing.
    text = head[encoding.mark :].decode(encoding.name, "replace")
    if not text.strip() and size <= len(head):
        raise Refused(f"{_shown(path)} is empty.", hint="Check that the export was written.")
    return TextFile(path, size, encoding, text)


@contextmanager
def _read(path: str) -> Iterator[BinaryIO]:
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError as error:
        raise Refused(f"There is no file {_shown(path)}.", hint="Check the name and the folder.") from error
    except OSError as error:
        raise Refused(f"{_shown(path)} cannot be read: {error.strerror}.", hint="Check who may read it.") from error


def _shown(path: str) -> str:
    """A path as text, also where its bytes are no text."""
    return os.fsencode(path).decode("utf-8", "replace")
