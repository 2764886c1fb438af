"""metadata.yml against the published file: everything described, nothing made up, every question answered."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedlog.store.shipped import shipped_text
from tests.web.conftest import ROOT, Site

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
    """Analysts start from seven questions, each with a title, a description and its SQL out of the way."""
    assert len(METADATA["queries"]) == 7
    for query in METADATA["queries"].values():
        assert query["title"] and query["description"] and query["hide_sql"]


@pytest.mark.parametrize("name", METADATA["queries"])
def test_every_question_is_answered(site: Site, name: str) -> None:
    """Every question has an answer about the sample notes, for managers too."""
    answer = site.get(f"/feedlog/{name}.json?_shape=array&theme=delivery", {"id": "mia", "role": "manager"})
    assert answer.status_code == 200, answer.text
    assert answer.json()


def test_came_back_tells_first_and_latest_words(site: Site) -> None:
    """A customer who came back stands there with the first and the latest words about the theme."""
    rows = site.get("/feedlog/came_back.json?_shape=array&theme=", ROOT).json()
    assert {row["theme"] for row in rows} > {"delivery"}
    for row in rows:
        assert row["first_said_on"] <= row["last_said_on"]
        assert row["times"] > 1
        assert row["first_words"] and row["latest_words"]


def test_facets_stand_beside_the_notes(site: Site) -> None:
    """The notes' table counts channels, touchpoints, kinds, themes and months."""
    facets = site.get("/feedlog/notes.json", ROOT).json()["facet_results"]
    assert set(facets) == {"channel", "touchpoint", "kind", "themes", "month"}
    assert all(facet["results"] for facet in facets.values())


def test_newest_first(site: Site) -> None:
    """The notes' table shows the newest first."""
    said = [row["said_at"] for row in site.get("/feedlog/notes.json?_shape=array", ROOT).json()]
    assert said == sorted(said, reverse=True)
