"""Stems of words under several languages at once, so that nobody has to say which language a customer spoke.

The stemmers are Snowball's (https://snowballstem.org), through PyStemmer.
"""

from collections.abc import Iterable, Sequence

import Stemmer

from feedlog.language import languages as known_languages
from feedlog.language.words import plain_words


class Stems:
    """Stems under `languages`, remembered from word to word: an import stems each distinct word once."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        # No cache of PyStemmer's own: `_known` holds what several stemmers say together.
        self._stemmers = [Stemmer.Stemmer(name, 0) for name in known_languages.stemmers(languages)]
        self._known: dict[str, tuple[str, ...]] = {}

    def of_word(self, word: str) -> tuple[str, ...]:
        """The distinct stems of a lower-case word, in the order of the languages; the word itself without languages."""
        known = self._known.get(word)
        if known is None:
            known = tuple(dict.fromkeys(stemmer.stemWord(word) for stemmer in self._stemmers)) or (word,)
            self._known[word] = known
        return known

    def root(self, word: str) -> str:
        """The one stem that stands for the word's family: the shortest, of equals the first in the alphabet."""
        return min(self.of_word(word), key=lambda stem: (len(stem), stem))

    def column(self, words: Iterable[str]) -> str:
        """What the index stores for a text of these words: their stems, in order."""
        return " ".join(stem for word in words for stem in self.of_word(word))

    def of_text(self, text: str) -> str:
        """The same for a text."""
        return self.column(plain_words(text))
