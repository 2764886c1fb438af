"""ID and card numbers are found in every form people write them, and hardly ever where there is none."""

import random
import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as iban_oracle
from stdnum import luhn as luhn_oracle
from stdnum.dk import cpr as cpr_oracle
from stdnum.no import fodselsnummer as fodselsnummer_oracle
from stdnum.se import personnummer as personnummer_oracle

from feedlog.language import idnumbers
from feedlog.language.idnumbers import find, masked, valid
from tests.language.number_samples import CARDS, ORDERS, Make, card, cpr, grouped, iban, number, written_persons


def mask(text: str) -> str:
    return idnumbers.mask(text)[0]


def strong(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text) if one.strong]


# --- what is masked ----------------------------------------------------------------------------------------------


def test_persons_numbers_are_found_in_every_form() -> None:
    """Every form of CPR, personnummer and fødselsnummer is found whole, and nothing beside it."""
    chance = random.Random(1)
    for _ in range(60):
        for kind, written in written_persons(chance):
            for text in (
                written,
                f"Mit er {written}, ring",
                f"({written})",
                f"Anna\n{written}\nKøbenhavn",
                f"nr:{written}.",
            ):
                [(found, where)] = strong(text)
                assert where == written, text
                assert found == kind or {found, kind} == {"CPR", "personnummer"}, text


@pytest.mark.parametrize("beginning", CARDS)
def test_cards_are_found(beginning: str) -> None:
    """Every issuer's card is found as it is printed, with blanks, dashes or in one, also with its last month."""
    chance = random.Random(2)
    for _ in range(100):
        digits = card(chance, beginning)
        groups = CARDS[beginning][1]
        for written in (
            digits,
            grouped(digits, groups, " "),
            grouped(digits, groups, "-"),
            grouped(digits, groups, "\u00a0"),
        ):
            assert strong(f"mit kort {written}, tak") == [("card", written)]
            assert strong(f"{written} 12/29") == [("card", written)]


def test_ibans_are_found() -> None:
    """Every country's IBAN is found in one, in fours and in small letters, with words right after it."""
    chance = random.Random(3)
    for country, length in valid._IBAN_LENGTHS.items():
        digits = iban(chance, country, length)
        fours = " ".join(digits[at : at + 4] for at in range(0, length, 4))
        for written in (digits, fours, digits.lower(), fours.replace(" ", "\u00a0")):
            assert strong(f"til {written} og ikke før") == [("IBAN", written)], written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cpr 010190-1234 tak", "cpr [CPR] tak"),
        ("０１０１９０－１２３４", "[CPR]"),
        ("٠١٠١٩٠-١٢٣٤", "[CPR]"),
        ("010190\u200b-12\u00ad34", "[CPR]"),
        ("ﬁl ½ 010190-1234 ﬁl ⑩", "ﬁl ½ [CPR] ﬁl ⑩"),
        ("GB82 WEST 1234 5698 7654 32", "[IBAN]"),
        ("født 0101901234", "født [CPR]"),
        ("cpr0101901234", "cpr[CPR]"),
        ("811218-9876 og 010190-1234", "[personnummer] og [CPR]"),
        ("kort 4111111111111111 kode 123", "kort [card] kode 123"),
        ("010190-1234 0101901234", "[CPR] 0101901234"),
        ("cpr 01 01 90 12 34", "cpr [CPR]"),
        ("cpr-nr. er 010190 12 34, tak", "cpr-nr. er [CPR], tak"),
        ("CPR: 0101-90-1234", "CPR: [CPR]"),
        ("cpr 0 1 0 1 9 0 1 2 3 4", "cpr [CPR]"),
        ("personnummer 1981 12 28 98 74", "personnummer [personnummer]"),
        ("personnr 811228 98 74", "personnr [personnummer]"),
        ("fødselsnummer 01 01 01 123 77", "fødselsnummer [fødselsnummer]"),
        ("IBAN: DK 50 0040 0440 1162 43", "IBAN: [IBAN]"),
        ("cpr, kort 4111 1111 1111 1111 og 0101901234", "cpr, kort [card] og [CPR]"),
    ],
)  # fmt: skip
def test_by_example(text: str, left: str) -> None:
    """What is masked leaves a mark of its kind, and all around it as it was."""
    assert mask(text) == left


# --- what is not -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "300290-1234", "011390-1234", "931318-9875", "4111 1111 1111 1112", "DK51 0040 0440 1162 43",
        "11.03.26 1430", "2026-03-11 1430", "110326 2500 kr", "ordrenr. 1007295916", "#1007295916",
        "faktura 1007295916",
        "01 01 90 12 34", "cpr 41 41 90 12 34", "ring 22 33 44 55, cpr har I", "DK 51 0040 0440 1162 43",
        "1007295916 kr", "A1007295916", "3,1007295916", "0101901234", "", "1", "12345678", "1234-1234-1234",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_stays(text: str) -> None:
    """Impossible days, wrong check digits, hours, amounts and what is called an order stay as they are."""
    assert mask(text) == text


# The rates measured with 20,000 of each, in %, rounded up; a bare number of ten digits cannot be told from an order.
RATES = {"orders from 1000000000": 2.0, "Unix times 2020 to 2027": 2.1, "parcels of eleven digits": 0.4,
         "invoices of twelve digits": 0.1}  # fmt: skip


def wrongly_masked(make: Make, tries: int = 2000) -> float:
    chance = random.Random(4)
    return 100 * sum(bool(strong(f"Det var {make(chance)} hos jer.")) for _ in range(tries)) / tries


def test_orders_are_hardly_ever_masked() -> None:
    """Of numbers shops use, up to twelve digits and beyond, under one in a hundred is masked, most kinds never."""
    rates = {name: wrongly_masked(make) for name, make in ORDERS.items()}
    assert {name: rate for name, rate in rates.items() if rate > RATES.get(name, 0)} == {}
    assert sum(rates.values()) / len(rates) < 1


def test_sixteen_digits_are_seldom_a_card() -> None:
    """Of random numbers of sixteen digits at most 2.5 % are masked."""
    assert wrongly_masked(lambda chance: number(chance, "", 16), 5000) <= 2.5


def test_orders_that_are_called_so_are_never_masked() -> None:
    """The word for an order right before a bare number keeps it."""
    assert wrongly_masked(lambda chance: f"ordrenr. {number(chance, '10', 10)}") == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("anna.holm@firma.dk", "e-mail address"), ("ring +45 12 34 56 78", "phone number"),
        ("12 34 56 78", "phone number"), ("tlf. 12345678", "phone number"), ("070-123 45 67", "phone number"),
        ("0101901234", "possible CPR"),
    ],
)  # fmt: skip
def test_weak_ones_are_only_noticed(text: str, kind: str) -> None:
    """Mail addresses, phone numbers and bare numbers that may be a CPR are told, and stay."""
    assert [one.kind for one in find(text)] == [kind]
    assert mask(text) == text


# --- whatever the text -------------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.text(max_size=8),
    st.text("0123456789 -.+/", max_size=24),
    st.sampled_from(["010190-1234", "811218-9876", "4111 1111 1111 1111", "DK5000400440116243", "０１０１９０", "①②",
                     "½", "ﬁ", "\u200b", "\u00ad", "cpr ", "[CPR]", "a@b.dk", "kr"]),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    """A mark is never read as part of a number, and what was left is left again."""
    once = mask(text)
    assert mask(once) == once


@given(TEXTS)
def test_the_rest_is_untouched(text: str) -> None:
    """Everything outside the numbers is as it was, also where letters expand in compatibility form."""
    found = [one for one in find(text) if one.strong]
    rest, left, at = [], masked(text, found), 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        rest.append(text[at : one.start])
        at = one.end
    rest.append(text[at:])
    assert left == "".join(part + idnumbers.mark(one.kind) for part, one in zip(rest, found, strict=False)) + rest[-1]


@given(st.text(st.characters(exclude_categories=["Nd", "No", "Nl"]), max_size=200))
def test_a_text_without_digits_is_never_masked(text: str) -> None:
    """Without a digit there is no number."""
    assert mask(text) == text


HOSTILE = ["1 ", "12 ", "444 ", "4444 ", "12 12 12 1234 ", "0101901234 ", "010190-1234 ", "DK50 ", "GB82", "9", "０1 ",
           "a.b@a.", "+1 ", "00 ", "ordrenr 0101901234 ", "cpr 1 ", "cpr 1 1 1 1 ",
           "født 0101901234 ", "1-", "4" * 19 + " "]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_work_is_in_proportion_to_the_text(unit: str) -> None:
    """Eight times the text takes eight times the calls, not sixty-four: no text can hold up whoever logs it."""

    def calls(size: int) -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        text = unit * (size // len(unit))
        sys.setprofile(count)
        try:
            find(text)
        finally:
            sys.setprofile(None)
        return counted

    assert calls(16_000) < 9 * calls(2_000)


# --- against python-stdnum ---------------------------------------------------------------------------------------


def test_agrees_with_stdnum() -> None:
    """Days and check digits are judged as python-stdnum judges them, where it knows the form."""
    chance = random.Random(5)
    for _ in range(20_000):
        ten, eleven = number(chance, "", 10), number(chance, chance.choice("0123"), 11)
        assert valid.luhn(ten) == luhn_oracle.is_valid(ten)
        assert valid.is_fodselsnummer(eleven) or not fodselsnummer_oracle.is_valid(eleven)
        if cpr_oracle.is_valid(ten):  # it leaves out replacement numbers
            assert valid.is_cpr(ten)
        if personnummer_oracle.is_valid(f"{ten[:6]}-{ten[6:]}"):  # it leaves out samordningsnummer
            assert valid.is_personnummer(ten)
        if valid.is_personnummer(ten) and ten[4] < "4":
            assert personnummer_oracle.is_valid(f"{ten[:6]}-{ten[6:]}")
        plain = cpr(chance)
        assert valid.is_cpr(plain)


def test_knows_every_country_of_stdnum() -> None:
    """The lengths of IBANs are those of the registry that python-stdnum carries."""
    for first in string.ascii_uppercase:
        for country in (first + second for second in string.ascii_uppercase):
            known = iban_oracle._ibandb.info(country + "00")[0][1]
            if known:
                length = 4 + sum(int(size) for size in re.findall(r"(\d+)!", known["bban"]))
                assert valid._IBAN_LENGTHS[country] == length
