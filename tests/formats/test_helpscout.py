"""Help Scout's conversations as JSON."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.formats.helpscout import SOURCE
from tests.formats.desks import notes, records, replies, silent

ANNA = {"id": 5, "type": "customer", "first": "Anna", "last": "Holm", "email": "Anna@Kunde.example"}
METTE = {"id": 2, "type": "user", "first": "Mette", "last": "Lund", "email": "mette@firm.example"}
NAMELESS = {"id": 3, "type": "user", "first": "Unknown", "last": "Unknown", "email": "jens@firm.example"}


def thread(number: int, kind: str, by: dict[str, Any], body: str | None, **more: Any) -> dict[str, Any]:
    fields = {"id": number, "type": kind, "state": "published", "body": body, "createdBy": by}
    return {**fields, "createdAt": f"2026-03-01T{8 + number:02}:00:00Z", **more}


# The API sends the newest first.
THREADS = [
    thread(9, "message", METTE, "<p>Not yet sent</p>", state="draft"),
    thread(8, "phone", METTE, "<p>She called</p>", customer=ANNA),
    thread(7, "lineitem", METTE, None),
    thread(6, "beaconchat", ANNA, "<p>Anybody?</p>"),
    thread(5, "message", NAMELESS, "<p>Undskyld</p>", customer=ANNA),
    thread(4, "customer", ANNA, "Det var <b>for</b> sent", customer={**ANNA, "id": 6, "email": "bo@kunde.example"}),
    thread(3, "note", METTE, "<p>Sur</p>"),
    thread(2, "message", METTE, "<p>På vej</p>", customer=ANNA),
    thread(1, "customer", ANNA, "Hvor er pakken?<br>Anna", customer=ANNA),
]
CONVERSATION = {
    "id": 77,
    "number": 12,
    "type": "email",
    "status": "closed",
    "state": "published",
    "subject": "s",
    "mailboxId": 1,
    "primaryCustomer": ANNA,
    "tags": [{"id": 1, "color": "#fff", "tag": "late"}, {"id": 2, "color": "#fff", "tag": "vip, gold"}],
    "_embedded": {"threads": THREADS},
}


@pytest.mark.parametrize(
    "content",
    [[CONVERSATION], CONVERSATION, {"_embedded": {"conversations": [CONVERSATION]}, "page": {"size": 25}}],
    ids=["list", "one", "page"],
)
def test_conversations(tmp_path: Path, content: object) -> None:
    """Customers' threads are notes of whoever wrote them; messages answer them, whatever the order of threads."""
    found = records(SOURCE, tmp_path, {"conversations.json": content})
    by_id = notes(found)
    assert by_id["conversation-77/thread-1"] == {
        "verbatim": "Hvor er pakken?\nAnna",
        "said_at": "2026-03-01T09:00:00+00:00",
        "source_id": "conversation-77/thread-1",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "email",
        "theme": '["late", "vip, gold"]',
    }
    assert {key: (fields["verbatim"], fields["customer"]) for key, fields in by_id.items()} == {
        "conversation-77/thread-1": ("Hvor er pakken?\nAnna", "anna@kunde.example"),
        "conversation-77/thread-4": ("Det var for sent", "bo@kunde.example"),
        "conversation-77/thread-6": ("Anybody?", "anna@kunde.example"),
    }
    assert replies(found) == {
        "conversation-77/thread-2": ("conversation-77/thread-1", "Mette Lund", "På vej"),
        "conversation-77/thread-5": ("conversation-77/thread-4", "jens@firm.example", "Undskyld"),
    }
    assert len(silent(found)) == 4


def test_spam_and_deleted(tmp_path: Path) -> None:
    """Spam, deleted conversations and those without threads are records without words."""
    conversations = [
        {**CONVERSATION, "status": "spam"},
        {**CONVERSATION, "id": 78, "state": "deleted"},
        {**CONVERSATION, "id": 79, "_embedded": {"threads": []}},
    ]
    found = records(SOURCE, tmp_path, {"conversations.json": conversations})
    assert notes(found) == replies(found) == {}
    assert len(silent(found)) == 2 * len(THREADS) + 1


def test_conversations_without_threads(tmp_path: Path) -> None:
    """The API's list without threads is refused with how to get them."""
    without = {key: value for key, value in CONVERSATION.items() if key != "_embedded"}
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"conversations.json": [{**without, "preview": "Hvor er"}]})
    assert refusal.value.message == "This export of Help Scout has none of the customers' words."
    assert refusal.value.hint.endswith("get them from the API with embed=threads.")
