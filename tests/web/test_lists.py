"""Our lists as files: all their rows, as spreadsheets may open them."""

import csv
import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from feedlog.formulas import harmless
from feedlog.web.showing import clean
from tests.web.conftest import HOSTILE, Site

MANAGER = {"id": "mia", "role": "manager"}


def plain_text(cell: Any) -> str:
    """What stands in a cell; a day as we write days."""
    return "" if cell is None else str(cell.date() if isinstance(cell, datetime) else cell)


def sheet(site: Site, path: str) -> list[list[str]]:
    """The rows of a list as CSV and as Excel, which must be the same."""
    plain, query = [*path.split("?", 1), ""][:2]
    asked = f"?{query}" if query else ""
    answer = site.get(f"{plain}.csv{asked}", MANAGER)
    assert answer.status_code == 200, path
    assert answer.content.startswith(b"\xef\xbb\xbf")
    as_csv = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    book = site.get(f"{plain}.xlsx{asked}", MANAGER)
    assert "attachment" in book.headers["content-disposition"]
    [only] = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    as_excel = [[plain_text(cell) for cell in row] for row in only.iter_rows(values_only=True)]
    plainly = [
        [[clean(cell.removeprefix("'"))[:30_000] for cell in row] for row in told] for told in (as_csv, as_excel)
    ]
    assert plainly[0] == plainly[1]
    return as_csv


@pytest.mark.parametrize(
    "query", ["", "?q=levering", "?kind=complaint", "?theme=delivery&answered=no", "?q=levering&channel=phone"]
)
def test_all_notes_that_were_found(site: Site, query: str) -> None:
    """The file holds every note the search finds, not only those of its first page."""
    [_, *rows] = sheet(site, f"/-/search{query}")
    page = site.get(f"/-/search{query}", MANAGER).text
    counted = re.search(r"Counted in (?:all )?(\d+) notes?\.", page)
    assert counted and len(rows) == int(counted[1]) > 0


@pytest.mark.parametrize("path", ["/-/promises", "/-/promises?outcome=kept", "/-/themes", "/-/words?period=quarter"])
def test_other_lists(site: Site, path: str) -> None:
    """Promises, themes and words, each with headings."""
    [headings, *rows] = sheet(site, path)
    assert all(headings) and all(len(row) == len(headings) for row in rows)


def test_headings_in_the_readers_language(site: Site) -> None:
    """A Danish reader's file has Danish headings."""
    answer = site.get("/-/search.csv", MANAGER, headers={"accept-language": "da"})
    assert "Med kundernes egne ord" in answer.content.decode("utf-8-sig").splitlines()[0]


def test_no_sentence_is_a_formula(hostile: Site) -> None:
    """Sentences that look like formulas are text in either form."""
    rows = sheet(hostile, "/-/search")
    words = {row[2] for row in rows}
    assert {harmless(text) for text in HOSTILE.values() if len(text) < 1000} <= words
    assert not [word for word in words if word[:1] in tuple("=+-@＝")]


def test_each_list_page_leads_to_its_files(site: Site) -> None:
    """CSV and Excel stand on every list, with the same filters in their address."""
    for path in (
        "/-/search?kind=complaint&q=levering",
        "/-/promises?outcome=kept",
        "/-/themes",
        "/-/words?channel=phone",
    ):
        page = site.get(path, MANAGER).text
        for form, name in (("csv", "CSV"), ("xlsx", "Excel")):
            assert re.search(rf'href="{path.split("?")[0]}\.{form}[^"]*">{name}</a>', page), (path, form)
    assert (
        "kind=complaint"
        in re.search(r'href="(/-/search\.csv[^"]+)"', site.get("/-/search?kind=complaint", MANAGER).text)[1]
    )  # type: ignore[index]


def test_strangers_and_nonsense(site: Site) -> None:
    """Nobody gets a file without a login, and a day that is none is told."""
    for path in ("/-/search.csv", "/-/promises.xlsx", "/-/themes.csv", "/-/words.xlsx"):
        assert site.get(path).status_code == 403
    assert site.get("/-/search.csv?since=2026-02-31", MANAGER).status_code == 400
    assert site.get("/-/words.csv?since=2026-02-31", MANAGER).status_code == 400
    assert site.get("/-/search.pdf", MANAGER).status_code in (403, 404)


@pytest.mark.parametrize("path", ["/-/search.xlsx", "/-/promises.xlsx", "/-/themes.xlsx", "/feedlog/promises.xlsx"])
def test_days_are_days_in_excel(site: Site, path: str) -> None:
    """What is a day in a list or table is one in the workbook: it can be sorted, filtered and reckoned with."""
    book = openpyxl.load_workbook(io.BytesIO(site.get(path, MANAGER).content))
    [headings, *rows] = book.worksheets[0].iter_rows(values_only=True)
    as_text = {heading for row in rows for heading, cell in zip(headings, row, strict=True)
               if re.fullmatch(r"\d{4}-\d\d-\d\d", str(cell))}  # fmt: skip
    assert any(isinstance(cell, datetime) for row in rows for cell in row)
    assert as_text == set()
