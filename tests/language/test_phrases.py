"""Phrases: how they are written, and where they stand in a text."""

import re
import tomllib
from pathlib import Path

import pytest

from feedlog.errors import WrongUsage
from feedlog.language import languages, phrases
from feedlog.language.guessing import guess
from feedlog.language.phrases import Cut, pattern

each_language = pytest.mark.parametrize("code", phrases.codes())
TABLES = ["apology", "blame", "date", "no_one_else", "policy", "promising", "time_frame"]


def found(phrase: str, text: str) -> list[str]:
    """What a phrase finds in a text."""
    cut = Cut(text)
    return [text[span.start : span.end] for span in map(cut.span, pattern(phrase).finditer(cut.joined))]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("ingen andre har klaget", "Ingen andre\nhar KLAGET.", ["Ingen andre\nhar KLAGET"]),
        ("andre", "Landreform", []),
        ("klag*", "De klager over klagerne", ["klager", "klagerne"]),
        ("*regler", "husregler og regler", ["husregler", "regler"]),
        ("# dage", "om 14 dage", ["14 dage"]),
        ("# march", "on 3rd March", ["3rd March"]),
        ("(vi | jeg) lover", "jeg lover, vi lover", ["jeg lover", "vi lover"]),
        ("du er [nu | faktisk] den første", "du er den første, du er faktisk den første", None),
        ("du er ... den eneste", "du er så vidt vides den eneste", ["du er så vidt vides den eneste"]),
        ("du er ... den eneste", "du er her og nu og altid den eneste", []),
        ("vi ... klaget", "Det ved vi. Andre har klaget", []),
        ("vi ... klaget", "Det ved vi\n\nandre har klaget", []),
        ("hr madsen", "Kære hr. madsen", ["hr. madsen"]),
        ("den eneste .", "Du er den eneste. Den eneste dag", ["den eneste"]),
        ("you haven't", "You haven’t, you haven't", ["You haven’t", "you haven't"]),
        ("one off | unik", "a one-off case", ["one-off"]),
    ],
)
def test_how_phrases_are_written(phrase: str, text: str, words: list[str] | None) -> None:
    """Each sign of a phrase means what the top of da.toml says."""
    assert found(phrase, text) == ([text.split(", ")[0], text.split(", ")[1]] if words is None else words)


def test_decomposed_phrase() -> None:
    """A phrase typed with letter and accent apart finds composed letters."""
    assert found("ha\u030aber", "Vi håber det") == ["håber"]


@pytest.mark.parametrize("phrase", ["(vi | jeg", "vi)", "[nu", "vi ,"])
def test_phrase_that_cannot_be_read(phrase: str) -> None:
    """A slip in a phrase is found at once, not silently never matched."""
    with pytest.raises(ValueError, match=re.escape(phrase.split()[-1])):
        pattern(phrase)


def test_no_phrase() -> None:
    """No phrase finds nothing."""
    assert found("", "hvad som helst") == []


@each_language
def test_file_is_complete(code: str) -> None:
    """Every language has every table and every list of words, and each of its phrases can be read."""
    known = phrases.phrases(code)
    assert known.tables == TABLES
    assert set(known.words) == {"greeting", "in_letters", "nobody"}
    for table in TABLES:
        assert known.find(table, Cut("x")) == []


@each_language
def test_every_name_is_used(code: str) -> None:
    """A list of alternatives that no phrase calls is a leftover."""
    text = (Path(phrases.__file__).parent / "languages" / "phrases" / f"{code}.toml").read_text("utf-8")
    for name in tomllib.loads(text)["named"]:
        assert f"{{{name}}}" in text, name


@each_language
def test_each_phrase_stands_once(code: str) -> None:
    """No phrase is written twice."""
    path = Path(phrases.__file__).parent / "languages" / "phrases" / f"{code}.toml"
    for name, table in tomllib.loads(path.read_text("utf-8")).items():
        lines = table.get("phrases", "").split("\n")
        assert len({*lines} - {""}) == len([line for line in lines if line]), name


def test_language_without_phrases() -> None:
    """A language whose phrases are not known is refused."""
    with pytest.raises(WrongUsage, match="No phrases of 'de' are known"):
        phrases.phrases("de")


def test_phrase_behind_an_endless_sentence() -> None:
    """However much stands before it in one sentence, a phrase is found where it is, and nothing where it is not."""
    endless = "du er ikke den som vi har hørt fra andre kunder eller " * 1500
    text = endless + ". Ingen andre har klaget."
    for table in TABLES:
        found = [span for span in phrases.phrases("da").find(table, Cut(text)) if span.start >= len(endless)]
        assert [text[span.start : span.end] for span in found] == (
            ["Ingen andre har klaget"] if table == "no_one_else" else []
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kære Anna. Tak for dit brev, som jeg har læst med stor glæde.", "da"),
        ("Kjære Anna. Takk for brevet, som jeg har lest med stor glede.", "nb"),
        ("Kära Anna. Tack för ditt brev, som jag har läst med stor glädje.", "sv"),
        ("Dear Anna. Thank you for your letter, which I have read with great joy.", "en"),
        ("Liebe Anna. Danke für den Brief, den ich mit großer Freude gelesen habe.", "de"),
        ("1234 5678", None),
    ],
)
def test_language_of_a_letter(text: str, code: str | None) -> None:
    """The language is told by the words that carry grammar; figures alone are in none."""
    assert guess(text, languages.codes()) == code
