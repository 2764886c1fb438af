# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""Forum threads: Discourse, GitHub, and threads with their posts in a list."""

from pathlib import Path
from typing import Any

from feedlog.formats import forum
from tests.formats.desks import notes, records, replies, silent


def post(number: int, username: str, cooked: str, **more: Any) -> dict[str, Any]:
    """A post of Discourse."""
    return {
        "id": 100 + number,
        "post_number": number,
        "username": username,
        "name": more.pop("name", ""),
        "created_at": f"2026-03-0{number}T08:00:00.000Z",
        "cooked": cooked,
        "topic_id": 7,
        "staff": False,
        **more,
    }


TOPIC = {
    "id": 7,
    "title": "Fakturaen er forkert",
    "slug": "fakturaen",
    "posts_count": 6,
    "created_at": "2026-03-01T08:00:00.000Z",
    "tags": ["faktura"],
    "details": {"participants": [{"id": 1, "username": "anna_h"}]},
    "post_stream": {
        "posts": [
            post(1, "anna_h", "<p>Der står 500 kr &amp; jeg skal betale 300</p>", name="Anna Holm"),
            post(2, "mette", "<p>Vi ser på det</p>", name="Mette Lund", staff=True),
            post(
                3,
                "bo",
                '<aside class="quote" data-username="anna_h"><blockquote>Der står 500</blockquote></aside><p>Også hos mig</p>',
            ),
            post(4, "mette", "<p>Den er rettet</p>", name="Mette Lund", moderator=True),
            post(5, "system", "<p>This topic was closed</p>", post_type=3),
            post(6, "eva", "<p>skjult</p>", hidden=True),
        ],
        "stream": [101, 102],
    },
}


def test_discourse_topic(tmp_path: Path) -> None:
    """The title is part of the first post, quotes of others are not words, the staff's posts are replies."""
    found = records(forum.SOURCE, tmp_path, {"topic.json": TOPIC})
    said = notes(found)
    assert said["101"] == {
        "verbatim": "Fakturaen er forkert\nDer står 500 kr & jeg skal betale 300",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "101",
        "customer": "anna_h",
        "name": "Anna Holm",
        "channel": "forum",
        "theme": '["faktura"]',
    }
    assert said["103"]["verbatim"] == "Også hos mig"
    assert replies(found) == {
        "102": ("101", "Mette Lund", "Vi ser på det"),
        "104": ("103", "Mette Lund", "Den er rettet"),
    }
    assert len(silent(found)) == 2


def test_threads_of_any_forum(tmp_path: Path) -> None:
    """Threads with their posts in a list come in by the names most forums use; ours are those named."""
    threads = [
        {
            "id": "t1",
            "title": "Sen levering",
            "posts": [
                {"id": 1, "author": "Eva", "created_at": "2026-03-01 08:00", "body": "Paketet är sent"},
                {"id": 2, "author": {"name": "Mia", "email": "mia@firma.example"}, "created_at": "2026-03-02",
                 "body": "Det är på väg"},
                {"id": 3, "author": "Eva", "created_at": "2026-03-03T08:00:00Z", "body": "> på väg\n\nNej"},
                {"id": 4, "author": "Eva", "created_at": "2026-03-03T08:00:00Z", "body": ""},
            ],
        },
        {"id": "t2", "title": "Only a title", "posts": []},
    ]  # fmt: skip
    source = forum.with_ours(["@firma.example"])
    found = records(source, tmp_path, {"threads.json": threads})
    assert {key: fields["verbatim"] for key, fields in notes(found).items()} == {
        "1": "Sen levering\nPaketet är sent",
        "3": "Nej",
    }
    assert replies(found) == {"2": ("1", "Mia", "Det är på väg")}
    assert len(silent(found)) == 1


def comment(number: int, login: str, association: str, body: str) -> dict[str, Any]:
    """A comment as GitHub's interface answers with it."""
    return {
        "id": number,
        "html_url": f"https://github.com/firm/app/issues/3#issuecomment-{number}",
        "issue_url": "https://api.github.com/repos/firm/app/issues/3",
        "user": {"login": login, "id": 5, "type": "Bot" if login.endswith("[bot]") else "User"},
        "created_at": f"2026-03-{number}T08:00:00Z",
        "author_association": association,
        "body": body,
    }


ISSUES = [
    {
        "id": 900,
        "number": 3,
        "url": "https://api.github.com/repos/firm/app/issues/3",
        "html_url": "https://github.com/firm/app/issues/3",
        "title": "It crashes",
        "body": "On start.\r\nEvery day.",
        "state": "open",
        "labels": [{"id": 1, "name": "bug, bad"}],
        "user": {"login": "anna-h", "id": 5, "type": "User"},
        "created_at": "2026-03-01T08:00:00Z",
        "author_association": "NONE",
        "pull_request": None,
    },
    {
        "id": 901,
        "number": 4,
        "url": "https://api.github.com/repos/firm/app/issues/4",
        "title": "Fix it",
        "body": "Code",
        "state": "open",
        "labels": [],
        "user": {"login": "anna-h", "id": 5},
        "created_at": "2026-03-01T08:00:00Z",
        "author_association": "NONE",
        "pull_request": {"url": "x"},
    },
]
COMMENTS = [
    comment(10, "mette", "MEMBER", "Which version?"),
    comment(11, "anna-h", "NONE", "> Which version?\r\n\r\n2.1"),
    comment(12, "owner", "OWNER", "Fixed in 2.2"),
    comment(13, "stale[bot]", "NONE", "This is stale"),
]


def test_github(tmp_path: Path) -> None:
    """What owners and members write are replies; offered code and robots' comments are nobody's words."""
    found = records(forum.SOURCE, tmp_path, {"issues.json": ISSUES, "comments.json": COMMENTS})
    said = notes(found)
    assert said["900"]["verbatim"] == "It crashes\nOn start.\nEvery day."
    assert said["900"]["theme"] == '["bug, bad"]'
    assert said["900"]["customer"] == "anna-h"
    assert said["comment 11"]["verbatim"] == "2.1"
    assert replies(found) == {
        "comment 10": ("900", "mette", "Which version?"),
        "comment 12": ("comment 11", "owner", "Fixed in 2.2"),
    }
    assert len(silent(found)) == 2


def test_github_in_tables(tmp_path: Path) -> None:
    """Issues and comments as github-to-sqlite keeps them are told apart from each other by the issue's id."""
    issues = "id,node_id,number,title,user,state,created_at,author_association,pull_request,body,repo\n" \
             "900,x,3,It crashes,5,open,2026-03-01T08:00:00Z,NONE,,On start.,1\n"  # fmt: skip
    comments = "html_url,id,node_id,user,created_at,author_association,body,issue\n" \
               "https://github.com/firm/app/issues/3#issuecomment-10,10,x,6,2026-03-02T08:00:00Z,OWNER,Fixed,900\n"  # fmt: skip
    users = "login,id,node_id,avatar_url,name\nanna-h,5,x,y,Anna Holm\nowner,6,x,y,\n"
    found = records(forum.SOURCE, tmp_path, {"issues.csv": issues, "comments.csv": comments, "users.csv": users})
    assert notes(found)["900"]["name"] == "Anna Holm"
    assert replies(found) == {"comment 10": ("900", "owner", "Fixed")}


def test_collaborator_may_be_named_as_ours(tmp_path: Path) -> None:
    """Who helps without being of the house is a customer until named as ours."""
    mine = [comment(10, "kim", "COLLABORATOR", "Try the new one")]
    assert list(notes(records(forum.SOURCE, tmp_path, {"c.json": mine}))) == ["comment 10"]
    found = records(forum.with_ours(["Kim"]), tmp_path, {"issues.json": ISSUES, "c.json": mine})
    assert replies(found) == {"comment 10": ("900", "kim", "Try the new one")}


def test_github_by_its_own_program(tmp_path: Path) -> None:
    """What `gh issue list --json` prints is read: the members' comments are replies, and no list is anybody's words."""
    said = {"author": {"login": "anna"}, "createdAt": "2026-03-01T08:00:00Z"}
    issue = {"number": 3, "title": "Crash", "body": "On start", "url": "https://github.com/firm/app/issues/3", **said}
    by_member = {"id": "IC_1", "author": {"login": "mette"}, "authorAssociation": "MEMBER", "body": "Thanks"}
    comments = [
        {**by_member, "createdAt": "2026-03-02T08:00:00Z"},
        {"id": "IC_2", "authorAssociation": "NONE", "body": "Again today", **said, "createdAt": "2026-03-03T08:00:00Z"},
    ]
    found = records(forum.SOURCE, tmp_path, {"i.json": [{**issue, "labels": [{"name": "bug"}], "comments": comments}]})
    first, second = notes(found).values()
    assert (first["verbatim"], first["customer"], first["theme"]) == ("Crash\nOn start", "anna", '["bug"]')
    assert (second["verbatim"], second["said_at"][:10]) == ("Again today", "2026-03-03")
    assert [answer[1:] for answer in replies(found).values()] == [("mette", "Thanks")]


def test_quotes_in_marks(tmp_path: Path) -> None:
    """What stands between marks of quoting is left out, also quotes in quotes; a mark that is left open hides nothing."""
    typed = (
        '[quote="bo, post:1"]a [quote]b[/quote] c[/quote]Own [QUOTE=x]d[/QUOTE]words [quote]stay[/quote][quote] here'
    )
    listed = {"title": "T", "posts": [{"id": 1, "author": "Anna", "created_at": "2026-03-01T08:00:00Z", "raw": typed}]}
    [said] = notes(records(forum.SOURCE, tmp_path, {"t.json": [listed]})).values()
    assert said["verbatim"] == "T\nOwn words [quote] here"
    listed["posts"][0]["raw"] = "[quote]" * 50_000 + "end"  # type: ignore[index]
    assert len(records(forum.SOURCE, tmp_path, {"t.json": [listed]})) == 1
