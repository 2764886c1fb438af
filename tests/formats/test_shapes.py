"""What stands around a table, and in its cells: preambles, trailers, workbooks, JSON answers, HTML, dates."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.formats import Row, dates, look_at, opened
from feedlog.formats.dates import Dates
from feedlog.formats.html import is_html, text_of
from feedlog.formats.repairs import Repairs

Read = Callable[..., tuple[list[str], list[Row]]]
NOW = when.clock()


def test_preamble_and_trailer(tmp_path: Path) -> None:
    """Lines around a table are told by their number and make no row; rows keep theirs."""
    path = tmp_path / "report.csv"
    path.write_text(
        "Rapport for perioden 2026-01-01 - 2026-01-31\n\nBedømmelse;Kommentar;Dato\n5;Fint;2026-01-02\n"
        "1;Skidt;2026-01-03;;\n\nPeriode: januar\n"
    )
    file = look_at(str(path))
    [table] = opened(file).readings[0]
    assert table.columns == ("Bedømmelse", "Kommentar", "Dato")
    assert [(row.line, row.cells["Kommentar"], row.problem) for row in table.rows()] == [
        (4, "Fint", None),
        (5, "Skidt", None),
    ]
    assert file.remarks == [
        "Lines 1 to 2 stand before the column names, and no row was made of it.",
        "Line 7 stands below the table, and no row was made of it.",
    ]


def test_header_wider_than_its_rows(read: Read) -> None:
    """Where the first row has more names than all others have cells, it is the header, and no row is shifted."""
    columns, rows = read("id,name,text,phone\n1,Anna,hej\n2,Bo,tak\n3,Cy,nej\n")
    assert columns == ["id", "name", "text", "phone"]
    assert all(row.problem for row in rows)


def test_short_row_in_the_middle_is_damaged(read: Read) -> None:
    """A lone cell between rows is a damaged row and reported as such."""
    _, rows = read("id,text,day\n1,a,x\nhalf a row\n2,b,y\n")
    assert [(row.line, bool(row.problem)) for row in rows] == [(2, False), (3, True), (4, False)]


def test_excels_own_word_for_the_delimiter(read: Read) -> None:
    """A first line that says sep=; is believed and makes no row."""
    columns, rows = read("sep=;\nid;what\n1;a,b\n")
    assert (columns, rows) == (["id", "what"], [Row(3, {"id": "1", "what": "a,b"})])


def workbook(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Svar"
    sheet.append(["Udtræk fra spørgeskema"])
    sheet.append([])
    sheet.append(["Kundenummer", "Kommentar", "Dato", "Tal"])
    sheet.append([1042, "Godt", datetime.datetime(2026, 3, 13, 14, 30), 1.5])
    sheet.append([421, "Skidt", datetime.date(2026, 3, 14), True])
    sheet["A5"].number_format = "00000"
    sheet.append([None, "#N/A", None, None])
    sheet.append([])
    sheet.append(["I alt 2 svar"])
    book.create_sheet("Noter").append(["text"])
    book.save(path)
    return path


def test_workbook_cells(tmp_path: Path) -> None:
    """Numbers have no decimals Excel does not show, days no clock; errors are empty; lines around it are told."""
    file = look_at(str(workbook(tmp_path / "svar.xlsx")))
    [table] = opened(file).readings[0]
    assert list(table.rows()) == [
        Row(4, {"Kundenummer": "1042", "Kommentar": "Godt", "Dato": "2026-03-13T14:30:00", "Tal": "1.5"}),
        Row(5, {"Kundenummer": "00421", "Kommentar": "Skidt", "Dato": "2026-03-14", "Tal": "true"}),
    ]
    assert file.remarks == [
        "The sheet 'Svar' is taken; others are 'Noter'. Choose with --sheet NAME.",
        "Rows 1 to 2 stand before the column names, and no row was made of it.",
        "Row 8 stands below the table, and no row was made of it.",
    ]


def test_sheets_by_name(tmp_path: Path) -> None:
    """A sheet is chosen by its name; one that is not there is refused with those that are."""
    file = look_at(str(workbook(tmp_path / "svar.xlsx")))
    assert opened(file, sheet="noter").readings[0][0].columns == ("text",)
    with pytest.raises(Refused, match="has no sheet 'x'") as refused:
        opened(file, sheet="x")
    assert refused.value.hint == "Its sheets are: Svar, Noter."


def test_json_answers(read: Read, tmp_path: Path) -> None:
    """A list inside an answer is the table; several lists are several; one object alone can be a row."""
    columns, rows = read(
        json.dumps({"results": [{"text": "a", "by": {"key": 1}}, {"text": "b"}], "next": None}), "a.json"
    )
    assert (columns, rows[0]) == (["text", "by.key"], Row(1, {"text": "a", "by.key": "1"}))
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"id": 7, "users": [{"id": 1}], "tickets": [{"id": 2, "text": "x" * 300_000}] * 3}))
    lists, whole = opened(look_at(str(path))).readings
    assert [table.name for table in lists] == ["b.json, users", "b.json, tickets"]
    assert sum(1 for _ in lists[1].rows()) == 3
    assert whole[0].columns == ("id", "users", "tickets")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hej &amp; tak</p><p>Vi ses</p>", "Hej & tak\n\nVi ses"),
        ("En<br>to<br/>\n tre&nbsp;fire", "En\nto\ntre fire"),
        ("<div>Hej</div><script>alert(1)</script><style>p{}</style><div>du</div>", "Hej\ndu"),
        ("<ul><li>en</li><li>to</li></ul><ol><li>a</li><li>b</li></ol>", "- en\n- to\n\n1. a\n2. b"),
        ("<p>Svar:</p><blockquote><p>Hvor er pakken?</p><p>Nu!</p></blockquote><p>Her</p>", ""),
        ("<table><tr><td>Vare</td><td>Pris</td></tr></table>", "Vare Pris"),
        ("<pre>a\n  b</pre>", "a\n  b"),
    ],
)
def test_html(html: str, text: str) -> None:
    """HTML becomes plain lines: paragraphs, breaks, lists and quotes stay, programs go."""
    text = text or "Svar:\n\n> Hvor er pakken?\n\n> Nu!\n\nHer"
    assert is_html(html)
    assert text_of(html) == text
    repairs = Repairs()
    assert repairs.text(html) == text
    assert repairs.told() == ["1 text was HTML and came in as plain text."]


@pytest.mark.parametrize(
    "typed", ["5 < 6", "<3 jeres app", "<Anna> skrev", "Brug <b> her", "a <- b -> c", "<mail@x.dk>"]
)
def test_signs_are_no_html(typed: str) -> None:
    """Signs that people type stay as they are."""
    assert not is_html(typed)


def test_html_made_to_be_slow_or_large() -> None:
    """Elements that are never closed, and quotes in quotes by the thousand, cost no more than the text is long."""
    assert not is_html("<div>" * 60_000 + "x")
    assert not is_html("</p>" * 60_000 + "<p>")
    assert is_html("<P class=x>a</p >")
    assert len(text_of("<blockquote>x" * 20_000)) < 1_000_000
    assert text_of("<blockquote>a<blockquote>b</blockquote></blockquote>") == "> a\n\n> > b"


@pytest.mark.parametrize(
    ("cell", "order", "zone", "instant"),
    [
        ("05/25/2013", "", "", "2013-05-25T10:00:00Z"),
        ("25/05/2013 14:30", "", "", "2013-05-25T12:30:00Z"),
        ("05/06/2013 2:30 PM", "month-first", "UTC", "2013-05-06T14:30:00Z"),
        ("05/06/2013 kl. 14.30", "day-first", "", "2013-06-05T12:30:00Z"),
        ("05.06.2013 14:30:15", "", "", "2013-06-05T12:30:15Z"),
        ("05/05/2013 00:15", "", "UTC", "2013-05-05T00:15:00Z"),
        ("2017-11-14 21:45:08", "", "UTC", "2017-11-14T21:45:08Z"),
        ("2017-11-14 21:45:08", "", "Europe/Copenhagen", "2017-11-14T20:45:08Z"),
        ("2017-11-14 21:45:08+00:00", "", "America/New_York", "2017-11-14T21:45:08Z"),
        ("14 Nov 2017 21:45", "", "UTC", "2017-11-14T21:45:00Z"),
        ("1511559908", "", "", "2017-11-24T21:45:08Z"),
        ("1511559908123", "", "", "2017-11-24T21:45:08Z"),
    ],
)
def test_dates(cell: str, order: str, zone: str, instant: str) -> None:
    """Dates as exporters write them are read in the order that was settled and the zone that was named."""
    assert Dates(order, dates.zone_named(zone)).instant(cell, NOW) == instant


def test_dates_that_say_nothing() -> None:
    """A date that may be read both ways, a time that is none and a zone there is not are refused."""
    with pytest.raises(WrongUsage, match="may begin with the day or the month"):
        Dates().instant("05/06/2013", NOW)
    with pytest.raises(WrongUsage, match="there is no such day or time"):
        Dates().instant("25/05/2013 25:00", NOW)
    with pytest.raises(WrongUsage, match="There is no time zone 'Mars'"):
        dates.zone_named("Mars")


def test_order_of_a_column() -> None:
    """One value that leaves no doubt settles a column; without one the column is refused."""
    assert dates.settled(["05/06/2013", "13/06/2013"], "day") == ("day-first", "13/06/2013")
    assert dates.settled(["05/06/2013", "05/25/2013"], "day") == ("month-first", "05/25/2013")
    assert dates.settled(["05/05/2013", "2013-05-06", "05.06.2013"], "day") == ("", "")
    with pytest.raises(Refused, match="The dates in 'day' may begin with the day or the month: 05/06/2013") as refused:
        dates.settled(["05/06/2013"], "day")
    assert "--dates day-first" in refused.value.hint


def test_lines_above_a_sheet_with_gaps(tmp_path: Path) -> None:
    """The header of a sheet is found below a title also where many people left the last questions blank."""
    book = Workbook()
    for row in (["Svar 2026"], [], ["Nr", "Dag", "Hvad gik godt?", "Hvad kan vi gøre bedre?"]):
        book.active.append(row)
    for number in range(9):
        book.active.append([number, "2026-03-01", "Svar nummer et", None if number else "Ring op"])
    book.save(tmp_path / "a.xlsx")
    table = opened(look_at(str(tmp_path / "a.xlsx"))).readings[0][0]
    assert table.columns == ("Nr", "Dag", "Hvad gik godt?", "Hvad kan vi gøre bedre?")
    assert sum(1 for _ in table.rows()) == 9


@pytest.mark.parametrize(("cell", "order", "first"), [("25/08/2013", "month-first", "month"), ("8.25.2013", "", "day")])
def test_a_date_the_other_way_round_is_quoted_as_it_stands(cell: str, order: str, first: str) -> None:
    """A date that cannot be in the order of its column is refused in the file's own spelling, with why."""
    with pytest.raises(WrongUsage) as refused:
        Dates(order).instant(cell, when.clock())
    assert refused.value.message == f"'{cell}': there is no such day with the {first} first."
