"""What is flagged in a letter, and what only looks like it."""

import tomllib
import unicodedata
from pathlib import Path

import pytest

from feedlog.language import languages
from feedlog.language.guessing import guess
from feedlog.letters.checking import HINTS, Flag, Known, check, readable

LETTERS = Path(__file__).parent
EXPECTED = tomllib.loads((LETTERS / "expected.toml").read_text("utf-8"))
BAD = [(code, number) for code, letters in EXPECTED.items() for number in letters]


def read(code: str, kind: str, number: str) -> str:
    return readable((LETTERS / code / kind / f"{number}.txt").read_text("utf-8"))


def kinds(flags: list[Flag]) -> list[str]:
    return [flag.kind for flag in flags]


def body(*lines: str) -> str:
    """A letter that has a name and a quotation, and these lines."""
    return "\n".join(["Dear Anna,", "You wrote: “It came three weeks late.”", *lines])


@pytest.mark.parametrize(("code", "number"), BAD)
def test_bad_letter(code: str, number: str) -> None:
    """Each bad letter is flagged for what is bad about it, and its language is known."""
    text = read(code, "bad", number)
    assert set(EXPECTED[code][number]) <= set(kinds(check(text, code)))
    assert guess(text, languages.codes()) == code


@pytest.mark.parametrize(("code", "number"), BAD)
def test_good_letter(code: str, number: str) -> None:
    """No good letter is flagged, though each holds something that looks like it."""
    text = read(code, "good", number)
    assert check(text, code) == []
    assert guess(text, languages.codes()) == code


def test_letters_are_many() -> None:
    """There are ten of each in every language, and no two alike."""
    assert {code: len(letters) for code, letters in EXPECTED.items()} == dict.fromkeys(("da", "sv", "nb", "en"), 10)
    texts = [path.read_text("utf-8") for path in LETTERS.glob("??/*/*.txt")]
    assert len(set(texts)) == len(texts) == 80


def test_place() -> None:
    """Line and column count from 1, in characters as people see them."""
    [flag] = check(body("På dansk: no one else\nhas complained."), "en")
    assert (flag.line, flag.column, flag.text) == (3, 11, "no one else has complained")


@pytest.mark.parametrize(("code", "number"), BAD)
def test_however_it_is_written(code: str, number: str) -> None:
    """Accents apart, other line ends and a byte order mark change neither what is flagged nor where."""
    text = read(code, "bad", number)
    other = "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    assert check(readable(other), code) == check(text, code)


def test_quotation_is_left_alone() -> None:
    """What the customer said in whatever marks, indented or behind a sign, is not what the letter says."""
    said = "I am sorry, so sorry, that no one else has complained, and it is company policy"
    for quoted in (f"“{said}”", f'"{said}"', f"‘{said}’", f"»{said}«", f"”{said}”", f"\n    {said}\n", f"> {said}"):
        assert check(f"Dear Anna,\n\n{quoted}\n\nYours, Bo\n", "en") == []
    assert len(check(f"Dear Anna,\n\n{said}\n", "en")) >= 3


def test_unclosed_quotation() -> None:
    """A mark that is never closed hides nothing in the paragraphs after it."""
    assert check('Dear Anna,\n\nA 5" pipe.\n\n"I am sorry, so sorry I called," you said.\nI am sorry.', "en") == []
    assert "policy" in kinds(check('Dear Anna,\n\nYou wrote: "late.\n\nIt is our policy.\n\n"Bo"', "en"))


FRAMES = {
    "da": "Kære Anna\n\nDu skrev: »Pakken kom tre uger for sent«.\n\n{}\n\nVenlig hilsen\nMette\n",
    "sv": "Hej Lena!\n\nDu skrev: ”Paketet kom tre veckor för sent”.\n\n{}\n\nVänliga hälsningar\nMaja\n",
    "nb": "Kjære Kari\n\nDu skrev: «Pakken kom tre uker for sent».\n\n{}\n\nVennlig hilsen\nNils\n",
    "en": "Dear Anna,\n\nYou wrote: “The parcel came three weeks late”.\n\n{}\n\nKind regards,\nBo\n",
}


@pytest.mark.parametrize(
    ("code", "kind", "line"),
    [
        ("da", "no_one_else", "Vi hører ellers kun godt om vores levering."),
        ("da", "no_one_else", "Det plejer ikke at være et problem for vores andre kunder."),
        ("da", "no_one_else", "Ingen af de øvrige beboere har gjort indsigelse."),
        ("da", "no_one_else", "Ingen andre har taget det op med os."),
        ("da", "blame", "Det kræver jo, at man læser vejledningen først."),
        ("da", "blame", "Som kunde har man pligt til at læse vilkårene."),
        ("da", "no_one_else", "På lageret kender de ikke til andre, der har klaget."),
        ("da", "blame", "Det er jo dig, der ikke har været hjemme."),
        ("da", "blame", "Det skyldtes, at du bestilte for sent."),
        ("da", "policy", "Vi er forpligtet til at følge vores interne retningslinjer."),
        ("sv", "no_one_else", "Lagret känner inte till några andra som har klagat."),
        ("sv", "no_one_else", "Det är inget vi hör från andra."),
        ("sv", "blame", "Det är ju du som inte har varit hemma."),
        ("nb", "no_one_else", "Lageret kjenner ikke til andre som har klaget."),
        ("nb", "no_one_else", "Dette er ikke noe vi hører fra andre."),
        ("nb", "blame", "Det er jo du som ikke har vært hjemme."),
        ("nb", "blame", "Det skyldtes at du bestilte for sent."),
        ("nb", "policy", "Vi er forpliktet til å følge våre interne retningslinjer."),
        ("en", "no_one_else", "The warehouse knows of no one else who has complained."),
        ("en", "no_one_else", "All our other tenants are happy with it."),
        ("en", "no_one_else", "It is not something we hear from others."),
        ("en", "no_one_else", "You are the first to mention it."),
        ("en", "blame", "It was you who was not at home."),
        ("en", "blame", "It happened because you ordered too late."),
        ("en", "policy", "Those are the rules, I am afraid."),
        ("da", "policy", "Vi har desværre ikke mulighed for at gøre undtagelser."),
        ("sv", "no_one_else", "Vi hör annars bara gott om våra leveranser."),
        ("sv", "no_one_else", "Det brukar inte vara något problem för våra andra kunder."),
        ("sv", "no_one_else", "Ingen av de övriga hyresgästerna har protesterat."),
        ("sv", "blame", "Som kund har man en skyldighet att läsa villkoren."),
        ("sv", "policy", "Vi har tyvärr ingen möjlighet att göra undantag."),
        ("sv", "policy", "Så ser våra rutiner ut, och dem kan jag inte ändra på."),
        ("nb", "no_one_else", "Vi hører ellers bare godt om leveringen vår."),
        ("nb", "no_one_else", "Det pleier ikke å være et problem for de andre kundene våre."),
        ("nb", "no_one_else", "Ingen andre har tatt det opp med oss."),
        ("nb", "blame", "Som kunde har man plikt til å lese vilkårene."),
        ("nb", "policy", "Vi har dessverre ikke mulighet til å gjøre unntak."),
        ("en", "no_one_else", "We usually only hear good things about our delivery."),
        ("en", "no_one_else", "This is not normally a problem for our other customers."),
        ("en", "no_one_else", "None of our other customers seem to mind."),
        ("en", "blame", "Customers are expected to read the terms first."),
        ("en", "policy", "Under section 4 of our terms and conditions postage cannot be refunded."),
        ("en", "policy", "Those are our procedures and I cannot change them."),
    ],
)
def test_bad_line(code: str, kind: str, line: str) -> None:
    """One bad line in a letter that is good otherwise is all that is flagged."""
    assert kinds(check(FRAMES[code].format(line), code)) == [kind]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("da", "Som kunde har du ret til at få pengene tilbage."),
        ("da", "Det må ikke blive et problem for andre."),
        ("da", "Det var dig, der ikke fik et svar, og det er vores ansvar."),
        ("da", "Det skyldtes, at du ikke fik vores mail."),
        ("sv", "Det var du som inte fick något svar, och det är vårt ansvar."),
        ("nb", "Det var du som ikke fikk svar, og det er vårt ansvar."),
        ("en", "It was you who was kept waiting, and that was our doing."),
        ("en", "You are the first to hear of it."),
        ("sv", "Som kund har du rätt att få pengarna tillbaka."),
        ("sv", "Vi har gjort ett undantag för dig."),
        ("nb", "Vi har endret reglene våre slik at frakten også blir refundert."),
        ("nb", "Som kunde har du rett til å få pengene tilbake."),
        ("en", "This must not become a problem for other customers."),
        ("en", "As a customer you have a right to your money."),
    ],
)
def test_good_line(code: str, line: str) -> None:
    """What only looks like a bad line is not flagged."""
    assert check(FRAMES[code].format(line), code) == []


def test_apologies() -> None:
    """One apology is right; the second one and those after it are each flagged; one breath is one apology."""
    assert kinds(check(body("I am sorry, really sorry."), "en")) == []
    flags = check(body("I am sorry.", "We apologise.", "Please accept our apologies."), "en")
    assert [(flag.kind, flag.line) for flag in flags] == [("apologies", 4), ("apologies", 5)]
    assert flags[1].why == "This is apology number 3; the first is in line 3."


@pytest.mark.parametrize(
    "greeting",
    [
        "Dear Anna",
        "Dear Mrs. Holm,",
        "Hello again, Anna!",
        "Anna,",
        "hi anna",
        "DEAR ANNA",
        "Dear Will,",
        "Dear O’Neill",
    ],
)
def test_greeting_with_a_name(greeting: str) -> None:
    """A greeting with a name is one, whatever else is in it, also where the name is an ordinary word."""
    assert check(f"{greeting}\n“It came three weeks late.”", "en") == []


@pytest.mark.parametrize(
    "greeting", ["Dear customer,", "Dear Valued Customer", "DEAR SIR OR MADAM", "Hi there!", "Hello,", "Dear Mr.", ""]
)
def test_greeting_without_a_name(greeting: str) -> None:
    """A greeting that fits anybody names nobody, and so does none."""
    assert kinds(check(f"{greeting}\n“It came three weeks late.”", "en")) == ["name"]


@pytest.mark.parametrize(
    ("name", "letter", "named"),
    [
        ("Anna Holm", "Dear Anna,", True),
        ("Anna Holm", "Dear Mrs Holm,", True),
        ("Anna Holm", "Dear customer,\nAnna’s parcel", False),
        ("Anna Holm", "Dear Bo,", False),
        ("Ane von der Recke", "Dear von Bülow,", False),
        ("Åse Moe", "Dear Aase,", True),
        ("Nordlys ApS", "Dear ApS,", False),
        ("Bo", "Dear Bo,", True),
    ],
)
def test_known_name(name: str, letter: str, named: bool) -> None:
    """Where the log knows the name, a part of it that tells who it is must stand in the letter."""
    text = f"{letter}\n“It came three weeks late.”"
    assert ("name" not in kinds(check(text, "en", known=Known(name=name)))) == named


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("We will send you a new one.", True),
        ("We will send you a new one by Friday.", False),
        ("We will send you a new one on 13/3.", False),
        ("We will send you a new one. It leaves here on Monday.", False),
        ("We will call you back 24/7.", True),
        ("You called on Monday. We will send you a new one.", True),
        ("We will pass your praise on to Bridget.", False),
        ("It has been mended.", False),
    ],
)
def test_day_of_a_promise(line: str, needed: bool) -> None:
    """What is promised has a day; the day the customer called is not that day."""
    assert ("date" in kinds(check(body(line), "en"))) == needed


def test_day_of_an_agreement() -> None:
    """An agreement names a day; the day the letter was written is not that day."""
    text = "3 March 2026\n\n" + body("It is as you wished.")
    assert kinds(check(text, "en")) == []
    [flag] = check(text, "en", kind="agreement")
    assert (flag.kind, flag.line, flag.column, flag.text) == ("date", 3, 1, "")
    assert check(text + "\nDay: 2026-04-01", "en", kind="agreement") == []
    heard = "Dear Anna,\n\nOn Monday 2 March you told us:\n\n    It came three weeks late.\n\nIt is as you wished.\n"
    assert kinds(check(heard, "en", kind="agreement")) == ["date"]
    drafted = heard.replace("\n\nOn", "\n\nHere is what we agreed, in writing.\n\nOn")
    assert kinds(check(drafted, "en", kind="agreement")) == ["date"]
    assert check(drafted.replace("It is as you wished", "We agreed: it is done by 1 April"), "en") == []


@pytest.mark.parametrize(
    ("verbatim", "line", "held"),
    [
        ("Pakken kom tre uger for sent, og ingen ringede", "»Pakken kom tre uger for sent«", True),
        ("Pakken kom tre uger for sent, og ingen ringede", "Din pakke blev tre uger forsinket", False),
        ("Min grønne cykel stod ude i regnen", "Din grønne cykel stod ude i regnen", True),
        ("Køen er for lang", "Vi har set på køen", False),
        ("Køen er for lang", "at køen er for lang", True),
        ("For dyrt!", "»For dyrt!«", True),
        ("Pakken kom tre uger for sent", "»Maden var kold og sen«", False),
        ("Pakken kom", "[[deres ord]]", False),
    ],
)
def test_words_of_the_customer(verbatim: str, line: str, held: bool) -> None:
    """Their words are held by a quotation found in what they said, by a run of them, or by half of a short remark."""
    flags = check(f"Kære Anna\n\n{line}\n", "da", known=Known(name="Anna", verbatim=verbatim))
    assert ("own_words" not in kinds(flags)) == held


def test_places_to_fill() -> None:
    """Each place to fill is flagged; what stands in it is not read, and a customer may type brackets."""
    text = body("[[why we are\nsorry]] and [[our policy]]", "You wrote: “[[sic]] it came late”")
    flags = check(text, "en")
    assert [(flag.kind, flag.line, flag.column) for flag in flags] == [("unfilled", 3, 1), ("unfilled", 4, 13)]
    assert flags[0].text == "[[why we are sorry]]"


def test_every_kind_has_a_hint() -> None:
    """What is flagged says what to write instead."""
    assert all(hint.endswith(".") for hint in HINTS.values())
    assert {kind for letters in EXPECTED.values() for named in letters.values() for kind in named} == set(HINTS)
