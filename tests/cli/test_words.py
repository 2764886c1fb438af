"""`feedlog words` from the keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.operations.shapes import OverusedWord

Invoke = Callable[..., Any]


@pytest.fixture
def bank(invoke: Invoke, tmp_path: Path) -> Invoke:
    """A bank with nine complaints about a fee and forty other notes, two of which mention it."""
    said = ["gebyret er for højt,complaint,2026-11-10"] * 6 + ["endnu et gebyr på min konto,complaint,2026-11-12"] * 3
    said += ["mit kort er væk,question,2026-11-04"] * 38 + ["gebyret er i orden,question,2026-11-04"] * 2
    table = tmp_path / "notes.csv"
    table.write_text("verbatim,kind,said_at,source_id\n" + "".join(f"{row},{at}\n" for at, row in enumerate(said)))
    assert invoke("import", str(table)).status == 0
    return invoke


def test_words(bank: Invoke) -> None:
    """A line for each word: in how many notes, how much more often, and the part of a note around it."""
    done = bank("words", "--kind", "complaint")
    assert done.err == "In these 9 notes more often than in the 40 others:\n"
    assert done.out.splitlines() == [
        "gebyret  9 notes  20 times as often  #9  “endnu et gebyr på min konto”",
        "højt     6 notes  only here          #6  “gebyret er for højt”",
    ]


def test_json(bank: Invoke) -> None:
    """With --json, one list; its fields are the promised ones."""
    done = bank("words", "--kind", "complaint", "--json")
    assert done.err == ""
    assert [list(word) for word in done.json] == [list(OverusedWord.__annotations__)] * 2
    assert done.json[0]["example"] == {"id": 9, "snippet": "endnu et [gebyr] på min konto", "words": ["gebyr"]}


def test_against_the_period_before(bank: Invoke) -> None:
    """The period before is named in the line above."""
    done = bank("words", "--since", "2026-11-09", "--until", "2026-11-10", "--compare", "previous")
    assert done.err.endswith("There are no notes from the period before to compare with.\n")
    done = bank("words", "--since", "2026-11-09", "--until", "2026-11-15", "--compare", "previous")
    assert done.err.endswith("In these 9 notes more often than in the 40 of the period before:\n")
    assert done.out.startswith("gebyret  9 notes  20 times as often  ")


def test_previous_without_a_beginning(bank: Invoke) -> None:
    """Without --since there is no period before; that is wrong usage."""
    assert bank("words", "--compare", "previous") == (
        2,
        "",
        "feedlog: To compare with the period before, the period needs a beginning.\n"
        "Say where it begins, for example: --since monday\n",
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "These are all the notes, so there are no others to compare with. Choose some, such as --kind complaint."),
        (
            ("--kind", "compliment"),
            "These are 0 notes, and a word must stand in at least 5 to count. "
            "Take in more: a longer time, or fewer filters.",
        ),
        (("--since", "2026-11-11"), "These are 3 notes, and a word must stand in at least 5 to count. "
         "Take in more: a longer time, or fewer filters."),
    ],
)  # fmt: skip
def test_an_empty_answer_says_why(bank: Invoke, words: tuple[str, ...], why: str) -> None:
    """Where no word is shown, the reason is, and the exit status is 0."""
    done = bank("words", *words)
    assert (done.status, done.out, done.err.splitlines()[-1]) == (0, "", why)
    assert bank("words", "--json", *words).out == "[]\n"


def test_nothing_stands_out(bank: Invoke) -> None:
    """Where enough was compared and nothing found, that is said with the figures."""
    for number in range(12):
        bank("add", "mit kort er væk", "--channel", "chat" if number % 2 else "phone")
    done = bank("words", "--channel", "chat")
    assert (done.status, done.out) == (0, "")
    assert done.err == "No word stands out: 6 notes compared with 55 others, 4 words tested.\n"


def test_unknown_comparison(bank: Invoke) -> None:
    """Only the two comparisons there are."""
    assert bank("words", "--compare", "yesterday").status == 2


def test_their_word_beside_ours(bank: Invoke) -> None:
    """For one theme the answer says how to keep the customers' word beside the firm's."""
    assert bank("tag", *[str(number) for number in range(1, 10)], "-t", "fees").status == 0
    assert bank("words", "-t", "fees").err.endswith(
        "To keep their word beside yours: feedlog theme set fees --our-word … --their-word gebyret\n"
    )
