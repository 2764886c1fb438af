"""Opens a file to import. All of it is looked at first: nothing is written before it is known what it is."""

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from feedlog.errors import Refused, WrongUsage
from feedlog.formats.encodings import encoding_by_letters, encoding_without_mark
from feedlog.formats.rows import too_long
from feedlog.language.decoding import Encoding

_BLOCK_BYTES = 1 << 20
# No row of anybody's feedback; JSON alone may stand on a single line however long.
_LONGEST_LINE_BYTES = 64 << 20
# A sheet unpacks to ten times its file or so. What would fill the memory is no sheet.
_LARGEST_WORKBOOK_BYTES = 2 << 30
_PICTURE = "a picture"
# How files begin that are often taken for a table, and what to do about them.
_NOT_TEXT = (
    (b"%PDF", "a PDF", "Ask for the export as CSV."),
    (b"\x1f\x8b", "a compressed file", "Unpack it with gunzip."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and name the files in it."),
    (b"Rar!", "a RAR archive", "Unpack it and name the files in it."),
    (b"SQLite format 3\0", "a SQLite database", "Export the table as CSV."),
    (b"\x89PNG", _PICTURE, "Ask for the export as CSV."),
    (b"\xff\xd8\xff", _PICTURE, "Ask for the export as CSV."),
    (b"GIF8", _PICTURE, "Ask for the export as CSV."),
    (b"PAR1", "a Parquet file", "Export it as CSV, for example with DuckDB."),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class File:
    """A file that was looked through: its path, its size in bytes, how it is written and how it begins.

    `remarks` gathers what a person should know of it, each once; `reached` tells how far it was read at most. Its
    records are counted in the `unit` people find them by.
    """

    def __init__(self, path: str, size: int, encoding: Encoding, start: str, *, workbook: bool = False) -> None:
        self.path, self.size, self.encoding, self.start, self.workbook = path, size, encoding, start, workbook
        self.remarks: list[str] = [encoding.warning] if encoding.warning else []
        self.unit = "row" if workbook else "line"
        self.reached = 0
        self._stream: TextIO | None = None

    @property
    def name(self) -> str:
        """The name without folders, fit to be stored and shown whatever bytes it is made of."""
        return _shown(os.path.basename(self.path))

    def remark(self, sentence: str) -> None:
        """Adds what a person should know, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """The text from its beginning, with the line ends as they stand, without a byte order mark."""
        with _read(self.path) as raw:
            raw.seek(self.encoding.mark)
            # "replace": the file was read through as this encoding, but another program may write to it meanwhile.
            with io.TextIOWrapper(raw, encoding=self.encoding.name, errors="replace", newline="") as text:
                self._stream, self.reached = text, 0
                yield text
                if os.fstat(raw.fileno()).st_size != self.size:
                    self.remark("It changed while it was read. Import it again when nothing writes to it any more.")
        self._stream, self.reached = None, self.size

    def position(self) -> int:
        """How many bytes were read so far, at most `size`, since the file was opened last."""
        if self._stream is not None and not self._stream.closed:
            self.reached = max(self.reached, self._stream.buffer.tell())
        return self.reached


def look_at(path: str) -> File:
    """The file at `path`, read through once in pieces. Raises Refused where it is missing, empty, or is not a table."""
    if os.path.isdir(path):
        raise Refused(f"This is a folder, not a file: {_shown(path)}.", hint="Name the files in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise Refused(
            f"This is not a file that can be read twice: {_shown(path)}.",
            hint="Save it to a file and import that, or pipe it in: … | feedlog import -",
        )
    with _read(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        head = raw.read(4096)
        if head.startswith(b"PK\x03\x04"):
            _check_workbook(path, raw)
            return File(path, size, Encoding("utf-8"), "", workbook=True)
        _check_kind(path, head)
        encoding = encoding_without_mark(head, size) or _encoding(path, raw, head)
    # Half a character at the cut becomes U+FFFD, which decides nothing.
    text = head[encoding.mark :].decode(encoding.name, "replace")
    if not text.strip() and size <= len(head):
        raise Refused(f"{_shown(path)} is empty.", hint="Check that the export was written.")
    return File(path, size, encoding, text)


def _check_kind(path: str, head: bytes) -> None:
    for start, what, hint in _NOT_TEXT:
        if head.startswith(start):
            raise Refused(f"{_shown(path)} is {what}, not text.", hint=hint)
    if head.startswith(_OLD_OFFICE):
        raise Refused(
            f"{_shown(path)} is an old Excel file, or one that is protected by a password.",
            hint="Open it and save it as .xlsx without a password, or as CSV.",
        )


def _check_workbook(path: str, raw: BinaryIO) -> None:
    """Refuses what is packed but is no Excel workbook, or one that would fill the memory."""
    try:
        with zipfile.ZipFile(raw) as packed:
            parts = {part.filename: part for part in packed.infolist()}
    # zipfile says NotImplementedError of an archive that asks for a later version of the format.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(f"{_shown(path)} is a damaged zip archive.", hint="Fetch the file once more.") from error
    if "xl/workbook.xml" not in parts:
        what = "a binary or OpenDocument sheet" if {"xl/workbook.bin", "content.xml"} & set(parts) else "a zip archive"
        hint = "Save the sheet as .xlsx or CSV." if "sheet" in what else "Unpack it and name the files in it."
        raise Refused(f"{_shown(path)} is {what}, not text.", hint=hint)
    if any(part.flag_bits & 1 for part in parts.values()):
        raise Refused(f"{_shown(path)} is protected by a password.", hint="Save it without one.")
    if sum(part.file_size for part in parts.values()) > _LARGEST_WORKBOOK_BYTES:
        raise Refused(f"{_shown(path)} unpacks to more than 2 GB.", hint="Save the sheet as CSV.")


def _encoding(path: str, raw: BinaryIO, head: bytes) -> Encoding:
    json = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")

    def blocks() -> Iterable[bytes]:
        raw.seek(0)
        every = iter(lambda: raw.read(_BLOCK_BYTES), b"")
        return every if json else _with_lines(every)

    try:
        return encoding_by_letters(blocks)
    except WrongUsage as error:
        raise Refused(
            f"{_shown(path)} holds NUL bytes: it is not text, or it was damaged on the way.", hint=error.hint
        ) from error


def _with_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks; raises Refused for a line that no table has, before all of it was read."""
    length, number = 0, 1
    for block in blocks:
        if b"\n" in block or b"\r" in block:
            number, length = number + max(block.count(b"\n"), block.count(b"\r")), 0
        length += len(block)
        if length > _LONGEST_LINE_BYTES:
            raise too_long(number)
        yield block


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
