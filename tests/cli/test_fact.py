"""feedlog fact: what an agent types and sees."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture(autouse=True)
def anna(invoke: Invoke) -> None:
    invoke("add", "Hej", "-c", "K-1042", "--name", "Anna Holm")


def test_add_list_remove(invoke: Invoke) -> None:
    """A fact gets a number, is listed with its day, and goes by its number, with or without #."""
    done = invoke("fact", "add", "K-1042", "dørkode oplyst", "--given-at", "2026-03-03")
    assert done.out == "fact 1 about K-1042: dørkode oplyst\n"
    assert done.err.startswith("given Tuesday 3 March")
    assert re.fullmatch(r"1  dørkode oplyst \(given 3 March( 2026)?\)\n", invoke("fact", "list", "k-1042").out)
    assert invoke("fact", "remove", "#1").out == "Removed fact 1 about K-1042: dørkode oplyst\n"
    done = invoke("fact", "list", "K-1042")
    assert (done.status, done.out) == (0, "")
    assert done.err == "No facts. Write one down with: feedlog fact add CUSTOMER TEXT\n"
    assert invoke("undo").out == "Took back the removal of fact 1 about K-1042.\n"
    assert invoke("undo").out == "Took back fact 1 about K-1042.\n"


def test_json(invoke: Invoke) -> None:
    """The fields have the names that are promised."""
    added = invoke("fact", "add", "K-1042", "betalt", "--json").json
    assert list(added) == ["id", "fact", "given_at", "agent", "customer", "new"]
    assert invoke("fact", "add", "K-1042", "BETALT", "--json").json["new"] is False
    [listed] = invoke("fact", "list", "K-1042", "--json").json
    assert list(listed) == ["id", "fact", "given_at", "agent"]
    assert invoke("fact", "remove", "1", "--json").json["removed"] is True
    assert invoke("fact", "list", "K-1042", "--json").json == []


def test_same_again(invoke: Invoke) -> None:
    """The same fact again adds nothing and says which one it is."""
    invoke("fact", "add", "K-1042", "dørkode oplyst")
    done = invoke("fact", "add", "K-1042", " Dørkode  oplyst")
    assert done.status == 0
    assert re.fullmatch(r"Known already: fact 1 about K-1042, given .*: dørkode oplyst\n", done.out)


REFUSED = [
    (("add", "K-104", "x"), 1, "There is no customer 'K-104'.", "Did you mean K-1042 (Anna Holm)?"),
    (("add", "zebra", "x"), 1, "There is no customer 'zebra'.",
     "A customer nobody has heard of yet is made with: feedlog customer set KEY --name NAME"),
    (("add", "K-1042", " "), 2, "The fact is empty.", "Write at least a word."),
    (("list", "zebra"), 1, "There is no customer 'zebra'.", "Tab completes keys; check the spelling."),
    (("remove", "9"), 1, "There is no fact 9.", "See a customer's facts with: feedlog fact list CUSTOMER"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "message", "hint"), REFUSED)
def test_refused(invoke: Invoke, words: tuple[str, ...], status: int, message: str, hint: str) -> None:
    """What cannot be is refused with a sentence that says why and one that says what to do."""
    done = invoke("fact", *words)
    assert (done.status, done.out) == (status, "")
    assert done.err.splitlines()[-2:] == [f"feedlog: {message}", hint]


def test_text_that_is_not_stored_is_printed(invoke: Invoke, log_path: Path) -> None:
    """Whatever keeps a fact from being stored, its words are shown, so that nobody types them twice."""
    done = invoke("fact", "add", "zebra", "dørkode oplyst")
    assert done.err.splitlines()[0] == "Not stored: dørkode oplyst"
    log_path.write_bytes(b"not a log at all, but long enough to be looked at " * 40)
    done = invoke("fact", "add", "K-1042", "dørkode oplyst")
    assert (done.status, done.err.splitlines()[0]) == (1, "Not stored: dørkode oplyst")
