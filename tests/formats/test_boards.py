# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""Boards for ideas and complaints: Fider, Quackback, ClearFlask, UserVoice, Canny and the complaint database."""

from pathlib import Path

import pytest

from feedlog.formats import canny, cfpb, clearflask, fider, quackback, uservoice
from feedlog.formats.posts import names_in, remark
from tests.formats.desks import notes, problems, records, replies, silent

FIDER = """\
number,title,description,created_at,created_by,votes_count,comments_count,status,responded_by,responded_at,response,original_number,original_title,tags
10,Hurtigere levering,Pakken kommer altid for sent,2026-03-23T19:33:22Z,Anna,4,2,planned,Mette Lund,2026-04-04T19:48:10Z,Vi arbejder på det,,,"web, levering"
15,Mørkt tema,,2026-02-21T15:51:35Z,Bo,1,0,open,,,,,,
20,Log ind,Log ind fejler på mobilen,2026-01-12T01:46:59Z,Anna,4,2,duplicate,Mette Lund,2026-03-17T10:15:42Z,Det er allerede foreslået,9,Log ind på mobil,"fejl,mobil"
21,"=HYPERLINK(""x"")",,2026-01-12T01:46:59Z,Anna,0,0,open,,,,,,
22,,,2026-01-12T01:46:59Z,Anna,0,0,open,,,,,,
23,ragged
"""


def test_fider(tmp_path: Path) -> None:
    """Title and description are the words, the answer is a reply with its time and writer; votes are nobody's words."""
    found = records(fider.SOURCE, tmp_path, {"export.csv": FIDER})
    by_number = notes(found)
    assert by_number["10"] == {
        "verbatim": "Hurtigere levering\nPakken kommer altid for sent",
        "source_id": "10",
        "said_at": "2026-03-23T19:33:22Z",
        "theme": '["web", "levering"]',
        "channel": "forum",
    }
    assert by_number["15"]["verbatim"] == "Mørkt tema"
    assert by_number["20"]["verbatim"] == "Log ind fejler på mobilen"
    assert by_number["20"]["theme"] == '["fejl,mobil"]'
    assert by_number["21"]["verbatim"] == '=HYPERLINK("x")'
    assert list(replies(found).values()) == [
        ("10", "Mette Lund", "Vi arbejder på det"),
        ("20", "Mette Lund", "Det er allerede foreslået"),
    ]
    assert silent(found) == [("export.csv", 6)]
    assert [line for _, line, _ in problems(found)] in ([7], [])  # the last line may stand below the table


@pytest.mark.parametrize(
    ("title", "below", "words"),
    [
        ("Slow", "It takes a minute", "Slow\nIt takes a minute"),
        ("It takes a minute", "It takes a minute to open, every time", "It takes a minute to open, every time"),
        ("It takes a min…", "It takes a minute to open", "It takes a minute to open"),
        ("Slow", "", "Slow"),
        ("", "It takes a minute", "It takes a minute"),
        ("Slow!", "slow!", "slow!"),
        ("Log", "Login fails", "Log\nLogin fails"),
    ],
)
def test_what_says_the_same_twice_stands_once(title: str, below: str, words: str) -> None:
    """A description that repeats the title stands alone; nothing that only one of them says is lost."""
    assert remark(title, below) == words


def test_names_of_several_themes() -> None:
    """Themes come as JSON lists of texts or objects, or parted by commas; half a list is a name as it stands."""
    assert names_in('["a, b", "c"]') == ["a, b", "c"]
    assert names_in('[{"name": "a", "id": 1}]') == ["a"]
    assert names_in("a,b") == ["a", "b"]
    assert names_in('["a') == ['["a']


QUACKBACK = """\
id,title,content,status,tags,board,author_name,author_email,vote_count,created_at
post_1,Eksport,Jeg vil have mine data ud,open,"data,eksport",features,Anna Holm,anna@kunde.example,7,2026-03-01T08:00:00.000Z
post_2,'=SUM er forkert,,open,,features,Ukendt,,1,2026-03-02T08:00:00.000Z
"""
QUACKBACK_COMMENTS = """\
id,post_id,parent_id,author_name,author_email,is_team_member,is_private,moderation_state,content,created_at,updated_at
comment_1,post_1,,Bo Berg,bo@kunde.example,false,false,published,Også mig!,2026-03-03T08:00:00.000Z,
comment_2,post_1,comment_1,Mette Lund,mette@firma.example,true,false,published,Den kommer i maj,2026-03-04T08:00:00.000Z,
comment_3,post_1,comment_2,Mette Lund,mette@firma.example,true,false,published,Den er her,2026-05-04T08:00:00.000Z,
comment_4,post_1,,Jens,jens@firma.example,true,true,published,Vi skal skynde os,2026-03-04T08:00:00.000Z,
comment_5,post_1,,x,x@spam.example,false,false,spam,Buy now,2026-03-04T08:00:00.000Z,
"""


def test_quackback(tmp_path: Path) -> None:
    """A team member's comment is a reply to what it stands under; private and unapproved ones are passed over."""
    found = records(quackback.SOURCE, tmp_path, {"posts.csv": QUACKBACK, "post_comments.csv": QUACKBACK_COMMENTS})
    said = notes(found)
    assert list(said) == ["post_1", "post_2", "comment_1"]
    assert said["post_1"]["customer"] == "anna@kunde.example"
    assert said["post_1"]["theme"] == '["data", "eksport"]'
    assert said["post_2"] == {
        "verbatim": "=SUM er forkert",
        "source_id": "post_2",
        "said_at": "2026-03-02T08:00:00.000Z",
        "channel": "forum",
    }
    assert replies(found) == {
        "comment_2": ("comment_1", "Mette Lund", "Den kommer i maj"),
        "comment_3": ("post_1", "Mette Lund", "Den er her"),
    }
    assert silent(found) == [("post_comments.csv", 5), ("post_comments.csv", 6)]


CLEARFLASK = """\
ideaId,authorUserId,created,title,description,response,categoryId,statusId,tagIds,funded,fundersCount,fundGoal,voteValue,votersCount,expressionsValue,expressions
slow-app-x1,u-1,2026-03-01T08:00:00Z,Slow app,<p>It takes a <b>minute</b></p><p>Every time</p>,<p>We look at it</p>,c,s,"speed,1b4e28ba-2fa1-11d2-883f-0016d3cca427",0,0,,3,3,0,
dark-x2,u-9,2026-03-02T08:00:00Z,Dark theme,,,c,s,,0,0,,1,1,0,
"""
CLEARFLASK_USERS = """\
userId,ssoGuid,isMod,name,email,emailVerified,emailNotify,balance,created
u-1,,false,Anna Holm,anna@kunde.example,true,true,0,2026-01-01T00:00:00Z
u-2,,true,Mette Lund,mette@firm.example,true,true,0,2026-01-01T00:00:00Z
"""
CLEARFLASK_COMMENTS = """\
ideaId,commentId,parentCommentId,authorUserId,created,edited,content,upvotes,downvotes
slow-app-x1,k1,,u-2,2026-03-03T08:00:00Z,,<p>Which phone?</p>,0,0
slow-app-x1,k2,k1,u-1,2026-03-04T08:00:00Z,,<p>An old one</p>,0,0
"""


def test_clearflask(tmp_path: Path) -> None:
    """Writers are known by the table of users, HTML becomes text, a tag made of a random number is no theme."""
    files = {"posts.csv": CLEARFLASK, "users.csv": CLEARFLASK_USERS, "comments.csv": CLEARFLASK_COMMENTS}
    found = records(clearflask.SOURCE, tmp_path, files)
    said = notes(found)
    assert said["slow-app-x1"]["verbatim"].split() == ["Slow", "app", "It", "takes", "a", "minute", "Every", "time"]
    assert said["slow-app-x1"]["customer"] == "anna@kunde.example"
    assert said["slow-app-x1"]["theme"] == '["speed"]'
    assert said["dark-x2"]["customer"] == "u-9"
    assert said["k2"]["verbatim"] == "An old one"
    answer, comment = (one for one in found if one.answers == "slow-app-x1")
    assert answer.fields == {"verbatim": "We look at it", "source_id": "response slow-app-x1"}
    assert replies([comment]) == {"k1": ("slow-app-x1", "Mette Lund", "Which phone?")}


USERVOICE = """\
Idea ID,Idea Title,Idea Description,Idea Creator Email Address,Idea Creator Name,Labels,Created Timestamp,Public Status Update Message,Public Status Updated Timestamp,Public Status Creator Email Address,User Email Address,User Name
7,Bättre kvitton,Jag hittar inte mina kvitton,eva@kund.example,Eva Lind,"kvitto,app",2026-07-21 03:37:03,Det kommer,2026-08-01 09:00:00,mia@firma.example,eva@kund.example,Eva Lind
7,Bättre kvitton,Jag hittar inte mina kvitton,eva@kund.example,Eva Lind,"kvitto,app",2026-07-21 03:37:03,Det kommer,2026-08-01 09:00:00,mia@firma.example,olle@kund.example,Olle Ek
8,Swish,,,,,2026-07-22 03:37:03,,,,nils@kund.example,Nils
"""


def test_uservoice_has_a_row_for_every_voter(tmp_path: Path) -> None:
    """An idea in as many rows as it has votes is one note, by who wrote it; times without a zone are UTC."""
    found = records(uservoice.SOURCE, tmp_path, {"ideas.csv": USERVOICE})
    said = notes(found)
    assert list(said) == ["7", "8"]
    assert said["7"]["customer"] == "eva@kund.example"
    assert said["7"]["said_at"] == "2026-07-21T03:37:03+00:00"
    assert "customer" not in said["8"]
    assert [reply[0] for reply in replies(found).values()] == ["7"]
    assert silent(found) == [("ideas.csv", 3)]


def test_uservoice_with_dots(tmp_path: Path) -> None:
    """The export of all fields names its columns with dots; its user is a voter, not the writer."""
    text = (
        "suggestion.id,suggestion.title,suggestion.body,suggestion.created_timestamp,suggestion.labels.name,"
        "user.email\n1,Fel,Allt är fel,2026-07-21 03:37:03,,nils@kund.example\n"
        "1,Fel,Allt är fel,2026-07-21 03:37:03,,eva@kund.example\n"
    )
    found = records(uservoice.SOURCE, tmp_path, {"x.csv": text})
    assert notes(found) == {
        "1": {
            "verbatim": "Fel\nAllt är fel",
            "source_id": "1",
            "said_at": "2026-07-21T03:37:03+00:00",
            "channel": "forum",
        }
    }


def test_canny_by_other_names_in_any_order(tmp_path: Path) -> None:
    """Columns are known by their names wherever they stand."""
    text = "votes,Details,Author Email,Title,Tags\n3,It hides below,anna@kunde.example,Where is the menu,menu\n"
    [note] = records(canny.SOURCE, tmp_path, {"posts.csv": text})
    assert note.fields["verbatim"] == "Where is the menu\nIt hides below"
    assert (note.fields["customer"], note.fields["theme"]) == ("anna@kunde.example", '["menu"]')


def test_canny_interface(tmp_path: Path) -> None:
    """The interface's JSON has writers and tags as objects; an administrator's comment is a reply."""
    anna = {"id": "u1", "name": "Anna Holm", "email": "anna@kunde.example", "isAdmin": False}
    mette = {"id": "u2", "name": "Mette", "email": "mette@firm.example", "isAdmin": True}
    posts = [
        {"id": "p1", "title": "Menu", "details": "It hides", "status": "open", "score": 4, "author": anna,
         "created": "2026-03-01T08:00:00.000Z", "tags": [{"id": "t", "name": "app, menu"}],
         "category": {"id": "c", "name": "web"}},
    ]  # fmt: skip
    comments = [
        {
            "id": "c1",
            "value": "Soon",
            "author": mette,
            "post": {"id": "p1"},
            "internal": False,
            "created": "2026-03-02",
        },
        {"id": "c2", "value": "Hush", "author": mette, "post": {"id": "p1"}, "internal": True, "created": "2026-03-02"},
        {"id": "c3", "value": "Fine", "author": anna, "post": {"id": "p1"}, "internal": False, "created": "2026-03-03"},
    ]
    found = records(canny.SOURCE, tmp_path, {"posts.json": {"posts": posts}, "comments.json": {"comments": comments}})
    said = notes(found)
    assert list(said) == ["p1", "c3"]
    assert said["p1"]["theme"] == '["app, menu", "web"]'
    assert replies(found) == {"c1": ("p1", "Mette", "Soon")}


CFPB = """\
Date received,Product,Sub-product,Issue,Sub-issue,Consumer complaint narrative,Company public response,Company,State,ZIP code,Submitted via,Company response to consumer,Complaint ID
05/25/2013,Mortgage,,"Loan servicing, payments",,"They lost my payment, XXXX.",Company acted appropriately,BANK,TX,770,Web,Closed with explanation,1
12/01/2014,Mortgage,,Other,,,,BANK,TX,770,Postal mail,Closed,2
2015-02-03,Credit card,,Fees,, ,,BANK,TX,770,Phone,Closed,3
"""


def test_complaint_database(tmp_path: Path) -> None:
    """Only narratives are words; months stand before days; the company's answer is nobody's reply."""
    found = records(cfpb.SOURCE, tmp_path, {"complaints.csv": CFPB})
    assert notes(found) == {
        "1": {
            "verbatim": "They lost my payment, XXXX.",
            "source_id": "1",
            "said_at": "2013-05-25",
            "theme": '["Loan servicing, payments"]',
            "touchpoint": "Mortgage",
            "channel": "other",
            "kind": "complaint",
        }
    }
    assert len(silent(found)) == 2
    assert replies(found) == {}


def test_complaint_database_for_programs(tmp_path: Path) -> None:
    """The same complaints with underscores in the column names come in alike."""
    head, rest = CFPB.split("\n", 1)
    lines = f"{head.lower().replace(' ', '_').replace('-', '_')}\n{rest}"
    assert notes(records(cfpb.SOURCE, tmp_path, {"a.csv": lines})) == notes(
        records(cfpb.SOURCE, tmp_path, {"b.csv": CFPB})
    )
