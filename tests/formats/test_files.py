"""Files to import: whether they are text, how they are written, what format they are in."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import Refused, WrongUsage
from feedlog.formats import FORMATS, Row, look_at, opened

Read = Callable[..., tuple[list[str], list[Row]]]


@pytest.mark.parametrize(
    ("raw", "warned"),
    [
        ("text\nblåbærgrød\n".encode(), False),
        ("\ufefftext\nblåbærgrød\n".encode(), False),
        ("text\nblåbærgrød\n".encode("utf-16"), False),
        ("\ufefftext\nblåbærgrød\n".encode("utf-16-be"), False),
        ("text\nblåbærgrød\n".encode("cp1252"), True),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16-be", "windows-1252"],
)
def test_encodings(read: Read, tmp_path: Path, raw: bytes, warned: bool) -> None:
    """The usual encodings give the same text; only Windows-1252, which is a guess, gives a warning."""
    columns, rows = read(raw)
    assert (columns, rows[0].cells) == (["text"], {"text": "blåbærgrød"})
    assert bool(look_at(str(tmp_path / "notes.csv")).encoding.warning) is warned


def zip_of_version(version: int) -> bytes:
    """A zip archive that says it can only be read by a program that knows this version of the format, in tenths."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    raw = bytearray(packed.getvalue())
    raw[raw.index(b"PK\x01\x02") + 6] = version
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04rest", "is a damaged zip archive"),
        (zip_of_version(99), "is a damaged zip archive"),
        (b"%PDF-1.7", "is a PDF, not text"),
        (b"\x1f\x8b\x08", "is a compressed file, not text"),
        (b"text\n" + b"x" * 3_000_000 + b"\0", "holds NUL bytes"),
    ],
)
def test_what_is_no_text(read: Read, raw: bytes, sentence: str) -> None:
    """A file that is empty or no text is refused with its name and what to do."""
    with pytest.raises(Refused, match=sentence) as refused:
        read(raw)
    assert "notes.csv" in refused.value.message
    assert refused.value.hint


def test_folder_and_missing_file(tmp_path: Path) -> None:
    """A folder and a file that is not there are refused."""
    with pytest.raises(Refused, match="This is a folder, not a file"):
        look_at(str(tmp_path))
    with pytest.raises(Refused, match=r"There is no file .*nothing\.csv"):
        look_at(str(tmp_path / "nothing.csv"))


def test_format_is_found(read: Read) -> None:
    """Without a telling name the first character tells JSON Lines from a table."""
    assert read('{"text": "hej"}\n', "export")[1] == [Row(1, {"text": "hej"})]
    assert read("text\nhej\n", "export.txt")[1] == [Row(2, {"text": "hej"})]
    assert read('[{"text": "hej"}]', "export.json")[1] == [Row(1, {"text": "hej"})]


def test_unknown_format(tmp_path: Path) -> None:
    """A format there is not is refused with those there are."""
    path = tmp_path / "a.csv"
    path.write_text("text\nhej\n")
    with pytest.raises(WrongUsage, match="There is no format 'xls'") as refused:
        opened(look_at(str(path)), "xls")
    assert all(name in refused.value.hint for name in FORMATS)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """A program that writes to the file meanwhile, or cuts it off, is noticed and said once."""
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "hej\n" * 50_000)
    file = look_at(str(path))
    table = opened(file).readings[0][0]
    rows = table.rows()
    next(rows)
    assert file.remarks == []
    path.write_text("text\n")
    assert len(list(rows)) < 50_000
    list(table.rows())
    assert file.remarks == ["It changed while it was read. Import it again when nothing writes to it any more."]


def test_position_is_that_of_the_reading_going_on(tmp_path: Path) -> None:
    """How far a file was read begins anew with each reading: looking at its header is not having read it."""
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + "1,hej med dig\n" * 100_000)
    file = look_at(str(path))
    rows = opened(file).readings[0][0].rows()
    next(rows)
    assert file.position() < file.size / 10
    assert sum(1 for _ in rows) == 99_999
    assert file.position() == file.size
