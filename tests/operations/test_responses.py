"""Responses: the steps of service recovery, and whether the customer was told."""

from collections.abc import Callable

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.operations import finding, promises, responses, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.responses import Steps
from feedlog.operations.shapes import By
from feedlog.publish import reading
from feedlog.store import Log
from feedlog.vocabulary import RESPONSE_KINDS

Say = Callable[..., int]


def later(by: By, day: int, agent: str = "mette") -> By:
    """Somebody on that day of November at ten."""
    return by._replace(agent=agent, at=f"2026-11-{day:02}T09:00:00Z")


def standing(log: Log, note_id: int = 1) -> list[str]:
    return [response["kind"] for response in responses.of_note(log, note_id)]


@pytest.mark.parametrize("kind", RESPONSE_KINDS)
def test_every_kind(log: Log, by: By, say: Say, kind: str) -> None:
    """Each step is kept with who took it, when, and what was said."""
    say("Pakken kom for sent")
    answered = responses.add(log, 1, kind, by, text=" vi ringer ")
    assert answered.response == {
        "id": 1, "note_id": 1, "kind": kind, "responded_at": by.at, "agent": "mette", "text": "vi ringer",
        "amount": None, "currency": None,
    }  # fmt: skip
    assert answered.warnings == []
    assert responses.of_note(log, 1) == [answered.response]
    change = log.row("select * from changes order by id desc")
    assert change is not None
    assert (change["action"], change["note_id"], "ringer" in change["detail"]) == ("response.add", 1, False)


def test_goodwill_has_an_amount(log: Log, by: By, say: Say) -> None:
    """An amount is kept in hundredths and shown as a number."""
    say("Pakken kom for sent")
    given = responses.add(log, 1, "compensated", by, amount_minor=20050, currency="DKK").response
    assert (given["amount"], given["currency"]) == (200.5, "DKK")
    assert log.value("select amount_minor from responses") == 20050
    assert responses.add(log, 1, "compensated", by, text="a free month").response["amount"] is None


def test_a_colleagues_step(log: Log, by: By, say: Say) -> None:
    """A colleague's account is shown as theirs; the record says who wrote it down."""
    say("Pakken kom for sent")
    account = responses.add(log, 1, "investigated", by._replace(on_behalf_of="bo"), text="lå i bilen")
    assert (account.response["agent"], account.warnings) == ("bo", [])
    assert tuple(log.row("select agent, on_behalf_of from changes order by id desc") or ()) == ("mette", "bo")
    assert responses.add(log, 1, "investigated", by).warnings == [
        "What happened is not said; a colleague's account goes into --text."
    ]


REFUSED = [
    ({"note_id": 2}, NotFound, "There is no note 2.", "See the newest with: feedlog list"),
    ({"kind": "sorry"}, WrongUsage, "There is no kind of response 'sorry'.",
     f"It is one of: {', '.join(RESPONSE_KINDS)}."),
    ({"text": " "}, WrongUsage, "The text is empty.", "Write at least a word."),
    ({"kind": "compensated", "amount_minor": 200}, WrongUsage, "The amount has no currency.",
     "Say which beside it: --currency DKK"),
    ({"kind": "compensated", "currency": "DKK"}, WrongUsage, "The currency has no amount.",
     "Say how much beside it: --amount 200"),
    ({"amount_minor": 200, "currency": "DKK"}, WrongUsage, "Only goodwill has an amount, and told is not goodwill.",
     "Log what was given as a step of its own: --kind compensated"),
    ({"kind": "compensated", "amount_minor": 0, "currency": "DKK"}, WrongUsage, "The amount is zero or less.",
     "Leave it out where no money was given."),
    ({"at": "2026-11-18T09:00:01Z"}, WrongUsage, "Wednesday 18 November, 10:00 is still to come.",
     "Log a step when it is taken; what will be is a promise."),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "message", "hint"), REFUSED, ids=[one[2] for one in REFUSED])
def test_refused(
    log: Log, by: By, say: Say, given: dict[str, object], kind: type[FeedlogError], message: str, hint: str
) -> None:
    """What is off is refused with why and what to do, and nothing is stored."""
    say("Pakken kom for sent")
    with pytest.raises(kind) as refused:
        responses.add(log, by=by, **{"note_id": 1, "kind": "told", **given})  # type: ignore[arg-type]
    assert (refused.value.message, refused.value.hint) == (message, hint)
    assert log.value("select count(*) from responses") == 0
    assert log.value("select count(*) from changes") == 1


def test_note_taken_back(log: Log, by: By, say: Say) -> None:
    """A note that was taken back gets no response, and those it had are shown nowhere."""
    say("Pakken kom for sent", customer="K-1")
    responses.add(log, 1, "apologised", by)
    undoing.undo(log, undoing.last(log, "mette"), by)
    responses.add(log, 1, "compensated", by, amount_minor=100, currency="DKK")
    for _ in range(2):
        undoing.undo(log, undoing.last(log, "mette"), by)
    with pytest.raises(NotFound, match=r"^Note 1 was taken back\.$"):
        responses.add(log, 1, "told", by)
    assert responses.of_customer(log, "K-1") == responses.of_note(log, 1) == []


def test_part_of_another_change(log: Log, by: By, say: Say) -> None:
    """Inside another change a step is part of it: undo goes on to the whole, and the step can be taken back with it."""
    say("Pakken kom for sent")
    with log.write():
        answered = responses.add(log, 1, "told", by, part_of=1)
        assert log.connection.in_transaction
    assert undoing.last(log, "mette").what == "note 1"
    responses.take_back(log, answered.response["id"], by)
    assert standing(log) == []


def test_nothing_is_half_done(log: Log, by: By, say: Say) -> None:
    """Where the record cannot be written the step is not stored either."""
    say("Pakken kom for sent")
    log.connection.execute("create temp trigger t before insert on main.changes begin select raise(abort, 'no'); end")
    with pytest.raises(Exception, match="no"):
        responses.add(log, 1, "told", by)
    assert log.value("select count(*) from responses") == 0


# --- taken back ------------------------------------------------------------------------------------------------


def test_undo(log: Log, by: By, say: Say) -> None:
    """Undo takes a step back by marking its row, and every reader leaves it out."""
    say("Pakken kom for sent", customer="K-1")
    responses.add(log, 1, "told", by)
    change = undoing.last(log, "mette")
    assert change.what == "the response 'told' on note 1"
    undoing.undo(log, change, later(by, 19))
    row = log.row("select removed_at, removed_by from responses")
    assert row is not None and tuple(row) == ("2026-11-19T09:00:00Z", "mette")
    assert responses.of_note(log, 1) == responses.of_customer(log, "K-1") == reading.responses(log, [1]) == []
    assert responses.listing(log, Steps(), limit=9) == []
    [found] = finding.similar_to_text(log, "Pakken kom for sent", Filters(), limit=1)["results"]
    assert found["outcome"] is None


def test_remove(log: Log, by: By, say: Say) -> None:
    """Any step can be removed once, and undo lets it stand again."""
    say("Pakken kom for sent")
    responses.add(log, 1, "told", by)
    assert responses.remove(log, 1, by._replace(agent="bo"))["kind"] == "told"
    assert standing(log) == []
    with pytest.raises(Refused) as refused:
        undoing.undo(log, undoing.last(log, "mette"), by)
    assert (refused.value.message, refused.value.hint) == (
        "Response 1 was removed already.", "See those that stand: feedlog response list",
    )  # fmt: skip
    change = undoing.last(log, "bo")
    assert change.what == "the removal of the response 'told' from note 1"
    undoing.undo(log, change, by._replace(agent="bo"))
    assert standing(log) == ["told"]
    with pytest.raises(NotFound, match=r"^There is no response 7\.$"):
        responses.remove(log, 7, by)


# --- read ------------------------------------------------------------------------------------------------------


def test_listing(log: Log, by: By, say: Say) -> None:
    """Steps are listed newest first, by their notes, by who took them, which and when."""
    say("Pakken kom for sent", customer="K-1", name="Anna", kind="complaint", themes=("levering",))
    say("Tak", kind="compliment")
    responses.add(log, 1, "apologised", later(by, 18, "jens"))
    responses.add(log, 2, "thanked", later(by, 19))
    responses.add(log, 1, "told", later(by, 20))

    def listed(steps: Steps, limit: int = 9) -> list[int]:
        return [one["id"] for one in responses.listing(log, steps, limit=limit)]

    assert listed(Steps()) == [3, 2, 1]
    assert listed(Steps(), limit=1) == [3]
    assert listed(Steps(Filters(customer="k-1", kind="complaint", themes=("levering",)))) == [3, 1]
    assert listed(Steps(kind="thanked")) == listed(Steps(Filters(kind="compliment"))) == [2]
    assert listed(Steps(agent="jens")) == [1]
    assert listed(Steps(since="2026-11-19T00:00:00Z", until="2026-11-20T00:00:00Z")) == [2]
    customers = [one["customer"] for one in responses.listing(log, Steps(), limit=2)]
    assert customers == [{"key": "K-1", "name": "Anna"}, None]


def test_of_customer(log: Log, by: By, say: Say) -> None:
    """All that was done for one customer, newest first, under every key that is theirs."""
    say("Pakken kom for sent", customer="K-1")
    say("Hvor er den", customer="K-2")
    responses.add(log, 2, "explained", later(by, 18))
    responses.add(log, 1, "told", later(by, 19))
    log.connection.execute("update customers set merged_into_id = 1 where id = 2")
    assert [one["kind"] for one in responses.of_customer(log, "K-2")] == ["told", "explained"]
    assert responses.of_customer(log, "K-9") == []


# --- apologies ---------------------------------------------------------------------------------------------------


def test_repeated_apology(log: Log, by: By, say: Say) -> None:
    """A second apology is said, for the same matter where there was one, counting all notes of the customer."""
    for themes in (("levering",), ("levering", "pris"), ()):
        say("Pakken kom for sent", customer="K-1", themes=themes)
    say("Pakken kom for sent", customer="K-2", themes=("levering",))
    assert responses.add(log, 1, "apologised", later(by, 3, "jens")).warnings[-1:] == [
        "Note 1 was said later, on Wednesday 18 November, 10:00; check the day of the response."
    ]
    assert responses.add(log, 2, "apologised", later(by, 18)).warnings == [
        "The second apology to this customer for levering (first 3 November, jens)."
    ]
    assert responses.add(log, 3, "apologised", later(by, 18)).warnings == [
        "The third apology to this customer (first 3 November, jens)."
    ]
    assert responses.add(log, 4, "apologised", later(by, 18)).warnings == []
    assert [(one["note_id"], one["themes"]) for one in responses.apologies_of(log, "K-1")] == [
        (1, ["levering"]), (2, ["levering", "pris"]), (3, []),
    ]  # fmt: skip


def test_repeated_apology_to_somebody_unknown(log: Log, by: By, say: Say) -> None:
    """Of a customer nobody knows only the note itself can be counted; what was removed does not."""
    say("Pakken kom for sent", touchpoint="levering")
    for _ in range(12):
        warnings = responses.add(log, 1, "apologised", by).warnings
    assert warnings == ["The 12th apology on this note for levering (first 18 November, mette)."]
    responses.remove(log, 12, by)
    assert responses.add(log, 1, "apologised", by).warnings == warnings


# --- the loop ----------------------------------------------------------------------------------------------------


def test_loop(log: Log, by: By, say: Say) -> None:
    """The loop is closed when the customer was told after the last step; thanks may follow."""
    say("Pakken kom for sent")

    def loop() -> tuple[str | None, str | None, str | None]:
        found = responses.loop_closed(log, 1)
        return found["closed_at"], found["missing"], found["since"]

    assert loop() == (None, "answer", None)
    responses.add(log, 1, "solved", later(by, 18))
    assert loop() == (None, "told", "2026-11-18T09:00:00Z")
    responses.add(log, 1, "told", later(by, 18))  # in the same second
    assert loop() == ("2026-11-18T09:00:00Z", None, None)
    responses.add(log, 1, "thanked", later(by, 19))
    assert loop() == ("2026-11-18T09:00:00Z", None, None)
    responses.add(log, 1, "compensated", later(by, 20))
    assert loop() == (None, "told", "2026-11-20T09:00:00Z")
    responses.add(log, 1, "told", later(by, 21))
    assert loop() == ("2026-11-21T09:00:00Z", None, None)
    responses.remove(log, 2, by)
    responses.remove(log, 5, by)
    assert loop() == (None, "told", "2026-11-20T09:00:00Z")


def test_loop_with_a_promise(log: Log, by: By, say: Say) -> None:
    """An open promise keeps the loop open, and what became of it must be told."""
    say("Pakken kom for sent")
    with log.write():
        promises.make(log, 1, "ring", "2026-11-20", by)
    responses.add(log, 1, "told", later(by, 18))
    assert responses.loop_closed(log, 1) == {"closed_at": None, "missing": "promise", "since": "2026-11-20"}
    log.connection.execute("update promises set outcome = 'kept', ended_at = '2026-11-19T09:00:00Z'")
    assert responses.loop_closed(log, 1) == {"closed_at": None, "missing": "told", "since": "2026-11-19T09:00:00Z"}
    responses.add(log, 1, "told", later(by, 20))
    assert responses.loop_closed(log, 1)["closed_at"] == "2026-11-20T09:00:00Z"
