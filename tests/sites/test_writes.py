"""What is written between sites begins at once, is whole or not at all, and may be repeated."""

from collections.abc import Callable

import pytest

from feedlog.formats.entries import Answer, Entry, NoEntry, read, read_answer, written
from feedlog.operations import entries_in, erasures_in, known_sites, notes, receipts
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

from .conftest import NOW, Town, deliver, everything


def answer(sender: str) -> Answer:
    return Answer(sender, [["x", "#1"]], [], "q", 0, 0, 0, 2, NOW)


def erasure(uid: str, mark: str) -> Entry:
    holds = {"at": NOW, "agent": "jens", "reason": "asked", "marks": [mark], "uids": []}
    return Entry("erasure", uid, "#1", "malmo", "s", "l", 2, NOW, "", [], holds)


def test_every_write_begins_immediately(town: Callable[[str], Town], hub: Callable[[], Log], by: By) -> None:
    """Sending, taking in, receipts, doubts and erasures take the write lock with their first statement."""
    site, copy = town("aarhus"), hub()
    notes.add(site.log, Said("Pakken kom for sent", customer="K-1", themes=("delivery",)), by)
    entries = site.send()
    ran: list[str] = []
    for log in (site.log, copy):
        log.connection.set_trace_callback(lambda sql: ran.append(" ".join(sql.lower().split())))
    deliver(copy, entries)
    entries_in.unpark(copy, NOW)
    receipts.sent(site.log, [(entries[0].uid, entries[0].version)], NOW)
    receipts.received(site.log, [(entries[0].uid, entries[0].version)], NOW)
    receipts.move_reach(site.log, site.by.joined_at, 1)
    receipts.doubt(site.log, [entries[0].uid])
    receipts.doubt(site.log)
    known_sites.heard_from_hub(site.log, site.by, answer(site.by.sender))
    erasures_in.take_in(copy, "e", erasure("e", entries[0].mark).holds, NOW, Outside(copy.path + "s", copy.path + "o"))
    inside = False
    for sql in ran:
        word = sql.split(" ", 1)[0]
        if word == "begin":
            inside = sql == "begin immediate"
        elif word in ("commit", "rollback"):
            inside = False
        elif word in ("insert", "update", "delete", "replace"):
            assert inside, sql
    assert ran.count("begin immediate") >= 8


def test_a_batch_with_one_bad_entry(town: Callable[[str], Town], hub: Callable[[], Log], by: By) -> None:
    """One entry whose rows do not fit is left out and named; all others of its batch come in."""
    site, copy = town("aarhus"), hub()
    for number in range(7):
        notes.add(site.log, Said(f"note {number}", customer=f"K-{number}"), by)
    entries = site.send()
    entries[3].holds["note"]["said_at"] = "yesterday"
    [(bad, why)] = deliver(copy, entries)
    assert bad.uid == entries[3].uid
    assert why.startswith("its rows do not fit: ")
    assert sorted(row["verbatim"] for row in everything(copy)["current_notes"]) == [
        f"note {number}" for number in (0, 1, 2, 4, 5, 6)
    ]


def test_an_old_receipt_changes_nothing(log: Log) -> None:
    """Receipts may come late, in any order and twice."""
    assert receipts.received(log, [("x", "a#2")], NOW) == 1
    assert receipts.received(log, [("x", "a#1"), ("x", "a#2")], NOW) == 0
    assert log.value("select version from receipts") == "a#2"


@pytest.mark.parametrize("message", [b"", b"\xff", b"[]", b"{}", b'{"form": "feedlog answer"}', b"[" * 100_000])
def test_what_is_no_message(message: bytes) -> None:
    """Bytes that are neither entry nor answer are refused as such, whatever they are."""
    for reader in (read, read_answer):
        with pytest.raises(NoEntry):
            reader(message)


def test_what_travels_is_read_back() -> None:
    """An entry and an answer are what they were, letters of every language included."""
    entry = erasure("æøå 語", "m")
    assert read(written(entry)) == entry
    assert read_answer(written(answer("s"))) == answer("s")
