"""The file a whole log travels in: sealed from end to end, so that half of it or another one is never taken for it."""

import io
import json
from pathlib import Path

import pytest

from feedlog.errors import Refused
from feedlog.formats import whole_log
from feedlog.formats.whole_log import Header, Writer

HEADER = Header(1, "a-uid", "2026-11-18T09:00:00Z", {"notes": 3})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sealed file of two notes and no customer."""
    file = io.BytesIO()
    writer = Writer(file, HEADER)
    for table in ("notes", "customers"):
        writer.table(table)
    writer.row("notes", {"id": 1, "verbatim": "Så sagde\u2028jeg \ud83d nu"})
    writer.row("notes", {"id": 3, "verbatim": None})
    assert writer.finish() == {"notes": 2, "customers": 0}
    written = tmp_path / "log.jsonl"
    written.write_bytes(file.getvalue())
    return written


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        [*whole_log.rows(whole_log.sealed(str(path)))]
    assert refused.value.hint == "Export it again, and bring it over as it is: feedlog export --whole FILE"
    return refused.value.message


def test_what_was_written_is_read(path: Path) -> None:
    """The first line, the counts and every row come back, each row with the number of its line."""
    file = whole_log.sealed(str(path))
    assert (file.header, file.rows, file.size) == (HEADER, {"notes": 2, "customers": 0}, path.stat().st_size)
    rows = [*whole_log.rows(file)]
    assert [(row.number, row.table, row.columns) for row in rows] == [
        (2, "notes", {"id": 1, "verbatim": "Så sagde\u2028jeg ? nu"}),
        (3, "notes", {"id": 3, "verbatim": None}),
    ]
    assert rows[-1].read < file.size


def test_it_is_known_by_its_beginning(path: Path, tmp_path: Path) -> None:
    """Only a file that begins like one is taken for one; what cannot be read is none."""
    assert whole_log.is_whole(str(path))
    other = tmp_path / "other.jsonl"
    other.write_text('{"feedlog": "else"}\n')
    assert not any(whole_log.is_whole(str(one)) for one in (other, tmp_path, tmp_path / "missing"))


def test_half_a_file(path: Path) -> None:
    """A file is refused wherever it was cut off."""
    whole = path.read_bytes()
    begins = whole.index(b"\n") + 1
    for size in range(begins, len(whole)):
        path.write_bytes(whole[:size])
        assert refusal(path) == "log.jsonl is cut off: its last line, which seals it, is missing."
    path.write_bytes(whole[: begins - 5])
    assert refusal(path) == "The first line of log.jsonl is not that of a whole log."


def test_a_changed_file(path: Path) -> None:
    """A file is refused whichever byte of its rows was changed, and when a line is missing, doubled or moved."""
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    changed = [
        whole.replace(b"sagde", b"sagte"),
        whole.replace(b'"id": 3', b'"id": 4'),
        b"".join([lines[0], *lines[2:]]),
        b"".join([*lines[:2], *lines[1:]]),
        b"".join([lines[0], lines[2], lines[1], lines[3]]),
        whole.replace(b"a-uid", b"b-uid"),
    ]
    for content in changed:
        path.write_bytes(content)
        assert refusal(path) == "log.jsonl was changed since it was exported: its seal does not fit."


def test_line_ends_turned_by_another_program(path: Path) -> None:
    """A file whose line ends were turned is not the one that was sealed."""
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert refusal(path).startswith("log.jsonl is cut off")


@pytest.mark.parametrize("line", ['"a text"', "{}", '{"table": "elsewhere", "id": 1}', '{"table": 1}', "[" * 99999])
def test_a_line_that_is_no_row(path: Path, line: str) -> None:
    """A sealed line that is no row of a known table is refused by its number."""
    seal_anew(path, line)
    assert refusal(path) == "Line 4 of log.jsonl is no row of a log."


def test_rows_that_are_not_counted(path: Path) -> None:
    """A sealed file that holds other rows than its last line counts is refused."""
    seal_anew(path, '{"table": "notes", "id": 9}')
    assert refusal(path) == "log.jsonl does not hold the rows its last line counts."


def seal_anew(path: Path, line: str) -> None:
    """Puts a line before the last one and seals the file as a forger would."""
    import hashlib

    *lines, last = path.read_text("utf-8").removesuffix("\n").split("\n")
    content = "\n".join([*lines, line]) + "\n"
    end = json.loads(last)
    end["end"]["sha256"] = hashlib.sha256(content.encode()).hexdigest()
    path.write_text(content + json.dumps(end) + "\n", "utf-8")
