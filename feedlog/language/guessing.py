"""Which language a text is in, told by the words that carry its grammar."""

from collections.abc import Sequence

from feedlog.language.languages import language
from feedlog.language.words import plain_words

# A word that several languages use says the less for each of them. Below this sum the text has said nothing.
LEAST = 1.0


def guess(text: str, among: Sequence[str]) -> str | None:
    """The code of the language whose function words the text uses most, or None where it has hardly any.

    A word counts as one, shared by the languages that have it. In whole letters that settles Danish or Norwegian too;
    a single sentence may be both.
    """
    silent = {code: language(code).function_words for code in among}
    sums = dict.fromkeys(among, 0.0)
    for word in plain_words(text):
        using = [code for code in among if word in silent[code]]
        for code in using:
            sums[code] += 1 / len(using)
    best = max(sums, key=lambda code: sums[code], default=None)
    return best if best is not None and sums[best] >= LEAST else None
