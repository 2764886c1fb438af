"""What is new in a mail."""

import pytest

from feedlog.formats.mail_words import newest, without_quoted_lines
from tests.formats.mail_samples import SAMPLES


@pytest.mark.parametrize(("sender", "text", "words"), [one[1:] for one in SAMPLES], ids=[one[0] for one in SAMPLES])
def test_new_words(sender: str, text: str, words: str) -> None:
    """Quoted mails and signatures are cut in Danish, Swedish, Norwegian and English; what is in doubt stays."""
    assert newest(text, sender) == words


@pytest.mark.parametrize(("sender", "text", "words"), [one[1:] for one in SAMPLES], ids=[one[0] for one in SAMPLES])
def test_cutting_twice_cuts_no_more(sender: str, text: str, words: str) -> None:
    """What is new in a mail is all new when it is read again."""
    assert newest(words, sender) == words


def test_only_quotes() -> None:
    """A mail with nothing new has no words."""
    assert newest("> Hej\n> Virker det?\n") == ""
    assert newest("-- \nAnna Holm\n") == ""


def test_quotes_of_a_forum() -> None:
    """Lines a forum quotes from others are left out."""
    assert without_quoted_lines("> it fails\n\nFor me, too") == "For me, too"


@pytest.mark.parametrize("line", [" " * 300_000 + "x", "." * 300_000 + "x", "skrev A " * 40_000])
def test_lines_made_to_be_slow(line: str) -> None:
    """A line nobody would type below a signature costs no more time than its length."""
    assert newest(f"Hej\n\nMvh\n{line}").startswith("Hej")
