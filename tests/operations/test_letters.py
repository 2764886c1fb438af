"""Letters: drafts from notes, edited, listed, drawn and taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, NotStored, Refused, WrongUsage
from feedlog.letters import LANGUAGES
from feedlog.operations import codebook, corrections, describing, letters, promises, responses, themes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.letters import Written
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.vocabulary import LETTER_KINDS

Say = Callable[..., int]
Write = Callable[..., Written]


@pytest.fixture
def write(log: Log, by: By, tmp_path: Path) -> Write:
    """Drafts a letter; thanks in Danish unless said otherwise."""

    def written(note_id: int = 1, kind: str = "thanks", **given: Any) -> Written:
        who = given.pop("who", by)
        places = {"templates": str(tmp_path / "templates"), "outbox": str(tmp_path / "outbox")}
        return letters.write(log, note_id, kind, who, **{"language": "da", **places, **given})

    return written


@pytest.fixture
def said(say: Say) -> int:
    """Anna Holm's complaint, by phone on 12 November, about delivery."""
    return say(
        "Pakken kom tre uger for sent", customer="K-1042", name="Anna Holm", channel="phone", kind="complaint",
        said_at="2026-11-12T09:00:00Z", themes=("levering",),
    )  # fmt: skip


def test_draft(log: Log, by: By, said: int, write: Write) -> None:
    """A draft has the name, the day and way they said it, their words, one apology, and marked places; it is kept."""
    letter = write().letter
    assert letter["text"].startswith("Kære Anna Holm\n\n")
    assert "Da du ringede til os torsdag den 12. november 2026, sagde du:" in letter["text"]
    assert "\n    »Pakken kom tre uger for sent«\n" in letter["text"]
    assert letter["text"].count("beklager, at") == 1
    assert letter["text"].endswith("Venlig hilsen\n\nMette")
    assert len(letter["places"]) == 3
    assert letter["text"].splitlines()[letter["places"][0]["line"] - 1].startswith("Jeg beklager, at [[")
    assert (letter["id"], letter["note_id"], letter["kind"], letter["language"]) == (1, 1, "thanks", "da")
    assert (letter["written_at"], letter["written_by"], letter["sent_at"], letter["copies"]) == (
        by.at,
        "mette",
        None,
        [],
    )
    assert letter["customer"] == {"key": "K-1042", "name": "Anna Holm"}
    assert letters.get(log, 1) == letter
    change = log.row("select * from changes order by id desc")
    assert change is not None
    assert (change["action"], change["note_id"]) == ("letter.write", 1)
    assert change["detail"] == '{"letter_id": 1, "kind": "thanks", "language": "da"}'


def test_agreement(log: Log, by: By, said: int, write: Write) -> None:
    """Open promises stand in it with their day and who sees to it; one that is overdue asks for a new day."""
    with log.write():
        promises.make(log, 1, "ringe med en ny dato.", "2026-11-20", by)
        promises.make(log, 1, "sende en ny lampe", "2026-11-27", by, owner="bo")
        promises.make(log, 1, "skrive", "2026-11-16", by)
        promises.withdraw(log, promises.make(log, 1, "intet", "2026-11-30", by), by)
    text = " ".join(write(kind="agreement").letter["text"].split())
    assert "– ringe med en ny dato: senest fredag den 20. november 2026. Det sørger jeg selv for." in text
    assert "– sende en ny lampe: senest fredag den 27. november 2026. Bo sørger for det." in text
    assert "– skrive: [[en ny dag: mandag den 16. november 2026 er overskredet]]. Det" in text
    assert "intet" not in text


def test_measure_in_their_words(log: Log, by: By, said: int, write: Write) -> None:
    """What is done about the theme stands in it, with the customers' word in place of ours, and the agent is told."""
    codebook.describe(
        log, "levering", by, measure="Ny aftale om forsendelse i Aarhus.", term=("forsendelse", "levering")
    )
    written = write()
    assert "så det ikke sker igen: Ny aftale om levering i Aarhus." in " ".join(written.letter["text"].split())
    assert written.remarks == ["They say levering where we say forsendelse."]


def test_told(log: Log, by: By, said: int, write: Write) -> None:
    """Told says what was changed and since when, which promise was kept, and what is still owed."""
    codebook.describe(log, "levering", by, measure="ny vognmand", fixed_on="2026-11-16")
    with log.write():
        kept = promises.make(log, 1, "ringe", "2026-11-17", by)
        log.connection.execute("update promises set outcome = 'kept', ended_at = ? where id = ?", [by.at, kept])
        promises.make(log, 1, "sende en lampe", "2026-11-27", by)
    text = write(kind="told").letter["text"]
    assert "– ny vognmand, siden mandag den 16. november 2026" in text
    assert "– ringe: gjort onsdag den 18. november 2026" in text
    assert "Det skylder vi dig stadig:\n\n– sende en lampe: senest" in text


def test_sorry_is_said_once(log: Log, by: By, said: int, say: Say, write: Write) -> None:
    """Where somebody has said sorry the draft does not again; for praise there is nothing to be sorry for."""
    responses.add(log, 1, "apologised", by)
    written = write(kind="agreement")
    assert "beklager" not in written.letter["text"]
    assert written.remarks == ["We said sorry for this on 18 November; the draft does not say it again."]
    [remark] = write(kind="agreement", who=By("mette", "2027-01-04T09:00:00Z")).remarks
    assert remark.startswith("We said sorry for this on 18 November 2026;")
    say("I er altid hurtige", customer="K-1", kind="compliment")
    say("Hvornår kommer den?", customer="K-1")
    assert "beklager" not in write(2, kind="agreement").letter["text"]
    assert "beklager" not in write(3).letter["text"]
    assert "beklager" in write(3, kind="agreement").letter["text"]


@pytest.mark.parametrize("kind", LETTER_KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_in_every_language(said: int, write: Write, language: str, kind: str) -> None:
    """Each can be drafted, and its lines are short enough for plain mail."""
    letter = write(kind=kind, language=language).letter
    assert letter["language"] == language
    assert "Pakken kom tre uger for sent" in letter["text"]
    assert max(map(len, letter["text"].splitlines())) <= 72
    assert letter["places"]


def test_language_is_the_customers(log: Log, by: By, said: int, write: Write) -> None:
    """Without --language it is the customer's, and never guessed."""
    with pytest.raises(Refused) as refused:
        write(language=None)
    assert refused.value.message == "The language of K-1042 is not known, and a letter's language is not guessed."
    assert refused.value.hint == (
        "Say --language da, sv, nb or en, or once for all: feedlog customer set K-1042 --language"
    )
    describing.describe(log, "K-1042", by, language="sv")
    assert write(language=None).letter["text"].startswith("Hej Anna Holm!")
    assert write(language="en").letter["text"].startswith("Dear Anna Holm,")
    with pytest.raises(WrongUsage, match=r"^There are no letters in 'de'\.$"):
        write(language="de")


def test_nothing_is_stored_where_it_is_refused(
    log: Log, by: By, said: int, say: Say, write: Write, tmp_path: Path
) -> None:
    """Without a note, a customer, a right template or an outbox there is no letter, no change and no copy."""
    say("Hvem er jeg?")
    (tmp_path / "templates" / "sv").mkdir(parents=True)
    (tmp_path / "templates" / "sv" / "thanks.txt").write_text("Hej\n{{ nam }}", "utf-8")
    (tmp_path / "templates" / "en").mkdir(parents=True)
    (tmp_path / "templates" / "en" / "thanks.txt").write_text("{# nothing #}", "utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    before = log.value("select count(*) from changes")
    refusals: list[tuple[type[FeedlogError], str, dict[str, Any]]] = [
        (NotFound, "There is no note 9.", {"note_id": 9}),
        (Refused, "Nobody is named as the customer of note 2, so a letter would have no reader.", {"note_id": 2}),
        (Refused, f"The template {tmp_path}/templates/sv/thanks.txt, line 2: there is no 'nam'.", {"language": "sv"}),
        (Refused, "The template makes an empty letter.", {"language": "en"}),
        (WrongUsage, "There is no kind of letter 'sorry'.", {"kind": "sorry"}),
        (NotStored, f"The copy for bo cannot be written to {blocked}/bo/", {"copies": ["bo"], "outbox": str(blocked)}),
    ]  # fmt: skip
    for kind, message, given in refusals:
        with pytest.raises(kind) as refused:
            write(copies=given.pop("copies", ["jens"]), **given)
        assert refused.value.message.startswith(message)
        assert refused.value.hint
    assert log.value("select count(*) from letters") == 0
    assert log.value("select count(*) from changes") == before
    assert not list((tmp_path / "outbox").glob("*/*"))


def test_name_that_is_not_known_is_a_place(say: Say, write: Write) -> None:
    """A customer without a name is greeted by a place to fill."""
    say("Pakken kom for sent", customer="K-1")
    letter = write().letter
    assert letter["text"].startswith("Kære [[kundens navn]]\n")
    assert letter["places"][0] == {"line": 1, "text": "[[kundens navn]]"}


def test_brackets_of_the_customer(log: Log, by: By, say: Say, write: Write) -> None:
    """What the customer typed is quoted as it stands and is no place to fill, also after a correction."""
    said = "se [[afsnit 2]] {{ 7*7 }} <b> og [[ her"
    say(said, customer="K-1", name="Bo", kind="compliment")
    written = write().letter
    assert f"»{said}«" in written["text"]
    assert [place["text"][:5] for place in written["places"]] == ["[[En ", "[[den"]
    corrections.correct(log, 1, "se [[afsnit 3]]", "misheard", by)
    assert len(letters.get(log, 1)["places"]) == 2


def test_edit(log: Log, by: By, said: int, write: Write, tmp_path: Path) -> None:
    """Another text takes the draft's place, and its copies'; the record keeps no word of it."""
    write(copies=("bo", "jens", "bo"))
    written = letters.edit(log, 1, "Kære Anna\r\n\r\nTak\t!  \n", by, outbox=str(tmp_path / "outbox"))
    assert written.letter["text"] == "Kære Anna\n\nTak !"
    assert (written.letter["copies"], written.letter["places"]) == (["bo", "jens"], [])
    assert written.copies == [str(tmp_path / "outbox" / name / "letter-1.txt") for name in ("bo", "jens")]
    assert Path(written.copies[0]).read_text("utf-8") == "DRAFT, not sent yet\n\nKære Anna\n\nTak !\n"
    assert log.value("select detail from changes where action = 'letter.edit'") == '{"letter_id": 1}'
    with pytest.raises(WrongUsage, match=r"^The letter is empty\.$"):
        letters.edit(log, 1, " \n", by, outbox="")
    with pytest.raises(NotFound, match=r"^There is no letter 7\.$"):
        letters.edit(log, 7, "x", by, outbox="")


def test_listing(log: Log, by: By, said: int, say: Say, write: Write) -> None:
    """Letters are listed newest first, by the notes they answer; drafts alone where asked for."""
    say("I er hurtige", customer="K-2", kind="compliment")
    write(1)
    write(2)
    log.connection.execute("update letters set sent_at = ?, sent_by = 'mette' where id = 1", [by.at])
    every = letters.listing(log, Filters(), unsent=False, limit=9)
    assert [letter["id"] for letter in every] == [2, 1]
    assert [letter["id"] for letter in letters.listing(log, Filters(), unsent=True, limit=9)] == [2]
    assert [letter["id"] for letter in letters.listing(log, Filters(customer="K-1042"), unsent=False, limit=9)] == [1]
    assert [letter["id"] for letter in letters.listing(log, Filters(themes=("levering",)), unsent=False, limit=9)] == [
        1
    ]
    assert [letter["id"] for letter in letters.listing(log, Filters(), unsent=False, limit=1)] == [2]
    assert [letter["id"] for letter in letters.of_note(log, 1)] == [1]


def test_sheet(log: Log, by: By, said: int, write: Write) -> None:
    """A draft is dated today, a letter the local day it was sent; its author signs."""
    draft = letters.sheet_of(log, write().letter, "2026-11-20")
    assert (draft.date, draft.title, draft.author, draft.sign) == (
        "20. november 2026", "Anna Holm, 20. november 2026", "Mette", True,
    )  # fmt: skip
    log.connection.execute("update letters set sent_at = '2026-11-18T23:30:00Z', sent_by = 'bo'")
    sent = letters.sheet_of(log, letters.get(log, 1), "2026-11-20")
    assert (sent.date, sent.author) == ("19. november 2026", "Bo")


def test_undo(log: Log, by: By, said: int, write: Write) -> None:
    """Undoing takes the draft back with what was written into it; the record shows both."""
    write(copies=["bo"])
    letters.edit(log, 1, "Kære Anna", by, outbox=str(Path(log.path).parent))
    change = undoing.last(log, "mette")
    assert change.action == "letter.write"
    assert change.what == "the draft of letter 1 and what was written into it, of which bo has a copy"
    undoing.undo(log, change, by)
    assert log.value("select (select count(*) from letters) + (select count(*) from letter_copies)") == 0
    with pytest.raises(NotFound, match=r"^There is no letter 1\.$"):
        letters.get(log, 1)


def test_undo_is_refused_where_others_worked_on_it(log: Log, by: By, said: int, write: Write) -> None:
    """A draft a colleague has edited, or sent, is not taken away from them."""
    write()
    change = undoing.last(log, "mette")
    letters.edit(log, 1, "Kære Anna", by._replace(agent="bo"), outbox="")
    with pytest.raises(Refused, match=r"^bo has worked on letter 1 since\.$"):
        undoing.undo(log, change, by)
    log.connection.execute("update letters set sent_at = ?, sent_by = 'bo'", [by.at])
    with pytest.raises(Refused, match=r"^Letter 1 was sent since\.$"):
        undoing.undo(log, change, by)


def test_letter_of_a_note_taken_back(log: Log, by: By, said: int, write: Write) -> None:
    """With its note a letter is gone from every list."""
    themes.tag(log, [1], ["pris"], by)
    write()
    undoing.undo(log, undoing.last(log, "mette"), by)
    write()
    log.connection.execute("delete from wordings where note_id = 1")
    assert letters.listing(log, Filters(), unsent=False, limit=9) == []
    with pytest.raises(NotFound):
        letters.get(log, 2)


@pytest.mark.parametrize(
    ("measure", "language", "like"),
    [
        ("chaufføren ringer selv", "sv", "Danish or Norwegian; the letter is in Swedish"),
        ("vi ringer och säger till", "da", "Swedish; the letter is in Danish"),
        ("the invoices leave from one list", "nb", "English; the letter is in Norwegian"),
        ("ringe til hende om den manglende hylde", "en", "Danish or Norwegian; the letter is in English"),
        ("chaufføren ringer selv", "nb", None),
        ("ny vognmand", "sv", None),
    ],
)
def test_words_of_another_language(
    log: Log, by: By, said: int, write: Write, measure: str, language: str, like: str | None
) -> None:
    """What a colleague wrote in another language than the letter's is pointed out, where its words tell."""
    codebook.describe(log, "levering", by, measure=measure)
    remarks = write(language=language).remarks
    assert remarks == ([f"“{measure}” reads like {like}."] if like else [])
