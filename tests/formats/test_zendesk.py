"""Zendesk's tables and JSON."""

from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.formats.zendesk import SOURCE
from tests.formats.desks import notes, problems, records, replies, silent

TICKETS = """\
id,x,assignee_id,created_at,description,requester_id,status,subject,submitter_id,updated_at,via_channel,ids,_fivetran_deleted
11,x,90,2026-03-01 08:00:00,Hvor er pakken?,20,open,s,20,2026-03-02 08:00:00,email,[],FALSE
12,x,90,2026-03-01 09:00:00,Nobody has answered me,21,closed,s,21,2026-03-02 08:00:00,native_messaging,"[11,13]",FALSE
13,x,,2026-03-01 10:00:00,"I called, nobody came",22,deleted,s,22,2026-03-02 08:00:00,web,[],FALSE
14,x,,2026-03-01 11:00:00,An old row,22,open,s,22,2026-03-02 08:00:00,web,[],TRUE
15,x,90,2026-03-01 12:00:00,We would like to offer you,20,open,s,90,2026-03-02 08:00:00,api,[],FALSE
16,x,,2026-03-01 13:00:00,,20,open,s,20,2026-03-02 08:00:00,web,[],FALSE
17,x,90,2026-03-01 14:00:00,The app forgets me,77,open,s,77,2026-03-02 08:00:00,sample_ticket,[],FALSE
"""
COMMENTS = """\
id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment,transcription_text
101,x,"Hvor er  pakken?\n",2026-03-01 08:00:00,FALSE,TRUE,11,FALSE,20,FALSE,
103,x,Still nothing,2026-03-01 10:00:00,FALSE,TRUE,11,FALSE,20,FALSE,
102,x,On its way,2026-03-01 09:00:00,FALSE,TRUE,11,FALSE,90,FALSE,
104,x,Angry customer,2026-03-01 10:05:00,FALSE,FALSE,11,FALSE,90,FALSE,
105,x,Tomorrow,2026-03-01 10:10:00,FALSE,TRUE,11,FALSE,91,FALSE,
106,x,,2026-03-01 10:20:00,FALSE,TRUE,11,FALSE,20,FALSE,
107,x,Call from +45 00 00 00 00,2026-03-01 10:30:00,FALSE,TRUE,11,FALSE,20,TRUE,It came today
108,x,Somebody else's words,2026-03-01 10:40:00,FALSE,TRUE,11,FALSE,99,FALSE,
109,x,From the deleted one,2026-03-01 10:40:00,FALSE,TRUE,13,FALSE,22,FALSE,
110,x,Too public,2026-03-01 15:00:00,TRUE,TRUE,17,FALSE,77,FALSE,
"""
USERS = """\
id,active,email,external_id,name,notes,role,time_zone,updated_at,verified,_fivetran_deleted
20,TRUE,Anna@Kunde.example,,Anna Holm,"likes a call, not a mail",end-user,Copenhagen,2026-01-01 00:00:00,TRUE,FALSE
21,TRUE,,K-21,Bo Berg,,end-user,Copenhagen,2026-01-01 00:00:00,TRUE,FALSE
90,TRUE,mette@firm.example,,Mette Lund,,agent,Copenhagen,2026-01-01 00:00:00,TRUE,FALSE
91,TRUE,jens@firm.example,,,,admin,Copenhagen,2026-01-01 00:00:00,TRUE,FALSE
77,FALSE,gone@kunde.example,,Gone,,end-user,Copenhagen,2026-01-01 00:00:00,TRUE,TRUE
"""
TAGS = """\
tag,ticket_id,_fivetran_synced
late,11,x
late,11,x
"billing, wrong",11,x
vip,999,x
"""


ALL = {"ticket.csv": TICKETS, "comment.csv": COMMENTS, "user.csv": USERS, "tag.csv": TAGS}
NOBODY_KNOWN = (
    "A customer or a colleague may have written this: its author is not among the users. "
    "Export users and tickets of the same days as the comments, and give all files at once."
)


def test_tables_together(tmp_path: Path) -> None:
    """The customers' public words are notes with who, when, how and tags; a description is not logged twice."""
    by_id = notes(records(SOURCE, tmp_path, ALL))
    assert {key: fields["verbatim"] for key, fields in by_id.items()} == {
        "ticket-12": "Nobody has answered me",
        "ticket-17": "The app forgets me",
        "ticket-11": "Hvor er  pakken?",
        "ticket-11/comment-103": "Still nothing",
        "ticket-11/comment-107": "It came today",
        "ticket-17/comment-110": "Too public",
    }
    assert by_id["ticket-11"] == {
        "verbatim": "Hvor er  pakken?",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "ticket-11",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "email",
        "theme": '["billing, wrong", "late"]',
    }
    assert (by_id["ticket-12"]["customer"], by_id["ticket-12"]["channel"]) == ("K-21", "chat")
    # A user who was deleted is still who asked for the ticket; a channel we have no word for is left out.
    assert by_id["ticket-17"]["customer"] == by_id["ticket-17/comment-110"]["customer"] == "77"
    assert "channel" not in by_id["ticket-17"]
    assert by_id["ticket-11/comment-107"]["channel"] == "phone"
    assert by_id["ticket-17/comment-110"]["channel"] == "social"


def test_colleagues_answer(tmp_path: Path) -> None:
    """Public comments of agents and admins answer the words before them, with the name or mail of who wrote."""
    assert replies(records(SOURCE, tmp_path, ALL)) == {
        "ticket-11/comment-102": ("ticket-11", "Mette Lund", "On its way"),
        "ticket-11/comment-105": ("ticket-11/comment-103", "jens@firm.example", "Tomorrow"),
    }


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """Deleted, private and empty rows are records without words; words of nobody known are reported by their line."""
    found = records(SOURCE, tmp_path, ALL)
    assert len(found) == 7 + 10
    assert [line for name, line in silent(found) if name == "ticket.csv"] == [2, 4, 5, 6, 7]
    # Line 2 of the comments holds a line break, so what follows stands a line lower.
    assert [line for name, line in silent(found) if name == "comment.csv"] == [6, 8, 11]
    assert problems(found) == [("comment.csv", 10, NOBODY_KNOWN)]


def test_tickets_without_users(tmp_path: Path) -> None:
    """Without the users, who asked for a ticket is the customer by Zendesk's number, and who has it is a colleague."""
    found = records(SOURCE, tmp_path, {"ticket.csv": TICKETS, "comment.csv": COMMENTS})
    assert notes(found)["ticket-11/comment-103"]["customer"] == "20"
    assert replies(found)["ticket-11/comment-102"][1] == "agent 90"
    assert problems(found) == [("comment.csv", 7, NOBODY_KNOWN), ("comment.csv", 10, NOBODY_KNOWN)]


def test_damaged_rows_are_reported(tmp_path: Path) -> None:
    """A row that cannot be read is reported from every table, also from those without words, and never shifted."""
    ragged = "92,TRUE,x@kunde.example\n" + USERS.split("\n", 1)[1]
    users = USERS.split("\n", 1)[0] + "\n" + ragged
    found = records(SOURCE, tmp_path, {"ticket.csv": TICKETS, "user.csv": users})
    assert [(name, line) for name, line, _ in problems(found)] == [("user.csv", 2)]


def test_upper_case_columns(tmp_path: Path) -> None:
    """Warehouses that spell columns in capitals are read alike."""
    head, rest = TICKETS.split("\n", 1)
    found = records(SOURCE, tmp_path, {"ticket.csv": f"{head.upper()}\n{rest}", "user.csv": USERS})
    assert notes(found)["ticket-11"]["customer"] == "anna@kunde.example"


FULL: dict[str, Any] = {
    "id": 31,
    "status": "open",
    "requester": {"id": 20, "name": "Anna Holm", "email": "anna@kunde.example"},
    "submitter": {"id": 20},
    "assignee": {"id": 90, "name": "Mette Lund", "email": "mette@firm.example"},
    "via": {"channel": "twitter"},
    "created_at": "2026-03-01T08:00:00Z",
    "description": "Er I døde?",
    "tags": ["late"],
    "satisfaction_rating": {"score": "bad"},
    "comments": [
        {"id": 2, "author_id": 90, "body": "Nej", "public": True, "created_at": "2026-03-01T09:00:00Z"},
        {"id": 1, "author_id": 20, "body": "Er I døde?", "public": True, "created_at": "2026-03-01T08:00:00Z"},
        {"id": 3, "author_id": 90, "body": "Suk", "public": False, "created_at": "2026-03-01T09:05:00Z"},
    ],
}


@pytest.mark.parametrize("content", [[FULL], FULL, {"tickets": [FULL], "count": 1}], ids=["list", "one", "page"])
def test_tickets_with_their_comments_as_json(tmp_path: Path, content: object) -> None:
    """The full export's JSON gives the same records as the tables; a word for satisfaction is no number."""
    found = records(SOURCE, tmp_path, {"tickets.json": content})
    assert notes(found) == {
        "ticket-31": {
            "verbatim": "Er I døde?",
            "said_at": "2026-03-01T08:00:00+00:00",
            "source_id": "ticket-31",
            "customer": "anna@kunde.example",
            "name": "Anna Holm",
            "channel": "social",
            "theme": '["late"]',
        }
    }
    assert replies(found) == {"ticket-31/comment-2": ("ticket-31", "Mette Lund", "Nej")}
    assert len(found) == 4


def test_users_beside_the_tickets(tmp_path: Path) -> None:
    """A page of the API is read with the users it was sent with; the description counts where comments are missing."""
    one = {"id": 41, "requester_id": 20, "submitter_id": 20, "description": "Tak!", "status": "open"}
    user = {"id": 20, "email": "anna@kunde.example", "name": "Anna Holm", "role": "end-user"}
    page = {
        "tickets": [{**one, "created_at": "2026-03-01T08:00:00Z"}],
        "users": [{**user, "time_zone": "Copenhagen", "verified": True}],
        "next_page": None,
    }
    assert notes(records(SOURCE, tmp_path, {"page.json": page}))["ticket-41"]["name"] == "Anna Holm"


def test_view_has_no_words(tmp_path: Path) -> None:
    """The CSV of a view is refused with what to export instead."""
    view = (
        "Summation column,Id,Requester,Requester id,Subject,Assignee,Group stations,Reopens\n"
        "1,11,Anna Holm,20,Pakken,Mette Lund,1,0\n"
    )
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"view.csv": view})
    assert refusal.value.message == "This export of Zendesk has none of the customers' words."
    assert refusal.value.hint.startswith("A view's CSV and a list of users hold no messages: export the tickets")


def test_greeting_at_the_moment_a_ticket_begins(tmp_path: Path) -> None:
    """What a colleague or a robot wrote in the second a ticket began is not taken for its description."""
    comment = "109,x,Thanks for writing,2026-03-01 08:00:00,FALSE,TRUE,11,FALSE,90,FALSE,\n"
    comments = COMMENTS.split("\n", 1)[0] + "\n" + comment
    found = records(SOURCE, tmp_path, {"ticket.csv": TICKETS, "comment.csv": comments, "user.csv": USERS})
    assert notes(found)["ticket-11"]["verbatim"] == "Hvor er pakken?"
    assert replies(found)["ticket-11/comment-109"][0] == "ticket-11"


def test_comments_after_tickets(tmp_path: Path) -> None:
    """A ticket's first words have one name, whether they were read from the ticket or from its comments."""
    alone = notes(records(SOURCE, tmp_path, {"ticket.csv": TICKETS, "user.csv": USERS}))
    together = notes(records(SOURCE, tmp_path, ALL))
    assert "ticket-11" in alone
    assert set(alone) <= set(together)
