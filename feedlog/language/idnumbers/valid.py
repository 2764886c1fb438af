"""What makes a number a real one: its date, its check digits, who issued it.

The rules are those their issuers publish: CPR-kontoret (CPR), Skatteverket (personnummer, samordningsnummer),
Skatteetaten (fødselsnummer, D-nummer, synthetic numbers), ISO/IEC 7812 (cards), ISO 13616 (IBAN).
"""

import re
import time
from operator import mul

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day; two digits of a year are enough to tell a leap year."""
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] and (month != 2 or day < 29 or year % 4 == 0)


def is_past(year: int, month: int, day: int) -> bool:
    """Whether somebody alive or not long dead can be born on this day."""
    now = time.gmtime()
    return (1880, 1, 1) <= (year, month, day) <= (now.tm_year, now.tm_mon, now.tm_mday)


def luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, annex B: cards and personnummer."""
    raw = digits.encode()
    return (sum(raw[-1::-2]) + sum(raw[-2::-2].translate(_DOUBLED)) - 48 * len(raw)) % 10 == 0


_DOUBLED = bytes(48 + sum(divmod(2 * (byte - 48), 10)) if 48 <= byte <= 57 else byte for byte in range(256))


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of the digits by their weights, modulo 11."""
    total: int = sum(map(mul, map(int, digits), weights))
    return total % 11


# --- persons -----------------------------------------------------------------------------------------------------


def is_cpr(digits: str) -> bool:
    """Whether ten digits (ddmmyy) or twelve (ddmmyyyy) begin with a day; 60 is added to it in replacement numbers."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:-4])
    if len(digits) == 12 and not is_past(year, month, day % 60 if day > 60 else day):
        return False
    return is_day(year, month, day) or is_day(year, month, day - 60)


def is_certain_cpr(digits: str) -> bool:
    """Whether a CPR of ten digits has the check digit most have, and a century that can be (by its seventh digit)."""
    if weighed(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)):
        return False
    day, month, year, seventh = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if seventh in (4, 9):
        century = 2000 if year < 37 else 1900
    else:
        century = 1900 if seventh < 4 else 2000 if year < 58 else 1800
    return is_past(century + year, month, day % 60 if day > 60 else day)


def is_personnummer(digits: str) -> bool:
    """Whether ten digits (yymmdd) or twelve (yyyymmdd) are a personnummer, or a samordningsnummer (day + 60)."""
    ten = digits[-10:]
    month, day = int(ten[2:4]), int(ten[4:6])
    day -= 60 if day > 60 else 0
    if not is_day(int(ten[:2]), month, day) or not luhn(ten):
        return False
    return len(digits) == 10 or is_past(int(digits[:4]), month, day)


def is_fodselsnummer(digits: str) -> bool:
    """Whether eleven digits are a fødselsnummer, a D-nummer (day + 40) or a synthetic one (month + 40, 65 or 80)."""
    if weighed(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) or weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)):
        return False
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    return any(is_day(year, month - made_up, day - (40 if day > 40 else 0)) for made_up in (0, 40, 65, 80))


# --- money -------------------------------------------------------------------------------------------------------

_MAESTRO = ("5018", "5019", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")  # 5019 is Dankort


def is_card(digits: str) -> bool:
    """Whether these digits have an issuer's beginning, its length and the right check digit."""
    return len(digits) in _lengths(int(digits[:4]), digits) and luhn(digits)


def _lengths(four: int, digits: str) -> range | tuple[int, ...]:
    """How long the numbers of the issuer are whose cards begin so."""
    if digits[0] == "4":  # Visa
        return (13, 16, 19)
    if 5100 <= four <= 5599 or 2221 <= four <= 2720:  # Mastercard
        return (16,)
    if digits[:2] in ("34", "37"):  # American Express
        return (15,)
    if 3000 <= four <= 3059 or 3095 <= four <= 3099 or digits[:2] in ("36", "38", "39"):  # Diners Club
        return (14,)
    if 3528 <= four <= 3589 or four == 6011 or 6440 <= four <= 6599:  # JCB, Discover
        return range(16, 20)
    if digits[:2] == "62" or 2200 <= four <= 2204:  # UnionPay, Mir
        return range(16, 20)
    return range(13, 20) if digits[:4] in _MAESTRO else ()


# The countries by the length of their numbers, from the registry of ISO 13616.
_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {country: length for length, countries in _COUNTRIES.items() for country in countries.split()}
_NEXT = {length: re.compile(rf"(?:[ \u00a0.-]?[0-9A-Za-z]){{{length - 4}}}(?![0-9A-Za-z])") for length in _COUNTRIES}
_BLANKS = re.compile(r"[^0-9A-Z]")
_NUMBERED = {ord("A") + place: str(10 + place) for place in range(26)}


def iban_end(text: str, start: int) -> int:
    """Where the IBAN ends whose country begins at `start`, 0 where there is none; blanks and dots may part it."""
    check_digits = start + 2 + (text[start + 2] in " \u00a0")
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    rest = _NEXT[length].match(text, check_digits + 2) if length else None
    if rest is None:
        return 0
    written = _BLANKS.sub("", text[start : rest.end()].upper())
    return rest.end() if int((written[4:] + written[:4]).translate(_NUMBERED)) % 97 == 1 else 0
