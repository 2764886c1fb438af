"""Who a customer is and how they like to be served: set, changed, cleared, and all of it taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.operations import customers, describing, merging, undoing
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
JENS = By("jens", "2026-11-19T09:00:00Z")
WHOLE = {
    "name": "Åse Ærø", "since_on": "2019-01-01", "segment": "business", "type": "producer",
    "prefers": "a call, not a mail\nshort", "language": "da",
}  # fmt: skip


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def refusal(kind: type[FeedlogError], call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.message, refused.value.hint


def known(log: Log, key: str) -> dict[str, Any]:
    """What the card of a customer says, the empty fields left out."""
    return {field: value for field, value in customers.card(log, key).items() if value is not None}


def test_customer_is_made_and_described(log: Log, by: By) -> None:
    """A customer nobody has heard of yet is made, and is said to be new; every field is kept as it was given."""
    done = describing.describe(log, "Ø-1", by, **WHOLE)
    assert (done.new, done.warnings) == (True, [])
    assert done.card == customers.card(log, "ø-1".upper()) == {
        "key": "Ø-1", "since": "2019-01-01", **{f: v for f, v in WHOLE.items() if f != "since_on"},
    }  # fmt: skip
    assert not describing.describe(log, "Ø-1", by, segment="private").new


def test_empty_text_clears(log: Log, by: By) -> None:
    """An empty text clears one field and leaves the rest; what was there already is no change."""
    describing.describe(log, "K-1", by, name="Anna", segment="business")
    describing.describe(log, "K-1", by, segment=" ", name="Anna")
    assert known(log, "K-1") == {"key": "K-1", "name": "Anna"}
    describing.describe(log, "K-1", by, segment="", name="Anna")
    assert log.value("select count(*) from changes where action = 'customer.set'") == 2


def test_record_holds_no_words(log: Log, by: By) -> None:
    """The record names the fields that were set and never what they hold."""
    describing.describe(log, "K-1", by, **WHOLE)
    describing.describe(log, "K-1", by, name="Liv")
    undo(log, by)
    told = " ".join(row[0] for row in log.rows("select detail from changes where detail is not null"))
    assert json.loads(log.value("select detail from changes limit 1"))["fields"] == list(describing.FIELDS)
    assert not any(word in told for word in ("Åse", "Liv", "2019", "producer", "call"))


def test_set_taken_back(log: Log, by: By) -> None:
    """Undo brings back exactly the fields that the change set, one call at a time, and names them."""
    describing.describe(log, "K-1", by, name="Anna", segment="business")
    describing.describe(log, "K-1", JENS, type="producer")
    describing.describe(log, "K-1", by, name="Anna Holm", segment="", since_on="2019-01-01")
    assert undo(log, by) == "the name, day they became a customer and segment of K-1"
    assert known(log, "K-1") == {"key": "K-1", "name": "Anna", "segment": "business", "type": "producer"}
    assert undo(log, by) == "the name and segment of K-1"
    assert known(log, "K-1") == {"key": "K-1", "type": "producer"}
    assert undo(log, JENS) == "the type of K-1"


def test_field_set_again_since(log: Log, by: By, say: Say) -> None:
    """What a colleague has set since is not overwritten by undoing; another field of theirs is no hindrance."""
    describing.describe(log, "K 1", by, name="Anna")
    describing.describe(log, "K 1", JENS, type="producer")
    describing.describe(log, "K 1", JENS, name="Anne")
    told = ("The name of K 1 was set again since.", "See it, and set it once more: feedlog customer show 'K 1'")
    assert refusal(Refused, lambda: undo(log, by)) == told
    undo(log, JENS)
    undo(log, by)
    assert known(log, "K 1") == {"key": "K 1", "type": "producer"}


def test_name_heard_since(log: Log, by: By, say: Say) -> None:
    """A name that `add` filled in after it was cleared counts as set since."""
    say("a", customer="K-1", name="Anna")
    describing.describe(log, "K-1", JENS, name="")
    say("b", customer="K-1", name="Anne Holm")
    assert refusal(Refused, lambda: undo(log, JENS))[0] == "The name of K-1 was set again since."


def test_merged_since(log: Log, by: By) -> None:
    """The description of a key that was merged since is not what is shown, so taking it back is refused."""
    describing.describe(log, "K-1", JENS, name="Anna")
    describing.describe(log, "K-2", by, type="producer")
    merging.merge(log, "K-1", "K-2", by)
    assert refusal(Refused, lambda: undo(log, JENS)) == (
        "K-1 was merged into K-2 since.", "See who they are now: feedlog customer show K-2",
    )  # fmt: skip


def test_merged_key_means_the_other(log: Log, by: By) -> None:
    """What is said of a merged key is said of the customer it means."""
    describing.describe(log, "K-1", by, segment="x")
    describing.describe(log, "K-2", by, segment="y")
    merging.merge(log, "K-1", "K-2", by)
    assert describing.describe(log, "K-1", by, name="Anna").card["key"] == "K-2"
    assert known(log, "K-1") == {"key": "K-2", "name": "Anna", "segment": "y"}


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"language": "de"}, "There is no language for letters 'de'.", "It is one of: da, sv, nb, en."),
        ({"since_on": "2026-11-19"}, "Thursday 19 November is still to come.",
         "--since is the day they became a customer."),
        ({"name": "Anna\x1b[31m"}, "The name holds a line break or another control character.",
         "Write it on one line."),
        ({"segment": "x" * 201}, "The segment is longer than 200 characters.", "Shorten it."),
        ({"prefers": "a\0b"}, "The way of being served holds NUL characters, so it is probably not text in UTF-8.",
         "Save it as UTF-8 and try again."),
    ],
)  # fmt: skip
def test_refused_fields(log: Log, by: By, given: dict[str, str], message: str, hint: str) -> None:
    """What cannot be is refused with a sentence, and no customer is made."""
    call = lambda: describing.describe(log, "K-1", by, **{"type": "producer", **given})  # noqa: E731
    assert refusal(WrongUsage, call) == (message, hint)
    assert log.value("select count(*) from customers") == 0


def test_erased_since(log: Log, by: By) -> None:
    """Undo passes over what was said of a customer who was erased."""
    describing.describe(log, "K-1", by, name="Anna")
    for table in ("customer_versions", "customers"):
        log.connection.execute(f"delete from {table}")
    assert refusal(NotFound, lambda: undo(log, by))[0] == "There is nothing of mette's to take back."
