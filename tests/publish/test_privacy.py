"""What stands in the published file instead of persons."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlog.publish.privacy import RECORD, UNIT, Person, Privacy, initials, possibly_named

ANNA = Person("K-1042", "Anna Holm")
SOREN = Person("soren@example.com", "Søren Kjær")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Holm", "A. H."),
        ("Øjvind Åse", "Ø. Å."),
        ("Anna Maria von Holm", "A. M. H."),
        ("anna", "A."),
        (None, ""),
    ],
)
def test_initials(name: str | None, shown: str) -> None:
    """A name is shown as at most three initials, in its own letters."""
    assert initials(name) == shown


@pytest.mark.parametrize(
    ("sentence", "hidden"),
    [
        ("Jeg hedder Anna Holm", "Jeg hedder A. H."),
        ("anna her, ring til mig", "A. her, ring til mig"),
        ("Det er Annas pakke", "Det er A. pakke"),
        ("mit nummer er K-1042.", "mit nummer er [customer]."),
        ("mit nummer er k1042", "mit nummer er [customer]"),
        ("skriv til a.b@example.com eller ring +45 20 30 40 50", "skriv til [e-mail] eller ring [number]"),
        ("den 2026-03-13 og 13.03.2026 var det galt", "den 2026-03-13 og 13.03.2026 var det galt"),
        ("tre uger for sent", "tre uger for sent"),
        ("holm er også en ø", "H. er også en ø"),
    ],
)
def test_own_name_key_mail_and_numbers_are_hidden(sentence: str, hidden: str) -> None:
    """A customer's sentence shows neither their name, in whole or part, nor key, mail address or long numbers."""
    assert Privacy(b"x", [ANNA]).hide(sentence, ANNA) == hidden


@pytest.mark.parametrize(
    ("sentence", "hidden"),
    [
        ("Min nabo Anna Holm fik den", "Min nabo A. H. fik den"),
        ("Anna Holms pakke lå her", "A. H.s pakke lå her"),
        ("den stod under k-1042", "den stod under [customer]"),
        ("Anna hjalp mig", "Anna hjalp mig"),
    ],
)
def test_other_customers_are_hidden_by_full_name_and_key(sentence: str, hidden: str) -> None:
    """Another customer's full name and key are hidden; a first name alone is a word like any other."""
    assert Privacy(b"x", [ANNA]).hide(sentence, SOREN) == hidden


@pytest.mark.parametrize("typed", ["Søren", "soeren", "SOREN", "Søren Kjær", "soren kjaer"])
def test_names_are_hidden_as_people_type_them(typed: str) -> None:
    """A name is hidden also when typed without its local letters."""
    assert typed.lower() not in str(Privacy(b"x").hide(f"hej, {typed} her", SOREN)).lower()


def test_pseudonyms_are_steady_secret_and_without_digits() -> None:
    """The same key has the same pseudonym whatever its case, another under another secret, and never a digit in it."""
    ours, theirs = Privacy(b"a" * 32), Privacy(b"b" * 32)
    assert ours.pseudonym("K-1042") == ours.pseudonym("k-1042") != theirs.pseudonym("K-1042")
    made = {ours.pseudonym(str(number)) for number in range(2000)}
    assert len(made) == 2000
    assert all(pseudonym.isalpha() and len(pseudonym) == 10 for pseudonym in made)


NAMES = [
    "Anna Holm",
    "anna  holm",
    "Søren Kjær",
    "SØREN KJÆR",
    "Å. Ökvist",
    "İrem Kaya",
    "Anna-Lise O'Brien",
    "Bo",
    None,
]
KEYS = ["K-1042", "k1042", "lise@example.com", "Ø-77", "4711", "ß-4 x", "_9_a"]
PARTS = [*filter(None, NAMES), *KEYS, "Holms", "K 1042", "og", ",", "s", "-"]


@given(
    st.lists(st.builds(Person, st.sampled_from(KEYS), st.sampled_from(NAMES), st.just("")), max_size=6),
    st.lists(st.sampled_from(PARTS), max_size=8),
    st.sampled_from([str, str.lower, str.upper]),
)
def test_the_quick_look_misses_nobody(persons: list[Person], parts: list[str], written: Callable[[str], str]) -> None:
    """With only those who may be named in a sentence learnt, it is hidden as with every customer learnt."""
    sentence = written(" ".join(parts))
    everybody = RECORD.join(f"{person.key}{UNIT}{person.name or ''}" for person in persons)
    few = possibly_named(everybody, [sentence])
    assert Privacy(b"x", few).hide(sentence, None) == Privacy(b"x", persons).hide(sentence, None)
    assert set(few) <= set(persons)


def test_the_quick_look_spares_most() -> None:
    """Whoever is not named is not learnt, even where words of theirs are said."""
    everybody = RECORD.join(f"K-{number}{UNIT}Anna Holm{number}" for number in range(100))
    assert possibly_named(everybody, ["Anna og K 7 hjalp mig, Holm"]) == [Person("K-7", "Anna Holm7")]
