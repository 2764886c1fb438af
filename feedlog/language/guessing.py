"""Which language a letter is in, told by the words that carry its grammar and by those that letters are made of."""

from collections.abc import Sequence

from feedlog.language import phrases
from feedlog.language.languages import silent_words
from feedlog.language.words import plain_words

# A word that several languages use says the less for each of them. Below this sum the text has said nothing.
LEAST = 1.0
# What one alphabet has and another has not.
_LETTERS = {"da": "æøå", "nb": "æøå", "sv": "åäö", "en": ""}


def guess(text: str, among: Sequence[str]) -> str | None:
    """The code of the language whose ordinary words the text uses most, or None where it has hardly any.

    A word counts as one, shared by the languages that have it. In a whole letter that settles Danish or Norwegian too;
    a single sentence may be both.
    """
    known = phrases.codes()
    ordinary = {
        code: silent_words([code]) | (phrases.phrases(code).words["in_letters"] if code in known else frozenset())
        for code in among
    }
    sums = dict.fromkeys(among, 0.0)
    for word in plain_words(text):
        using = [code for code in among if word in ordinary[code]]
        for code in using:
            sums[code] += 1 / len(using)
    best = max(sums, key=lambda code: sums[code], default=None)
    return best if best is not None and sums[best] >= LEAST else None


def reads_like_another(text: str, code: str) -> str | None:
    """The code of the language a sentence seems to be in, where that is not `code`; None where nothing tells.

    Danish and Norwegian pass for each other: one sentence cannot tell them apart.
    """
    if code not in _LETTERS:
        return None
    foreign = {letter for letter in text.lower() if letter in "æøåäö" and letter not in _LETTERS[code]} - {"å"}
    if foreign:
        return "da" if foreign & {"æ", "ø"} else "sv"
    found = guess(text, [*_LETTERS])
    return found if found and _LETTERS[found] != _LETTERS[code] else None
