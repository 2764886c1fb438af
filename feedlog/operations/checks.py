"""Checks what people typed before it reaches the log: one sentence why, one what to do."""

import re
import unicodedata

from feedlog.errors import WrongUsage
from feedlog.language.words import composed
from feedlog.operations import masking
from feedlog.operations.shapes import Said
from feedlog.vocabulary import CHANNELS, KINDS, LONGEST_LABEL_CHARACTERS, LONGEST_TEXT_BYTES

# What something is known again by is stored as it is: with a number masked, two customers would be one.
_KNOWN_BY = {"agent", "colleague's name", "customer key", "idempotency key", "owner", "source_id"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def text(typed: str, what: str) -> str:
    """A text in its stored form, ID numbers masked; refuses an empty one, one with NUL, one above a mebibyte.

    Raises Refused for an ID number where the setting `pii` is to reject them.
    """
    stored = _whole(composed(typed), what)
    if not _visible(stored):
        raise WrongUsage(f"The {what} is empty.", hint="Write at least a word.")
    if "\0" in stored:
        raise WrongUsage(
            f"The {what} holds NUL characters, so it is probably not text in UTF-8.",
            hint="Save it as UTF-8 and try again.",
        )
    _not_too_long(stored, what)
    masked = masking.current().stored(stored, what)
    if masked is not stored:
        _not_too_long(masked, what)  # a mark may be longer than its number
    return masked


def _not_too_long(stored: str, what: str) -> None:
    if len(stored.encode()) > LONGEST_TEXT_BYTES:
        raise WrongUsage(
            f"The {what} is longer than {LONGEST_TEXT_BYTES // 1024} KiB.",
            hint="Log what the customer said, not a whole file.",
        )


def label(typed: str, what: str) -> str:
    """A name, key or agent in its stored form: one line, at most 200 characters, ID numbers masked but in keys."""
    if what in _KNOWN_BY and 0 < len(typed) <= LONGEST_LABEL_CHARACTERS and typed.isascii() and typed.isprintable():
        plain = typed.strip()
        if plain:  # as most keys are: nothing below would change or refuse it
            return plain
    stored = _whole(composed(typed), what)
    if not _visible(stored):
        raise WrongUsage(f"The {what} is empty.", hint=f"Leave the {what} out, or write one.")
    if _CONTROL.search(stored):
        raise WrongUsage(f"The {what} holds a line break or another control character.", hint="Write it on one line.")
    if what not in _KNOWN_BY:
        stored = masking.current().stored(stored, what)
    if len(stored) > LONGEST_LABEL_CHARACTERS:
        raise WrongUsage(f"The {what} is longer than {LONGEST_LABEL_CHARACTERS} characters.", hint="Shorten it.")
    return stored


def _visible(stored: str) -> bool:
    """Whether anything in it can be seen: not only blanks, and what joins or turns letters that are not there."""
    if stored.isascii():
        return bool(stored.strip(" \t\n"))
    return any(
        unicodedata.category(letter) not in ("Cf", "Zs", "Zl", "Zp") and not letter.isspace() for letter in stored
    )


def _whole(stored: str, what: str) -> str:
    """Refuses halves of characters, which arrive from broken JSON and from settings that are not UTF-8."""
    try:
        stored.encode()
    except UnicodeEncodeError:
        raise WrongUsage(
            f"The {what} holds characters that were damaged on the way.", hint="Write it in UTF-8."
        ) from None
    return stored


def code(typed: str, what: str) -> str:
    """A theme or touchpoint in its stored form: a label, lower case, with single blanks."""
    return " ".join(label(typed, what).lower().split())


def said(given: Said) -> Said:
    """Everything about to be logged, in its stored form; raises WrongUsage for the first thing that is off."""
    one_of(given.channel, CHANNELS, "channel")
    one_of(given.kind, KINDS, "kind")
    if given.satisfaction is not None and not 0 <= given.satisfaction <= 100:
        raise WrongUsage(f"Satisfaction is {given.satisfaction}.", hint="It is a number from 0 to 100.")
    if given.name is not None and given.customer is None:
        raise WrongUsage(
            "A name needs a customer key beside it.", hint="Add -c with the customer's number, phone or mail."
        )
    promise_and_day(given.promise, given.due_on)
    masking.current().notice_key(given.customer or "")
    masking.current().notice_key(given.idempotency_key or "", "idempotency key")
    return given._replace(
        verbatim=text(given.verbatim, "text"),
        customer=None if given.customer is None else label(given.customer, "customer key"),
        name=None if given.name is None else label(given.name, "name"),
        themes=tuple(dict.fromkeys(code(theme, "theme") for theme in given.themes)),
        touchpoint=None if given.touchpoint is None else code(given.touchpoint, "touchpoint"),
        reading=None if given.reading is None else text(given.reading, "reading"),
        idempotency_key=None if given.idempotency_key is None else label(given.idempotency_key, "idempotency key"),
        promise=None if given.promise is None else text(given.promise, "promise"),
    )


def promise_and_day(promise: str | None, due: str | None) -> None:
    """Refuses a promise without a due day, and a due day without a promise."""
    if (promise is None) != (due is None):
        raise WrongUsage("A promise has a text and a due day.", hint="Give both --promise and --due.")


def one_of(word: str | None, allowed: tuple[str, ...], what: str) -> None:
    """Refuses a word that is not on a closed list."""
    if word is not None and word not in allowed:
        raise WrongUsage(f"There is no {what} {word!r}.", hint=f"It is one of: {', '.join(allowed)}.")
