"""History: the record of changes in words, whatever became of what it names."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import NotFound
from feedlog.operations import codebook, corrections, erasing, history, promises, reaching, themes, undoing
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By
from feedlog.store import Log

SOURCE = Path(history.__file__).parent.parent


def actions() -> set[str]:
    """Every action the program records, read from its source: the words it hands to `record`, whichever way."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")).endswith(
                "record"
            ):
                found |= {
                    one.value
                    for one in [*node.args[1:2]]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in history.WORDS:
                found.add(node.value)
    return found


def test_every_action_has_words() -> None:
    """Every action that is recorded anywhere in the program is told in words, and no words are for nothing."""
    recorded = actions() | {"theme.tag_together", "theme.untag_together"}
    assert recorded - set(history.WORDS) == set()
    assert set(undoing._UNDO) - set(history.WORDS) == set()


def test_of_note(log: Log, by: By, say: Callable[..., int]) -> None:
    """The oldest first: who did it, for whom, and whether it was taken back."""
    note_id = say("Pakken", customer="K-1", who=by._replace(on_behalf_of="liv"))
    corrections.correct(log, note_id, "Posen", "misheard", by._replace(agent="jens"))
    themes.tag(log, [note_id], ["levering"], by)
    undoing.undo(log, undoing.last(log, "mette"), by)
    steps = history.of_note(log, note_id)
    assert [(step["agent"], step["on_behalf_of"], step["what"], step["taken_back"]) for step in steps] == [
        ("mette", "liv", "logged note 1", False),
        ("jens", None, "corrected the wording of note 1", False),
        ("mette", None, "put the theme 'levering' on note 1", True),
        ("mette", None, "took back: “put the theme 'levering' on note 1”", False),
    ]
    assert steps[0]["made_at"] == by.at and steps[3]["undoes_id"] == steps[2]["id"]


def test_parts_are_taken_back_with_the_whole(log: Log, by: By, say: Callable[..., int]) -> None:
    """What was done to several notes and taken back is marked on each of them."""
    ids = [say(text) for text in ("et", "to")]
    themes.tag(log, ids, ["pris"], by)
    undoing.undo(log, undoing.last(log, "mette"), by._replace(at="2026-11-18T09:05:00Z"))
    assert [step["taken_back"] for step in history.of_note(log, ids[1])] == [False, True, False]


def test_of_an_erased_note(log: Log, by: By, say: Callable[..., int], tmp_path: Path) -> None:
    """Of an erased note the numbers are left, and none of its words."""
    say("zyzzyva", customer="K-1", promise="ring om zyzzyva", due_on="2026-12-01")
    outside = Outside(str(tmp_path / "spool"), str(tmp_path / "outbox"))
    erasing.erase(log, lambda log: reaching.require(log, "K-1"), "asked", by._replace(agent="liv"), outside)
    assert [(step["agent"], step["what"]) for step in history.of_note(log, 1)] == [
        ("mette", "logged note 1"),
        ("mette", "promised something on note 1 (promise 1)"),
        ("liv", "erased note 1 for good"),
    ]
    assert history.of_promise(log, 1)[-1]["what"] == "erased note 1 for good"
    [erasure] = history.erasures(log)
    assert (erasure["agent"], erasure["reason"], erasure["notes"], erasure["verified_at"]) == ("liv", "asked", 1, None)
    with pytest.raises(NotFound, match=r"^There is no customer 'K-1'\.$"):
        history.of_customer(log, "K-1")


def test_of_theme_and_promise(log: Log, by: By, say: Callable[..., int]) -> None:
    """A theme's history holds that of the themes merged into it; a promise has its own."""
    say("et", themes=("fragt",), promise="ring", due_on="2026-12-01")
    say("to", themes=("levering",))
    codebook.describe(log, "levering", by, owner="mette")
    codebook.merge(log, "fragt", "levering", by)
    assert [step["what"] for step in history.of_theme(log, "fragt")] == [
        "set the owner of the theme 'levering'",
        "merged the theme 'fragt' into the theme 'levering'",
    ]
    assert [step["action"] for step in history.of_promise(log, 1)] == ["promise.add"]
    assert promises.of_note(log, 1)


def test_unknown(log: Log, by: By, say: Callable[..., int]) -> None:
    """What never was is said."""
    say("et")
    for call, why in [
        (lambda: history.of_note(log, 9), "There is no note 9."),
        (lambda: history.of_customer(log, "K-9"), "There is no customer 'K-9'."),
        (lambda: history.of_theme(log, "x"), "There is no theme 'x'."),
        (lambda: history.of_promise(log, 9), "There is no promise 9."),
    ]:
        with pytest.raises(NotFound) as refused:
            call()
        assert refused.value.message == why


def test_an_action_of_a_newer_feedlog(log: Log, by: By) -> None:
    """An action nobody here knows is told by its name."""
    log.insert("changes", uid="u", made_at=by.at, agent="mette", action="note.sing", note_id=1)
    assert history.of_note(log, 1)[0]["what"] == "note.sing"
