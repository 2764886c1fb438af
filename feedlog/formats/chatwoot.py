"""Chatwoot: conversations with their messages from its API, and the download of its satisfaction survey.

Incoming messages are the customers', outgoing ones the colleagues'. Private notes, what Chatwoot itself wrote about a
conversation, and the templates it sends are records without words; but what a customer answered to the survey there
is the customer's words. The survey's download has its columns named in the account's language.
"""

import re
from collections.abc import Iterator

from feedlog.formats.conversations import (
    Cells,
    Lookup,
    Message,
    Tables,
    answered,
    cell,
    filled,
    in_utc,
    inner,
    is_yes,
    key_of,
    out_of_five,
    rows_of,
    themes,
    words_in,
)
from feedlog.formats.records import Record, Source

_CHANNELS = {
    "channel::email": "email",
    **dict.fromkeys(
        ("channel::webwidget", "channel::whatsapp", "channel::telegram", "channel::line", "channel::sms"), "chat"
    ),
    "channel::twiliosms": "chat",
    **dict.fromkeys(
        ("channel::facebookpage", "channel::instagram", "channel::twitterprofile", "channel::tiktok"), "social"
    ),
    "channel::voice": "phone",
}
_INCOMING, _OUTGOING, _TEMPLATE = ("0", "incoming"), ("1", "outgoing"), ("3", "template")
_SURVEY = "content_attributes.submitted_values.csat_survey_response"

# The survey's columns in English, Danish, Norwegian, German and Swedish, as far as Chatwoot is translated into each.
_SURVEY_COLUMNS = {
    "rating": ("rating", "bedømmelse", "vurdering", "bewertung", "betyg"),
    "feedback": ("feedback comment", "feedback kommentar", "tilbakemelding", "feedback-kommentar"),
    "name": ("contact name", "kontakt navn", "navn på kontakt", "kontaktname"),
    "mail": (
        "contact email address",
        "kontakt e-mail adresse",
        "e-postadresse for kontakt",
        "kontakt-e-mail-adresse",
    ),
    "phone": ("contact phone number", "kontakt telefonnummer"),
    "link": ("link to the conversation", "link til samtalen", "lenke til samtalen", "link zur konversation"),
    "at": ("recorded date", "optaget dato", "registrert dato", "aufnahmedatum"),
}


def records(tables: Tables) -> Iterator[Record]:
    """The messages' records, and those of the survey's answers."""
    with Lookup() as known:
        yield from answered(known, lambda: _messages(tables))


def _messages(tables: Tables) -> Iterator[Message]:
    for name, row in rows_of(tables, "conversation"):
        empty = Message(name, row.line, problem=row.problem)
        if row.problem:
            yield empty
        for message in inner(row.cells, "messages"):
            yield _message(empty, row.cells, message)
    for name, row in rows_of(tables, "message"):
        empty = Message(name, row.line, problem=row.problem)
        yield empty if row.problem else _message(empty, {}, row.cells)
    for name, row in rows_of(tables, *(table for table in tables if table.startswith("survey"))):
        empty = Message(name, row.line, problem=row.problem)
        yield empty if row.problem else _survey(empty, row.cells)


def _message(empty: Message, conversation: Cells, cells: Cells) -> Message:
    if "content" not in cells and f"{_SURVEY}.feedback_message" not in cells:
        return empty
    number = cell(cells, "conversation_id") or cell(conversation, "id")
    message = empty._replace(
        conversation=number,
        source_id=f"conversation-{number}/message-{cell(cells, 'id')}",
        sent_at=in_utc(cell(cells, "created_at")),
        words=cell(cells, "content"),
    )
    kind, private = cell(cells, "message_type").lower(), is_yes(cell(cells, "private"))
    if kind in _OUTGOING and not private and cell(cells, "sender.type").lower() not in ("agent_bot", "agentbot"):
        agent = cell(cells, "sender.name", "sender.available_name", "sender.email") or "chatwoot"
        return message._replace(writer="colleague", fields={"agent": agent})
    if kind in _TEMPLATE:
        message = message._replace(words=cell(cells, f"{_SURVEY}.feedback_message"))
    if private or kind not in _INCOMING + _TEMPLATE:
        return message
    fields = _customer(conversation, cells, sent=kind in _INCOMING)
    fields["channel"] = _CHANNELS.get(cell(conversation, "meta.channel", "channel").lower(), "")
    fields["theme"] = themes(words_in(conversation, "labels"))
    fields["satisfaction"] = out_of_five(cell(cells, f"{_SURVEY}.rating"))
    return message._replace(writer="customer", fields=filled(fields))


def _customer(conversation: Cells, cells: Cells, *, sent: bool) -> dict[str, str]:
    """Whose message it is: the contact of the conversation, else who sent it."""
    for people, prefix in ((conversation, "meta.sender."), (cells, "sender.")):
        if (own_id := cell(people, f"{prefix}id")) and (sent or people is conversation):
            key = key_of(cell(people, f"{prefix}email"), cell(people, f"{prefix}identifier"), own_id)
            return {"customer": key, "name": cell(people, f"{prefix}name")}
    return {}


def _survey(empty: Message, cells: Cells) -> Message:
    """An answer to the survey. Whose conversation it was is not who wrote it, so the agent's column is left out."""
    found = {field: cell(cells, *columns) for field, columns in _SURVEY_COLUMNS.items()}
    number = re.search(r"(\d+)/?$", found["link"])
    conversation, at = number[1] if number else "", in_utc(found["at"])
    key = key_of(found["mail"], "", found["phone"])
    fields = {
        "customer": key,
        "name": found["name"] if key else "",
        "satisfaction": out_of_five(found["rating"]),
    }
    return empty._replace(
        conversation=f"survey {conversation}",
        source_id=f"conversation-{conversation}/survey-{at}" if conversation else "",
        sent_at=at,
        writer="customer",
        words=found["feedback"],
        fields=filled(fields),
    )


SOURCE = Source(
    name="chatwoot",
    title="Chatwoot",
    tables={
        # More columns than a message has: its messages are a list in the file, too.
        "conversation": frozenset({"id", "messages", "inbox_id", "status", "labels", "created_at", "meta.sender.id"}),
        "message": frozenset({"id", "content", "message_type", "conversation_id", "inbox_id"}),
        "survey": frozenset({"rating", "feedback comment", "recorded date"}),
        "survey_da": frozenset({"bedømmelse", "feedback kommentar", "optaget dato"}),
        "survey_sv": frozenset({"betyg", "feedback comment", "recorded date"}),
        "survey_no": frozenset({"vurdering", "tilbakemelding", "registrert dato"}),
        "survey_de": frozenset({"bewertung", "feedback-kommentar", "aufnahmedatum"}),
        "contact": frozenset({"id", "name", "email", "identifier", "phone_number"}),
    },
    needed=(
        "conversation",
        "message",
        "survey",
        "survey_da",
        "survey_sv",
        "survey_no",
        "survey_de",
    ),
    records=records,
    instead="A list of contacts holds no customer's words: export the conversations with their messages from the API "
    "as JSON, or the survey's answers as CSV.",
)
