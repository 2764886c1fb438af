"""Intercom's tables, its JSON, and the one table another exporter writes."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.formats.intercom import SOURCE
from tests.formats.desks import notes, problems, records, replies, silent

CONVERSATIONS = """\
id,_fivetran_synced,assignee_id,conversation_rating_remark,conversation_rating_value,created_at,source_author_id,source_author_type,source_body,source_type,state,updated_at
501,x,9,Took too long,2,2026-03-01 08:00:00,c1,user,<p>Hvor er min pakke?</p><p>Anna</p>,email,open,2026-03-03 08:00:00
502,x,9,,,2026-03-01 08:30:00,9,admin,<p>New prices from May</p>,conversation,open,2026-03-01 08:30:00
503,x,,,5,2026-03-01 09:00:00,c2,lead,"<p><img src=""x.png""></p>",conversation,open,2026-03-01 09:00:00
504,x,,,,2026-03-01 09:30:00,c3,lead,a &lt; b,new_channel,open,2026-03-01 09:30:00
"""
PARTS = """\
id,_fivetran_synced,author_id,author_type,body,conversation_id,created_at,part_type
1,x,9,admin,<p>On its way</p>,501,2026-03-01 08:10:00,comment
2,x,9,admin,<p>She is cross</p>,501,2026-03-01 08:11:00,note
3,x,c1,user,<p>It never came &amp; I waited</p>,501,2026-03-02 08:00:00,open
4,x,8,admin,<p>Sorry!</p>,501,2026-03-02 09:00:00,close
5,x,77,bot,<p>Did that help?</p>,501,2026-03-02 09:01:00,comment
6,x,9,admin,,501,2026-03-02 09:02:00,assignment
7,x,c1,user,<p>Fine prices</p>,502,2026-03-01 10:00:00,comment
"""
CONTACTS = """\
id,_fivetran_deleted,created_at,email,last_replied_at,name,role,unsubscribed_from_emails,updated_at
c1,FALSE,2025-01-01 00:00:00,,,,lead,FALSE,2025-01-01 00:00:00
c1,FALSE,2025-01-01 00:00:00,Anna@Kunde.example,,Anna Holm,user,FALSE,2026-01-01 00:00:00
"""
ADMINS = "id,_fivetran_synced,email,job_title,name\n9,x,mette@firm.example,,Mette Lund\n8,x,jens@firm.example,,\n"
TAGS = 'id,_fivetran_deleted,_fivetran_synced,name\n1,FALSE,x,late\n2,FALSE,x,"vip, gold"\n'
CONVERSATION_TAGS = "conversation_id,conversation_updated_at,tag_id\n501,x,1\n501,x,2\n502,x,99\n"
ALL = {
    "conversation.csv": CONVERSATIONS,
    "part.csv": PARTS,
    "contact.csv": CONTACTS,
    "admin.csv": ADMINS,
    "tag.csv": TAGS,
    "conversation_tag.csv": CONVERSATION_TAGS,
}


def test_tables_together(tmp_path: Path) -> None:
    """Users', leads' and contacts' bodies are notes in plain text; a remark beside a rating is one with its figure."""
    by_id = notes(records(SOURCE, tmp_path, ALL))
    assert {key: fields["verbatim"] for key, fields in by_id.items()} == {
        "conversation-501": "Hvor er min pakke?\n\nAnna",
        "conversation-501/rating": "Took too long",
        "conversation-501/part-3": "It never came & I waited",
        "conversation-502/part-7": "Fine prices",
        "conversation-504": "a < b",
    }
    anna = {"customer": "anna@kunde.example", "name": "Anna Holm", "channel": "email", "theme": '["late", "vip, gold"]'}
    assert by_id["conversation-501/rating"] == {
        "verbatim": "Took too long",
        "said_at": "2026-03-03T08:00:00+00:00",
        "source_id": "conversation-501/rating",
        "satisfaction": "25",
        **anna,
    }
    assert {key: by_id["conversation-501/part-3"][key] for key in anna} == anna
    assert by_id["conversation-502/part-7"]["channel"] == "chat"
    # Somebody the contacts do not have, by a channel we have no word for.
    assert by_id["conversation-504"]["customer"] == "c3"
    assert "channel" not in by_id["conversation-504"]


def test_admins_answer(tmp_path: Path) -> None:
    """What admins wrote to the customer answers the words before it; notes, robots and offers do not."""
    found = records(SOURCE, tmp_path, ALL)
    assert replies(found) == {
        "conversation-501/part-1": ("conversation-501", "Mette Lund", "On its way"),
        "conversation-501/part-4": ("conversation-501/part-3", "jens@firm.example", "Sorry!"),
        # The conversation's first words came after what it began with.
        "conversation-502": ("conversation-502/part-7", "Mette Lund", "New prices from May"),
    }
    assert silent(found) == [("conversation.csv", 4), ("part.csv", 3), ("part.csv", 6), ("part.csv", 7)]


def test_parts_without_bodies(tmp_path: Path) -> None:
    """Where a warehouse leaves the bodies of parts out, the conversations' first words still come in."""
    parts = "id,author_id,author_type,conversation_id,created_at,part_type\n1,c1,user,501,2026-03-01 08:10:00,comment\n"
    found = records(SOURCE, tmp_path, {"conversation.csv": CONVERSATIONS, "part.csv": parts})
    assert set(notes(found)) == {"conversation-501", "conversation-501/rating", "conversation-504"}
    assert silent(found)[-1] == ("part.csv", 2)


def test_json_of_the_api(tmp_path: Path) -> None:
    """A conversation as the API sends it: authors stand beside each message, times are seconds."""
    customer = {"type": "user", "id": "c1", "name": "Anna Holm", "email": "anna@kunde.example"}
    admin = {"type": "admin", "id": "9", "name": "Mette Lund", "email": "mette@firm.example"}
    parts: list[dict[str, Any]] = [
        {"id": "1", "part_type": "comment", "body": "<p>Ja</p>", "created_at": 1772352600, "author": admin},
        {"id": "2", "part_type": "note", "body": "<p>hm</p>", "created_at": 1772352700, "author": admin},
    ]
    conversation = {
        "id": "601",
        "created_at": 1772352000,
        "source": {"type": "facebook", "body": "<p>Er I der?</p>", "author": customer},
        "conversation_rating": {"rating": 5, "remark": "Tak", "created_at": 1772360000, "contact": {"id": "c1"}},
        "tags": {"tags": [{"id": "1", "name": "late"}]},
        "conversation_parts": {"conversation_parts": parts},
    }
    found = records(SOURCE, tmp_path, {"conversations.json": [conversation]})
    assert notes(found)["conversation-601"] == {
        "verbatim": "Er I der?",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "conversation-601",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "social",
        "theme": '["late"]',
    }
    assert notes(found)["conversation-601/rating"]["satisfaction"] == "100"
    assert replies(found) == {"conversation-601/part-1": ("conversation-601", "Mette Lund", "Ja")}
    assert len(found) == 4


EXPORTER = """\
message_id,message_body,message_type,message_created_at,message_author_type,message_author_id,message_author_user_id,message_author_name,message_author_email,conversation_tags,conversation_id,app_name
m1,<p>It broke</p>,conversation,2017-11-14 21:45:08,user,5a0,K-1042,Anna Holm,,late,701,Shop
m2,<p>We are sorry</p>,comment,2017-11-14 21:50:08,admin,9,,,mette@firm.example,late,701,Shop
m3,<p>again</p>,note,2017-11-14 21:51:08,admin,9,,,mette@firm.example,late,701,Shop
m4,,comment,2017-11-14 21:52:08,user,5a0,K-1042,Anna Holm,,,701,Shop
m5,<p>Hello</p>,comment,2017-11-14 21:53:08,bot,1,,Operator,,,701,Shop
m6,broken
"""


def test_one_table_of_another_exporter(tmp_path: Path) -> None:
    """The exporter's table gives notes by the firm's own number for the customer, and its times are UTC."""
    lines = EXPORTER.splitlines(keepends=True)
    found = records(SOURCE, tmp_path, {"messages.csv": "".join([*lines[:2], lines[-1], *lines[2:-1]])})
    assert notes(found) == {
        "conversation-701/part-m1": {
            "verbatim": "It broke",
            "said_at": "2017-11-14T21:45:08+00:00",
            "source_id": "conversation-701/part-m1",
            "customer": "K-1042",
            "name": "Anna Holm",
            "channel": "chat",
            "theme": '["late"]',
        }
    }
    assert replies(found) == {
        "conversation-701/part-m2": ("conversation-701/part-m1", "mette@firm.example", "We are sorry")
    }
    assert silent(found) == [("messages.csv", line) for line in (5, 6, 7)]
    assert [line for _, line, _ in problems(found)] == [3]


def test_contacts_have_no_words(tmp_path: Path) -> None:
    """The contacts alone are refused with what to export besides."""
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"contact.csv": CONTACTS})
    assert refusal.value.message == "This export of Intercom has none of the customers' words."
    assert refusal.value.hint == "The words stand in the tables conversation and conversation_part: export those, too."
