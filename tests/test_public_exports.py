"""Exports nobody here wrote come in, twice, with figures that were counted from the files by other means.

The files are public data and not part of the project: the Consumer Complaint Database, and Zendesk's tables as a
warehouse keeps them. They lie in `exports` of the folder FEEDLOG_BENCH_TEXTS names, or of shared/data beside the
checkout; without them nothing is tested here.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import texts

Feedlog = Callable[..., Any]
Table = list[dict[str, str]]

COMPLAINTS = "cfpb_complaints.csv"
ZENDESK = tuple(f"zendesk_{table}_data.csv" for table in ("user", "ticket", "ticket_comment", "ticket_tag"))


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the files, which is the working folder too."""
    folder = texts.folder()
    if folder is None or not (folder / "exports" / COMPLAINTS).is_file():
        pytest.skip("FEEDLOG_BENCH_TEXTS names no folder with exports")
    monkeypatch.chdir(folder / "exports")
    return folder / "exports"


def table(path: Path) -> Table:
    """A file by Python's csv module alone."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def imported(feedlog: Feedlog, *words: str) -> tuple[int, int, int, int, int]:
    """Read, added, known, skipped and rejected of an import."""
    done = feedlog("import", *words, "--json").json
    return done["read"], done["added"], done["known"], done["skipped"], len(done["rejected"])


def test_complaints(invoke: Feedlog, exports: Path) -> None:
    """Of 145 complaints the 13 with a narrative come in, word for word; the second time they are known."""
    told = {row["complaint_id"]: row for row in table(exports / COMPLAINTS) if row["consumer_complaint_narrative"]}
    assert imported(invoke, COMPLAINTS) == (145, 13, 0, 132, 0)
    assert imported(invoke, COMPLAINTS) == (145, 0, 13, 132, 0)
    stored = {note["source_id"]: note for note in invoke("list", "--json").json}
    assert {key: note["verbatim"] for key, note in stored.items()} == {
        key: row["consumer_complaint_narrative"].strip() for key, row in told.items()
    }
    # A day without a clock time is noon.
    assert {key: note["said_at"][:10] for key, note in stored.items()} == {
        key: row["date_received"] for key, row in told.items()
    }
    assert {note["kind"] for note in stored.values()} == {"complaint"}


def test_desk(invoke: Feedlog, exports: Path) -> None:
    """Ten tickets, two of them deleted; the comments are by nobody known, on tickets that are not there.

    A comment by somebody who is in no file is never taken for a customer's: colleagues write comments, too.
    """
    users, tickets, comments, _ = (table(exports / name) for name in ZENDESK)
    known = {user["id"] for user in users} | {who[key] for who in tickets for key in ("requester_id", "assignee_id")}
    assert not {one["user_id"] for one in comments} & known
    assert not {one["ticket_id"] for one in comments} & {one["id"] for one in tickets}
    there = {f"ticket-{one['id']}": one for one in tickets if one["status"] != "deleted"}
    assert len(there) == 8
    assert imported(invoke, *ZENDESK) == (30, 8, 0, 2, 20)
    assert imported(invoke, *ZENDESK) == (30, 0, 8, 2, 20)
    stored = {note["source_id"]: note for note in invoke("list", "--json").json}
    assert {key: (note["verbatim"], note["said_at"]) for key, note in stored.items()} == {
        key: (one["description"], f"{one['created_at'].replace(' ', 'T')}Z") for key, one in there.items()
    }
    assert stored["ticket-11071"]["customer"]["name"] == "Earnest End User"
    told = invoke("import", *ZENDESK).err
    assert (
        "ticket_comment_data.csv, lines 2 to 21: A customer or a colleague may have written this: its author is not "
        "among the users, nor its ticket among the tickets." in told
    )


def test_tables_alone(invoke: Feedlog, exports: Path) -> None:
    """Tickets and comments may come alone; what holds no words of a customer is refused with what to export."""
    assert imported(invoke, ZENDESK[1]) == (10, 8, 0, 2, 0)
    assert imported(invoke, ZENDESK[2]) == (20, 0, 0, 0, 20)
    assert imported(invoke, *ZENDESK) == (30, 0, 8, 2, 20)
    for name in (ZENDESK[0], ZENDESK[3]):
        refused = invoke("import", name)
        assert refused.status == 1
        assert "This export of Zendesk has none of the customers' words." in refused.err
        assert "export the tickets as JSON with their comments" in refused.err
