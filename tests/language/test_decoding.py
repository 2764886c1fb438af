"""From bytes to text."""

import pytest

from feedlog.errors import WrongUsage
from feedlog.language.decoding import NOT_UTF8, Encoding, decode, encoding_of

GREETING = "Rødgrød, smörgåsbord"


@pytest.mark.parametrize(
    "raw",
    [
        GREETING.encode(),
        GREETING.encode("utf-8-sig"),
        GREETING.encode("utf-16"),
        b"\xfe\xff" + GREETING.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be"],
)
def test_certain_encodings(raw: bytes) -> None:
    """UTF-8, and UTF-16 with its mark, are read without a warning and without the mark."""
    assert decode(raw)[::2] == (GREETING, None)


def test_windows_1252_is_a_guess() -> None:
    """Bytes that are not UTF-8 are read as Windows-1252, and said to be."""
    assert decode(GREETING.encode("cp1252")) == (GREETING, "cp1252", NOT_UTF8)


def test_bytes_without_meaning_in_windows_1252() -> None:
    """The five bytes Windows-1252 leaves open become U+FFFD, never control characters."""
    assert decode(b"\xe6 \x81\x8d\x8f\x90\x9d").text == "æ " + "\ufffd" * 5


@pytest.mark.parametrize("raw", ["hej".encode("utf-16-le"), b"a\0b"])
def test_nul_bytes(raw: bytes) -> None:
    """Text with NUL bytes is refused: it is most likely UTF-16 without its mark."""
    with pytest.raises(WrongUsage, match="looks like UTF-16 without a byte order mark"):
        decode(raw)


def test_nothing() -> None:
    """No bytes are an empty text in UTF-8."""
    assert decode(b"") == ("", "utf-8", None)


def test_letters_cut_between_blocks() -> None:
    """A letter that falls between two blocks does not make UTF-8 something else; one cut off at the end does."""
    raw = "æøå".encode()
    assert encoding_of([raw[:1], raw[1:4], raw[4:]]) == Encoding("utf-8")
    assert encoding_of([raw[:5]]) == Encoding("cp1252", 0, NOT_UTF8)
