"""Freshdesk's tickets and conversations as JSON."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.formats.freshdesk import SOURCE
from tests.formats.desks import notes, records, replies, silent


def ticket(number: int, source: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "requester_id": 70,
        "responder_id": None,
        "source": source,
        "status": 2,
        "priority": 1,
        "subject": "s",
        "description": f"<div>{text}</div>",
        "description_text": text,
        "tags": [],
        "custom_fields": {"cf_area": None},
        "created_at": "2026-03-01T08:00:00Z",
        "updated_at": "2026-03-02T08:00:00Z",
        **more,
    }


def conversation(number: int, text: str, user: int, *, incoming: bool, private: bool = False) -> dict[str, Any]:
    return {
        "id": number,
        "ticket_id": 1,
        "user_id": user,
        "body": f"<p>{text}</p>",
        "body_text": text,
        "incoming": incoming,
        "private": private,
        "source": 0,
        "created_at": f"2026-03-01T{8 + number:02}:00:00Z",
    }


CONVERSATIONS = [
    conversation(1, "På vej", 80, incoming=False),
    conversation(3, "Tak for ingenting", 70, incoming=True),
    conversation(2, "Sur kunde", 80, incoming=False, private=True),
    conversation(4, "Undskyld", 81, incoming=False),
    conversation(5, " ", 70, incoming=True),
]
ANNA = {"id": 70, "name": "Anna Holm", "email": "Anna@Kunde.example"}
TICKET = ticket(1, 1, "Hvor er pakken?", tags=["late", "vip, gold"], requester=ANNA, conversations=CONVERSATIONS)
CONTACTS = [{**ANNA, "view_all_tickets": False, "unique_external_id": "K-70"}]
AGENTS = [
    {"id": 80, "contact": {"name": "Mette Lund", "email": "mette@firm.example"}},
    {"id": 81, "contact": {"name": "", "email": "jens@firm.example"}},
]


@pytest.mark.parametrize("content", [[TICKET], TICKET], ids=["list", "one"])
def test_tickets_with_conversations(tmp_path: Path, content: object) -> None:
    """A description and what came in are notes; what went out answers them; private notes are neither."""
    found = records(SOURCE, tmp_path, {"tickets.json": content, "agents.json": AGENTS})
    assert notes(found)["ticket-1"] == {
        "verbatim": "Hvor er pakken?",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "ticket-1",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "email",
        "theme": '["late", "vip, gold"]',
    }
    assert notes(found)["ticket-1/conversation-3"]["customer"] == "anna@kunde.example"
    assert replies(found) == {
        "ticket-1/conversation-1": ("ticket-1", "Mette Lund", "På vej"),
        "ticket-1/conversation-4": ("ticket-1/conversation-3", "jens@firm.example", "Undskyld"),
    }
    assert silent(found) == [("tickets.json", 1)] * 2


def test_tables_apart(tmp_path: Path) -> None:
    """Tickets, conversations, contacts and agents may come as lists of their own."""
    flat = {key: value for key, value in TICKET.items() if key not in ("conversations", "requester")}
    files = {"tickets.json": [flat], "conversations.json": CONVERSATIONS, "contacts.json": CONTACTS}
    found = records(SOURCE, tmp_path, files)
    assert notes(found)["ticket-1/conversation-3"]["name"] == "Anna Holm"
    # Nobody said who agent 80 is.
    assert replies(found)["ticket-1/conversation-1"][1] == "agent 80"


@pytest.mark.parametrize(
    ("source", "channel"), [(2, "other"), (3, "phone"), (4, "forum"), (6, "social"), (7, "chat"), (101, None)]
)
def test_source_codes(tmp_path: Path, source: int, channel: str | None) -> None:
    """Freshdesk's numbers for the way a ticket came are our words; a firm's own numbers are left out."""
    found = records(SOURCE, tmp_path, {"tickets.json": [ticket(1, source, "x")]})
    assert notes(found)["ticket-1"].get("channel") == channel


def test_not_the_customers_words(tmp_path: Path) -> None:
    """Mail that an agent began, spam and deleted tickets are records without words."""
    tickets = [ticket(1, 10, "Offer"), ticket(2, 1, "Win", spam=True), ticket(3, 1, "Gone", deleted=True)]
    found = records(SOURCE, tmp_path, {"tickets.json": tickets})
    assert notes(found) == {}
    assert silent(found) == [("tickets.json", line) for line in (1, 2, 3)]


def test_html_where_there_is_no_text(tmp_path: Path) -> None:
    """A description that comes as HTML only is read as text."""
    only_html = ticket(1, 1, "a &amp; b", fr_escalated=False)
    del only_html["description_text"]
    found = records(SOURCE, tmp_path, {"tickets.json": [only_html]})
    assert notes(found)["ticket-1"]["verbatim"] == "a & b"


def test_list_without_words(tmp_path: Path) -> None:
    """The API's plain list of tickets is refused with what to ask for instead."""
    plain = ticket(1, 1, "x", fr_escalated=False)
    del plain["description_text"], plain["description"]
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"tickets.json": [plain]})
    assert "each with include=conversations" in refusal.value.hint
