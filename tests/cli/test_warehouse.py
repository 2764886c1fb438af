"""feedlog warehouse: export, query and forget on the command line, and erasing that reaches every warehouse."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

Invoke = Callable[..., Any]


@pytest.fixture
def said(invoke: Invoke) -> None:
    """Two notes of a month long past with all that hangs on them, and one of today."""
    for text, key, name in (
        ("Pakken kom tre uger for sent", "K-1042", "Anna Holm"),
        ("Min kanariefugl blev skræmt af buddet", "K-2077", "Bo Berg"),
    ):
        words = ["add", text, "-c", key, "--name", name, "-t", "delivery", "--channel", "phone"]
        assert invoke(*words, "--said-at", "2026-03-02 10:00").status == 0
    assert invoke("add", "Tak for hjælpen", "-c", "K-1042").status == 0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the test's warehouse is, or will be."""
    return tmp_path / "warehouse"


def texts_in(place: Path) -> str:
    """Every text in every Parquet file below a folder."""
    return json.dumps(
        [pyarrow.parquet.ParquetFile(path).read().to_pylist() for path in place.rglob("*.parquet")],
        default=str,
        ensure_ascii=False,
    )


def test_export_and_query(invoke: Invoke, said: None, place: Path) -> None:
    """An export says what it wrote; the analyses and SQL of one's own answer as a table and as JSON."""
    done = invoke("warehouse", "export", str(place))
    assert done.out.startswith(f"1 month, 2 notes in {place}: 1 written, 0 taken out (")
    again = invoke("warehouse", "export", str(place), "--json").json
    assert {**again, "bytes": 0, "seconds": 0} == {
        "path": str(place), "months": ["2026-03"], "written": [], "removed": [], "notes": 2, "bytes": 0, "seconds": 0
    }  # fmt: skip
    assert invoke("warehouse", "query", "themes", str(place)).out.splitlines() == [
        "month    theme     notes  customers  share",
        "2026-03  delivery      2          2    1.0",
    ]
    assert invoke(
        "warehouse", "query", "select count(*) as notes, null as nothing from notes", str(place), "--json"
    ).json == [{"notes": 2, "nothing": None}]
    cut = invoke("warehouse", "query", "select id from notes order by id", str(place), "--limit", "1")
    assert (cut.out, cut.err) == ("id\n 1\n", "Only the first 1 rows. More with --limit.\n")


def test_beside_the_log(invoke: Invoke, said: None, log_path: Path) -> None:
    """Without a folder the warehouse stands beside the log."""
    done = invoke("warehouse", "export", "--open-month", "--json").json
    assert (done["path"], done["notes"]) == (str(log_path.parent / "warehouse"), 3)
    assert invoke("warehouse", "query", "select count(*) as notes from notes", "--json").json == [{"notes": 3}]


def test_no_month_is_over(invoke: Invoke, place: Path) -> None:
    """A log of today has nothing for a warehouse yet, and it is said how to get it anyway."""
    invoke("add", "x")
    done = invoke("warehouse", "export", str(place))
    assert done.err == "No month with notes is over yet. The one that is not comes in with --open-month.\n"
    refused = invoke("warehouse", "query", "themes", str(place))
    assert (refused.status, refused.err) == (
        1,
        f"feedlog: There is no month in the warehouse yet: {place}.\n"
        "A month comes in when it is over, or with: feedlog warehouse export --open-month\n",
    )


def test_list_and_sql(invoke: Invoke) -> None:
    """Without a question the analyses are listed; the SQL of one can be printed for other programs."""
    assert [line.split("  ")[0] for line in invoke("warehouse", "query").out.splitlines()] == [
        "first-response", "promises", "themes", "words"
    ]  # fmt: skip
    assert {one["name"] for one in invoke("warehouse", "query", "--json").json} == {
        "first-response", "promises", "themes", "words"
    }  # fmt: skip
    assert invoke("warehouse", "query", "words", "--show-sql").out.startswith("-- Words customers say in one month")


@pytest.mark.parametrize(
    ("words", "status", "err"),
    [
        (("query", "wrds"), 1, "feedlog: There is no analysis 'wrds'. Did you mean 'words'?\n"
         "There are: first-response, promises, themes, words\n"),
        (("query", "drop table notes", "{place}"), 2,
         "feedlog: A warehouse is only read, with one query at a time.\nWrite one SELECT.\n"),
        (("query", "themes", "/nowhere"), 1,
         "feedlog: There is no warehouse at /nowhere.\nRun: feedlog warehouse export /nowhere\n"),
        (("query", "themes", "{place}", "--engine", "oracle"), 2,
         "feedlog: There is no engine 'oracle'.\nIt is duckdb, or a Spark master such as spark://host:7077.\n"),
        (("query", "select 1", "{place}", "--engine", "spark://127.0.0.1:1"), 2,
         "feedlog: On Spark only the analyses run: SQL of your own could read and write whatever the cluster may.\n"
         "Leave --engine out, or open the folders in Spark itself: docs/warehouse.md says how.\n"),
        (("forget", "/nowhere"), 1, "feedlog: No warehouse is listed at /nowhere.\nListed: {place}\n"),
    ],
)  # fmt: skip
def test_refusals(invoke: Invoke, said: None, place: Path, words: tuple[str, ...], status: int, err: str) -> None:
    """Each with one sentence why and one what to do."""
    invoke("warehouse", "export", str(place))
    done = invoke("warehouse", *(word.format(place=place) for word in words))
    assert (done.status, done.out, done.err) == (status, "", err.format(place=place))


def test_erasing_reaches_every_warehouse(invoke: Invoke, said: None, place: Path, tmp_path: Path) -> None:
    """An erased customer is in no file of any warehouse; the receipt tells how many were made anew and which were away.

    A folder that came to hold other things, or another log's warehouse, is left alone.
    """
    away, reused = tmp_path / "away", tmp_path / "reused"
    for folder in (place, away, reused):
        assert invoke("warehouse", "export", str(folder)).status == 0
    assert "kanariefugl" in texts_in(place)
    away.rename(tmp_path / "unmounted")
    for path in sorted(reused.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (reused / "letters.txt").write_text("mine")
    receipt = invoke("erase", "K-2077", "--yes", "--reason", "asked", "--json").json
    assert (receipt["verified"], receipt["warehouses"]) == (True, 1)
    assert f"the warehouse {away}, which is not there now" in receipt["elsewhere"]
    assert "kanariefugl" not in texts_in(place) and "Pakken kom" in texts_in(place)
    assert (reused / "letters.txt").read_text() == "mine"
    assert invoke("warehouse", "forget", str(away)).out == f"{away} is off the list; what is there stays.\n"
    receipt = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json").json
    assert not [line for line in receipt["elsewhere"] if "warehouse" in line]
    assert "Pakken" not in texts_in(place)
    assert invoke("warehouse", "query", "themes", str(place)).status == 1  # no month has notes any more


def test_erasing_goes_on_where_a_warehouse_was_in_the_way(invoke: Invoke, said: None, place: Path) -> None:
    """Where a warehouse cannot be made anew, the erasure is not verified, and the same command goes on with it."""
    invoke("warehouse", "export", str(place))
    listing = (place / "warehouse.json").read_text("utf-8")
    (place / "warehouse.json").write_text("{", "utf-8")
    done = invoke("erase", "K-2077", "--yes", "--reason", "asked")
    assert done.status == 1
    assert f"traces remain: the warehouse {place}: The list of what belongs to the warehouse is damaged" in done.err
    (place / "warehouse.json").write_text(listing, "utf-8")
    assert invoke("erase", "K-2077", "--yes", "--reason", "asked").status == 0
    assert "kanariefugl" not in texts_in(place)


def test_what_a_killed_export_left_is_erased_too(invoke: Invoke, said: None, place: Path) -> None:
    """Files of an export that was killed before it was done go with the next erasure."""
    invoke("warehouse", "export", str(place))
    (place / "_coming" / "notes").mkdir(parents=True)
    (place / "notes" / "month=2026-03" / "notes.parquet").rename(place / "_coming" / "notes" / "half.parquet")
    (place / "warehouse.json").unlink()
    assert "kanariefugl" in texts_in(place / "_coming")
    (place / "notes" / "month=1999-01").mkdir()
    shutil.copy(place / "_coming" / "notes" / "half.parquet", place / "notes" / "month=1999-01" / "notes.parquet")
    assert invoke("erase", "K-2077", "--yes", "--reason", "asked").status == 0
    assert not (place / "_coming").exists() and not (place / "notes" / "month=1999-01").exists()
    assert "kanariefugl" not in texts_in(place)


def test_a_damaged_list_is_no_empty_one(invoke: Invoke, said: None, place: Path, log_path: Path) -> None:
    """Where it cannot be told which warehouses there are, an erasure is not verified, and an export says why."""
    invoke("warehouse", "export", str(place))
    listed = log_path.with_name("feedlog.db.warehouses.json")
    kept = listed.read_text("utf-8")
    listed.write_text('{"a": 1}', "utf-8")
    sentence = f"The list of warehouses {listed} is damaged"
    done = invoke("warehouse", "export", str(place))
    assert (done.status, done.err) == (1, f"feedlog: {sentence}.\nMend it, or move it away.\n")
    erased = invoke("erase", "K-2077", "--yes", "--reason", "asked")
    assert erased.status == 1 and sentence in erased.err
    listed.write_text(kept, "utf-8")
    assert invoke("erase", "K-2077", "--yes", "--reason", "asked").status == 0
    assert "kanariefugl" not in texts_in(place)


def test_a_group_gets_the_warehouse_beside_its_log(invoke: Invoke, said: None, log_path: Path) -> None:
    """A warehouse beside a log that is shared belongs to the group, too, before and after."""
    invoke("warehouse", "export")
    assert invoke("init", "--group").status == 0
    folder = log_path.parent / "warehouse"
    assert folder.stat().st_mode & 0o7777 == 0o2770
    invoke("add", "Mere", "--said-at", "2026-02-02 10:00")
    assert invoke("warehouse", "export").status == 0
    assert (folder / "notes" / "month=2026-02" / "notes.parquet").stat().st_mode & 0o777 == 0o660
    assert (folder / "notes" / "month=2026-02").stat().st_mode & 0o777 == 0o770
