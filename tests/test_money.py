"""Amounts: read as people write them, never guessed."""

import pytest

from feedlog import money
from feedlog.errors import WrongUsage

HOW = "Write the number alone, such as 200, 200.50 or 1000,50, and the currency beside it: --currency DKK."


@pytest.mark.parametrize(
    ("text", "minor"),
    [("200", 20000), ("200.50", 20050), ("1000,50", 100050), ("0,5", 50), (" 7 ", 700), ("999999999.99", 99999999999)],
)
def test_minor(text: str, minor: int) -> None:
    """Point and comma are both decimal marks, and an amount is exact to its hundredths."""
    assert money.minor(text) == minor


@pytest.mark.parametrize(
    "text",
    ["1.000,50 kr", "1.000", "1,000.50", "1 000", "200 kr", "kr 200", "$5", "€ 5", "DKK200", "", ".5", "5.", "1e3",
     "0x10", "two", "--5", "٢٠٠", "200.505", "1_000", "NaN"],
)  # fmt: skip
def test_not_guessed(text: str) -> None:
    """What holds a sign, a word or what may be a thousands separator is refused with how to write it."""
    with pytest.raises(WrongUsage) as refused:
        money.minor(text)
    assert (refused.value.message, refused.value.hint) == (f"The amount {text!r} cannot be read.", HOW)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("-200", "The amount '-200' is negative.", "Write what the customer was given: 200."),
        ("−0,50", "The amount '−0,50' is negative.", "Write what the customer was given: 200."),
        ("0", "The amount is zero.", "Leave it out where no money was given."),
        ("0,00", "The amount is zero.", "Leave it out where no money was given."),
        ("1000000000", "The amount '1000000000' is too large.", "Check the number of digits."),
        ("9" * 5000, f"The amount '{'9' * 5000}' is too large.", "Check the number of digits."),
    ],
    ids=lambda text: text[:12],
)
def test_no_amount_given(text: str, message: str, hint: str) -> None:
    """Nothing, less than nothing and far too much are refused, each with its own sentence."""
    with pytest.raises(WrongUsage) as refused:
        money.minor(text)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_currency() -> None:
    """A currency is three letters, whatever their case."""
    assert money.currency(" dkk ") == "DKK"
    for text in ("kr", "kr.", "DK1", "DKKK", "", "ÆØÅ"):
        with pytest.raises(WrongUsage) as refused:
            money.currency(text)
        assert refused.value.message == f"The currency {text!r} is not three letters."
        assert refused.value.hint == "Write its code: DKK, SEK, EUR."


@pytest.mark.parametrize(
    ("minor", "number", "text"), [(20000, 200, "200 DKK"), (20050, 200.5, "200.50 DKK"), (7, 0.07, "0.07 DKK")]
)
def test_shown(minor: int, number: float, text: str) -> None:
    """A whole amount has no decimals, any other has two."""
    assert money.number(minor) == number
    assert money.spoken(minor, "DKK") == money.written(number, "DKK") == text
