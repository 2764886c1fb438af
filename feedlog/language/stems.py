"""Stems of words under several languages at once, so that nobody has to say which language a customer spoke.

The stemmers are Snowball's (https://snowballstem.org), through PyStemmer, with a few endings they leave on taken off
by rules of our own: each language's TOML names them.
"""

from collections.abc import Iterable, Sequence

import Stemmer

from feedlog.language import languages as known_languages
from feedlog.language.words import plain_words

_VOWELS = "aeiouyæøåäöéü"
# What must be left of a word once an ending is off; after a vowel one letter more, since short words end so by nature.
_SHORTEST_STEM = 3
# A long text repeats its words, and so does an import; what is new in a million notes is mostly met once.
_REMEMBERED = 100_000


class Stems:
    """Stems under `languages`, remembered from word to word: an import stems each distinct word once."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        chosen = [known_languages.language(code) for code in languages]
        # No cache of PyStemmer's own: `_known` holds what several stemmers say together.
        self._stemmers = [Stemmer.Stemmer(language.stemmer, 0) for language in chosen]
        self._endings = _endings(chosen)
        self._any_ending = tuple(ending for endings in self._endings.values() for ending in endings)
        self._known: dict[str, tuple[str, ...]] = {}
        self._roots: dict[str, str] = {}

    def of_word(self, word: str) -> tuple[str, ...]:
        """The distinct stems of a lower-case word, in the order of the languages; without languages the word itself."""
        known = self._known.get(word)
        return self._stem(word) if known is None else known

    def root(self, word: str) -> str:
        """The one stem that stands for the word's family: what most languages say, of equals the longest."""
        if word not in self._roots:
            self._stem(word)
        return self._roots[word]

    def column(self, words: Iterable[str]) -> str:
        """What the index stores for a text of these words: their stems, in order."""
        return " ".join([stem for word in words for stem in self.of_word(word)])

    def of_text(self, text: str) -> str:
        """The same for a text."""
        return self.column(plain_words(text))

    def _stem(self, word: str) -> tuple[str, ...]:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
            self._roots.clear()
        said = [stemmer.stemWord(word) for stemmer in self._stemmers] or [word]
        # Sharing one stem is what makes two words one family, so the stem that most stemmers agree on speaks for it:
        # a foreign stemmer that cuts too much ('forlig' to 'for') is outvoted.
        self._roots[word] = max(said, key=lambda stem: (said.count(stem), len(stem)))
        known = tuple(dict.fromkeys([*said, *self._without_endings(word)]))
        self._known[word] = known
        return known

    def _without_endings(self, word: str) -> list[str]:
        if not word.endswith(self._any_ending):
            return []
        found = []
        for before, endings in self._endings.items():
            for ending in endings:
                rest = word[: -len(ending)]
                if not word.endswith(ending) or len(rest) < _SHORTEST_STEM:
                    continue
                vowel = rest[-1] in _VOWELS
                if (
                    before == "any"
                    or (before == "vowel" and vowel and len(rest) > _SHORTEST_STEM)
                    or (before == "consonant" and not vowel)
                ):
                    found.append(rest)
        return found


def _endings(chosen: Sequence[known_languages.Language]) -> dict[str, list[str]]:
    """The endings of all chosen languages together, by what must stand before them."""
    found: dict[str, list[str]] = {"any": [], "consonant": [], "vowel": []}
    for language in chosen:
        for before, endings in language.endings.items():
            found[before] += [ending for ending in endings if ending not in found[before]]
    return found
