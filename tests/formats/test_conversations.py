"""What the exports of help desks have in common."""

import pytest

from feedlog.formats.conversations import (
    Lookup,
    Message,
    Person,
    answered,
    in_utc,
    inner,
    is_yes,
    key_of,
    out_of_five,
    themes,
    words_in,
)
from tests.formats.desks import replies


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-02-19 01:54:52", "2020-02-19T01:54:52+00:00"),
        ("2020-02-19 01:54:52.480", "2020-02-19T01:54:52.480000+00:00"),
        ("2020-02-19 01:54:52 UTC", "2020-02-19T01:54:52+00:00"),
        ("2020-02-19 01:54:52 +0100", "2020-02-19T00:54:52+00:00"),
        ("2020-02-19T01:54:52Z", "2020-02-19T01:54:52+00:00"),
        ("1582077292", "2020-02-19T01:54:52+00:00"),
        ("19/02/2020 01:54", "19/02/2020 01:54"),
        ("99999999999999999", "99999999999999999"),
        ("", ""),
    ],
)
def test_times_get_their_zone(written: str, meant: str) -> None:
    """A time of a source that writes UTC has its offset; one written otherwise is left for the import to refuse."""
    assert in_utc(written) == meant


def test_reply_answers_the_latest_words_before_it() -> None:
    """A reply answers the customer's latest note of its conversation, else the first, whatever the order of rows."""
    messages = [
        Message("t", 5, "7", "r2", "2026-03-13T12:00:00+00:00", "colleague", "Today", {"agent": "mette"}),
        Message("t", 4, "7", "n2", "2026-03-13T11:00:00+00:00", "customer", "When?"),
        Message("t", 3, "7", "r1", "2026-03-13T10:00:00+00:00", "colleague", "On its way", {"agent": "mette"}),
        Message("t", 2, "7", "n1", "2026-03-13T09:00:00+00:00", "customer", "Where is it?"),
        Message("t", 1, "7", "r0", "2026-03-13T08:00:00+00:00", "colleague", "Hello", {"agent": "mette"}),
        Message("t", 6, "8", "r9", "2026-03-13T08:00:00+00:00", "colleague", "An offer", {"agent": "mette"}),
    ]
    with Lookup() as known:
        found = list(answered(known, lambda: messages))
    assert {key: answers for key, (answers, _, _) in replies(found).items()} == {"r0": "n1", "r1": "n1", "r2": "n2"}
    assert found[-1].fields["verbatim"] == ""


def test_lookup_keeps_the_order_of_times() -> None:
    """A lookup gives the newest value up to a time, each value once, and nothing for what it was not told."""
    with Lookup() as known:
        for at, value in (("2", "b"), ("1", "a"), ("3", "c"), ("2", "b")):
            known.add("kind", "key", value, at)
        assert known.all("kind", "key") == ["a", "b", "c"]
        assert (known.latest("kind", "key", "2"), known.latest("kind", "key"), known.first("kind", "key")) == (
            "b",
            "c",
            "a",
        )
        assert (known.latest("kind", "key", "0"), known.latest("kind", "other"), known.first("x", "key")) == (None,) * 3
        known.add_person("1", Person("old"), "2020")
        known.add_person("1", Person("anna@firm.example", "Anna"), "2021")
        assert known.person("1") == Person("anna@firm.example", "Anna")


def test_cells_hold_lists() -> None:
    """A JSON list in a cell gives rows or words; what only looks like one gives none."""
    cells = {
        "a": '[{"Id": 7, "author": {"Name": "Bo", "mail": null}}, 5]',
        "b": "[broken",
        "c": '["x, y", "z"]',
        "d": "x",
    }
    assert inner(cells, "a") == [{"id": "7", "author.name": "Bo"}]
    assert inner(cells, "b") == inner(cells, "missing") == []
    assert [words_in(cells, column) for column in "abcd"] == [["5"], [], ["x, y", "z"], ["x"]]


def test_what_cells_mean() -> None:
    """Yes in several spellings, tags as a list, five steps as 0 to 100, and one key for a person in every table."""
    assert [is_yes(text) for text in ("TRUE", "t", "1", "false", "", "0")] == [True, True, True, False, False, False]
    assert themes(["vip", " vip", "late, again", ""]) == '["vip", "late, again"]'
    assert themes([]) == ""
    assert [out_of_five(text) for text in ("1", "3", "5", "0", "6", "good", "")] == ["0", "50", "100", "", "", "", ""]
    assert [key_of(*person) for person in (("A@B.dk", "K-1", "7"), ("", "K-1", "7"), ("", "", "7"))] == [
        "a@b.dk",
        "K-1",
        "7",
    ]
