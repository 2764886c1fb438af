"""Who else said this: likeness by the rarest shared words."""

from collections.abc import Callable

import pytest

from feedlog.language.similar import similar
from feedlog.language.stems import Stems
from feedlog.store import Log

STEMS = Stems(("da", "sv", "nb", "en"))


@pytest.fixture
def remarks(log: Log, say: Callable[..., int]) -> Log:
    """A shop's day: most about deliveries, one about shoes, one about an invoice."""
    for text in (
        "Pakken kom tre uger for sent",
        "Pakken var våd da den kom",
        "Skoene trykker ved tæerne",
        "Fakturaen viser et forkert beløb",
        "Jeg venter stadig på pakken",
        "Pakken kom hurtigt, tak",
    ):
        say(text)
    return log


def alike(log: Log, text: str, **options: object) -> list[int]:
    return [one.note_id for one in similar(log.connection, text, STEMS, limit=9, **options)]  # type: ignore[arg-type]


def test_same_words_are_most_alike(remarks: Log) -> None:
    """The same sentence is as like as can be and comes first."""
    [first, *others] = similar(remarks.connection, "Pakken kom tre uger for sent", STEMS, limit=9)
    assert (first.note_id, first.strong) == (1, True)
    assert first.score > 0.9
    assert all(one.score < first.score for one in others)
    assert [one.score for one in others] == sorted((one.score for one in others), reverse=True)


def test_shared_words_are_the_reason(remarks: Log) -> None:
    """Each likeness names the words that made it so, as the other customer said them."""
    [first, *_] = similar(remarks.connection, "skoen trykker", STEMS, limit=9)
    assert (first.note_id, set(first.shared)) == (3, {"skoene", "trykker"})


def test_rare_words_tell_more_than_common_ones(remarks: Log) -> None:
    """A rare word in common makes notes more alike than one that everybody uses."""
    assert alike(remarks, "pakken og fakturaen")[0] == 4


def test_no_more_than_asked_for(remarks: Log) -> None:
    """At most as many as asked for come back, and only notes that pass the condition."""
    assert len(similar(remarks.connection, "pakken kom", STEMS, limit=2)) == 2
    assert 1 not in alike(remarks, "pakken kom", only="and notes_fts.rowid > ?", parameters=[1])


def test_long_text_is_compared(remarks: Log) -> None:
    """A text of more different words than SQLite takes at once is compared too."""
    assert 3 in alike(remarks, "skoene trykker tæerne " + " ".join(f"ord{number}" for number in range(3000)))
