"""Keyness: what stands out is certain, means something, and does not come of chance."""

import json
import math
import random
from collections import Counter
from pathlib import Path

import pytest

from feedlog.language import keyness
from feedlog.language.stems import Stems

SAMPLE = Path(__file__).resolve().parents[2] / "feedlog" / "demo" / "sample_notes.jsonl"
STEMS = Stems(["da", "sv", "nb", "en"])


def shown(
    here: dict[str, int], of: int, elsewhere: dict[str, int], of_elsewhere: int, *, limit: int = 10, name: str = ""
) -> list[str]:
    """The words chosen, each the only form of its root."""
    words = {STEMS.root(word): word for word in here}
    roots = {STEMS.root(word): notes for word, notes in here.items()}
    others = {STEMS.root(word): notes for word, notes in elsewhere.items()}
    found = keyness.overused(roots, of, others, of_elsewhere)
    silent = keyness.silent_words(roots, STEMS)
    names = [STEMS.root(name)] if name else []
    return [word for word, _ in keyness.chosen(found, words.__getitem__, silent=silent, limit=limit, names=names)]


@pytest.mark.parametrize(
    ("together", "first_only", "second_only", "neither", "score"),
    [
        (110, 2442, 111, 29114, 270.72),
        (29, 13, 123, 31612, 263.90),
        (31, 23, 139, 31584, 256.84),
        (10, 0, 3, 31764, 167.23),
        (76, 104, 2476, 29121, 157.21),
    ],
)
def test_g2_is_dunnings(together: int, first_only: int, second_only: int, neither: int, score: float) -> None:
    """G2 gives the figures of Dunning's own table (1993, counts of word pairs in a bank's news)."""
    assert keyness.g2(together, together + first_only, second_only, second_only + neither) == pytest.approx(
        score, abs=0.005
    )


def test_g2_by_hand() -> None:
    """A word in 10 of 20 notes here and 10 of 80 there: twice the sum of seen times ln(seen / expected)."""
    by_hand = 2 * (10 * math.log(10 / 4) + 10 * math.log(10 / 16) + 10 * math.log(10 / 16) + 70 * math.log(70 / 64))
    assert by_hand == pytest.approx(12.0714, abs=0.0001)
    assert keyness.g2(10, 20, 10, 80) == pytest.approx(by_hand)


def test_g2_without_a_difference() -> None:
    """The same share on both sides scores nothing."""
    assert keyness.g2(10, 100, 20, 200) == pytest.approx(0)


def test_log_ratio() -> None:
    """Four times as often is two steps; a word unknown elsewhere counts as in half a note there."""
    assert keyness.log_ratio(40, 100, 10, 100) == 2
    assert keyness.log_ratio(8, 100, 0, 100) == 4


def test_the_bar_rises_with_the_words_tested() -> None:
    """Each word tested is a chance to be wrong, and a higher bar pays for it."""
    assert keyness.bar(1) == pytest.approx(9.55, abs=0.01)
    assert keyness.bar(1000) == pytest.approx(22.6, abs=0.1)
    assert keyness.bar(100_000) == pytest.approx(31.5, abs=0.1)


def test_small_samples_are_silent() -> None:
    """A word in four notes is never shown, however rare it is elsewhere; in five it may be."""
    assert shown({"gebyr": 4}, 5, {}, 10_000) == []
    assert shown({"gebyr": 5}, 5, {}, 10_000) == ["gebyr"]


def test_under_used_words_are_left_out() -> None:
    """What customers say less here than elsewhere is not shown."""
    assert shown({"gebyr": 5, "kort": 90}, 100, {"gebyr": 900, "kort": 90}, 1000) == ["kort"]


def test_a_certain_but_tiny_difference_is_left_out() -> None:
    """In very many notes a word a quarter more often is certain, and still nothing to tell."""
    assert keyness.g2(50_000, 400_000, 60_000, 600_000) > 1000
    assert shown({"kort": 50_000}, 400_000, {"kort": 60_000}, 600_000) == []


@pytest.mark.parametrize(("of", "of_elsewhere"), [(0, 100), (100, 0), (0, 0)])
def test_nothing_to_compare(of: int, of_elsewhere: int) -> None:
    """Without notes on both sides nothing stands out."""
    assert shown({"kort": 50}, of, {"kort": 1}, of_elsewhere) == []


def test_highest_score_first() -> None:
    """The surest difference comes first."""
    found = keyness.overused({"kort": 30, "gebyr": 60, "pris": 10}, 100, {"kort": 50}, 1000)
    assert [word.score for word in found] == sorted((word.score for word in found), reverse=True)


def test_function_words_are_left_out() -> None:
    """Words that carry grammar are not shown, nor single letters."""
    grammar = dict.fromkeys(["ikke", "jeg", "og", "the", "is", "was", "s"], 90)
    assert shown(grammar | {"gebyr": 90}, 100, {}, 1000) == ["gebyr"]


def test_function_words_of_languages_not_spoken_here() -> None:
    """An English complaint about a store is shown though Danish has a function word 'store', unless Danes speak too."""
    english = {"the": 90, "is": 70, "and": 80, "was": 50}
    danish = {"jeg": 90, "ikke": 70, "og": 80, "det": 50}
    assert shown(english | {"store": 60}, 100, english, 1000) == ["store"]
    assert shown(english | danish | {"store": 60}, 200, english | danish, 1000) == []


def test_names_of_themes_take_at_most_half() -> None:
    """The words of a theme's name, and their compounds, leave half of the places to what else customers say."""
    here = {"levering": 90, "leveringstid": 80, "pakkelevering": 70, "hjemlevering": 60, "forsinket": 50, "bud": 40}
    assert shown(here, 100, {}, 1000, limit=4, name="levering") == ["levering", "leveringstid", "forsinket", "bud"]
    assert shown(here, 100, {}, 1000, limit=1, name="levering") == ["levering"]


def test_roots_count_a_note_once() -> None:
    """Two forms of a word in one note are one word."""
    assert keyness.Roots(STEMS).of_text("Card, cards and CARD!") == {"card", "and"}


@pytest.mark.parametrize("notes", [300, 2000])
def test_chance_shows_nothing(notes: int) -> None:
    """Halves drawn by lot show no word, in fifty draws."""
    roots = keyness.Roots(STEMS)
    sentences = [json.loads(line)["verbatim"].split() for line in SAMPLE.read_text("utf-8").splitlines()]
    dice = random.Random(1993)
    said = [
        roots.of_text(" ".join(dice.choice(dice.choice(sentences)) for _ in range(dice.randrange(3, 25))))
        for _ in range(notes)
    ]
    for _ in range(50):
        sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        sizes = [0, 0]
        for words in said:
            side = dice.randrange(2)
            sides[side].update(words)
            sizes[side] += 1
        assert keyness.overused(sides[0], sizes[0], sides[1], sizes[1]) == []
