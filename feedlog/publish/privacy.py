"""What readers see instead of persons: initials, pseudonyms, and sentences without names, mails and numbers."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from feedlog.language.words import Word, folded, plain_words, words_of

# Pseudonyms hold no digits, so that a customer's number can never stand in one by chance.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Eight digits or more, spaced as people space phone, account and order numbers.
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ \-./]?\d){7,}(?!\w)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4}")
# What a customer's key becomes inside a sentence.
SOMEBODY = "[customer]"
_LONGEST_NAME = 5
# A shorter key is a number like any other: 'two of 12 parcels'.
_SHORTEST_OWN_KEY = 3

# What parts a key from a name, and one customer from the next, in a text that holds all of them.
UNIT, RECORD = "\x1f", "\x1e"


class Person(NamedTuple):
    """A customer as the working file knows them. `other_names` were theirs once, or under a key merged into theirs."""

    key: str
    name: str | None
    other_names: str = ""


class Privacy:
    """Hides the customers of one log. `secret` makes the pseudonyms; without it nobody can compute them."""

    def __init__(self, secret: bytes, persons: Iterable[Person] = ()) -> None:
        self._secret = secret
        self._others: dict[str, str] = {}
        for person in persons:
            self._others.update((phrase, instead) for phrase, instead in phrases(person))
        # Nearly every word begins nothing: that is asked first, since a million sentences are gone through.
        self._beginnings = {phrase.partition(" ")[0] for phrase in self._others}
        self._folded: dict[str, str] = {}

    def pseudonym(self, key: str) -> str:
        """The same ten letters for the same customer key every time, by HMAC-SHA-256 (RFC 2104)."""
        digest = int.from_bytes(hmac.digest(self._secret, key.lower().encode(), hashlib.sha256), "big")
        letters = []
        for _ in range(10):
            digest, place = divmod(digest, len(_LETTERS))
            letters.append(_LETTERS[place])
        return "".join(letters)

    def hide(self, text: str | None, own: Person | None) -> str | None:
        """A sentence without mails, long numbers, customers' keys and full names, and any part of `own` name."""
        if not text:
            return text
        text = _NUMBER.sub(_number, _EMAIL.sub("[e-mail]", text))
        parts = _folded_words(f"{own.name or ''} {own.other_names}") if own else []
        own_key = "".join(_folded_words(own.key)) if own else ""
        own_key = own_key if len(own_key) >= _SHORTEST_OWN_KEY else ""
        hidden: list[tuple[int, int, str]] = []
        words = words_of(text)
        at = 0
        while at < len(words):
            found = self._hidden_at(words, at, parts, own_key)
            if found:
                length, instead = found
                hidden.append((words[at].start, words[at + length - 1].end, instead))
                at += length
            else:
                at += 1
        for start, end, instead in reversed(hidden):
            after = text[end:]
            text = text[:start] + instead + (after[1:] if instead.endswith(".") and after.startswith(".") else after)
        return text

    def _hidden_at(self, words: list[Word], at: int, parts: list[str], own_key: str) -> tuple[int, str] | None:
        """How many words from here are a person's, and what stands instead; the longest stretch wins."""
        first = words[at].word
        plain_first = self._fold(first)
        begins_key = bool(own_key) and own_key.startswith(plain_first)
        begins_name = plain_first in parts or plain_first.removesuffix("s") in parts
        if not (begins_key or begins_name or first in self._beginnings):
            return None
        window = words[at : at + _LONGEST_NAME]
        for length in range(len(window), 0, -1):
            phrase = " ".join(word.word for word in window[:length])
            if begins_key and folded(phrase.replace(" ", "")) == own_key:
                return length, SOMEBODY
            if phrase in self._others:
                return length, self._others[phrase]
        plain = [self._fold(word.word) for word in window]
        own = 0
        while own < len(plain) and (plain[own] in parts or plain[own].removesuffix("s") in parts):
            own += 1
        if own:
            return own, " ".join(f"{words[at + place].word[0].upper()}." for place in range(own))
        return None

    def _fold(self, word: str) -> str:
        plain = self._folded.get(word)
        if plain is None:
            plain = self._folded[word] = folded(word)
        return plain


def initials(name: str | None) -> str:
    """'A. H.' for Anna Holm; at most three letters; empty without a name."""
    words = words_of(name or "")
    chosen = words if len(words) <= 3 else [words[0], words[1], words[-1]]
    return " ".join(f"{word.word[0].upper()}." for word in chosen)


def phrases(person: Person) -> list[tuple[str, str]]:
    """What is looked for in everybody's sentences to hide this customer, and what stands there instead.

    Lower case, words parted by one blank: the full name and its genitive, the key with and without its dashes. Only
    names of two words or more and keys of four letters with a digit: others are ordinary words too often.
    """
    name = [word.word for word in words_of(person.name or "")]
    key = [word.word for word in words_of(person.key)]
    found = []
    if 2 <= len(name) <= _LONGEST_NAME:
        found += [(" ".join(name), initials(person.name)), (" ".join(name) + "s", initials(person.name) + "s")]
    if len("".join(key)) >= 4 and len(key) <= _LONGEST_NAME and any(letter.isdigit() for letter in person.key):
        found += [(" ".join(key), SOMEBODY), ("".join(key), SOMEBODY)]
    return found


def possibly_named(everybody: str, sentences: Iterable[str]) -> list[Person]:
    """Those whose name or key may stand in a sentence: a quick look that spares learning every customer.

    `everybody` holds each customer's key and name, parted by `UNIT`, the customers by `RECORD`. To go through a hundred
    thousand of them one by one would take a second; so all are brought into one form at once: lower case, letters and
    digits only.
    """
    asked = _joined(sentences)
    if not asked or not everybody:
        return []
    lowered = everybody.lower()
    dropped = {ord(sign): None for sign in set(lowered) if not (sign.isalnum() or sign in (UNIT, RECORD))}
    found = []
    for at, plain in enumerate(lowered.translate(dropped).split(RECORD)):
        key, _, name = plain.partition(UNIT)
        if key in asked or name in asked or f"{name}s" in asked:
            found.append(at)
    persons = everybody.split(RECORD)
    return [Person(key, name or None) for key, _, name in (persons[at].partition(UNIT) for at in found)]


def _joined(sentences: Iterable[str]) -> set[str]:
    """Every stretch of words as long as a name can be, without blanks and without accents that stand apart."""
    found: set[str] = set()
    for sentence in sentences:
        words = ["".join(filter(str.isalnum, word)) for word in plain_words(sentence)]
        for at in range(len(words)):
            for length in range(1, _LONGEST_NAME + 1):
                found.add("".join(words[at : at + length]))
    return found


def _folded_words(name: str | None) -> list[str]:
    return [folded(word.word) for word in words_of(name or "")]


def _number(found: re.Match[str]) -> str:
    return found.group() if _DATE.match(found.group()) else "[number]"
