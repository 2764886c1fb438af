"""metadata.yml against the published file: everything described, nothing made up, every question answered."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, time, timedelta
from pathlib import Path
from time import tzset
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from feedlog import when
from feedlog.operations import notes, promises, promising
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from feedlog.store.shipped import shipped_text
from tests.web.conftest import MANAGER, ROOT, Site, serving

METADATA: dict[str, Any] = yaml.safe_load(shipped_text("metadata.yml"))["databases"]["feedlog"]
TABLES: dict[str, Any] = METADATA["tables"]


@pytest.fixture(scope="module")
def columns(published: Path) -> dict[str, list[str]]:
    """The columns of every table and view of the published file, by table."""
    connection = sqlite3.connect(published)
    names = [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
    found = {name: [row[1] for row in connection.execute(f'pragma table_info("{name}")')] for name in names}
    connection.close()
    return found


def test_every_table_is_described_or_shut(columns: dict[str, list[str]]) -> None:
    """A table of the published file has a title, a description and all its columns described, or nobody opens it."""
    for name, its in columns.items():
        if name.startswith("sqlite_"):
            continue
        about = TABLES.get(name)
        assert about, f"{name} is neither described nor shut"
        if about.get("allow") is False:
            assert about["hidden"]
            continue
        assert about["title"] and about["description"]
        assert list(about["columns"]) == its, name


def test_every_description_says_something() -> None:
    """A description is a sentence."""
    for name, about in TABLES.items():
        for column, description in about.get("columns", {}).items():
            assert description.endswith("."), f"{name}.{column}"


def test_no_aliases() -> None:
    """metadata.yml has no YAML anchors: Datasette 1.0 loses what a second alias says."""
    assert not [event for event in yaml.parse(shipped_text("metadata.yml")) if getattr(event, "anchor", None)]


def test_questions_to_start_from() -> None:
    """Analysts start from fourteen questions, each with a title, a description and its SQL out of the way."""
    assert len(METADATA["queries"]) == 14
    for query in METADATA["queries"].values():
        assert query["title"] and query["description"].endswith(".") and query["hide_sql"]


@pytest.mark.parametrize("name", sorted({*METADATA["queries"]} - {"words_of_the_month"}))
def test_every_question_is_answered(site: Site, name: str) -> None:
    """Every question has an answer about the sample notes, for managers too."""
    answer = site.get(f"/feedlog/{name}.json?_shape=array&theme=delivery", MANAGER)
    assert answer.status_code == 200, answer.text
    assert answer.json()


@pytest.mark.parametrize("name", sorted(METADATA["queries"]))
def test_no_question_walks_all_notes(published: Path, name: str) -> None:
    """At a million notes a question finds its rows by an index; what else a customer said, by the customer."""
    with closing(sqlite3.connect(published)) as connection:
        sql = f"explain query plan {METADATA['queries'][name]['sql']}"
        plan = [row[3] for row in connection.execute(sql, {"theme": "delivery"})]
    walked = ["SCAN note_themes", "SCAN responses", "SCAN promises"]
    if name != "came_back":  # which calls its newest two thousand by that name
        walked.append("SCAN notes")
    assert not [step for step in plan if step in walked]
    for step in plan:
        if step.split()[1] in ("earlier", "later", "first"):
            assert "notes_by_customer (customer=?" in step, step


def test_words_of_the_newest_month(published: Path, tmp_path: Path) -> None:
    """The words of the newest month that has some come with a note that holds them, the surest first."""
    shutil.copy(published, tmp_path / "feedlog.db")
    with closing(sqlite3.connect(tmp_path / "feedlog.db")) as connection:
        row = "insert into stats_words values (?, ?, 20, 5, .2, .01, ?, 4, 1)"
        months = [("2026-10", "ghost", 99), ("2026-11", "queue", 10), ("2026-11", "wait", 30)]
        connection.executemany(row, months)
        connection.commit()
    site = serving(tmp_path / "feedlog.db")
    words = site.get("/feedlog/words_of_the_month.json?_shape=array", MANAGER).json()
    site.close()
    assert [(word["word"], word["per_1000_notes"]) for word in words] == [("wait", 200), ("queue", 200)]
    assert all(word["one_of_them"] for word in words)


def test_came_back_tells_first_and_latest_words(site: Site) -> None:
    """A customer who came back stands there with the first and the latest words about the theme."""
    rows = site.get("/feedlog/came_back.json?_shape=array&theme=", ROOT).json()
    assert {row["theme"] for row in rows} > {"delivery"}
    for row in rows:
        assert row["first_said_on"] <= row["last_said_on"]
        assert row["first_words"] and row["latest_words"]
    found = {(row["customer"], row["theme"]) for row in rows}
    sql = """select customer, theme from note_themes where customer is not null
              group by customer, theme having count(distinct said_on) > 1"""
    again = site.get(f"/feedlog.json?_shape=arrays&sql={quote(sql)}", ROOT).json()["rows"]
    assert {tuple(row) for row in again} <= found


def test_won_back_and_lost(site: Site) -> None:
    """Won back is who complained first and praises last; lost is who got a broken promise and no kind word since."""
    for row in site.get("/feedlog/won_back.json?_shape=array", ROOT).json():
        sql = f"select kind from notes where customer = '{row['customer']}' order by said_at"
        kinds = [kind for [kind] in site.get(f"/feedlog.json?_shape=arrays&sql={quote(sql)}", ROOT).json()["rows"]]
        assert (kinds[0], kinds[-1]) == ("complaint", "compliment")
    for row in site.get("/feedlog/lost.json?_shape=array", ROOT).json():
        sql = f"""select kind from notes where customer = '{row["customer"]}' and said_on > '{row["broken_on"]}'"""
        kinds = [kind for [kind] in site.get(f"/feedlog.json?_shape=arrays&sql={quote(sql)}", ROOT).json()["rows"]]
        assert {*kinds} <= {"complaint"}
        assert len(kinds) == row["complaints_since"]


@pytest.fixture(params=["Etc/GMT-14", "Etc/GMT+12"])
def far_away(request: pytest.FixtureRequest, office: None) -> Iterator[None]:
    """An office so far east or west that at any moment one of the two has another day than UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        tzset()
        yield
    tzset()


def test_overdue_by_the_day_of_the_office(far_away: None, log: Log) -> None:
    """A promise is overdue once its day is over in the office, whatever day it is in UTC."""
    today, by = when.clock().astimezone().date(), By("mette", when.now())
    notes.add(log, Said("Ingen ringede"), by)
    with log.write():
        for days in (-1, 0, 1):
            promises.make(log, 1, "ringe", str(today + timedelta(days)), by)
    publish(log, place_beside(log.path))
    with closing(sqlite3.connect(place_beside(log.path))) as connection:
        connection.row_factory = sqlite3.Row
        [row] = connection.execute(METADATA["queries"]["promises_kept_by_owner"]["sql"])
    assert (row["promises"], row["overdue"], row["still_to_come"]) == (3, 1, 2)


@pytest.mark.parametrize(("kind", "lost"), [("complaint", [1]), ("compliment", [])])
def test_lost_goes_by_the_day_of_the_office(log: Log, kind: str, lost: list[int]) -> None:
    """What is said half an hour into the day after a promise was broken is said since then, though not yet in UTC."""
    today = when.clock().astimezone().date()
    broken, after = today - timedelta(2), datetime.combine(today - timedelta(1), time(0, 30))
    by = By("mette", f"{broken}T09:00:00Z")
    notes.add(log, Said("Ingen ringede", customer="K-1", kind="complaint"), by)
    with log.write():
        promise_id = promises.make(log, 1, "ringe", str(broken), by)
    promising.break_(log, promise_id, "glemt", by, customer_told=False)
    notes.add(log, Said("Nu igen", customer="K-1", kind=kind, said_at=when.stored(after)), By("mette", when.now()))
    publish(log, place_beside(log.path))
    with closing(sqlite3.connect(place_beside(log.path))) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(METADATA["queries"]["lost"]["sql"]).fetchall()
    assert [row["complaints_since"] for row in rows] == lost


def test_repeated_complaints(site: Site) -> None:
    """A repeated complaint is one whose customer had complained about the same touchpoint before."""
    told = {
        row["touchpoint"]: row["repeated"]
        for row in site.get("/feedlog/repeated_by_touchpoint.json?_shape=array", ROOT).json()
    }
    sql = """select customer, touchpoint, said_at from notes
              where kind = 'complaint' and customer is not null and touchpoint is not null order by said_at"""
    counted: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for customer, touchpoint, _ in site.get(f"/feedlog.json?_shape=arrays&sql={quote(sql)}", ROOT).json()["rows"]:
        counted.setdefault(touchpoint, 0)
        counted[touchpoint] += (customer, touchpoint) in seen
        seen.add((customer, touchpoint))
    assert told == counted
    assert any(told.values())


def test_counts_are_a_link_away(site: Site) -> None:
    """Links above the notes count them by channel, touchpoint, kind, theme and month; nothing is counted unasked."""
    assert site.get("/feedlog/notes.json", ROOT).json()["facet_results"] == {}
    page = site.get("/feedlog/notes?_sort=id", ROOT).text
    for name in ("_facet=channel", "_facet=touchpoint", "_facet=kind", "_facet_array=themes", "_facet=month"):
        place = f"/feedlog/notes?_sort=id&amp;{name}"
        assert f'href="{place}"' in page
        answer = site.get(place.replace("&amp;", "&").replace("notes?", "notes.json?"), ROOT).json()
        assert all(facet["results"] for facet in answer["facet_results"].values())


def test_newest_first(site: Site) -> None:
    """The notes' table shows the newest first."""
    said = [row["said_at"] for row in site.get("/feedlog/notes.json?_shape=array", ROOT).json()]
    assert said == sorted(said, reverse=True)
