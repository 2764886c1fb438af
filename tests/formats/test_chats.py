# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""Chats: a Slack export, and Teams' two kinds of JSON."""

from pathlib import Path
from typing import Any

from feedlog.formats import slack, teams
from tests.formats.desks import notes, records, replies, silent

USERS = [
    {"id": "U1", "name": "anna", "is_bot": False, "profile": {"real_name": "Anna Holm", "email": "anna@kunde.example"}},
    {"id": "U2", "name": "mette", "is_bot": False, "profile": {"real_name": "Mette Lund", "email": "mette@firma.example"}},
    {"id": "U3", "name": "robot", "is_bot": True, "profile": {"real_name": "Robot"}},
    {"id": "U4", "name": "bo", "deleted": True, "profile": {"real_name": "Bo Berg"}},
]  # fmt: skip


def message(second: int, user: str, text: str, **more: Any) -> dict[str, Any]:
    """A message of Slack."""
    return {"type": "message", "user": user, "text": text, "ts": f"17727{second:05}.000200", **more}


DAY = [
    message(1, "U1", "Hej <@U2>, <#C1|hjælp>: prisen på <https://x.example/a?b=1&amp;c|siden> er &lt; 100 &amp; forkert"),
    message(2, "U2", "Hvilken vare?", thread_ts="1772700001.000200", parent_user_id="U1"),
    message(3, "U1", "Den røde", thread_ts="1772700001.000200", parent_user_id="U1"),
    message(4, "U2", "Rettet", thread_ts="1772700001.000200", parent_user_id="U1"),
    message(5, "U2", "Frokost?"),
    message(6, "U3", "Build failed"),
    message(7, "U1", "<@U1> has joined the channel", subtype="channel_join"),
    message(8, "U4", "Skriv til <mailto:a@b.example|a@b.example> <!here>", subtype="me_message"),
    message(9, "", "hook", subtype="bot_message", bot_id="B1"),
    message(10, "U9", "Uden for listen", user_profile={"real_name": "Liv Dahl"}),
    message(11, "U1", ""),
]  # fmt: skip


def test_slack(tmp_path: Path) -> None:
    """People's messages are notes with marks made readable; ours in a thread are replies, robots are nobody."""
    source = slack.with_ours(["@firma.example"])
    found = records(source, tmp_path, {"users.json": USERS, "2026-03-05.json": DAY})
    said = notes(found)
    assert said["U1 1772700001.000200"] == {
        "verbatim": "Hej @Mette Lund, #hjælp: prisen på siden er < 100 & forkert",
        "said_at": "2026-03-05T08:40:01.000200+00:00",
        "source_id": "U1 1772700001.000200",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "chat",
    }
    assert said["U4 1772700008.000200"]["verbatim"] == "Skriv til a@b.example @here"
    assert said["U9 1772700010.000200"]["name"] == "Liv Dahl"
    assert [fields["verbatim"] for fields in said.values()][1] == "Den røde"
    assert replies(found) == {
        "U2 1772700002.000200": ("U1 1772700001.000200", "Mette Lund", "Hvilken vare?"),
        "U2 1772700004.000200": ("U1 1772700003.000200", "Mette Lund", "Rettet"),
    }
    assert [line for _, line in silent(found)] == [5, 6, 7, 9, 11]


def test_slack_without_ours(tmp_path: Path) -> None:
    """Where nobody is named as ours, all people are customers."""
    found = records(slack.SOURCE, tmp_path, {"users.json": USERS, "2026-03-05.json": DAY})
    assert replies(found) == {}
    assert "U2 1772700005.000200" in notes(found)


def graph(number: int, who: str, content: str, **more: Any) -> dict[str, Any]:
    """A message as Graph answers with it."""
    return {
        "id": str(number),
        "messageType": "message",
        "createdDateTime": f"2026-03-05T08:0{number}:00.123Z",
        "deletedDateTime": None,
        "from": {"user": {"id": f"id-{who}", "displayName": who}},
        "body": {"contentType": "html", "content": content},
        **more,
    }


def test_teams_graph(tmp_path: Path) -> None:
    """In a channel a reply belongs to the message it stands under, in a chat to the customer's latest; newest first."""
    answer = {
        "value": [
            graph(6, "Mette Lund", "<p>Ja</p>", chatId="19:c"),
            graph(5, "Anna Holm", "<p>Er I der?&nbsp;<b>Hallo</b></p>", chatId="19:c"),
            graph(4, "Bo", "x", messageType="systemEventMessage", chatId="19:c"),
            graph(3, "Mette Lund", "<div>I morgen</div>", replyToId="1"),
            graph(2, "Bo", "slettet", deletedDateTime="2026-03-05T09:00:00Z"),
            graph(1, "Bo", "<p>Hvornår kommer den?</p>"),
        ]
    }
    found = records(teams.with_ours(["mette lund"]), tmp_path, {"messages.json": answer})
    said = notes(found)
    assert said["19:c 5"]["verbatim"].split() == ["Er", "I", "der?", "Hallo"]
    assert (said["1"]["customer"], said["1"]["name"]) == ("id-Bo", "Bo")
    assert replies(found) == {"19:c 6": ("19:c 5", "Mette Lund", "Ja"), "3": ("1", "Mette Lund", "I morgen")}
    assert len(silent(found)) == 2


def test_teams_own_export(tmp_path: Path) -> None:
    """In one's own export the messages of who exported it are replies."""
    said = {"messagetype": "RichText/Html", "originalarrivaltime": "2026-03-05T08:00:00.000Z"}
    export = {
        "userId": "8:live:mette",
        "exportDate": "2026-03-06T08:00",
        "conversations": [
            {
                "id": "8:live:anna",
                "displayName": "Anna Holm",
                "MessageList": [
                    {**said, "id": "2", "from": "8:live:mette", "displayName": "Mette", "content": "<p>Straks</p>",
                     "originalarrivaltime": "2026-03-05T08:05:00.000Z"},
                    {**said, "id": "1", "from": "8:live:anna", "displayName": "Anna Holm", "content": "Kom &amp; hjælp"},
                    {**said, "id": "3", "from": "8:live:anna", "displayName": "Anna Holm", "content": "<x>",
                     "messagetype": "Event/Call"},
                ],
            }
        ],
    }  # fmt: skip
    found = records(teams.SOURCE, tmp_path, {"messages.json": export})
    assert {key: fields["verbatim"] for key, fields in notes(found).items()} == {"8:live:anna 1": "Kom & hjælp"}
    assert replies(found) == {"8:live:anna 2": ("8:live:anna 1", "Mette", "Straks")}
    assert len(silent(found)) == 1
