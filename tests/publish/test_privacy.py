"""What stands in the published file instead of persons."""

import pytest

from feedlog.publish.privacy import Person, Privacy, initials

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
