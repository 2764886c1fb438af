"""Makes numbers for the tests of masking: true ones in every form people write, and those of orders that only look so.

python-stdnum says what is true where it is right; it knows neither Danish replacement numbers nor samordningsnummer.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

Make = Callable[[random.Random], str]


def born(chance: random.Random, first: int = 1930, last: int = 2024) -> date:
    start = date(first, 1, 1)
    return start + timedelta(chance.randrange((date(last, 12, 31) - start).days))


def cpr(chance: random.Random, *, added: int = 0, first: int = 1937, last: int = 2024) -> str:
    """Ten digits as CPR-kontoret gives them today: without a check digit; the seventh tells the century."""
    day = born(chance, first, last)
    seventh = chance.choice("0123") if day.year < 2000 else chance.choice("4567" if day.year < 2037 else "5678")
    return f"{day.day + added:02}{day:%m%y}{seventh}{chance.randrange(1000):03}"


def cpr_with_mod_11(chance: random.Random) -> str:
    """Ten digits as they were given up to 2007."""
    while True:
        digits = cpr(chance, last=2006)
        if sum(int(one) * weight for one, weight in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0:
            return digits


def personnummer(chance: random.Random, *, added: int = 0, century: bool = False) -> str:
    day = born(chance)
    nine = f"{day:%y%m}{day.day + added:02}{chance.randrange(1, 1000):03}"
    return (f"{day:%Y}"[:2] if century else "") + nine + luhn.calc_check_digit(nine)


def fodselsnummer(chance: random.Random, *, day_added: int = 0, month_added: int = 0) -> str:
    while True:
        day = born(chance)
        serial = chance.randrange(500) if day.year < 2000 else chance.randrange(500, 1000)
        digits = f"{day.day + day_added:02}{day.month + month_added:02}{day:%y}{serial:03}"
        for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
            digits += str(-sum(int(one) * weight for one, weight in zip(digits, weights, strict=False)) % 11)
        if len(digits) == 11:  # a check digit of 10 is none, and the number is not given
            return digits


# Issuers' beginnings with the lengths of their numbers, and how the groups are printed on the card.
CARDS = {
    "4": (16, (4, 4, 4, 4)),
    "51": (16, (4, 4, 4, 4)),
    "55": (16, (4, 4, 4, 4)),
    "2221": (16, (4, 4, 4, 4)),
    "2720": (16, (4, 4, 4, 4)),
    "34": (15, (4, 6, 5)),
    "37": (15, (4, 6, 5)),
    "36": (14, (4, 6, 4)),
    "38": (14, (4, 6, 4)),
    "3528": (16, (4, 4, 4, 4)),
    "6011": (16, (4, 4, 4, 4)),
    "65": (16, (4, 4, 4, 4)),
    "62": (19, (6, 13)),
    "5019": (16, (4, 4, 4, 4)),
    "6759": (18, (4, 4, 4, 6)),
    "2200": (16, (4, 4, 4, 4)),
}


def card(chance: random.Random, beginning: str) -> str:
    size = CARDS[beginning][0] - 1
    body = beginning + "".join(chance.choices("0123456789", k=size - len(beginning)))
    return body + luhn.calc_check_digit(body)


def iban(chance: random.Random, country: str, length: int) -> str:
    rest = "".join(chance.choices("0123456789", k=length - 4))
    return country + mod_97_10.calc_check_digits(rest + country) + rest


def grouped(digits: str, sizes: tuple[int, ...], *glue: str) -> str:
    """The digits in groups, with one glue for all or one each."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    between = [*(glue if len(glue) == len(sizes) - 1 else glue * (len(sizes) - 1)), ""]
    return "".join(part + gap for part, gap in zip(parts, between, strict=True))


def written_persons(chance: random.Random) -> Iterator[tuple[str, str]]:
    """One of each form of a person's number: its kind, and how it is written."""
    for added in (0, 60):
        for glue in ("-", " ", "–", "/", " - ", "\u00a0", "‑", "−"):
            yield "CPR", grouped(cpr(chance, added=added), (6, 4), glue)
        for inside, last in ((".", "-"), ("-", "-"), ("/", "-"), (" ", "-"), (" ", " "), (".", "/")):
            yield "CPR", grouped(cpr(chance, added=added), (2, 2, 2, 4), inside, inside, last)
        for swedish in (personnummer(chance, added=added), personnummer(chance, added=added, century=True)):
            for glue in ("-", "+", " ", "–", ""):
                yield "personnummer", swedish[:-4] + glue + swedish[-4:]
    day = born(chance)
    yield "CPR", f"{day:%d%m%Y}-{chance.randrange(10000):04}"
    yield "CPR", f"{day:%d.%m.%Y}-{chance.randrange(10000):04}"
    yield "CPR", cpr_with_mod_11(chance)
    for day_added in (0, 40):
        for month_added in (0, 40, 65, 80):
            digits = fodselsnummer(chance, day_added=day_added, month_added=month_added)
            yield "fødselsnummer", digits
            yield "fødselsnummer", grouped(digits, (6, 5), chance.choice((" ", "-", "\u00a0")))
            yield "fødselsnummer", grouped(digits, (2, 2, 2, 5), ".", ".", " " if not day_added else "-")


# Numbers of ten, twelve and more digits that name no person: how a shop writes its orders, parcels, days, goods.
def barcode(chance: random.Random, beginning: str) -> str:
    body = beginning + "".join(chance.choices("0123456789", k=12 - len(beginning)))
    return body + str(-sum(int(one) * (1, 3)[place % 2] for place, one in enumerate(body)) % 10)


def number(chance: random.Random, beginning: str, length: int) -> str:
    return beginning + "".join(chance.choices("0123456789", k=length - len(beginning)))


ORDERS: dict[str, Make] = {
    "orders from 1000000000": lambda chance: number(chance, "10", 10),
    "orders from 4500000000": lambda chance: number(chance, "4500", 10),
    "Unix times 2020 to 2027": lambda chance: str(chance.randrange(1_577_836_800, 1_830_000_000)),
    "phones behind 45": lambda chance: "45" + number(chance, chance.choice("23456789"), 8),
    "phones behind 46": lambda chance: "46" + number(chance, chance.choice(("70", "72", "73", "76", "79", "8")), 8),
    "phones behind 47": lambda chance: "47" + number(chance, chance.choice("49"), 8),
    "phones of eight digits": lambda chance: number(chance, chance.choice("23456789"), 8),
    "phones in pairs": lambda chance: grouped(number(chance, chance.choice("23456789"), 8), (2, 2, 2, 2), " "),
    "days": lambda chance: born(chance, 2020, 2027).strftime(chance.choice(("%d.%m.%Y", "%Y-%m-%d", "%d-%m-%y"))),
    "days with an hour": lambda chance: (
        f"{born(chance, 2020, 2027):%d.%m.%Y} {chance.randrange(24):02}{chance.choice('.:')}{chance.randrange(60):02}"
    ),
    "days with a bare hour": lambda chance: (
        f"{born(chance, 2020, 2027):%d.%m.%y} {chance.randrange(24):02}{chance.randrange(60):02}"
    ),
    "amounts": lambda chance: f"{chance.randrange(1, 10**6)},{chance.randrange(100):02} kr.",
    "amounts with dots": lambda chance: f"{chance.randrange(1, 1000)}.{chance.randrange(1000):03}.000 kr",
    "goods (EAN-13)": lambda chance: barcode(chance, chance.choice(("57", "73", "70", "40", "44", "50", "87"))),
    "parcels 00370": lambda chance: number(chance, "00370", 20),
    "parcels 370": lambda chance: number(chance, "370", 18),
    "parcels of eleven digits": lambda chance: number(chance, chance.choice("123456789"), 11),
    "invoices of six to nine digits": lambda chance: number(
        chance, chance.choice("123456789"), chance.randrange(6, 10)
    ),
    "invoices by year": lambda chance: f"2026{chance.randrange(10**6):06}",
    "invoices of twelve digits": lambda chance: number(chance, chance.choice("123456789"), 12),
}
