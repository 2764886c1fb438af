"""Promises are kept, broken, moved or handed on, and all of that can be taken back; never are they silently gone."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import corrections, notes, promise_life, promises, promising, undoing
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

JENS = By("jens", "2026-11-19T09:00:00Z")
LIV = By("liv", "2026-11-20T09:00:00Z")
DUE = "2026-11-23"


@pytest.fixture
def promised(log: Log, by: By, say: Callable[..., int]) -> int:
    """One promise by Mette, on a note of Anna's."""
    note_id = say("Ring mig op", customer="K-1", name="Anna Holm", who=LIV)
    return promising.give(log, note_id, "ring", DUE, by)


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def kinds(log: Log, promise_id: int) -> list[str]:
    return [event["kind"] for event in promise_life.get(log, promise_id)["events"] if not event["removed_at"]]


def test_given(log: Log, by: By, promised: int) -> None:
    """A promise is owned by whoever gave it, and its life begins with the day and the owner."""
    life = promise_life.get(log, promised)
    assert (life["note_id"], life["owner"], life["promised_by"], life["outcome"], life["moved"]) == (
        1, "mette", "mette", None, 0,
    )  # fmt: skip
    assert (life["customer"], life["verbatim"]) == ({"key": "K-1", "name": "Anna Holm"}, "Ring mig op")
    [made] = life["events"]
    assert (made["kind"], made["happened_at"], made["due_on"], made["owner"]) == ("made", by.at, DUE, "mette")
    assert promises.open_of_customer(log, "k-1")[0]["id"] == promised


def test_given_to_a_colleague(log: Log, by: By, say: Callable[..., int]) -> None:
    """Who promised, who keeps it and who wrote it down may be three."""
    number = promising.give(log, say("x"), "ring", DUE, by._replace(on_behalf_of="liv"), owner="jens")
    life = promise_life.get(log, number)
    assert (life["promised_by"], life["owner"], life["events"][0]["agent"]) == ("liv", "jens", "liv")
    assert log.value("select agent from changes where action = 'promise.add'") == "mette"


def test_kept(log: Log, promised: int) -> None:
    """A kept promise has an end, is nobody's to do any more, and is kept in time or not."""
    promising.keep(log, promised, JENS)
    life = promise_life.get(log, promised)
    assert (life["outcome"], life["ended_at"], life["in_time"]) == ("kept", JENS.at, True)
    assert promises.open_of_customer(log, "K-1") == promises.due(log) == []


def test_kept_before_it_was_written_down(log: Log, promised: int) -> None:
    """What was kept in time and written down later was kept in time; the record of changes says when it was written."""
    promising.keep(log, promised, By("jens", "2026-12-24T09:00:00Z"), at=JENS.at)
    life = promise_life.get(log, promised)
    assert (life["ended_at"], life["events"][-1]["happened_at"], life["in_time"]) == (JENS.at, JENS.at, True)
    assert log.value("select made_at from changes where action = 'promise.keep'") == "2026-12-24T09:00:00Z"
    undoing.undo(log, undoing.last(log, "jens"), By("jens", "2026-12-24T09:00:00Z"))
    assert promise_life.get(log, promised)["ended_at"] is None


@pytest.mark.parametrize(
    ("at", "why"), [("2026-12-24T09:00:00Z", "is still to come."), ("2026-11-01T09:00:00Z", "was given later, on ")]
)
def test_kept_at_another_time_than_can_be(log: Log, promised: int, at: str, why: str) -> None:
    """A promise is kept neither in the time to come nor before it was given."""
    with pytest.raises(WrongUsage, match=why):
        promising.keep(log, promised, JENS, at=at)
    assert promise_life.get(log, promised)["outcome"] is None


def test_broken(log: Log, promised: int) -> None:
    """A broken promise keeps the reason and whether the customer knows."""
    promising.break_(log, promised, "udsolgt", JENS, customer_told=False)
    life = promise_life.get(log, promised)
    assert (life["outcome"], life["in_time"]) == ("broken", None)
    assert (life["events"][-1]["why"], life["events"][-1]["customer_told"]) == ("udsolgt", False)


def test_told_in_time_and_written_down_later(log: Log, promised: int) -> None:
    """A move counts by the moment the customer was told, not by when somebody wrote it down."""
    late = By("jens", "2026-12-24T09:00:00Z")
    promising.move(log, promised, "2026-12-28", "fragt", late, customer_told=True, at=JENS.at)
    assert promise_life.get(log, promised)["counts_on"] == "2026-12-28"
    promising.break_(log, promised, "udsolgt", late, customer_told=True, at="2026-12-23T09:00:00Z")
    assert promise_life.get(log, promised)["ended_at"] == "2026-12-23T09:00:00Z"


def test_moved(log: Log, promised: int) -> None:
    """A moved promise is due on the new day; every day it had, and why it moved, stays."""
    promising.move(log, promised, "2026-11-24", "fragt", JENS, customer_told=True)
    promising.move(log, promised, "2026-11-25", "fragt igen", LIV, customer_told=False)
    life = promise_life.get(log, promised)
    assert (life["due_on"], life["moved"], life["counts_on"]) == ("2026-11-25", 2, "2026-11-24")
    assert [(event["due_on"], event["why"], event["customer_told"]) for event in life["events"]] == [
        (DUE, None, None), ("2026-11-24", "fragt", True), ("2026-11-25", "fragt igen", False),
    ]  # fmt: skip


def test_handed(log: Log, by: By, say: Callable[..., int], promised: int) -> None:
    """All open promises of an agent, and no others, go to a colleague in one change; who promised stays."""
    second = promising.give(log, say("x"), "skriv", "2026-11-22", by)
    kept = promising.give(log, 1, "brev", DUE, by)
    promising.keep(log, kept, by)
    livs = promising.give(log, 1, "gave", DUE, LIV)
    assert promising.hand(log, "mette", "jens", LIV, why="ferie") == [second, promised]
    owners = {number: promise_life.get(log, number)["owner"] for number in (promised, second, kept, livs)}
    assert owners == {promised: "jens", second: "jens", kept: "mette", livs: "liv"}
    life = promise_life.get(log, promised)
    assert (life["promised_by"], life["events"][-1]["owner"], life["events"][-1]["why"]) == ("mette", "jens", "ferie")
    assert log.value("select detail from changes where action = 'promise.hand' and promise_id is null") == (
        '{"from": "mette", "to": "jens", "promises": 2}'
    )


def test_reasons_stay_out_of_the_record_of_changes(log: Log, promised: int) -> None:
    """The record, which no erasure rewrites, holds neither what was promised nor why it was broken."""
    promising.move(log, promised, "2026-11-24", "Anna er syg", JENS, customer_told=True)
    promising.hand(log, "mette", "jens", JENS, why="Anna er sur")
    promising.break_(log, promised, "Anna er vred", JENS, customer_told=True)
    record = " ".join(str(tuple(row)) for row in log.rows("select * from changes"))
    assert "Anna" not in record and "ring" not in record


REFUSED: list[tuple[Callable[[Log, By], Any], type[Exception], str, str]] = [
    (lambda log, by: promising.keep(log, 2, by), Refused,
     "Promise 2 was kept already, on 18 November.", "See its life with: feedlog promise show 2"),
    (lambda log, by: promising.break_(log, 2, "x", by, customer_told=True), Refused,
     "Promise 2 was kept already, on 18 November.", "See its life with: feedlog promise show 2"),
    (lambda log, by: promising.move(log, 3, "2026-12-01", "x", by, customer_told=True), Refused,
     "Promise 3 was broken already, on 18 November.", "See its life with: feedlog promise show 3"),
    (lambda log, by: promising.move(log, 1, DUE, "x", by, customer_told=True), Refused,
     "Promise 1 is due Monday 23 November already.", "Name another day with --due."),
    (lambda log, by: promising.move(log, 1, "2026-12-01", " ", by, customer_told=True), WrongUsage,
     "The reason is empty.", "Write at least a word."),
    (lambda log, by: promising.break_(log, 1, "", by, customer_told=True), WrongUsage,
     "The reason is empty.", "Write at least a word."),
    (lambda log, by: promising.keep(log, 99, by), NotFound,
     "There is no promise 99.", "See the open ones with: feedlog due"),
    (lambda log, by: promising.keep(log, 10**30, by), NotFound,
     f"There is no promise {10**30}.", "See the open ones with: feedlog due"),
    (lambda log, by: promising.keep(log, 4, by), NotFound,
     "Promise 4 was taken back.", "See the open ones with: feedlog due"),
    (lambda log, by: promising.give(log, 99, "x", DUE, by), NotFound,
     "There is no note 99.", "See the newest with: feedlog list"),
    (lambda log, by: promising.give(log, 2, "x", DUE, by), NotFound,
     "Note 2 was taken back.", "See the newest with: feedlog list"),
    (lambda log, by: promising.give(log, 1, "", DUE, by), WrongUsage,
     "The promise is empty.", "Write at least a word."),
    (lambda log, by: promising.give(log, 1, "x", DUE, by, owner=" "), WrongUsage,
     "The owner is empty.", "Leave the owner out, or write one."),
    (lambda log, by: promising.hand(log, "jens", "liv", by), NotFound,
     "There is no open promise of jens's.", "See whose there are with: feedlog due"),
    (lambda log, by: promising.hand(log, "mette", "mette", by), WrongUsage,
     "mette cannot hand promises to mette.", "Name two agents with --from and --to."),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "kind", "message", "hint"), REFUSED, ids=range(len(REFUSED)))
def test_refused(
    log: Log,
    by: By,
    say: Callable[..., int],
    promised: int,
    attempt: Callable[[Log, By], Any],
    kind: type[Exception],
    message: str,
    hint: str,
) -> None:
    """A refusal says why and what to do, and changes nothing."""
    promising.keep(log, promising.give(log, 1, "brev", DUE, by), by)
    promising.break_(log, promising.give(log, 1, "gave", DUE, by), "udsolgt", by, customer_told=True)
    promising.give(log, 1, "blomster", DUE, JENS)
    undo(log, JENS)
    say("taken back", who=JENS)
    undo(log, JENS)
    before = contents(log)
    with pytest.raises(kind) as refused:
        attempt(log, by)
    assert (refused.value.message, refused.value.hint) == (message, hint)  # type: ignore[attr-defined]
    assert contents(log) == before


def contents(log: Log) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in log.rows(f"select * from {table}")]
        for table in ("promises", "promise_events", "changes")
    ]


ENDING = ("insert on promise_events", "update on promises", "insert on changes")
WRITES: list[tuple[Callable[[Log, By], Any], tuple[str, ...]]] = [
    (lambda log, by: promising.give(log, 1, "x", DUE, by),
     ("insert on promises", "insert on promise_events", "insert on changes")),
    (lambda log, by: promising.keep(log, 2, by), ENDING),
    (lambda log, by: promising.break_(log, 2, "x", by, customer_told=True), ENDING),
    (lambda log, by: promising.move(log, 2, "2026-12-01", "x", by, customer_told=True), ENDING),
    (lambda log, by: promising.hand(log, "mette", "jens", by), ENDING),
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "statement"), [(write, statement) for write, statements in WRITES for statement in statements]
)
def test_nothing_half_done(log: Log, by: By, promised: int, write: Callable[[Log, By], Any], statement: str) -> None:
    """Whichever statement fails, be it of the second promise of two, nothing has happened."""
    promising.give(log, 1, "brev", DUE, by)
    before = contents(log)
    column = "id" if statement.endswith("promises") else "promise_id"
    log.connection.execute(
        f"create temp trigger full_disk before {statement} when new.{column} is not 1 "
        "begin select raise(abort, 'no'); end"
    )
    with pytest.raises(Exception, match="no"):
        write(log, by)
    assert contents(log) == before


def test_taking_back_is_not_half_done(log: Log, by: By, promised: int) -> None:
    """When the second promise of a hand-over cannot be taken back, none is."""
    promising.give(log, 1, "brev", DUE, by)
    promising.hand(log, "mette", "jens", by)
    before = contents(log)
    log.connection.execute(
        "create temp trigger full_disk before update on promises when old.id = 2 begin select raise(abort, 'no'); end"
    )
    with pytest.raises(Exception, match="no"):
        undo(log, by)
    assert contents(log) == before


# --- taken back -------------------------------------------------------------------------------------------------


def test_every_step_can_be_taken_back(log: Log, by: By, say: Callable[..., int]) -> None:
    """Undo walks back through a promise's life; what was taken back stays to be seen, marked so."""
    number = promising.give(log, say("x", who=LIV), "ring", DUE, by)
    promising.move(log, number, "2026-11-24", "fragt", by, customer_told=True)
    promising.hand(log, "mette", "jens", by)
    promising.keep(log, number, by)
    assert undo(log, by) == "the keeping of promise 1"
    assert promise_life.get(log, number)["outcome"] is None
    promising.break_(log, number, "udsolgt", by, customer_told=True)
    assert undo(log, by) == "the breaking of promise 1"
    assert undo(log, by) == "the hand-over of 1 promise from mette to jens"
    assert promise_life.get(log, number)["owner"] == "mette"
    assert undo(log, by) == "the moving of promise 1"
    life = promise_life.get(log, number)
    assert (life["due_on"], life["moved"], kinds(log, number)) == (DUE, 0, ["made"])
    assert [event["kind"] for event in life["events"] if event["removed_at"]] == ["moved", "handed", "kept", "broken"]
    assert undo(log, by) == "promise 1"
    with pytest.raises(NotFound):
        promise_life.get(log, number)


def test_hand_over_is_taken_back_whole(log: Log, by: By, promised: int) -> None:
    """One undo gives every promise of a hand-over back, but those that have ended or were handed on since."""
    second, third = promising.give(log, 1, "brev", DUE, by), promising.give(log, 1, "gave", "2026-11-30", by)
    promising.hand(log, "mette", "jens", by)
    promising.keep(log, second, JENS)
    assert undo(log, by) == "the hand-over of 3 promises from mette to jens"
    assert [promise_life.get(log, number)["owner"] for number in (promised, second, third)] == [
        "mette",
        "jens",
        "mette",
    ]
    assert undo(log, by) == "promise 3"


def test_hand_over_with_nothing_left(log: Log, by: By, promised: int) -> None:
    """A hand-over whose promises went on to a third colleague is not taken back from under them."""
    promising.hand(log, "mette", "jens", by)
    promising.hand(log, "jens", "liv", JENS)
    with pytest.raises(Refused) as refused:
        undo(log, by)
    assert refused.value.message == "Every promise of that hand-over has ended or was handed on since."
    assert refused.value.hint == "See whose they are with: feedlog promise list"
    assert promise_life.get(log, promised)["owner"] == "liv"
    undo(log, JENS)
    undo(log, by)
    assert promise_life.get(log, promised)["owner"] == "mette"


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (lambda log: promising.keep(log, 1, JENS), "Promise 1 was kept since, by jens."),
        (lambda log: promising.move(log, 1, "2026-12-01", "x", JENS, customer_told=True),
         "Promise 1 was moved since, by jens."),
        (lambda log: promising.hand(log, "mette", "liv", JENS), "Promise 1 was handed on since, by jens."),
    ],
)  # fmt: skip
def test_what_a_colleague_built_on(log: Log, by: By, promised: int, later: Callable[[Log], Any], message: str) -> None:
    """A promise a colleague has worked on since is not taken back from under them."""
    later(log)
    with pytest.raises(Refused) as refused:
        undo(log, by)
    assert (refused.value.message, refused.value.hint) == (
        message, "Talk to them first; see it with: feedlog promise show 1",
    )  # fmt: skip
    assert promise_life.get(log, promised)["what"] == "ring"


def test_move_on_which_another_rests(log: Log, by: By, promised: int) -> None:
    """A day from which a colleague has moved on is not taken back; a hand-over since does not stand in the way."""
    promising.move(log, promised, "2026-11-24", "fragt", by, customer_told=True)
    promising.hand(log, "mette", "liv", JENS)
    assert undo(log, by) == "the moving of promise 1"
    assert (promise_life.get(log, promised)["due_on"], promise_life.get(log, promised)["owner"]) == (DUE, "liv")


def test_note_with_a_colleagues_promise(log: Log, by: By, promised: int) -> None:
    """A note stays while a colleague's promise, or what became of it, hangs on it."""
    with pytest.raises(Refused, match="A colleague has worked on note 1 since"):
        undo(log, LIV)
    promising.hand(log, "mette", "jens", by)
    undo(log, by)
    undo(log, by)
    assert undo(log, LIV) == "note 1"


# --- what is due ------------------------------------------------------------------------------------------------


def test_due(log: Log, by: By, say: Callable[..., int]) -> None:
    """What is open stands by its day, overdue first, with the words it answers as they are worded now."""
    say("Ring mig op", customer="K-1", name="Anna Holm")
    for what, due_on, owner in (("c", "2026-11-25", None), ("a", "2026-11-16", "jens"), ("b", "2026-11-18", None)):
        promising.give(log, 1, what, due_on, by, owner=owner)
    corrections.correct(log, 1, "Ring mig ikke op", "misheard", by)
    found = promises.due(log, today="2026-11-18")
    assert [(one["what"], one["days_left"]) for one in found] == [("a", -2), ("b", 0), ("c", 7)]
    assert list(found[0]) == ["id", "note_id", "customer", "what", "owner", "due_on", "days_left", "verbatim"]
    assert (found[0]["customer"], found[0]["verbatim"]) == ({"key": "K-1", "name": "Anna Holm"}, "Ring mig ikke op")
    assert [one["what"] for one in promises.due(log, owner="mette")] == ["b", "c"]
    assert [one["what"] for one in promises.due(log, until="2026-11-18")] == ["a", "b"]
    assert [one["what"] for one in promises.due(log, limit=1)] == ["a"]


def test_due_on_a_note_taken_back(log: Log, by: By) -> None:
    """What was promised on a note that was taken back is owed to nobody."""
    notes.add(log, Said("Ring", customer="K-1"), by)
    promising.give(log, 1, "ring", DUE, by)
    with log.write():  # as the taking back of an import leaves it
        log.connection.execute("delete from wordings")
    assert promises.due(log) == promises.open_of_customer(log, "K-1") == []
    assert promise_life.listing(log, limit=9) == []
    with pytest.raises(NotFound) as gone:
        promising.keep(log, 1, by)
    assert gone.value.message == "Note 1 was taken back, and promise 1 with it."


def test_due_of_a_customer_under_two_keys(log: Log, by: By, say: Callable[..., int]) -> None:
    """A customer who was merged into another is named by the key that stands."""
    say("a", customer="K-1", name="Anna Holm")
    say("b", customer="K-2")
    with log.write():
        log.connection.execute("update customers set merged_into_id = 1 where id = 2")
    promising.give(log, 2, "ring", DUE, by)
    assert promises.due(log)[0]["customer"] == {"key": "K-1", "name": "Anna Holm"}
    assert [one["id"] for one in promise_life.listing(log, customer="K-1", limit=9)] == [1]
    assert [one["id"] for one in promise_life.listing(log, customer="K-2", limit=9)] == [1]


def test_listing(log: Log, by: By, say: Callable[..., int], promised: int) -> None:
    """Promises are narrowed by outcome, owner, customer and due day; the latest due stands first."""
    broken = promising.give(log, say("x", customer="K-2"), "brev", "2026-11-30", by)
    promising.break_(log, broken, "udsolgt", by, customer_told=True)
    jens = promising.give(log, 1, "gave", "2026-11-27", JENS)

    def listed(**filters: Any) -> list[int]:
        return [one["id"] for one in promise_life.listing(log, **{"limit": 9, **filters})]

    assert listed() == [broken, jens, promised]
    assert (listed(outcome="open"), listed(outcome="broken"), listed(outcome="kept")) == (
        [jens, promised],
        [broken],
        [],
    )
    assert (listed(owner="jens"), listed(customer="K-2"), listed(customer="nobody")) == ([jens], [broken], [])
    assert listed(since="2026-11-27", until="2026-11-27") == [jens]
    assert listed(limit=1) == [broken]


def test_many_are_found_by_the_index(log: Log) -> None:
    """What is due is read in the order of the index of open promises, not by sorting all there ever were."""
    plan: list[sqlite3.Row] = log.rows(
        """explain query plan select promises.id from promises join wordings on wordings.note_id = promises.note_id
            where outcome is null order by due_on, promises.id limit 20"""
    )
    assert "promises_open" in plan[0]["detail"]


def test_note_taken_back_after_its_promise_was_kept(log: Log, by: By, say: Callable[..., int]) -> None:
    """A promise that was kept does not become one that was withdrawn when its note is taken back."""
    note_id = say("Hvor er pakken?", customer="K-5")
    kept = promising.give(log, note_id, "ring", DUE, by)
    promising.keep(log, kept, by)
    added = log.value("select id from changes where action = 'note.add' and note_id = ?", [note_id])
    undoing.undo(log, undoing.last(log, by.agent)._replace(id=added, action="note.add", note_id=note_id), by)
    kinds = log.rows("select kind from promise_events where promise_id = ? order by id", [kept])
    assert [row["kind"] for row in kinds] == ["made", "kept"]
