"""Asking: the analyses tell what the pages tell, SQL of one's own only reads, and nothing else is in its reach."""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.publish.publishing import place_beside
from feedlog.store import Log
from feedlog.warehouse import folder
from feedlog.warehouse.analyses import analyses
from feedlog.warehouse.asking import Answer, ask
from feedlog.warehouse.exporting import export

Bring = Callable[..., Any]


@pytest.fixture(scope="module")
def whole(played: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A warehouse of every month, also the one that is not over, so that its sums are those of the pages."""
    path = str(tmp_path_factory.mktemp("whole") / "warehouse")
    export(place_beside(str(played / "feedlog.db")), path, this_month="2026-11", made_at="", open_month=True)
    return path


@pytest.fixture(scope="module")
def pages(played: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Asks the published file."""

    def asked(sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(place_beside(str(played / "feedlog.db"))) as connection:
            return connection.execute(sql).fetchall()

    return asked


def columns(answer: Answer, names: str) -> list[tuple[Any, ...]]:
    """Some columns of an answer."""
    places = [answer.columns.index(name) for name in names.split(", ")]
    return [tuple(row[at] for at in places) for row in answer.rows]


@pytest.mark.parametrize(
    ("name", "told", "table", "order"),
    [
        ("themes", "month, theme, notes, customers", "stats_themes", "month, notes desc, theme"),
        ("promises", "month, promises, kept_in_time, kept_late, broken, open, moved",
         "stats_promises where month <= '2026-11'", "month"),
        ("first-response", "month, channel, notes, answered, median_minutes, closed", "stats_answers",
         "month, channel"),
        ("words", "month, word, notes, notes_elsewhere, share, share_elsewhere, score, log_ratio", "stats_words",
         "month, score desc, word"),
    ],
)  # fmt: skip
def test_analyses_tell_what_the_pages_tell(
    whole: str, pages: Callable[[str], list[tuple[Any, ...]]], name: str, told: str, table: str, order: str
) -> None:
    """Each analysis gives the figures that publishing counted by other means."""
    found = columns(ask(name, whole, limit=1000), told)
    expected = pages(f"select {told} from {table} order by {order}")
    if name == "words":
        newest = {row[0] for row in pages("select month from stats_months order by month desc limit 3")}
        found = sorted([row for row in found if row[0] in newest], key=lambda row: (row[0], -row[6], row[1]))
        assert len(found) > 3
    assert found == expected != []


def test_shares(whole: str) -> None:
    """A share is of what the first lines of the analysis say, between 0 and 1."""
    for name in ("themes", "promises", "first-response", "words"):
        shares = [row[0] for row in columns(ask(name, whole, limit=1000), "share")]
        assert all(0 <= share <= 1 for share in shares) and any(0 < share < 1 for share in shares)


def test_an_analysis_says_what_it_tells() -> None:
    """Each SQL file begins with a sentence about it, and is one query."""
    assert set(analyses()) == {"first-response", "promises", "themes", "words"}
    for one in analyses().values():
        assert (
            one.sql.startswith(f"-- {one.tells}\n-- ") and one.tells.endswith(".") and ";" not in one.sql.rstrip(";\n")
        )


@pytest.mark.parametrize(
    ("asked", "kind", "message", "hint"),
    [
        ("", WrongUsage, "There is no question.", "Name an analysis or write SQL: feedlog warehouse query --help"),
        ("wrds", NotFound, "There is no analysis 'wrds'. Did you mean 'words'?",
         "There are: first-response, promises, themes, words"),
        ("themes_by_month_and_year", NotFound, "There is no analysis 'themes_by_month_and_year'.",
         "There are: first-response, promises, themes, words"),
        ("selec 1", WrongUsage, 'The SQL is wrong: syntax error at or near "selec".',
         "Its tables are: notes, note_themes, promises, responses, words, themes, function_words"),
        ("select colour from notes", WrongUsage, "The SQL is wrong: ", "Its tables are: notes, "),
        ("select * from nots", WrongUsage,
         'The SQL is wrong: Table with name nots does not exist! Did you mean "notes"?', "Its tables are: notes, "),
        ("select 1; select 2", WrongUsage, "A warehouse is only read, with one query at a time.", "Write one SELECT."),
        ("select verbatim::int from notes", WrongUsage, "The SQL is wrong: ", "Its tables are: "),
        ("select error('no') from notes", WrongUsage, "The SQL is wrong: no.", "Its tables are: "),
        (" ; ", WrongUsage, "A warehouse is only read, with one query at a time.", "Write one SELECT."),
    ],
)  # fmt: skip
def test_questions_that_will_not_do(whole: str, asked: str, kind: type[FeedlogError], message: str, hint: str) -> None:
    """An unknown name, wrong SQL, more than one query: a sentence why and one what to do."""
    with pytest.raises(kind) as refused:
        ask(asked, whole, limit=10)
    assert refused.value.message.startswith(message) and refused.value.hint.startswith(hint)
    assert "\n" not in refused.value.message


WRITING = [
    "copy notes to '{outside}'",
    "copy notes to '{inside}'",
    "create table mine as select 1",
    "insert into notes select * from notes",
    "update notes set agent = 'me'",
    "delete from notes",
    "drop view notes",
    "attach '{outside}'",
    "export database '{outside}'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set memory_limit = '1GB'",
    "reset lock_configuration",
    "pragma enable_profiling",
    "call pragma_version()",
    "explain analyze copy notes to '{outside}'",
    "prepare mine as select 1",
    "with mine as (select 1) insert into notes select * from mine",
]
REACHING = [
    "select * from read_csv('{secret}')",
    "select * from '{secret}'",
    "select * from read_text('{secret}')",
    "select * from read_blob('{inside}/../../../../secret.csv')",
    "select * from read_parquet('{listing}')",
    "select * from read_json('{listing}')",
    "select * from sniff_csv('{secret}')",
    "select * from glob('{secret}')",
    "select * from query('select * from read_text(''{secret}'')')",
    "select (select content from read_text('{secret}'))",
    "select * from read_csv('http://127.0.0.1:9/x')",
]


def paths(whole: str, tmp_path: Path) -> dict[str, str]:
    """A file outside that exists, one that does not, and files inside."""
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    inside = os.path.join(whole, folder.place("notes", "2026-06"))
    return {
        "secret": str(tmp_path / "secret.csv"),
        "outside": str(tmp_path / "out"),
        "inside": inside,
        "listing": f"{whole}/warehouse.json",
    }


@pytest.mark.parametrize("sql", WRITING)
def test_nothing_is_written(whole: str, tmp_path: Path, sql: str) -> None:
    """Whatever is not one SELECT is refused before it runs: nothing is written, loaded or set."""
    places = paths(whole, tmp_path)
    before = Path(places["inside"]).read_bytes()
    with pytest.raises(WrongUsage) as refused:
        ask(sql.format(**places), whole, limit=10)
    assert refused.value.message == "A warehouse is only read, with one query at a time."
    assert Path(places["inside"]).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]


@pytest.mark.parametrize("sql", REACHING)
def test_nothing_else_is_in_reach(whole: str, tmp_path: Path, sql: str) -> None:
    """No file but the warehouse's own Parquet files can be read, nor anything elsewhere."""
    with pytest.raises(Refused) as refused:
        ask(sql.format(**paths(whole, tmp_path)), whole, limit=10)
    assert refused.value.message.startswith("The query reaches beyond the warehouse: ")


def test_this_program_is_not_in_reach(whole: str) -> None:
    """A query sees no variable of the program, and not its environment."""
    notes_of_mine = [1]
    for sql in ("select * from notes_of_mine", "select getenv('HOME')"):
        with pytest.raises(WrongUsage, match="The SQL is wrong"):
            ask(sql, whole, limit=10)
    assert notes_of_mine


def test_values(whole: str) -> None:
    """Days, moments, lists, large sums and what is no number are spelled in a way JSON knows."""
    sql = """select date '2026-03-01', min(said_at), [1, 2], sum(id::hugeint), 'nan'::double, 1.5::decimal(4, 1), null,
                    {'a': date '2026-03-01'}, interval 1 day from notes"""
    [row] = ask(sql, whole, limit=10).rows
    assert json.loads(json.dumps(row)) == [
        "2026-03-01", "2026-05-06T08:20:00Z", [1, 2], row[3], "nan", 1.5, None, {"a": "2026-03-01"}, "1 day, 0:00:00"
    ]  # fmt: skip
    assert isinstance(row[3], int)


def test_limit(whole: str) -> None:
    """No more rows than asked for, and it is told when there are more."""
    first = ask("select id from notes order by id", whole, limit=3)
    assert (len(first.rows), first.more) == (3, True)
    assert not ask("select id from notes order by id limit 3", whole, limit=3).more


def test_more_than_memory_holds_is_put_aside(whole: str) -> None:
    """What does not fit into memory is put into a folder of its own, which is gone afterwards."""
    [[aside]] = ask("select value from duckdb_settings() where name = 'temp_directory'", whole, limit=1).rows
    assert "feedlog-warehouse-" in aside and not os.path.exists(aside)


def test_warehouses_that_will_not_do(bring: Bring, place: Path, tmp_path: Path) -> None:
    """No folder, an empty one, no month yet, a file that is missing or is not what was made: a sentence each."""

    def refusal() -> str:
        with pytest.raises(FeedlogError) as refused:
            ask("themes", str(place), limit=10)
        assert refused.value.hint.endswith((f"feedlog warehouse export {place}", "--open-month"))
        return refused.value.message

    assert refusal() == f"There is no warehouse at {place}."
    place.mkdir()
    assert refusal() == f"There is no finished warehouse at {place}."
    (place / folder.COMING).mkdir()
    (place / folder.COMING / "half").write_text("what a killed export left")
    assert refusal() == f"There is no finished warehouse at {place}."
    bring()
    listing = json.loads((place / folder.LISTING).read_text("utf-8"))
    file = place / "words" / "month=2026-07" / "words.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert refusal() == "The warehouse is damaged: words of 2026-07 is not what was made."
    file.write_bytes(b"x" * len(content))
    with pytest.raises(Refused, match=r"The warehouse cannot be read: .*words\.parquet"):
        ask("words", str(place), limit=10)
    file.unlink()
    assert refusal() == "The warehouse is not whole: words of 2026-07 is missing."
    listing["parts"] = {month: part for month, part in listing["parts"].items() if not month}
    (place / folder.LISTING).write_text(json.dumps(listing), "utf-8")
    assert refusal() == f"There is no month in the warehouse yet: {place}."


def test_who_may_not_finish_an_export_says_so(bring: Bring, place: Path, as_stranger: Callable[..., list[str]]) -> None:
    """Where an export was killed while it put its files in place, whoever may write finishes it; others are told."""
    bring()
    with tempfile.TemporaryDirectory() as found_by_all:  # pytest's own folders are closed to strangers
        os.chmod(found_by_all, 0o755)
        there = Path(found_by_all) / "warehouse"
        shutil.copytree(place, there)
        _finish_or_be_told(there, as_stranger)


def _finish_or_be_told(place: Path, as_stranger: Callable[..., list[str]]) -> None:
    (place / folder.COMING).mkdir()
    (place / folder.COMING / folder.LISTING).write_text((place / folder.LISTING).read_text("utf-8"), "utf-8")
    for path in [place, *place.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))

    def look(path: str) -> list[str]:
        try:
            return [str(len(ask("themes", path, limit=9).rows))]
        except FeedlogError as error:
            return [error.message, error.hint]

    if os.geteuid() == 0:
        assert as_stranger(look, str(place)) == [
            f"An export to {place} was stopped while it put its files in place.",
            f"Run: feedlog warehouse export {place}",
        ]
    assert look(str(place)) == ["9"]
    assert as_stranger(look, str(place)) == ["9"]


def test_an_address_is_for_spark() -> None:
    """DuckDB has no network here, so an object store cannot be asked with it."""
    with pytest.raises(WrongUsage) as refused:
        ask("themes", "s3://bucket/warehouse", limit=10)
    assert refused.value.message == "DuckDB reads a folder of this machine, not an address: s3://bucket/warehouse."


def test_without_duckdb(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its package it is said what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        ask("themes", whole, limit=10)
    assert (refused.value.message, refused.value.hint) == (
        "The warehouse needs the package duckdb, which is not installed.",
        "Install it with: pip install 'feedlog[warehouse]'",
    )


def test_log_is_not_needed(bring: Bring, shop: Log, place: Path) -> None:
    """A warehouse is asked without its log."""
    bring()
    shop.close()
    os.unlink(shop.path)
    assert ask("themes", str(place), limit=99).rows
