"""UserVoice's exports of ideas: one row for each idea and voter, so an idea stands in as many rows as it has votes.

Only the first of them is taken; the others count as rows without words. The person of the columns `user.` is a voter,
not who wrote the idea. Times are UTC, written without a zone.
"""

from collections.abc import Iterator

from feedlog.formats.conversations import Tables, in_utc, themes
from feedlog.formats.posts import Post, names_in, posts, remark
from feedlog.formats.records import Record, Source

# The export of all fields names its columns with dots, the full export of an idea list with words.
_COLUMNS = {
    "id": ("suggestion.id", "idea id"),
    "title": ("suggestion.title", "idea title"),
    "body": ("suggestion.body", "idea description"),
    "created": ("suggestion.created_timestamp", "suggestion.created_at", "created timestamp"),
    "labels": ("suggestion.labels.name", "labels"),
    "mail": ("suggestion.creator.email", "suggestion.created_by.email", "idea creator email address"),
    "name": ("suggestion.creator.name", "suggestion.created_by.name", "idea creator name"),
    "response": ("suggestion.status_update.body", "suggestion.response.body", "public status update message"),
    "responded": (
        "suggestion.status_update.created_timestamp",
        "suggestion.response.created_timestamp",
        "public status updated timestamp",
    ),
    "responder": (
        "suggestion.status_update.creator.name",
        "suggestion.response.creator.name",
        "public status creator name",
        "public status creator email address",
    ),
}


def _records(tables: Tables) -> Iterator[Record]:
    seen: set[str] = set()
    yield from posts(tables, ("suggestions", "ideas"), lambda post: _idea(post, seen))
    yield from posts(tables, ("comments",), _comment)


def _idea(post: Post, seen: set[str]) -> Iterator[Record]:
    number = _cell(post, "id")
    if number and number in seen:
        yield post.nothing()
        return
    seen.add(number)
    mail = _cell(post, "mail")
    yield post.note(
        remark(_cell(post, "title"), _cell(post, "body")),
        source_id=number,
        said_at=in_utc(_cell(post, "created")),
        customer=mail,
        name=_cell(post, "name") if mail else "",
        theme=themes(names_in(_cell(post, "labels"))),
        channel="forum",
    )
    if response := _cell(post, "response"):
        said_at = in_utc(_cell(post, "responded"))
        yield post.reply(
            number,
            response,
            source_id=f"response {number} {said_at}".strip(),
            said_at=said_at,
            agent=_cell(post, "responder"),
        )


def _cell(post: Post, what: str) -> str:
    return post.first(*_COLUMNS[what])


def _comment(post: Post) -> Iterator[Record]:
    """A comment of the plain export. It does not say who of the writers is one of us, so all are customers."""
    mail = post.first("user email")
    yield post.note(
        post.first("text", "body"),
        source_id=f"comment {post.first('id')}" if post.first("id") else "",
        said_at=in_utc(post.first("created at")),
        customer=mail,
        name=post.first("user name") if mail else "",
        channel="forum",
    )


SOURCE = Source(
    name="uservoice",
    title="UserVoice",
    tables={
        "suggestions": frozenset({"suggestion.id", "suggestion.title", "suggestion.body"}),
        "ideas": frozenset({"idea id", "idea title", "idea description"}),
        "comments": frozenset({"suggestion id", "text", "user email", "created at"}),
    },
    needed=(),
    records=_records,
    instead="Export the ideas with title and description.",
)
