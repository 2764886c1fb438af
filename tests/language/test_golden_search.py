"""Golden pairs: what somebody types, and the customer's sentence it must find. A new case is a line in the TSV file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedlog.language.search import HOW
from feedlog.operations import finding, notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

LINES = Path(__file__).with_name("golden_search.tsv").read_text("utf-8").splitlines()
PAIRS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """A log of all the sentences, in all languages together, as customers leave them."""
    path = tmp_path_factory.mktemp("golden") / "feedlog.db"
    with open_for_writing(str(path), DEFAULT_LANGUAGES) as log, log.write():
        for sentence in dict.fromkeys(pair[3] for pair in PAIRS):
            notes.add(log, Said(sentence), By("mette", "2026-11-18T09:00:00Z"))
        yield log


@pytest.mark.parametrize(("language", "typed", "how", "sentence"), PAIRS, ids=[" ".join(pair[:2]) for pair in PAIRS])
def test_typed_finds_said(golden: Log, language: str, typed: str, how: str, sentence: str) -> None:
    """A word as it comes finds the customer's sentence, and feedlog says how it matched."""
    found = {note["verbatim"]: note["match"] for note in finding.search(golden, typed, Filters(), limit=20)}
    assert found.get(sentence) == how


@pytest.mark.parametrize("language", DEFAULT_LANGUAGES)
def test_every_way_of_matching_has_its_pairs(language: str) -> None:
    """Each language has fifteen pairs or more, among them each way of matching."""
    ways = [pair[2] for pair in PAIRS if pair[0] == language]
    assert len(ways) >= 15
    assert set(ways) == set(HOW)
