"""What is known of each language: one TOML file each. A new file is a new language; no Python knows their names."""

import os
import tomllib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedlog.errors import WrongUsage


class Language(NamedTuple):
    """One language: its code, its English name, its Snowball stemmer, its function words, and endings left on.

    `endings` maps what must stand before an ending ('any', 'consonant' or 'vowel') to the endings, longest first.
    """

    code: str
    name: str
    stemmer: str
    function_words: frozenset[str]
    endings: dict[str, tuple[str, ...]]


_ENDINGS = {"any": "endings", "consonant": "endings_after_consonant", "vowel": "endings_after_vowel"}
_FOLDER = os.path.dirname(os.path.abspath(__file__))
_known: dict[str, Language] = {}


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
            {
                before: tuple(sorted(read.get(key, "").split(), key=len, reverse=True))
                for before, key in _ENDINGS.items()
            },
        )
    return _known[code]


def function_words(among: Sequence[str]) -> frozenset[str]:
    """The words that carry grammar, not meaning, in any of these languages."""
    return frozenset[str]().union(*(language(code).function_words for code in among))


def stemmers(among: Iterable[str]) -> list[str]:
    """The names of these languages' Snowball stemmers."""
    return [language(code).stemmer for code in among]


def families_of(word: str, among: Sequence[str]) -> tuple[str, ...]:
    return ()
