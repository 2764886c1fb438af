"""Amounts of money: what a person types, what is stored (hundredths of a currency), what a person reads."""

import re

from feedlog.errors import WrongUsage

# Eleven digits with the hundredths: far above any goodwill, far below what SQLite can add up.
_LARGEST = 10**11
_WRITTEN = re.compile(r"([0-9]+)(?:[.,]([0-9]{1,2}))?")
_HOW = "Write the number alone, such as 200, 200.50 or 1000,50, and the currency beside it: --currency DKK."


def minor(text: str) -> int:
    """An amount as a person typed it, in hundredths: digits, then a point or comma and at most two decimals.

    Never guessed: what could be a thousands separator, a currency's sign and anything else is refused. Raises
    WrongUsage.
    """
    typed = text.strip()
    written = _WRITTEN.fullmatch(typed)
    if written is None:
        if _WRITTEN.fullmatch(typed.removeprefix("-").removeprefix("−").strip()):
            raise WrongUsage(f"The amount {typed!r} is negative.", hint="Write what the customer was given: 200.")
        raise WrongUsage(f"The amount {typed!r} cannot be read.", hint=_HOW)
    amount = int(written[1][:15]) * 100 + int((written[2] or "").ljust(2, "0"))
    if not amount:
        raise WrongUsage("The amount is zero.", hint="Leave it out where no money was given.")
    if amount >= _LARGEST or len(written[1]) > 15:
        raise WrongUsage(f"The amount {typed!r} is too large.", hint="Check the number of digits.")
    return amount


def currency(text: str) -> str:
    """A currency as it is stored: three letters in upper case. Raises WrongUsage."""
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise WrongUsage(f"The currency {text.strip()!r} is not three letters.", hint="Write its code: DKK, SEK, EUR.")
    return code


def number(amount_minor: int) -> int | float:
    """An amount as a JSON number, a whole one without decimals."""
    whole, hundredths = divmod(amount_minor, 100)
    return amount_minor / 100 if hundredths else whole


def spoken(amount_minor: int, currency: str) -> str:
    """An amount for people: `200 DKK`, `200.50 DKK`."""
    whole, hundredths = divmod(amount_minor, 100)
    return f"{whole}.{hundredths:02} {currency}" if hundredths else f"{whole} {currency}"


def written(amount: float | None, currency: str) -> str:
    """The same for an amount as JSON shows it."""
    return spoken(round((amount or 0) * 100), currency)
