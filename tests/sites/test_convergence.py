"""Entries converge: in whatever order and how often they arrive, every copy of the hub ends up the same."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feedlog.formats.entries import Entry
from feedlog.operations import (
    codebook,
    corrections,
    describing,
    doctor,
    erasing,
    facts,
    importing,
    merging,
    notes,
    preparing,
    promising,
    reaching,
    responses,
    themes,
    undoing,
)
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

from .conftest import Town, deliver, everything

ORDERS = 12


def at(hour: int, agent: str = "mette") -> By:
    return By(agent, f"2026-11-{3 + hour // 24:02}T{hour % 24:02}:00:00Z")


def undo(log: Log, by: By) -> None:
    undoing.undo(log, undoing.last(log, by.agent), by)


def erase(town: Town, key: str, by: By) -> None:
    outside = Outside(f"{town.log.path}-spool", f"{town.log.path}-outbox")
    erasing.erase(town.log, lambda log: reaching.require(log, key), "asked to be forgotten", by, outside)


def in_aarhus(log: Log, folder: Path) -> list[Callable[[], object]]:
    """Everything one can do, step by step."""
    (folder / "rows.csv").write_text("verbatim,customer,theme,id\nSkoene trykker,K-7,sko,a\nFin ske,,,b\n", "utf-8")
    bring = lambda: importing.bring_in(log, preparing.prepare(str(folder / "rows.csv")), at(10))  # noqa: E731
    say = lambda hour, text, **given: notes.add(log, Said(text, **given), at(hour))  # noqa: E731
    return [
        lambda: say(1, "Pakken kom tre uger for sent", customer="K-1", name="Anna Holm", themes=("delivery",)),
        lambda: say(2, "Ingen ringede", customer="K-2", promise="call back", due_on="2026-11-20"),
        lambda: say(3, "Pakken blev væk", customer="k-1", idempotency_key="one", themes=("delivery", "lost")),
        lambda: corrections.correct(log, 1, "Pakken kom to uger for sent", "misheard", at(4)),
        lambda: corrections.correct(log, 1, "Pakken kom en uge for sent", "misheard again", at(5)),
        lambda: themes.untag(log, [1], ["delivery"], at(6)),
        lambda: themes.tag(log, [1, 2], ["delivery"], at(7)),
        lambda: promising.move(log, 1, "2026-11-22", "the line was busy", at(8), customer_told=True),
        lambda: promising.hand(log, "mette", "jens", at(9), why="off duty"),
        bring,
        lambda: promising.keep(log, 1, at(11)),
        lambda: undo(log, at(12)),
        lambda: responses.add(log, 1, "apologised", at(13), text="Sorry"),
        lambda: responses.add(log, 1, "compensated", at(14), amount_minor=20000, currency="DKK"),
        lambda: responses.remove(log, 1, at(15)),
        lambda: undo(log, at(16)),
        lambda: describing.describe(log, "K-1", at(17), segment="business", name="Anna Holm Berg"),
        lambda: describing.describe(log, "K-1", at(18), segment="private"),
        lambda: undo(log, at(19)),
        lambda: facts.add(log, "K-1", "door code given", at(20)),
        lambda: facts.add(log, "K-2", "number is right", at(21)),
        lambda: facts.remove(log, 2, at(22)),
        lambda: undo(log, at(23)),
        lambda: codebook.describe(log, "delivery", at(24), owner="mette", measure="new carrier", term=("late", "sent")),
        lambda: codebook.describe(log, "delivery", at(25), owner="jens"),
        lambda: undo(log, at(26)),
        lambda: codebook.merge(log, "lost", "delivery", at(27)),
        lambda: codebook.split(log, "delivery", "courier", [1], at(28)),
        lambda: merging.merge(log, "K-2", "K-1", at(29)),
        lambda: say(30, "Sagt ved en fejl", customer="K-3", promise="nothing", due_on="2026-11-30"),
        lambda: undo(log, at(31)),
        lambda: undo(log, at(32)),
        lambda: say(33, "Pakken er her nu", customer="K-9", name="Liv Dahl"),
        lambda: merging.merge(log, "K-7", "K-2", at(34)),
    ]


def in_malmo(log: Log) -> list[Callable[[], object]]:
    """Another town, with some of the same customers and themes."""
    jens = lambda hour: at(hour, "jens")  # noqa: E731
    say = lambda hour, text, **given: notes.add(log, Said(text, **given), jens(hour))  # noqa: E731
    return [
        lambda: say(1, "Paketet kom för sent", customer="K-1", name="Anna Holm-Berg", themes=("delivery",)),
        lambda: describing.describe(log, "K-1", jens(18), segment="public", prefers="a call"),
        lambda: say(3, "Pakken igen", customer="K-9", name="Liv D", idempotency_key="one"),
        lambda: say(4, "Bra", themes=("delivery", "courier")),
        lambda: codebook.describe(log, "delivery", jens(25), title="Delivery", measure="ask", term=("late", "sent")),
        lambda: codebook.describe(log, "delivery", jens(26), term=("late", "försenat")),
        lambda: codebook.describe(log, "delivery", jens(27), term=("late", "")),
        lambda: codebook.merge(log, "delivery", "courier", jens(28)),
        lambda: merging.merge(log, "K-1", "K-9", jens(29)),
        lambda: facts.add(log, "K-9", "has moved", jens(30)),
    ]


@pytest.fixture
def towns(town: Callable[[str], Town]) -> tuple[Town, Town]:
    """Aarhus and Malmö."""
    return town("aarhus"), town("malmo")


@pytest.fixture
def sent(towns: tuple[Town, Town], tmp_path: Path) -> list[Entry]:
    """All that two towns send after every step, with an erasure that both hear of and a customer who comes again."""
    aarhus, malmo = towns
    entries: list[Entry] = []
    for one, steps in ((aarhus, in_aarhus(aarhus.log, tmp_path)), (malmo, in_malmo(malmo.log))):
        for step in steps:
            step()
            entries += one.send()
    erase(aarhus, "K-9", at(40))
    [erasure] = [entry for entry in aarhus.send() if entry.kind == "erasure"]
    entries.append(erasure)
    notes.add(malmo.log, Said("Pakken, sagt før malmo hørte om det", customer="K-9"), at(41, "jens"))
    entries += malmo.send()
    deliver(malmo.log, [erasure])
    notes.add(malmo.log, Said("Pakken, sagt derefter", customer="K-9"), at(42, "jens"))
    entries += malmo.send()
    return entries


def orders(entries: list[Entry]) -> Iterator[list[Entry]]:
    """The entries as sent, backwards, and shuffled with some of them repeated."""
    yield entries
    yield entries[::-1]
    for seed in range(ORDERS):
        chance = random.Random(seed)
        mixed = entries + chance.choices(entries, k=len(entries) // 2)
        chance.shuffle(mixed)
        yield mixed


def in_parts(entries: list[Entry], seed: int) -> Iterator[list[Entry]]:
    chance = random.Random(seed)
    while entries:
        size = chance.choice((1, 2, 5, 50))
        yield entries[:size]
        entries = entries[size:]


def test_every_order_ends_the_same(sent: list[Entry], hub: Callable[[], Log], tmp_path: Path) -> None:
    """Shuffled, repeated, in batches of any size: the same notes, themes, promises and customers on each copy."""
    first = None
    for number, order in enumerate(orders(sent)):
        copy = hub()
        for part in in_parts(order, number):
            assert deliver(copy, part) == []
        found = everything(copy)
        first = first or found
        for table, rows in found.items():
            assert rows == first[table], (number, table)
        checks = {check["name"]: check for check in doctor.examine(copy, str(tmp_path)) if not check["ok"]}
        assert not checks.keys() & {"search index", "words", "references", "integrity"}, checks


def test_what_arrives_is_what_stands_at_the_sites(
    towns: tuple[Town, Town], sent: list[Entry], hub: Callable[[], Log]
) -> None:
    """The hub holds every row of both towns as it stands there, and none of what was erased."""
    copy = hub()
    deliver(copy, sent)
    found = everything(copy)
    assert sorted(row["verbatim"] for row in found["current_notes"]) == [
        "Bra",
        "Fin ske",
        "Ingen ringede",
        "Paketet kom för sent",
        "Pakken blev væk",
        "Pakken kom en uge for sent",
        "Pakken, sagt derefter",
        "Skoene trykker",
    ]
    for one in towns:
        here = everything(one.log)
        for table in (
            "current_notes",
            "corrections",
            "note_themes",
            "promises",
            "promise_events",
            "responses",
            "facts",
        ):
            assert found[table]
            assert [row for row in here[table] if row not in found[table]] == [], table
    assert {row["key"]: (row["name"], row["segment"]) for row in found["customers"]} == {
        "K-1": ("Anna Holm Berg", "business"),
        "K-2": (None, None),
        "K-3": (None, None),
        "K-7": (None, None),
        "K-9": (None, None),
    }
    merged = {row["key"]: row["merged_into"] for row in found["customers"] if row["merged_into"]}
    assert merged == {"K-7": "K-2"}  # K-2 into K-1 was undone, and whom K-1 was merged into was erased
    assert found["parked"] == []
