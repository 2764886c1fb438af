"""What is known of each language."""

import pytest
import Stemmer

from feedlog.errors import WrongUsage
from feedlog.language import languages
from feedlog.language.words import plain_words
from feedlog.vocabulary import DEFAULT_LANGUAGES, LANGUAGES

each_language = pytest.mark.parametrize("code", languages.codes())


def test_vocabulary_lists_them_all() -> None:
    """Every language that has a file is in the vocabulary, and the other way round."""
    assert languages.codes() == sorted(LANGUAGES)
    assert set(DEFAULT_LANGUAGES) <= set(LANGUAGES)


@each_language
def test_language_is_complete(code: str) -> None:
    """Each language has a name, a stemmer there is, and a good number of function words."""
    language = languages.language(code)
    assert language.code == code
    assert language.name[0].isupper()
    assert language.stemmer in Stemmer.algorithms()
    assert len(language.function_words) > 100


@each_language
def test_function_words_are_words(code: str) -> None:
    """A function word is one word as texts are cut, so that it can be met in a text."""
    odd = [word for word in languages.language(code).function_words if plain_words(word) != [word]]
    assert odd == []


def test_function_words_of_several() -> None:
    """What carries grammar in one of the languages carries none of the meaning."""
    both = languages.function_words(("da", "en"))
    assert {"ikke", "the"} <= both
    assert "og" not in languages.function_words(("en",))
    assert languages.function_words(()) == frozenset()


@pytest.mark.parametrize("code", ["tlh", "", "../da", "da.toml", "x y"])
def test_language_there_is_not(code: str) -> None:
    """An unknown code is refused, and no file is opened by way of it."""
    with pytest.raises(WrongUsage) as refused:
        languages.language(code)
    assert refused.value.message == f"There is no language {code!r}."
    assert refused.value.hint == "Languages are: da, de, en, nb, sv."
