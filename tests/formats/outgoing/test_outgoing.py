"""Tables that leave feedlog: every kind of cell in every format, read back by another program."""

import csv
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from openpyxl.utils.escape import unescape
from pyarrow import parquet

from feedlog import workbooks
from feedlog.errors import Refused
from feedlog.formats.outgoing import OUTGOING, Column, Style, format_by_ending
from feedlog.formulas import as_meant, harmless

COLUMNS = (
    Column("id", "number"),
    Column("said_on", "day"),
    Column("said_at", "instant"),
    Column("verbatim", "text"),
    Column("themes", "texts"),
    Column("corrected", "yes"),
)
PLAIN = Style()
FULL = (1, "2026-03-13", "2026-03-13T14:05:00Z", 'Så sagde jeg: "nu", og\nventede; længe', ["levering", "pris"], True)
EMPTY = (2, None, None, None, [], None)


def written(name: str, rows: Sequence[tuple[Any, ...]], style: Style = PLAIN) -> bytes:
    """What a format writes of these rows."""
    file = io.BytesIO()
    assert OUTGOING[name].write(file, COLUMNS, iter(rows), style) == []
    return file.getvalue()


def on_sheets(path: Path, rows: Sequence[tuple[Any, ...]]) -> tuple[list[str], Any]:
    """The remarks on these rows, and the workbook as another program reads it."""
    with open(path, "w+b") as file:
        remarks = OUTGOING["xlsx"].write(file, COLUMNS, iter(rows), Style())
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    return remarks, openpyxl.load_workbook(path)


def with_text(text: str) -> tuple[Any, ...]:
    return (1, None, None, text, [], None)


def test_format_is_known_by_the_name() -> None:
    """A file's ending says what it is to be, upper and lower case alike."""
    assert [format_by_ending(f"x{end}") for end in (".csv", ".TSV", ".jsonl", ".ndjson", ".xlsx", ".parquet")] == [
        "csv", "csv", "jsonl", "jsonl", "xlsx", "parquet",
    ]  # fmt: skip
    assert format_by_ending("notes.txt") is None


def test_csv() -> None:
    """CSV is UTF-8 with commas, quoted where needed; lists are JSON, instants UTC, nothing said is an empty cell."""
    text = written("csv", [FULL, EMPTY]).decode("utf-8")
    assert text.endswith("\r\n2,,,,,\r\n")
    assert next(csv.DictReader(io.StringIO(text, newline=""))) == {
        "id": "1",
        "said_on": "2026-03-13",
        "said_at": "2026-03-13T14:05:00Z",
        "verbatim": 'Så sagde jeg: "nu", og\nventede; længe',
        "themes": '["levering", "pris"]',
        "corrected": "1",
    }


def test_csv_for_excel() -> None:
    """For Excel it begins with a mark, has semicolons, local times, and themes without brackets."""
    raw = written("csv", [FULL], Style(";", for_excel=True))
    assert raw.startswith(b"\xef\xbb\xbfid;said_on;")
    assert b"\r\n1;2026-03-13;2026-03-13 15:05:00;" in raw
    assert raw.endswith(b'"levering; pris";1\r\n')


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "+45 12 34 56 x"]
)
def test_csv_holds_no_formulas(text: str) -> None:
    """A text that a spreadsheet would run gets an apostrophe, unless it is asked for as it is."""
    [cells] = [*csv.reader(io.StringIO(written("csv", [with_text(text)]).decode(), newline=""))][1:]
    assert cells[3] == f"'{text}"
    [cells] = [*csv.reader(io.StringIO(written("csv", [with_text(text)], Style(raw=True)).decode(), newline=""))][1:]
    assert cells[3] == text


@pytest.mark.parametrize("text", ["+4512345678", "+45 12 34 56 78", "-5", "a=b", "K-1042", "'nej'", ""])
def test_what_runs_nothing_stays(text: str) -> None:
    """Phone numbers and ordinary texts stay what others know them by."""
    assert harmless(text) == as_meant(text) == text


@pytest.mark.parametrize("text", ["=1", "'=1", "''＝1", "-2+3", "'+45 12 34", "'\n=1"])
def test_apostrophes_can_be_taken_off_again(text: str) -> None:
    """What was made harmless can be read back, also where somebody wrote the apostrophe."""
    assert harmless(text) == f"'{text}"
    assert as_meant(harmless(text)) == text


def test_json_lines() -> None:
    """JSON Lines have an object a row, all with the same keys."""
    first, second = (json.loads(line) for line in written("jsonl", [FULL, EMPTY]).splitlines())
    assert first == dict(zip((column.name for column in COLUMNS), FULL, strict=True))
    assert second["verbatim"] is None
    assert list(second) == list(first)


@pytest.mark.parametrize("rows", [[], [FULL], [FULL, EMPTY]])
def test_json_list(rows: list[tuple[Any, ...]]) -> None:
    """The same objects can be one JSON document, also when there are none."""
    assert len(json.loads(written("jsonl", rows, Style(as_list=True)))) == len(rows)


def test_workbook(tmp_path: Path) -> None:
    """A sheet has a frozen first row, numbers, real days and local times, and texts as they are."""
    remarks, book = on_sheets(tmp_path / "x.xlsx", [FULL, EMPTY])
    sheet = book["notes"]
    assert remarks == []
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == [column.name for column in COLUMNS]
    assert [cell.value for cell in sheet[2]] == [
        1, datetime(2026, 3, 13), datetime(2026, 3, 13, 15, 5), FULL[3], "levering; pris", True,
    ]  # fmt: skip
    assert [cell.value for cell in sheet[3]] == [2, None, None, None, None, None]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "http://example.com", "#N/A", "007", "{=1}", " blanks ", "<r><t>&amp;</t>", "a\nb"],
)
def test_workbook_holds_texts_only(tmp_path: Path, text: str) -> None:
    """Whatever a customer says is a text in Excel: no formula, no link, no number, no error."""
    _, book = on_sheets(tmp_path / "x.xlsx", [with_text(text)])
    cell = book["notes"]["D2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_workbook_spells_no_characters(tmp_path: Path) -> None:
    """A text that Excel would read as the spelling of a character is written so that it stays that text."""
    _, book = on_sheets(tmp_path / "x.xlsx", [with_text("_x0041_")])
    assert unescape(book["notes"]["D2"].value) == "_x0041_"  # Excel does this, openpyxl leaves it to its caller


def test_workbook_takes_no_markup_from_a_customer(tmp_path: Path) -> None:
    """A text that looks like the inside of a cell is a text, too."""
    _, book = on_sheets(tmp_path / "x.xlsx", [with_text("<r><t>bold</t></r>")])
    assert book["notes"]["D2"].value.strip() == "<r><t>bold</t></r>"


def test_workbook_says_what_it_cannot_hold(tmp_path: Path) -> None:
    """Control characters are replaced and overlong texts cut, and both are said."""
    remarks, book = on_sheets(tmp_path / "x.xlsx", [with_text("a\x07b\r\nc"), with_text("ø" * 40_000)])
    assert remarks == [
        "1 cell held control characters, which Excel cannot keep: they are � there.",
        "1 cell held more than 32,767 characters, the most Excel takes, and are cut.",
    ]
    assert book["notes"]["D2"].value == "a�b\nc"
    assert book["notes"]["D3"].value == "ø" * 32_767


def test_workbook_keeps_days_before_its_calendar(tmp_path: Path) -> None:
    """A day from before 1901, which Excel cannot count, stands there as text."""
    _, book = on_sheets(tmp_path / "x.xlsx", [(1, "1899-12-31", "1899-12-31T11:00:00Z", "x", [], False)])
    assert [cell.value for cell in book["notes"][2]][1:3] == ["1899-12-31", "1899-12-31T11:00:00Z"]


def test_workbook_clears_up_after_one_that_was_killed(tmp_path: Path) -> None:
    """What a killed export had gathered beside its file goes with the next one, a day later; what is at work stays."""
    for name in ("old", "new"):
        (tmp_path / f".feedlog-sheet-{name}").mkdir()
        (tmp_path / f".feedlog-sheet-{name}" / "words").write_text("Pakken kom")
    os.utime(tmp_path / ".feedlog-sheet-old", (0, 0))
    with open(tmp_path / "x.xlsx", "w+b") as file:
        OUTGOING["xlsx"].write(file, COLUMNS, iter([FULL]), PLAIN)
    assert sorted(one.name for one in tmp_path.iterdir()) == [".feedlog-sheet-new", "x.xlsx"]


def test_workbook_goes_on_on_the_next_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than a sheet can hold stand on several, each with the columns' names."""
    monkeypatch.setattr(workbooks, "_MOST_ROWS", 3)
    remarks, book = on_sheets(tmp_path / "x.xlsx", [with_text(word) for word in "abcde"])
    assert remarks == ["More notes than a sheet can hold: they stand on 3 sheets."]
    assert book.sheetnames == ["notes", "notes 2", "notes 3"]
    assert [[row[3] for row in sheet.values][1:] for sheet in book] == [["a", "b"], ["c", "d"], ["e"]]
    assert [next(iter(sheet.values))[3] for sheet in book] == ["verbatim"] * 3


def test_parquet() -> None:
    """Parquet holds types: days, moments in UTC, lists, yes and no; an empty table has its columns all the same."""
    table = parquet.read_table(io.BytesIO(written("parquet", [FULL, EMPTY])))
    moment = datetime(2026, 3, 13, 14, 5, tzinfo=UTC)
    assert table.to_pylist() == [
        dict(zip(table.column_names, (1, date(2026, 3, 13), moment, FULL[3], ["levering", "pris"], True), strict=True)),
        dict(zip(table.column_names, EMPTY, strict=True)),
    ]
    assert table.schema.field("said_at").type == pyarrow.timestamp("ms", tz="UTC")
    assert parquet.read_table(io.BytesIO(written("parquet", []))).schema == table.schema


def test_parquet_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is not installed a sentence says how to get it, and nothing was written."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    file = io.BytesIO()
    with pytest.raises(Refused) as refused:
        OUTGOING["parquet"].write(file, COLUMNS, iter([FULL]), Style())
    assert refused.value.message == "Parquet files need the package pyarrow, which is not installed."
    assert refused.value.hint == "Install it with: pip install 'feedlog[parquet]'"
    assert file.getvalue() == b""
