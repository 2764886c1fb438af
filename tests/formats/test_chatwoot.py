"""Chatwoot's conversations as JSON, and the answers to its survey."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.formats.chatwoot import SOURCE
from tests.formats.desks import notes, problems, records, replies, silent

ANNA = {"id": 5, "name": "Anna Holm", "email": "Anna@Kunde.example", "identifier": None, "type": "contact"}
METTE = {"id": 2, "name": "Mette", "available_name": "Mette L", "type": "user"}


def message(number: int, kind: int, content: str | None, **more: Any) -> dict[str, Any]:
    fields = {"id": number, "content": content, "message_type": kind, "created_at": 1772352000 + number}
    return {**fields, "inbox_id": 1, "conversation_id": 42, "private": False, **more}


MESSAGES = [
    message(3, 0, "Stadig intet", sender=ANNA),
    message(1, 0, "Hvor er pakken?", sender=ANNA),
    message(2, 1, "På vej", sender=METTE),
    message(4, 1, "Sur kunde", sender=METTE, private=True),
    message(5, 2, "Mette løste samtalen"),
    message(6, 0, None, sender=ANNA, attachments=[{"id": 1}]),
    message(7, 1, "Hej, jeg er en robot", sender={"id": 1, "name": "Bot", "type": "agent_bot"}),
    message(
        8,
        3,
        "Please rate the conversation",
        content_attributes={"submitted_values": {"csat_survey_response": {"rating": 1, "feedback_message": "Sløvt"}}},
    ),
    message(9, 3, "Svarer på et par timer"),
]
CONVERSATION = {
    "id": 42,
    "account_id": 1,
    "inbox_id": 1,
    "status": "resolved",
    "labels": ["late", "vip, gold"],
    "created_at": 1772352000,
    "meta": {"sender": ANNA, "channel": "Channel::WebWidget"},
    "messages": MESSAGES,
}


@pytest.mark.parametrize(
    "content",
    [[CONVERSATION], CONVERSATION, {"data": {"meta": {"all_count": 1}, "payload": [CONVERSATION]}}],
    ids=["list", "one", "page"],
)
def test_conversations(tmp_path: Path, content: object) -> None:
    """Incoming messages and what was answered to the survey are notes; outgoing ones of people answer them."""
    found = records(SOURCE, tmp_path, {"conversations.json": content})
    by_id = notes(found)
    assert by_id["conversation-42/message-1"] == {
        "verbatim": "Hvor er pakken?",
        "said_at": "2026-03-01T08:00:01+00:00",
        "source_id": "conversation-42/message-1",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "chat",
        "theme": '["late", "vip, gold"]',
    }
    assert {key: fields["verbatim"] for key, fields in by_id.items()} == {
        "conversation-42/message-1": "Hvor er pakken?",
        "conversation-42/message-3": "Stadig intet",
        "conversation-42/message-8": "Sløvt",
    }
    survey = by_id["conversation-42/message-8"]
    assert (survey["satisfaction"], survey["customer"]) == ("0", "anna@kunde.example")
    assert replies(found) == {"conversation-42/message-2": ("conversation-42/message-1", "Mette", "På vej")}
    assert len(found) == len(MESSAGES)


def test_messages_of_a_conversation(tmp_path: Path) -> None:
    """A page of messages alone has its sender beside each."""
    found = records(SOURCE, tmp_path, {"messages.json": {"meta": {"labels": ["late"]}, "payload": MESSAGES}})
    assert notes(found)["conversation-42/message-3"]["customer"] == "anna@kunde.example"
    assert set(replies(found)) == {"conversation-42/message-2"}
    assert len(silent(found)) == len(MESSAGES) - 4


SURVEYS = {
    "en": "Agent Name,Rating,Feedback Comment,Contact Name,Contact Email Address,Contact Phone Number,"
    "Link to the conversation,Recorded date",
    "da": "Agentens Navn,Bedømmelse,Feedback Kommentar,Kontakt Navn,Kontakt E-Mail Adresse,Kontakt Telefonnummer,"
    "Link til samtalen,Optaget dato",
    "sv": "Agentens namn,Betyg,Feedback Comment,Contact Name,Contact Email Address,Contact Phone Number,"
    "Link to the conversation,Recorded date",
    "no": "Agent navn,Vurdering,Tilbakemelding,Navn på kontakt,E-postadresse for kontakt,Kontakt telefonnummer,"
    "Lenke til samtalen,Registrert dato",
    "de": "Agentenname,Bewertung,Feedback-Kommentar,Kontaktname,Kontakt-E-Mail-Adresse,Kontakt Telefonnummer,"
    "Link zur Konversation,Aufnahmedatum",
}


@pytest.mark.parametrize("header", SURVEYS.values(), ids=list(SURVEYS))
def test_survey_in_the_language_of_the_account(tmp_path: Path, header: str) -> None:
    """The survey's comments are notes whatever language names the columns; scores without a comment are skipped."""
    link = "https://desk.example/app/accounts/1/conversations/42"
    found = records(
        SOURCE,
        tmp_path,
        {
            "survey.csv": f"{header}\n"
            f"Mette (mette@firm.example),4,Flinke folk,Anna Holm,anna@kunde.example,,{link},2026-03-01 08:00:00 UTC\n"
            f",5,,Bo,,+4500000000,{link},2026-03-02 08:00:00 UTC\n"
            f',1,"Aldrig, aldrig igen",Bo,,+4500000000,,2026-03-02 09:00:00 UTC\n'
            "Rapporteringsperiode 2026-03-01 til 2026-03-31\n"
        },
    )
    first, last = [one.fields for one in found if one.fields["verbatim"]]
    assert first == {
        "verbatim": "Flinke folk",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "conversation-42/survey-2026-03-01T08:00:00+00:00",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "satisfaction": "75",
    }
    assert (last["customer"], last["verbatim"], last["satisfaction"]) == ("+4500000000", "Aldrig, aldrig igen", "0")
    assert silent(found) == [("survey.csv", 3)]
    assert problems(found) == []


def test_contacts_have_no_words(tmp_path: Path) -> None:
    """A list of contacts is refused with what to export instead."""
    contacts = "id,name,email,identifier,phone_number,company_name\n1,Anna,anna@kunde.example,,,Holm\n"
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"contacts.csv": contacts})
    assert refusal.value.hint.startswith("A list of contacts holds no customer's words: export the conversations")
