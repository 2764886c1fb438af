"""Any bytes at all are taken or refused with a sentence; `make fuzz` goes on for longer with the same targets."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.fuzz.targets import TARGETS, tried

CORPUS = Path(__file__).parent / "corpus"
KEPT = [path for path in sorted(CORPUS.glob("*/*")) if path.is_file()]

# What has tripped programs before: letters of the North, marks that combine, direction and joining marks, halves of
# characters, the search index's own syntax, digits that are not ASCII, what parts cells and days.
TRICKY = some.sampled_from(
    [
        "æ", "ø", "å", "Æ", "Ø", "Å", "ä", "ö", "a\u030a", "\u0301", "\u200b", "\u200d", "\u202e", "\u2066", "\u061c",
        "\u00ad", "\ufeff", "\u2028", "\x00", "\x1b[31m", "\x9b", "\ufffd", "\ud83d", "🙂", "ﬁ", "½", "⑩", "٣", "０",
        '"', "'", "-", "*", "(", ")", "NEAR(", "AND", "OR", "NOT", "verbatim:", "^", "{", "}", ",", ";", "\t", "\r\n",
        "\n", "[[", "]]", "{\"verbatim\": ", "[1e999]", "010190-1234", "4111 1111 1111 1111", "DK50 0040", "1.000,50",
        "mon-fri", "09:00-17:00", "24:00", "31.02.2027", "2026-02-30", "kl.", "i går", "om 3 dage", "in 999999 weeks",
        "T24:00:00Z", "+99:99", "=1+1", "pakken", "forsinket", "0", "9" * 40, " ", " ",
    ]
)  # fmt: skip
TEXTS = some.lists(some.one_of(TRICKY, some.text(max_size=8)), max_size=12).map("".join)
BYTES = some.one_of(
    some.binary(max_size=200),
    TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    TEXTS.map(lambda text: text.encode("utf-16") if text.isascii() else text.encode("cp1252", "replace")),
    TEXTS.map(lambda text: b"verbatim,customer\n" + text.encode("utf-8", "replace")),
    TEXTS.map(lambda text: b'{"verbatim": "' + text.encode("utf-8", "replace") + b'"}'),
)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=30, deadline=None, suppress_health_check=[*HealthCheck])
@given(raw=BYTES)
def test_anything(target: str, raw: bytes) -> None:
    """Any bytes are taken or refused, and what the target promises holds."""
    tried(target, raw)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_corpus(path: Path) -> None:
    """What has once gone wrong, or might have, goes right."""
    tried(path.parent.name, path.read_bytes())


def test_corpus_is_used() -> None:
    """Every folder of the corpus belongs to a target, and every target has one."""
    assert {path.parent.name for path in KEPT} == set(TARGETS)
