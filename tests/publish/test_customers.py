"""Customers on the pages: what is said of them, merging and parting reach the notes that were published before."""

import contextlib
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import FeedlogError
from feedlog.operations import customers, describing, merging, notes, undoing
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import publish
from feedlog.store import Log
from tests.publish.test_publishing import content

KEYS = ("K-1", "K1", "K-1042", "Bo")
NAMES = ("Anna Holm", "Bo Berg", "", "Liv Dahl")
SENTENCES = ("Anna Holm ringede igen", "hils Bo Berg", "Liv Dahl sagde at K-1042 er hendes", "pakken kom")


def some_change(log: Log, dice: random.Random, by: By) -> None:
    who = dice.choice([by, by._replace(agent="jens"), by._replace(agent="liv")])
    one, other = dice.sample(KEYS, 2)
    said = Said(dice.choice(SENTENCES), customer=one, name=dice.choice(NAMES) or None)
    acts: list[Callable[[], object]] = [
        lambda: notes.add(log, said, who),
        lambda: notes.add(log, said._replace(customer=other), who),
        lambda: describing.describe(log, one, who, name=dice.choice(NAMES), segment=dice.choice(["x", ""])),
        lambda: merging.merge(log, one, other, who),
        lambda: undoing.undo(log, undoing.last(log, who.agent), who),
        lambda: undoing.undo(log, undoing.last(log, who.agent), who),
    ]
    with contextlib.suppress(FeedlogError):
        dice.choice(acts)()


@pytest.mark.parametrize("seed", range(6))
def test_step_by_step_equals_whole(log: Log, tmp_path: Path, by: By, seed: int) -> None:
    """However customers were named, merged and parted, pages that followed say the same as pages written anew."""
    dice = random.Random(seed)
    steps = str(tmp_path / "steps.db")
    for _ in range(12):
        for _ in range(dice.randrange(1, 5)):
            some_change(log, dice, by)
        publish(log, steps)
        whole = tmp_path / f"whole{dice.random()}.db"
        publish(log, str(whole))
        assert content(steps) == content(str(whole))


def test_merge_and_its_undo_reach_the_pages(log: Log, tmp_path: Path, by: By, say: Callable[..., int]) -> None:
    """Notes of merged keys, also of those merged before, move to the other's pseudonym and back."""
    path = str(tmp_path / "pages.db")

    def pseudonyms() -> list[tuple[str, str]]:
        publish(log, path)
        with sqlite3.connect(path) as connection:
            return connection.execute("select customer, initials from notes order by id").fetchall()

    for key, name in (("K1", None), ("K-1", None), ("K 1", "Anna Holm")):
        say("hej", customer=key, name=name)
    apart = pseudonyms()
    merging.merge(log, "K1", "K-1", by)
    assert pseudonyms() == [apart[1], apart[1], apart[2]]
    merging.merge(log, "K-1", "K 1", by)
    assert pseudonyms() == [apart[2]] * 3
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert pseudonyms() == [apart[1], apart[1], apart[2]]
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert pseudonyms() == apart


def test_a_former_name_stays_hidden(log: Log, tmp_path: Path, by: By, say: Callable[..., int]) -> None:
    """A name that was a customer's once is hidden in sentences ever after, also when the pages are written anew."""
    say("hils Anna Holm", customer="K-1")
    say("x", customer="K-2", name="Anna Holm")
    describing.describe(log, "K-2", by, name="Liv Dahl")
    assert customers.card(log, "K-2")["name"] == "Liv Dahl"
    path = tmp_path / "pages.db"
    publish(log, str(path))
    assert b"Holm" not in path.read_bytes()


def test_part_of_a_former_name_stays_hidden(log: Log, tmp_path: Path, by: By, say: Callable[..., int]) -> None:
    """In a customer's own sentences any part of a name they had is hidden, also of the name of a merged key."""
    say("det er Winther igen", customer="K-1", name="Zoë Winther")
    say("mit navn er Holm", customer="K-2", name="Anna Holm")
    say("tak, hilsen Dahl", customer="K-3", name="Anna Dahl")
    describing.describe(log, "K-1", by, name="Zoë Lund")
    merging.merge(log, "K-2", "K-3", by)
    path = tmp_path / "pages.db"
    publish(log, str(path))
    raw = path.read_bytes().lower()
    assert [word for word in (b"winther", b"holm", b"dahl") if word in raw] == []
