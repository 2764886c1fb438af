"""feedlog history: who did what, in words or as JSON, of one thing at a time."""

from collections.abc import Callable
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture(autouse=True)
def _said(invoke: Invoke) -> None:
    """A note that was corrected for a colleague's sake and tagged."""
    invoke("add", "Pakken kom", "-c", "K-1", "--on-behalf-of", "liv")
    invoke("correct", "1", "Posen kom", "--why", "misheard", "--agent", "jens")
    invoke("tag", "1", "-t", "levering")


def test_of_a_note(invoke: Invoke) -> None:
    """One line a change, the oldest first."""
    done = invoke("history", "#1")
    assert (done.status, done.err) == (0, "")
    assert [line.split("  ", 1)[1] for line in done.out.splitlines()] == [
        "mette for liv  logged note 1",
        "jens  corrected the wording of note 1",
        "mette  put the theme 'levering' on note 1",
    ]


def test_of_a_note_taken_back(invoke: Invoke) -> None:
    """What was taken back is marked, and told where nothing else shows it any more."""
    invoke("add", "Skoene trykker")
    invoke("undo", "--yes")
    lines = invoke("history", "2").out.splitlines()
    assert lines[0].endswith("logged note 2 (taken back)") and lines[1].endswith("took back: “logged note 2”")


@pytest.mark.parametrize(
    ("words", "what"),
    [(("-c", "k-1"), "logged note 1"), (("--theme", "levering"), "put the theme 'levering' on note 1")],
)
def test_of_others(invoke: Invoke, words: tuple[str, ...], what: str) -> None:
    """A customer and a theme have a history, too."""
    assert what in [step["what"] for step in invoke("history", *words, "--json").json]


def test_json(invoke: Invoke) -> None:
    """The same as one document."""
    [first, *_] = invoke("history", "1", "--json").json
    assert (first["action"], first["agent"], first["on_behalf_of"], first["note_id"]) == ("note.add", "mette", "liv", 1)
    assert invoke("history", "--erasures", "--json").json == []


@pytest.mark.parametrize("words", [(), ("1", "-c", "K-1"), ("--theme", "x", "--promise", "1")])
def test_of_one_thing(invoke: Invoke, words: tuple[str, ...]) -> None:
    """None, or two at once, is wrong usage."""
    done = invoke("history", *words)
    assert (done.status, done.err.splitlines()[0]) == (2, "feedlog: A history is of one thing.")


def test_nothing(invoke: Invoke) -> None:
    """What never was is refused; where nothing was erased that is the answer."""
    assert invoke("history", "99").err.startswith("feedlog: There is no note 99.\n")
    assert invoke("history", "--erasures").err == "Nothing was ever erased.\n"
