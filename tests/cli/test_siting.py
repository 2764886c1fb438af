"""What the commands of sites say."""

from typing import Any

import pytest

from feedlog.cli.session import Session
from feedlog.cli.siting import status_in_words, verified_in_words


@pytest.mark.parametrize(("count", "told"), [(0, "0 messages"), (1, "1 message"), (2, "2 messages")])
def test_messages_at_the_hub(count: int, told: str) -> None:
    """One message is one, not 'messages'."""
    found: dict[str, Any] = {"sites": [], "in_stream": count, "faults": []}
    assert status_in_words(Session(), found) == [f"hub: {told} to take in"]


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [
        (1, False, "1 row asked of, and the hub has not answered yet."),
        (7, False, "7 rows asked of, and the hub has not answered yet."),
        (1, True, "The hub holds the one row."),
        (7, True, "The hub holds all 7 rows."),
    ],
)
def test_rows_asked_of(asked: int, answered: bool, told: str) -> None:
    """One row is one, not 'rows'."""
    found = {"asked": asked, "answered": answered, "missing": 0, "waiting": 0}
    assert verified_in_words(found)[0] == told
