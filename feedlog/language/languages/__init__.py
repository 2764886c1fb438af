"""What is known of each language: one TOML file each. A new file is a new language; no Python knows their names.

Beside it may lie `<code>.forms.txt`: families of word forms that stemming leaves apart. Adding a note never reads it.
"""

import os
import tomllib
from collections.abc import Sequence
from typing import NamedTuple

from feedlog.errors import WrongUsage


class Language(NamedTuple):
    """One language: its code, its English name, its Snowball stemmer, words without meaning, and endings left on.

    `endings` maps what must stand before an ending ('any', 'consonant' or 'vowel') to the endings, longest first.
    """

    code: str
    name: str
    stemmer: str
    function_words: frozenset[str]
    counting_words: frozenset[str]
    endings: dict[str, tuple[str, ...]]


_ENDINGS = {"any": "endings", "consonant": "endings_after_consonant", "vowel": "endings_after_vowel"}
_FOLDER = os.path.dirname(os.path.abspath(__file__))
_known: dict[str, Language] = {}
_families: dict[str, list[tuple[str, ...]]] = {}


def codes() -> list[str]:
    """The codes of all languages there are, in alphabetical order."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(_FOLDER) if name.endswith(".toml"))


def language(code: str) -> Language:
    """The language of this code; raises WrongUsage where there is none."""
    if code not in _known:
        path = os.path.join(_FOLDER, f"{code}.toml")
        if not code.isalpha() or not os.path.exists(path):
            raise WrongUsage(f"There is no language {code!r}.", hint=f"Languages are: {', '.join(codes())}.")
        with open(path, "rb") as file:
            read = tomllib.load(file)
        _known[code] = Language(
            code,
            read["name"],
            read["stemmer"],
            frozenset(read["function_words"].split()),
            frozenset(read.get("counting_words", "").split()),
            {
                before: tuple(sorted(read.get(key, "").split(), key=len, reverse=True))
                for before, key in _ENDINGS.items()
            },
        )
    return _known[code]


def function_words(among: Sequence[str]) -> frozenset[str]:
    """The words that carry grammar, not meaning, in any of these languages."""
    return frozenset[str]().union(*(language(code).function_words for code in among))


def silent_words(among: Sequence[str]) -> frozenset[str]:
    """Function words, and words for numbers, times and saying: no remark is like another's because of them alone."""
    return function_words(among).union(*(language(code).counting_words for code in among))


def families_of(word: str, among: Sequence[str]) -> tuple[str, ...]:
    """All forms in the families that a lower-case word belongs to, itself among them; none for most words."""
    return tuple(dict.fromkeys(form for forms in families(among) if word in forms for form in forms))


def families(among: Sequence[str]) -> list[tuple[str, ...]]:
    """Forms of one word that its language's stemmer does not bring to one stem: `buy buys buying bought`.

    A form that carries grammar in another of these languages is left out: English `men` would find every Danish "but".
    """
    found: list[tuple[str, ...]] = []
    for code in among:
        foreign = function_words([other for other in among if other != code]) - language(code).function_words
        for forms in _read_families(code):
            kept = forms if foreign.isdisjoint(forms) else tuple(form for form in forms if form not in foreign)
            if len(kept) > 1:
                found.append(kept)
    return found


def _read_families(code: str) -> list[tuple[str, ...]]:
    if code not in _families:
        path = os.path.join(_FOLDER, f"{code}.forms.txt")
        lines: list[str] = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        # Plain lines, not TOML: they are read four times as fast, and a search waits for them.
        _families[code] = [tuple(line.split()) for line in lines if line and not line.startswith("#")]
    return _families[code]
