"""Excel workbooks (.xlsx): one sheet of them, read row by row.

Cells come in as they are meant: a number without the decimals Excel does not show, a date as a day or a time, a formula
as the value Excel last gave it.
"""

import datetime
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from feedlog.errors import Refused
from feedlog.formats.asides import Asides
from feedlog.formats.csv import distinct
from feedlog.formats.files import File
from feedlog.formats.headers import header_at
from feedlog.formats.records import Table
from feedlog.formats.rows import Row

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_SAMPLE_ROWS = 60


def tables(file: File, sheet: str = "") -> list[Table]:
    """The sheet of this name as a table; without a name the first one that is shown.

    Raises Refused where there is no such sheet or the workbook cannot be read.
    """
    with _open(file) as book:
        shown = [one.title for one in book.worksheets if one.sheet_state == "visible"] or book.sheetnames
        name = _sheet(file, book.sheetnames, sheet) if sheet else shown[0]
        if len(shown) > 1 and not sheet:
            others = ", ".join(repr(one) for one in shown[1:])
            file.remark(f"The sheet {name!r} is taken; others are {others}. Choose with --sheet NAME.")
        sample = list(islice(_cells(book, name), _SAMPLE_ROWS))
    header = header_at([cells for _, cells in sample]) if sample else 0
    if not sample or not sample[header][1]:
        raise Refused(f"The sheet {name!r} of {file.name} is empty.", hint="Choose another with --sheet NAME.")
    line, names = sample[header]
    if any(cells for _, cells in sample[:header]):
        rows = "Row 1 stands" if line == 2 else f"Rows 1 to {line - 1} stand"
        file.remark(f"{rows} before the column names, and no row was made of it.")
    columns = tuple(distinct(names))
    return [Table(file.name, columns, partial(_rows, file, name, line, columns))]


def _sheet(file: File, names: list[str], asked: str) -> str:
    for name in names:
        if name.casefold() == asked.casefold():
            return name
    raise Refused(f"{file.name} has no sheet {asked!r}.", hint=f"Its sheets are: {', '.join(names)}.")


def _rows(file: File, sheet: str, header: int, columns: tuple[str, ...]) -> Iterator[Row]:
    wanted = len(columns)
    asides = Asides(file, wanted)
    with _open(file) as book:
        after_blank = False
        for line, cells in _cells(book, sheet):
            if line <= header:
                continue
            if not cells:
                after_blank = True
                asides.blank_line()
                continue
            if len(cells) > wanted:
                row = Row(line, {}, f"The row has {len(cells)} cells, the first row of the table has {wanted}.")
            else:
                row = Row(line, dict(zip(columns, cells, strict=False)))
            # A lone cell is a row of its own, unless it stands apart from the table, below it.
            if after_blank and wanted > 1 and asides.may_be_one(row, cells):
                continue
            after_blank = False
            yield from asides.were_rows()
            yield row
    yield from asides.at_end()


def _cells(book: "Workbook", sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their numbers, without the empty cells at their ends."""
    one: Any = book[sheet]
    # What a program claims the size of its sheet to be is often wrong, and would cut the sheet off.
    one.reset_dimensions()
    for number, row in enumerate(one.iter_rows(), 1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        yield number, cells


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":  # an error such as #N/A is nobody's words
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        # Excel keeps a day as its midnight: what is shown says which was meant.
        only_day = value.time() == datetime.time() and "h" not in str(cell.number_format).lower()
        return value.date().isoformat() if only_day else value.isoformat(timespec="seconds")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return str(value)


def _number(value: int | float, form: str) -> str:
    """A number as it is shown: 1042 and not 1042.0, and 00421 where the cell asks for five digits."""
    if value != int(value):
        return repr(value)
    text = str(int(value))
    return text.zfill(len(form)) if form and not form.strip("0") else text


@contextmanager
def _open(file: File) -> Iterator["Workbook"]:
    import warnings

    import openpyxl  # here: it takes longer to load than most files take to read

    with warnings.catch_warnings():
        file.reached = 0
        warnings.simplefilter("ignore")  # about styles and validations, which nobody imports
        try:
            book = openpyxl.load_workbook(file.path, read_only=True, data_only=True)
        except (KeyError, ValueError, OSError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise _damaged(file) from error
        except SyntaxError as error:  # how the standard library calls XML it cannot read
            raise _damaged(file) from error
    try:
        yield book
    except (SyntaxError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise _damaged(file) from error
    finally:
        book.close()
    file.reached = file.size


def _damaged(file: File) -> Refused:
    return Refused(
        f"{file.name} is an Excel workbook that cannot be read.", hint="Open it in Excel and save it anew, or as CSV."
    )
