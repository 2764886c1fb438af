"""A letter checked against the log."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedlog.errors import NotFound, WrongUsage
from feedlog.operations.letter_checks import LetterCheck, check_letter
from feedlog.operations.shapes import By
from feedlog.store import Log

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
SPRING = By("jens", "2026-03-02T09:00:00Z")
LATE = "Pakken kom tre uger for sent, og ingen ringede"
CLAIM = "Kære Anna\n\nDu sagde: »Pakken kom tre uger for sent.«\n\nIngen andre har klaget over det.\n"


def checked(text: str, log: Log | None, **given: object) -> LetterCheck:
    return check_letter(text, lambda: log, now=NOW, **given)  # type: ignore[arg-type]


def why(found: LetterCheck, kind: str = "no_one_else") -> str:
    [said] = [flag["why"] for flag in found["flags"] if flag["kind"] == kind]
    return said


@pytest.fixture
def heard(log: Log, say: Callable[..., int]) -> int:
    """Anna's note and those of four others who said the same; gives hers."""
    for number, who in enumerate(("Bo", "Liv", "Per", "Ida")):
        say(f"Pakken kom {number + 2} uger for sent og ingen ringede", who=SPRING, customer=f"K-{number}", name=who)
    say("Brødet var dejligt", who=SPRING, customer="K-8")
    return say(LATE, customer="K-1042", name="Anna Holm", kind="complaint")


def test_note_contradicts(log: Log, heard: int) -> None:
    """That nobody else has said so is contradicted by how many have, and since when."""
    found = checked(CLAIM, log, note_id=heard)
    assert [flag["kind"] for flag in found["flags"]] == ["no_one_else"]
    assert why(found) == "4 other customers have said something like this since 2 March."


def test_customer_contradicts(log: Log, heard: int, say: Callable[..., int]) -> None:
    """With a customer it is their latest note that counts."""
    assert why(checked(CLAIM, log, customer="k-1042")) == (
        "4 other customers have said something like this since 2 March."
    )


def test_quotation_contradicts(log: Log, heard: int) -> None:
    """Without either the words the letter quotes are looked for; the customer may be among those found."""
    assert why(checked(CLAIM, log)) == (
        "5 customers have said something like this since 2 March, perhaps this one among them."
    )


def test_year_contradicts(log: Log, heard: int) -> None:
    """Where nothing tells what it is about, all complaints of the year stand against the claim."""
    text = "Kære Anna\n\nIngen andre har klaget over det, og det er vi glade for.\n"
    assert why(checked(text, log)) == "The log holds 1 complaint of this year; --note says which one this is."


def test_nobody_else(log: Log, say: Callable[..., int]) -> None:
    """Where the log knows of nobody else it says so, and that this proves little."""
    note_id = say(LATE, customer="K-1042", name="Anna Holm")
    alone = "The log knows of nobody else yet, but most who are unhappy never say so."
    assert why(checked(CLAIM, log, note_id=note_id)) == alone
    assert why(checked(CLAIM, log)) == (
        "The log knows of one customer who has said something like this, perhaps this one, "
        "but most who are unhappy never say so."
    )
    assert why(checked("Kære Anna\nIngen andre har klaget over det.", log)) == (
        "The log holds no complaint of this year yet, but most who are unhappy never say so."
    )


def test_theme_contradicts(log: Log, say: Callable[..., int]) -> None:
    """Where nobody used the same words, those who spoke of the same theme stand against the claim; praise does not."""
    say("Het pakje is er nog niet", who=SPRING, customer="K-1", themes=["levering"], kind="complaint")
    say("Noch nichts da!", who=SPRING, customer="K-2", themes=["levering"])
    say("Super schnell", who=SPRING, customer="K-3", themes=["levering"], kind="compliment")
    note_id = say(LATE, customer="K-1042", name="Anna Holm", themes=["levering"])
    assert why(checked(CLAIM, log, note_id=note_id)) == "2 other customers have spoken of 'levering' since 2 March."


def test_notes_without_a_customer(log: Log, say: Callable[..., int]) -> None:
    """Others of whom nobody knows who they are count as notes."""
    say("Pakken kom to uger for sent og ingen ringede", who=SPRING)
    note_id = say(LATE, customer="K-1042", name="Anna Holm")
    assert why(checked(CLAIM, log, note_id=note_id)) == "1 other note says something like this since 2 March."


def test_without_a_log() -> None:
    """Without a log the claim is flagged without figures."""
    assert why(checked(CLAIM, None)) == "It says that nobody else has said so."


def test_log_is_opened_only_where_it_adds_something() -> None:
    """A letter with nothing to contradict is checked without opening the log."""

    def opened() -> Log | None:
        raise AssertionError

    text = "Kære Anna\n\nDu sagde: »Pakken kom tre uger for sent.« Her er den.\n"
    assert check_letter(text, opened, now=NOW) == LetterCheck(ok=True, language="da", flags=[])


def test_name_and_words_come_from_the_log(log: Log, heard: int) -> None:
    """Whom it goes to and what they said is known by the note."""
    found = checked("Kære Bo\n\nDu sagde: »Maden var kold og sen.« Nu er den varm.\n", log, note_id=heard)
    assert why(found, "name") == "Anna Holm is not named anywhere."
    assert why(found, "own_words") == "No words of the customer's own are in it."


def test_customer_without_a_note(log: Log, heard: int) -> None:
    """Of a customer whose notes were all taken back the name is known still."""
    log.connection.execute("delete from wordings where note_id = ?", [heard])
    found = checked("Kære Bo\n\nDu sagde: »Maden var kold.« Ingen andre har klaget.\n", log, customer="K-1042")
    assert why(found, "name") == "Anna Holm is not named anywhere."
    assert len(found["flags"]) == 2


def test_not_there(log: Log, heard: int) -> None:
    """A note or customer there is not is refused, and so are two that do not belong together."""
    with pytest.raises(NotFound, match="There is no note 99"):
        checked(CLAIM, log, note_id=99)
    with pytest.raises(NotFound, match="There is no customer 'K-99'"):
        checked(CLAIM, log, customer="K-99")
    with pytest.raises(NotFound, match="There is no customer 'K-99'"):
        checked(CLAIM, log, note_id=heard, customer="K-99")
    with pytest.raises(WrongUsage, match=f"Note {heard} is not from the customer 'K-8'"):
        checked(CLAIM, log, note_id=heard, customer="K-8")


def test_language() -> None:
    """The language is told by the words unless it is said; one whose phrases are not known is refused by name."""
    assert checked(CLAIM, None)["language"] == "da"
    assert checked(CLAIM, None, language="nb")["language"] == "nb"
    with pytest.raises(WrongUsage) as refused:
        checked("Liebe Anna, wir haben Ihren Brief gelesen und danken Ihnen.", None)
    assert refused.value.message == (
        "The letter seems to be in German; letters are checked in Danish, English, Norwegian Bokmål, Swedish."
    )
    with pytest.raises(WrongUsage) as refused:
        checked("1234", None)
    assert refused.value.message == "What language the letter is in cannot be told."
    assert refused.value.hint == "Say it: --language da|en|nb|sv"
