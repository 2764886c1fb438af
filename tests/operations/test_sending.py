"""Sending letters: what is refused, and what follows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import NotFound, NotStored, Refused, WrongUsage
from feedlog.operations import customers, letters, merging, promises, responses, sending, undoing
from feedlog.operations.letters import Written
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]

THANKS = "Kære {name}\n\nTak, fordi du ringede. {line}\n\n    »{words}«\n\nVenlig hilsen\n\nMette"


@pytest.fixture
def draft(log: Log, by: By, say: Say, tmp_path: Path) -> Callable[..., int]:
    """A customer's note with the draft of a letter to them, whose text may be given; returns the letter's number."""

    def drafted(
        text: str | None = None, kind: str = "thanks", *, key: str = "K-1", name: str = "Anna", **given: Any
    ) -> int:
        words = given.pop("words", "Pakken kom for sent")
        note_id = say(words, customer=key, name=name, **{"said_at": "2026-11-12T09:00:00Z", **given})
        outbox = str(tmp_path / "outbox")
        written = letters.write(log, note_id, kind, by, language="da", templates="", outbox=outbox)
        if text is not None:
            letters.edit(log, written.letter["id"], text, by, outbox=outbox)
        return written.letter["id"]

    return drafted


@pytest.fixture
def send(log: Log, by: By, tmp_path: Path) -> Callable[..., Written]:
    """Sends a letter."""

    def sent(letter_id: int, **given: Any) -> Written:
        return sending.send(log, letter_id, given.pop("who", by), **{"outbox": str(tmp_path / "outbox"), **given})

    return sent


Draft = Callable[..., int]
Send = Callable[..., Written]


def steps(log: Log, note_id: int = 1) -> list[tuple[str, str | None]]:
    return [(response["kind"], response["text"]) for response in responses.of_note(log, note_id)]


def test_send(log: Log, by: By, draft: Draft, send: Send) -> None:
    """What was sent is kept with who sent it and when, and the step it is goes on the note with it."""
    letter = send(draft("Kære Anna\n\nTak for dine ord.")).letter
    assert (letter["sent_at"], letter["sent_by"], letter["places"]) == (by.at, "mette", [])
    assert steps(log) == [("thanked", "letter 1")]
    change = log.row("select * from changes where action = 'letter.sent'")
    assert change is not None
    assert (change["note_id"], change["detail"]) == (1, '{"letter_id": 1, "kind": "thanks"}')
    parts = log.value("select count(*) from changes where json_extract(detail, '$.part_of') = ?", [change["id"]])
    assert parts == 1


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("thanks", "Tak for dine ord.", ["thanked"]),
        ("told", "Tak. Det er lavet om.", ["told"]),
        ("agreement", "Vi ringer senest den 20. november 2026.", ["acknowledged"]),
        ("agreement", "Jeg beklager, at den kom sent. Vi ringer den 20. november.", ["apologised", "acknowledged"]),
        ("thanks", "Tak.\n\n    »I burde sige undskyld: vi beklager!«", ["thanked"]),
    ],
)  # fmt: skip
def test_steps(log: Log, draft: Draft, send: Send, kind: str, text: str, expected: list[str]) -> None:
    """A letter is a step by its kind; where we say sorry in it, in our own words, it is an apology, too."""
    send(draft(text, kind))
    assert [step for step, _ in steps(log)] == expected


def test_final_text_and_time(log: Log, by: By, draft: Draft, send: Send) -> None:
    """The text it was sent with takes the draft's place, and the steps are of the time it was sent."""
    letter = send(draft(), text="Kære Anna\r\n\r\nTak.", at="2026-11-17T09:00:00Z").letter
    assert (letter["text"], letter["sent_at"]) == ("Kære Anna\n\nTak.", "2026-11-17T09:00:00Z")
    assert responses.of_note(log, 1)[0]["responded_at"] == "2026-11-17T09:00:00Z"
    with pytest.raises(WrongUsage, match=r"^Thursday 19 November, 10:00 is still to come\.$"):
        send(draft("Tak for det."), at="2026-11-19T09:00:00Z")


def test_sent_letters_stay(log: Log, by: By, draft: Draft, send: Send) -> None:
    """A letter is sent once and never changed afterwards."""
    send(draft("Tak for dine ord."))
    for again in (lambda: send(1), lambda: letters.edit(log, 1, "andet", by, outbox="")):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.message == "Letter 1 was sent; what was sent is never changed."
        assert refused.value.hint == "Write another: feedlog letter write 1 --kind thanks"
    with pytest.raises(NotFound, match=r"^There is no letter 7\.$"):
        send(7)


def test_places_are_refused(log: Log, draft: Draft, send: Send) -> None:
    """A letter with places to fill is refused, their lines named; the customer's own brackets do not count."""
    letter_id = draft("Kære Anna\n\nTak [[hvad]]\n\n    »se [[her]]«\n\n[[x]] og [[y]]", words="se [[her]]")
    with pytest.raises(Refused) as refused:
        send(letter_id)
    assert refused.value.message == "Letter 1 still has 3 places to fill: lines 3 and 7."
    assert refused.value.hint == "Fill what stands in [[ ]]: feedlog letter edit 1"
    with pytest.raises(Refused, match=r"^Letter 1 still has a place to fill: line 1\.$"):
        send(letter_id, text="Tak [[")
    assert (steps(log), letters.get(log, 1)["sent_at"]) == ([], None)
    send(letter_id, text="Kære Anna\n\n    »se [[her]]«\n\nTak.")


@pytest.mark.parametrize(
    "text",
    ["Vi ringer snart.", "Du ringede den 12. november 2026.", "Vi ringer senest den 17. november 2026.",
     "Vi ringer.\n\n    »inden den 30. november 2026«", "Vi har åbent 24/7."],
)  # fmt: skip
def test_agreement_without_deadline_is_refused(draft: Draft, send: Send, text: str) -> None:
    """An agreement names a day still to come; past days and those in the customer's words are none."""
    letter_id = draft(text, "agreement")
    with pytest.raises(Refused) as refused:
        send(letter_id)
    assert refused.value.message == (
        "Letter 1 is an agreement without a deadline: it names no day that is still to come."
    )
    assert refused.value.hint == "Write by which day, with its date: feedlog letter edit 1"
    send(letter_id, text="Vi ringer senest fredag den 20. november 2026.")


def test_deadline_on_the_day_itself(log: Log, by: By, draft: Draft, send: Send) -> None:
    """The day the customer called is no deadline by itself, but it is one where something is due on it."""
    today = "Da du ringede onsdag den 18. november 2026, aftalte vi, at jeg ringer i dag."
    letter_id = draft(today, "agreement", said_at=by.at)
    with pytest.raises(Refused, match="without a deadline"):
        send(letter_id)
    with log.write():
        promises.make(log, 1, "ringe", "2026-11-18", by)
    send(letter_id)


def test_standard_reply_is_refused(log: Log, by: By, draft: Draft, send: Send) -> None:
    """The same letter to another customer is refused, whatever the names, days, blanks and quoted words are."""
    send(
        draft(THANKS.format(name="Anna", words="Pakken kom for sent", line="Anna, vi lagde K-1 til side den 3. marts."))
    )
    second = draft(
        THANKS.format(name="BO", words="Den var i stykker", line="Bo,  vi lagde k-2 til\nside den 12. maj."),
        key="K-2", name="Bo", words="Den var i stykker",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        send(second)
    assert refused.value.message == "Letter 2 says the same as letter 1: it is a standard reply."
    assert refused.value.hint == "Write what is true of this customer alone: feedlog letter edit 2"
    send(second, text=THANKS.format(name="Bo", words="Den var i stykker", line="Jeg har selv lagt en ny til dig."))


def test_standard_reply_by_another_channel(draft: Draft, send: Send) -> None:
    """Two letters that differ in how the customers reached us, and in nothing we say, are one standard reply."""
    text = "Kære {}\n\n{}\n\n    »{}«\n\nJeg beklager, at pakken kom for sent.\n\nVenlig hilsen\n\nMette"
    send(draft(text.format("Anna", "I din mail fra fredag den 13. november 2026 skrev du:", "Den kom for sent")))
    second = text.format("Bo", "Da du ringede til os mandag den 16. november 2026, sagde du:", "Hvor er den?")
    with pytest.raises(Refused, match="says the same as letter 1"):
        send(draft(second, key="K-2", name="Bo", words="Hvor er den?"))


def test_name_left_in_by_mistake(draft: Draft, send: Send) -> None:
    """A letter that still names the customer it was first written to is the same letter."""
    text = THANKS.format(name="Anna", words="Pakken kom for sent", line="Vi taler om det på mandag.")
    send(draft(text))
    with pytest.raises(Refused, match="standard reply"):
        send(draft(text, key="K-2", name="Bo"))


def test_merged_customer_is_known_by_both_keys(log: Log, by: By, draft: Draft, send: Send) -> None:
    """A customer who was merged into another may be called by either name; the letter is the same letter."""
    text = "Kære {}\n\nTak, fordi du fortalte os om døren.\n\nVenlig hilsen\n\nMette"
    send(draft(text.format("Anna")))
    second = draft(text.format("Boris"), key="K-2", name="Bo")
    with log.write():
        customers.find_or_make(log, "K-3", "Boris", by)
    merging.merge(log, "K-2", "K-3", by)
    with pytest.raises(Refused, match="says the same as letter 1"):
        send(second)


def test_brackets_of_the_customer_stay_words(log: Log, draft: Draft, send: Send) -> None:
    """In a letter that was sent nothing is marked, whatever the customer typed."""
    letter = send(draft("Kære Anna\n\n    »se [[her]]«\n\nTak.", words="se [[her]]")).letter
    runs = [run for part in letters.sheet_of(log, letter, "2026-11-20").parts for line in part.lines for run in line]
    assert [run.text for run in runs if run.marked] == []


def test_another_agents_standard_reply(log: Log, by: By, draft: Draft, send: Send) -> None:
    """Who signs makes no difference; drafts that were never sent do not count."""
    text = "Kære {}\n\nTak, fordi du fortalte os det.\n\nVenlig hilsen\n\n{}"
    first = draft(text.format("Anna", "Mette"))
    send(draft(text.format("Bo", "jens"), key="K-2", name="Bo"), who=by._replace(agent="jens"))
    with pytest.raises(Refused, match="says the same as letter 2"):
        send(first)


def test_copies(log: Log, by: By, draft: Draft, send: Send, tmp_path: Path) -> None:
    """Each colleague's copy becomes the final text; one may be added when it is sent."""
    outbox = tmp_path / "outbox"
    letter_id = draft("Tak for dine ord.")
    with log.write():
        letters.add_copies(log, letter_id, ["bo"])
    written = send(letter_id, copies=("jens",))
    assert written.letter["copies"] == ["bo", "jens"]
    assert [Path(path).read_text("utf-8") for path in written.copies] == ["Tak for dine ord.\n"] * 2
    assert sorted(path.name for path in outbox.iterdir()) == ["bo", "jens"]
    # What a colleague has in hand is not taken back with the letter; that is said before it is.
    assert undoing.last(log, "mette").what == "the sending of letter 1, of which bo and jens have a copy"


def test_nothing_is_half_sent(log: Log, draft: Draft, send: Send, tmp_path: Path) -> None:
    """Where a copy cannot be written the letter is a draft as before, and no step is on its note."""
    blocked = tmp_path / "blocked"
    blocked.write_text("", "utf-8")
    letter_id = draft("Tak for dine ord.")
    before = log.value("select max(id) from changes")
    with pytest.raises(NotStored):
        send(letter_id, copies=("bo",), outbox=str(blocked), text="Andet")
    letter = letters.get(log, letter_id)
    assert (letter["sent_at"], letter["text"], letter["copies"]) == (None, "Tak for dine ord.", [])
    assert (steps(log), log.value("select max(id) from changes")) == ([], before)


def test_undo(log: Log, by: By, draft: Draft, send: Send) -> None:
    """Undoing makes it a draft again and removes the steps; a step removed since stays so."""
    send(draft("Jeg beklager, at pakken kom for sent. Tak for dine ord."))
    assert [step for step, _ in steps(log)] == ["apologised", "thanked"]
    responses.remove(log, 1, by._replace(agent="bo"))
    change = undoing.last(log, "mette")
    assert (change.action, change.what) == ("letter.sent", "the sending of letter 1")
    undoing.undo(log, change, by)
    assert (letters.get(log, 1)["sent_at"], steps(log)) == (None, [])
    assert undoing.last(log, "mette").action == "letter.write"
    send(1)
    assert len(steps(log)) == 2
