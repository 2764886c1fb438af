"""feedlog customer: what an agent types and sees."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Invoke = Callable[..., Any]


@pytest.fixture(autouse=True)
def anna(invoke: Invoke) -> None:
    """Anna was angry in January and is content today; a promise to her is open."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1042", "--name", "Anna Holm", "--kind", "complaint",
           "--said-at", "2026-01-10", "--promise", "ring", "--due", "in 3 days", "--any-day")  # fmt: skip
    invoke("add", "Nu er I hurtige", "-c", "K-1042", "--kind", "compliment")


def test_set_and_show(invoke: Invoke) -> None:
    """What is set is shown at once, the day as it was understood; show adds what we had to do with them."""
    done = invoke(
        "customer", "set", "k-1042", "--since", "2019", "--segment", "business", "--type", "producer",
        "--prefers", "a call,\nnot a mail", "--language", "DA",
    )  # fmt: skip
    assert (done.status, done.err) == (0, "since Tuesday 1 January 2019\n")
    head = (
        "Anna Holm · K-1042 · business · producer · Danish\nsince      1 January 2019\nprefers    a call, not a mail\n"
    )
    assert done.out == head
    invoke("fact", "add", "K-1042", "dørkode oplyst")
    shown = invoke("customer", "show", "K-1042").out
    assert shown.startswith(head)
    assert re.search(r"^don't ask  dørkode oplyst \(given .*, fact 1\)$", shown, re.M)
    assert re.search(r"^said       2 notes, first 10 January( 2026)?, latest today\npromised   1 open$", shown, re.M)


def test_show_as_json(invoke: Invoke) -> None:
    """The fields have the names that are promised."""
    answer = invoke("customer", "show", "K-1042", "--json").json
    assert list(answer) == [
        "customer", "notes", "open_promises", "first_said_at", "last_said_at", "merged", "facts", "perhaps_same",
    ]  # fmt: skip
    assert list(answer["customer"]) == ["key", "name", "since", "segment", "type", "prefers", "language"]


def test_new_customer(invoke: Invoke) -> None:
    """Setting makes a customer who is not there and says so; one whose key is like another's is pointed out."""
    assert invoke("customer", "set", "Ø-7", "--name", "Åse").err == "Ø-7 is new.\n"
    done = invoke("customer", "set", "K1042", "--name", "Anna", "--json").json
    assert (done["new"], done["customer"]["key"]) == (True, "K1042")
    assert done["warnings"] == [
        "K1042 is new; K-1042 (Anna Holm) is like it. One person? feedlog customer merge K1042 K-1042"
    ]
    assert invoke("customer", "set", "Ø-7", "--name", "", "--json").json["customer"]["name"] is None
    assert invoke("undo").out == "Took back the name of Ø-7.\n"


def test_like_key_at_add(invoke: Invoke) -> None:
    """A new key that is like another's is said when it is logged, in the JSON too, and nothing is merged."""
    warning = "K1042 is new; K-1042 (Anna Holm) is like it. One person? feedlog customer merge K1042 K-1042"
    assert warning in invoke("add", "Hej", "-c", "K1042").err
    assert invoke("add", "Hej", "-c", "K 1042", "--json").json["warnings"][0].startswith("K 1042 is new; K-1042")
    assert len(invoke("customer", "list", "--json").json) == 3


@pytest.mark.parametrize(
    ("since", "day"),
    [("2019", "2019-01-01"), ("2019-03", "2019-03-01"), ("2019-03-07", "2019-03-07"), ("7. marts 2019", "2019-03-07")],
)
def test_since(invoke: Invoke, since: str, day: str) -> None:
    """Of a month or year the first day is kept."""
    assert invoke("customer", "set", "K-1", "--since", since, "--json").json["customer"]["since"] == day


REFUSED = [
    (("set", "K-1042"), 2, "Nothing is said about the customer.", "See what can be: feedlog customer set --help"),
    (("set", "K-1042", "--since", "2019-13"), 2, '"2019-13-01": there is no such day or time.', None),
    (("set", "K-1042", "--since", "2150"), 2, "Thursday 1 January 2150 is still to come.",
     "--since is the day they became a customer."),
    (("set", "K-1042", "--since", "long ago"), 2, '"long ago" is not a day or time feedlog understands.', None),
    (("set", "K-1042", "--language", "de"), 2, "There is no language for letters 'de'.",
     "It is one of: da, sv, nb, en."),
    (("set", "K-1042", "--name", "a\x07b"), 2, "The name holds a line break or another control character.",
     "Write it on one line."),
    (("show", "anna"), 1, "There is no customer 'anna'.", "Did you mean K-1042 (Anna Holm)?"),
    (("show", "zebra"), 1, "There is no customer 'zebra'.", "Tab completes keys; check the spelling."),
    (("merge", "K-1042", "k-1042"), 1, "A customer cannot be merged into themselves.",
     "Name two customers; see them with: feedlog customer list"),
    (("list", "--won-back", "--lost"), 2, "Won back or lost?", "Give --won-back or --lost, not both."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "message", "hint"), REFUSED)
def test_refused(invoke: Invoke, words: tuple[str, ...], status: int, message: str, hint: str | None) -> None:
    """What cannot be is refused with a sentence that says why and one that says what to do."""
    done = invoke("customer", *words)
    assert (done.status, done.out) == (status, "")
    why, what = done.err.splitlines()[-2:]
    assert why == f"feedlog: {message}"
    assert hint in (None, what)


# Every command that takes a customer, with {} for the key; what they print must not depend on which key is typed.
TAKING = [
    ("customer", "show", "{}"), ("customer", "list", "{}"), ("fact", "list", "{}"), ("list", "-c", "{}"),
    ("search", "pakken", "-c", "{}"), ("similar", "--text", "pakken kom", "-c", "{}"), ("words", "-c", "{}"),
    ("theme", "suggest", "-c", "{}"),
]  # fmt: skip


@pytest.mark.parametrize("words", TAKING, ids=lambda words: " ".join(words[:2]))
def test_merged_key_everywhere(invoke: Invoke, words: tuple[str, ...]) -> None:
    """After a merge both keys give the same answer in every command that takes a customer, and undo parts them."""
    invoke("add", "Pakken kom for sent igen", "-c", "K1042")
    invoke("fact", "add", "K1042", "betalt")
    before = [invoke(*(word.format(key) for word in words), "--json") for key in ("K1042", "K-1042")]
    done = invoke("customer", "merge", "K1042", "K-1042")
    assert (done.status, done.out) == (0, "K1042 is K-1042 now, with 1 note.\n")
    one, other = (invoke(*(word.format(key) for word in words), "--json") for key in ("K1042", "K-1042"))
    assert (one.status, one.json) == (0, other.json)
    assert '"K1042"' not in one.out.replace('"merged": [\n    "K1042"\n  ]', "")
    assert invoke("undo").out == "Took back the merging of K1042 into K-1042.\n"
    assert [invoke(*(word.format(key) for word in words), "--json") for key in ("K1042", "K-1042")] == before


def test_writing_under_a_merged_key(invoke: Invoke) -> None:
    """Whatever is written under a merged key is the other's."""
    invoke("customer", "set", "K1042", "--type", "producer")
    merged = invoke("customer", "merge", "K1042", "K-1042", "--json").json
    assert merged == {"from": "K1042", "into": "K-1042", "notes": 0, "filled": ["type"]}
    assert invoke("add", "Hej", "-c", "K1042", "--json").json["customer"] == {"key": "K-1042", "name": "Anna Holm"}
    done = invoke("customer", "set", "K1042", "--language", "da")
    assert done.err == "K1042 is merged into K-1042.\n"
    assert invoke("fact", "add", "K1042", "betalt", "--json").json["customer"] == "K-1042"
    assert invoke("customer", "show", "K1042").err == "K1042 is merged into K-1042.\n"


def test_list(invoke: Invoke) -> None:
    """A customer is a line; an empty list is an answer."""
    invoke("customer", "set", "9", "--segment", "private")
    first, second = invoke("customer", "list").out.splitlines()
    assert first == "9                  private · nothing yet"
    assert re.fullmatch(r"K-1042  Anna Holm  2 notes, first 10 January( 2026)?, latest today · 1 open promise", second)
    done = invoke("customer", "list", "zebra")
    assert (done.status, done.out, done.err) == (0, "", "No customers.\n")
    assert invoke("customer", "list", "zebra", "--json").json == []


def test_won_back(invoke: Invoke) -> None:
    """Both sides of a customer who was won back stand below the name."""
    lines = invoke("customer", "list", "--won-back").out.splitlines()
    assert lines[0] == "Anna Holm · K-1042"
    assert re.fullmatch(r"first      #1  10 January( 2026)?  “Pakken kom tre uger for sent”", lines[1])
    assert lines[2] == "latest     #2  today  “Nu er I hurtige”"
    [one] = invoke("customer", "list", "--won-back", "--json").json
    assert list(one) == ["customer", "first", "latest"]
    assert list(one["first"]) == ["id", "said_at", "verbatim"]
    done = invoke("customer", "list", "bo", "--won-back")
    assert (done.out, done.err) == ("", "Nobody whose first words were a complaint has praised since.\n")


def test_lost(invoke: Invoke) -> None:
    """The list of those lost is empty while nothing was broken, and says what counts in its help."""
    done = invoke("customer", "list", "--lost")
    assert (done.status, done.out, done.err) == (0, "", "Nobody is lost after a broken promise.\n")
    assert invoke("customer", "list", "--lost", "--json").json == []
    told = " ".join(invoke("customer", "list", "--help").out.split())
    assert "they have said nothing, or nothing but complaints" in told


def test_lost_after_a_broken_promise(invoke: Invoke) -> None:
    """Who was lost is told with the promise, its owner, why it was broken, and their words."""
    promised = ("--promise", "ring", "--due", "in 3 days", "--any-day")
    invoke("add", "Ingen ringede", "-c", "K-9", "--said-at", "2026-01-10", *promised)
    assert invoke("promise", "break", "2", "--why", "glemt", "--not-told").status == 0
    lines = invoke("customer", "list", "--lost", "--days", "0").out.splitlines()
    assert lines[0] == "K-9"
    assert re.fullmatch(r"promised   ring · mette · broken .*: glemt", lines[1])
    assert re.fullmatch(r"said       #3  10 January( 2026)?  “Ingen ringede”", lines[2])
