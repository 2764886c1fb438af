"""The filters every list takes."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound, WrongUsage
from feedlog.operations import notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log

JENS = By("jens", "2026-11-18T10:00:00Z")


def numbers(log: Log, **filters: object) -> list[int]:
    return [note["id"] for note in notes.listing(log, Filters(**filters), limit=50)]


FILTERED = [
    ({"customer": "k-1"}, [1, 2]),
    ({"themes": ("Levering",)}, [1, 3]),
    ({"themes": ("levering", "pris")}, [3]),
    ({"channel": "phone"}, [1]),
    ({"touchpoint": "DELIVERY"}, [2]),
    ({"kind": "complaint"}, [1, 3]),
    ({"agent": "jens"}, [4]),
    ({"since": "2026-01-03T00:00:00Z"}, [3, 4]),
    ({"until": "2026-01-03T00:00:00Z"}, [1, 2]),
    ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:01Z"}, [2]),
    ({"customer": "K-1", "kind": "complaint"}, [1]),
    ({"customer": "K-1", "channel": "visit"}, []),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERED, ids=lambda value: str(value))
def test_filters(log: Log, say: Callable[..., int], filters: dict[str, object], expected: list[int]) -> None:
    """Each filter keeps what it names, and several keep what passes them all."""
    say("a", customer="K-1", themes=("levering",), channel="phone", kind="complaint", said_at="2026-01-01T00:00:00Z")
    say("b", customer="K-1", touchpoint="delivery", said_at="2026-01-02T00:00:00Z")
    say("c", customer="K-2", themes=("levering", "pris"), kind="complaint", said_at="2026-01-03T00:00:00Z")
    say("d", who=JENS, said_at="2026-01-04T00:00:00Z")
    assert sorted(numbers(log, **filters)) == expected


def test_filter_for_nobody_is_a_slip(log: Log, say: Callable[..., int]) -> None:
    """A customer, theme, channel or kind there is not is said, so that a slip of the pen does not look like silence."""
    say("a", customer="K-1", themes=("levering",))
    refusals = {
        (NotFound, "There is no customer 'K-2'.", "Tab completes keys; check the spelling."): {"customer": "K-2"},
        (NotFound, "There is no theme 'leverng'.", "The theme 'leverng' is new. Did you mean 'levering'?"): {
            "themes": ("Leverng",)
        },
        (NotFound, "There is no theme 'zebra'.", "Tab completes themes; check the spelling."): {"themes": ("zebra",)},
        (
            WrongUsage,
            "There is no channel 'pigeon'.",
            "It is one of: phone, email, chat, visit, letter, social, forum, other.",
        ): {"channel": "pigeon"},
        (WrongUsage, "There is no kind 'rant'.", "It is one of: complaint, compliment, suggestion, question."): {
            "kind": "rant"
        },
        (WrongUsage, "The customer key is empty.", "Leave the customer key out, or write one."): {"customer": ""},
        (WrongUsage, "The touchpoint is empty.", "Leave the touchpoint out, or write one."): {"touchpoint": ""},
    }
    for (kind, message, hint), filters in refusals.items():
        with pytest.raises(kind) as refused:
            numbers(log, **filters)
        assert (refused.value.message, refused.value.hint) == (message, hint)
