"""How English, Danish, Swedish and Norwegian Bokmål name days, months, numbers and spans.

Every word is listed as `folded` leaves it, so that "i går", "i gaar" and "i gar" are one word: agents often
sit at keyboards without æøåäö, and the four languages then share most of their spellings.
"""

from __future__ import annotations

import unicodedata

_FOLDING = str.maketrans({"å": "a", "ä": "a", "ö": "o", "ø": "o", "æ": "ae"})


def folded(text: str) -> str:
    """The text in lower case, with single blanks and without æøåäö."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_FOLDING)
    return " ".join(plain.replace("aa", "a").replace("oe", "o").split())


def _numbered(*lines: str, start: int = 1) -> dict[str, int]:
    return {word: number for number, line in enumerate(lines, start) for word in line.split()}


NUMBERS = _numbered(
    "a an one en et ett ei",
    "two to tva",
    "three tre",
    "four fire fyra",
    "five fem",
    "six seks sex",
    "seven syv sju",
    "eight otte atta atte",
    "nine ni nio",
    "ten ti tio",
    "eleven elleve elva",
    "twelve tolv",
)

MONTHS = _numbered(
    "january jan januar januari",
    "february feb februar februari",
    "march mar marts mars",
    "april apr",
    "may maj mai",
    "june jun juni",
    "july jul juli",
    "august aug augusti",
    "september sep sept",
    "october oct oktober okt",
    "november nov",
    "december dec desember des",
)

WEEKDAYS = _numbered(
    "monday mon mandag mandagen man",
    "tuesday tue tues tirsdag tirsdagen tirs tir tisdag tisdagen tis",
    "wednesday wed onsdag onsdagen ons",
    "thursday thu thur thurs torsdag torsdagen tors tor",
    "friday fri fredag fredagen fre",
    "saturday sat lordag lordagen lor",
    "sunday sun sondag sondagen son",
    start=0,
)

# After "i": "i fredags" is the Friday that was, in all three Scandinavian languages.
PAST_WEEKDAYS = _numbered(
    "mandags", "tirsdags tisdags", "onsdags", "torsdags", "fredags", "lordags", "sondags", start=0
)

# The word before a weekday says which one is meant; where it does not ("on friday"), the caller's preference
# decides. "På fredag" is always the coming one: people who mean the last say "i fredags".
WEEKDAY_LEADS = {"on": "open", "this": "this", "denne": "this", "denna": "this"}
WEEKDAY_LEADS |= dict.fromkeys(("next", "coming", "pa", "naeste", "nasta", "neste", "kommende"), "next")
WEEKDAY_LEADS |= dict.fromkeys(("last", "sidste", "sist", "siste", "forra", "forrige"), "last")

# Days counted from today.
DAYS_AWAY: dict[str, int] = {}
DAYS_AWAY |= dict.fromkeys(("the day before yesterday", "day before yesterday", "forgars", "forrgar"), -2)
DAYS_AWAY |= dict.fromkeys(("i forgars", "iforgars", "i forrgar", "iforrgar", "i forigars"), -2)
DAYS_AWAY |= dict.fromkeys(("yesterday", "i gar", "igar"), -1)
DAYS_AWAY |= dict.fromkeys(("today", "i dag", "idag"), 0)
DAYS_AWAY |= dict.fromkeys(("tomorrow", "i morgen", "imorgen", "i morgon", "imorgon"), 1)
DAYS_AWAY |= dict.fromkeys(("the day after tomorrow", "day after tomorrow", "overmorgen", "overmorgon"), 2)
DAYS_AWAY |= dict.fromkeys(("i overmorgen", "iovermorgen", "i overmorgon", "iovermorgon"), 2)

# Not folded: "nå" is now, "na" is what people type for "not known".
NOW = frozenset(("now", "just now", "nu", "lige nu", "just nu", "nå", "akkurat nå"))

# Each unit with how many of its measure it is: months, days or minutes.
UNITS: dict[str, tuple[str, int]] = {}
UNITS |= dict.fromkeys(("year", "years", "ar"), ("months", 12))
UNITS |= dict.fromkeys(("month", "months", "maned", "maneder", "manad", "manader"), ("months", 1))
UNITS |= dict.fromkeys(("week", "weeks", "uge", "uger", "vecka", "veckor", "uke", "uker"), ("days", 7))
UNITS |= dict.fromkeys(("day", "days", "dag", "dage", "dagar", "dager"), ("days", 1))
UNITS |= dict.fromkeys(("hour", "hours", "hr", "hrs", "time", "timer", "timme", "timmar"), ("minutes", 60))
UNITS |= dict.fromkeys(("minute", "minutes", "min", "mins", "minut", "minutt"), ("minutes", 1))
UNITS |= dict.fromkeys(("minutter", "minuter"), ("minutes", 1))

HALF_HOUR = ("half an hour", "half hour", "en halv time", "en halv timme", "en halvtimme", "en halvtime")
AND = frozenset(("and", "og", "och"))
FROM_NOW = frozenset(("in", "om"))
# A promise is often given in days that people work: "within two business days", "om to hverdage".
WITHIN = ("in", "om", "within", "inden", "inden for", "inom", "innen")
BUSINESS_DAYS = frozenset(
    (
        *("business day", "business days", "working day", "working days", "workday", "workdays", "weekday", "weekdays"),
        *("hverdag", "hverdage", "hverdager", "arbejdsdag", "arbejdsdage", "arbeidsdag", "arbeidsdager"),
        *("virkedag", "virkedager", "arbetsdag", "arbetsdagar", "vardag", "vardagar"),
    )
)
BEFORE_NOW = frozenset(("ago", "siden", "sedan", "sen", "sidan"))
AT = ("at", "kl.", "kl", "klokken", "klokka", "klockan")
