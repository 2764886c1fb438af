"""Tables with commas, semicolons and tabs as rows."""

from collections.abc import Callable

import pytest

from feedlog.formats import Row
from feedlog.formats.csv import shape_of

Read = Callable[..., tuple[list[str], list[Row]]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(read: Read, delimiter: str) -> None:
    """Commas, semicolons and tabs part cells; the first row says which, whatever the sentences hold."""
    columns, rows = read(f'id{delimiter}text\n1{delimiter}"a, b; c\td"\n')
    assert columns == ["id", "text"]
    assert rows == [Row(2, {"id": "1", "text": "a, b; c\td"})]


def test_delimiter_in_a_quoted_column_name_does_not_count() -> None:
    """A column name in quotation marks may hold other delimiters."""
    assert shape_of(['"id, as they say, in words, long";text;day\n']).delimiter == ";"
    assert shape_of(["text\n"]).delimiter == ","


def test_lines_are_counted_where_records_begin(read: Read) -> None:
    """A record is known by the line it begins on, also after line breaks in cells, blank lines, Windows line ends."""
    _, rows = read('id,text\r\n1,"one\r\ntwo"\r\n\r\n2,three\r\n')
    assert [(row.line, row.cells["text"]) for row in rows] == [(2, "one\r\ntwo"), (5, "three")]


def test_blank_lines_before_the_header(read: Read) -> None:
    """Blank lines before the column names are passed over and counted."""
    columns, rows = read("\n\ntext\nhello\n")
    assert (columns, rows[0].line) == (["text"], 4)


def test_header_with_line_breaks_in_a_cell(read: Read) -> None:
    """A column name may go over two lines; it is one name with a blank."""
    columns, rows = read('id,"what they\nsaid"\n1,hello\n')
    assert columns == ["id", "what they said"]
    assert rows[0].line == 3


def test_ragged_rows_never_shift(read: Read) -> None:
    """A row with too many or too few cells is reported by its line; the rows around it keep their cells."""
    _, rows = read("id,text\n1,a\n2,b,c\n3\n4,d\n")
    assert [row.cells for row in rows] == [{"id": "1", "text": "a"}, {}, {}, {"id": "4", "text": "d"}]
    assert rows[1] == Row(3, {}, "The row has 3 cells, the first row of the table has 2.")
    assert rows[2] == Row(4, {}, "The row has 1 cells, the first row of the table has 2.")


def test_stray_quote_costs_one_row(read: Read) -> None:
    """A quotation mark that is not doubled is reported instead of changing the customer's words."""
    _, rows = read('id,text\n1,"so "nice" of you"\n2,b\n')
    assert rows[0] == Row(2, {}, "A quotation mark inside a quoted cell is not doubled.")
    assert rows[1] == Row(3, {"id": "2", "text": "b"})


def test_quote_never_closed_does_not_swallow_the_rest(read: Read) -> None:
    """Rows below a quote that is never closed come in all the same, with their own line numbers."""
    _, rows = read('id,text\n1,a\n2,"b\n3,c\n4,d\n')
    assert rows[1] == Row(3, {}, "A quoted cell is opened here and never closed.")
    assert [(row.line, row.cells["text"]) for row in rows if row.cells] == [(2, "a"), (4, "c"), (5, "d")]


def test_many_faulty_rows(read: Read) -> None:
    """However many rows have stray quotes, each is reported once and none of the others is lost."""
    _, rows = read("id,text\n" + '1,"b\n2,c\n' * 3000)
    assert len(rows) == 6000
    assert sum(1 for row in rows if row.problem) == 3000


def test_cell_above_the_limit(read: Read) -> None:
    """A cell above a mebibyte is reported, and reading goes on."""
    _, rows = read("id,text\n1," + "x" * 1_100_000 + "\n2,b\n")
    assert rows[0].problem == "A cell is longer than 1024 KiB, or a quote is never closed."
    assert rows[1] == Row(3, {"id": "2", "text": "b"})


def test_columns_of_one_name(read: Read) -> None:
    """Columns that share a name or have none can be told apart."""
    columns, rows = read("text,text,,text (old)\na,b,c,d\n")
    assert columns == ["text", "text (2)", "column 3", "text (old)"]
    assert list(rows[0].cells.values()) == ["a", "b", "c", "d"]
