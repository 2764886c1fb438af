"""feedlog brief: one screen before contact."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
KEY = "K-1042"


def told(invoke: Run) -> None:
    """A customer with a history."""
    for words in (
        ("add", "I er altid hurtige", "-c", KEY, "--name", "Anna Holm", "--channel", "email", "--kind", "compliment",
         "--said-at", "2024-05-02"),
        *[("add", f"Hvor er pakke {number}?", "-c", KEY, "--kind", "question") for number in range(2)],
        ("add", "Pakken kom tre uger for sent, og ingen ringede", "-c", KEY, "--channel", "phone", "--kind",
         "complaint", "-t", "levering", "--promise", "call back with a new date", "--due", "in 9 days", "--any-day"),
        ("customer", "set", KEY, "--segment", "business", "--prefers", "a call, not a mail", "--language", "da"),
        ("fact", "add", KEY, "door code"),
        ("fact", "add", KEY, "invoice 88213"),
        ("response", "add", "4", "--kind", "apologised", "--agent", "jens"),
        ("response", "add", "4", "--kind", "compensated", "--amount", "200", "--currency", "DKK", "--agent", "jens"),
    ):  # fmt: skip
        assert invoke(*words).status == 0, words


def test_one_screen_in_order(invoke: Run) -> None:
    """Who they are comes first, what to watch out for last; every part begins at the same column."""
    told(invoke)
    lines = invoke("brief", KEY, COLUMNS="80").out.splitlines()
    assert lines[0] == "Anna Holm · K-1042 · business · a call, not a mail · Danish"
    assert [line[:18].rstrip() for line in lines[1:] if line[:1] != " "] == [
        "Don't ask again", "Promised", "Said last", "Said first", "Done", "Goodwill given", "Talked with", "Watch out",
    ]  # fmt: skip
    assert all((line[17] == " " and line[18:20].strip()) or line.startswith(" " * 20) for line in lines[1:])
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24


def test_json_holds_the_same(invoke: Run) -> None:
    """The document has the fields a script may rely on."""
    told(invoke)
    found = invoke("brief", KEY, "--json").json
    assert set(found) >= {"customer", "facts", "promises", "notes", "responses", "warnings"}
    assert found["customer"] == {
        "key": KEY, "name": "Anna Holm", "since": None, "segment": "business", "type": None,
        "prefers": "a call, not a mail", "language": "da",
    }  # fmt: skip
    assert [fact["fact"] for fact in found["facts"]] == ["door code", "invoice 88213"]
    assert found["promises"][0]["what"] == "call back with a new date"
    assert found["first"]["verbatim"] == "I er altid hurtige"


def test_customer_nobody_knows(invoke: Run) -> None:
    """A slip of the finger is said, with the customer who may be meant."""
    told(invoke)
    done = invoke("brief", "K-1024")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("feedlog: There is no customer 'K-1024'.\n")


def test_nothing_said_yet(invoke: Run) -> None:
    """A customer without a note is shown with how to log one."""
    told(invoke)
    invoke("customer", "set", "K-9", "--name", "Bo Berg")
    done = invoke("brief", "K-9")
    assert (done.status, done.out) == (0, "Bo Berg · K-9\n")
    assert done.err == 'Nothing they said is logged yet: feedlog add "..." -c K-9\n'


def test_words_of_a_customer_do_no_harm(invoke: Run) -> None:
    """Line breaks and control characters in a sentence leave the screen as it is."""
    invoke("add", "Hej\n\x1b[31mrød\u202e!", "-c", KEY)
    [_, said, *_] = invoke("brief", KEY).out.splitlines()
    assert said == "Said last         today   “Hej \\x1b[31mrød\\u202e!”"


def test_much_of_everything_is_one_screen(invoke: Run) -> None:
    """Of many promises, facts and colleagues those needed first are shown, and where the others are."""
    told(invoke)
    for number in range(12):
        invoke("promise", "add", "4", f"step {number}", "--due", "in 20 days", "--any-day", "--owner", f"bo {number}")
        invoke("fact", "add", KEY, f"invoice {number}")
    lines = invoke("brief", KEY, COLUMNS="80").out.splitlines()
    assert len(lines) <= 36
    screen = " ".join(" ".join(lines).split())
    assert "and 8 more: feedlog promise list --outcome open -c K-1042 Said last" in screen
    assert "and 6 earlier: feedlog fact list K-1042 Promised" in screen
    assert "door code" not in screen
    assert " · 6 others Watch out" in screen
