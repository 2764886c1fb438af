"""Guards over the word families of every language: each line must be worth reading and must not add noise."""

from collections import Counter
from pathlib import Path

import pytest
import Stemmer

from feedlog.language import languages
from feedlog.language.languages import codes, families, families_of, language
from feedlog.language.words import plain_words

CODES = codes()


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_family_joins_what_stemming_leaves_apart(code: str) -> None:
    """A family has at least two forms with at least two stems; else the stemmer does its work already."""
    stemmer = Stemmer.Stemmer(language(code).stemmer)
    assert [forms for forms in families([code]) if len(set(stemmer.stemWords(forms))) < 2] == []


def test_forms_are_spelled_like_indexed_words(code: str) -> None:
    """A form is one lower-case word as texts are cut into words, and stands once in its family."""
    found = families([code])
    assert [forms for forms in found if plain_words(" ".join(forms)) != list(forms)] == []
    assert [forms for forms in found if len(set(forms)) < len(forms)] == []


def test_families_stand_in_alphabetical_order(code: str) -> None:
    """Families are sorted by their words, so that a new one has its place and a doubled one is seen."""
    found = families([code])
    assert found == sorted(set(found))


def test_few_words_belong_to_two_families(code: str) -> None:
    """A form stands in two families at most, and rarely: each further one finds notes about something else."""
    counts = Counter(form for forms in families([code]) for form in forms)
    shared = {form for form, number in counts.items() if number > 1}
    assert max(counts.values()) <= 2
    assert len(shared) <= len(counts) // 100


def test_no_family_is_grammar_only(code: str) -> None:
    """A family has a word that carries meaning; auxiliaries in all their forms would find every note."""
    silent = language(code).function_words
    assert [forms for forms in families([code]) if silent.issuperset(forms)] == []


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("da", "skrevet", "skriver"),
        ("da", "bøger", "bog"),
        ("da", "ugen", "uge"),
        ("sv", "sämre", "dålig"),
        ("sv", "fakturan", "faktura"),
        ("nb", "kjøpt", "kjøper"),
        ("en", "bought", "buy"),
        ("de", "angerufen", "anrufen"),
    ],
)
def test_one_form_leads_to_another(code: str, one: str, other: str) -> None:
    """Who looks for one form of a word is led to its other forms."""
    assert {one, other} <= set(families_of(one, [code]))


def test_a_word_of_two_families_leads_to_both() -> None:
    """Danish "talte" is "spoke" and "counted"; a word without a family leads nowhere."""
    assert {"tale", "tælle"} <= set(families_of("talte", ["da", "sv"]))
    assert families_of("regning", ["da", "sv"]) == ()


def test_grammar_of_another_language_is_left_out() -> None:
    """English "men" leads nowhere beside Danish, where it means "but" and stands in every other note."""
    assert ("man", "men") in families(["en"])
    assert [forms for forms in families(["da", "en"]) if "men" in forms] == []


def test_a_language_without_families_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new language needs only its TOML file; its families may come later."""
    (tmp_path / "nl.toml").write_text('name = "Dutch"\nstemmer = "dutch"\nfunction_words = "de het een"\n', "utf-8")
    monkeypatch.setattr(languages, "_FOLDER", str(tmp_path))
    monkeypatch.setattr(languages, "_known", {})
    assert families(["nl"]) == []
