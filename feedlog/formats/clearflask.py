"""ClearFlask's exports: the posts, users and comments of a project as CSV.

Posts name their writers by number; with users.csv at hand they are known by mail and name. A moderator's comment is a
reply. The answer to a post has neither time nor writer in the export.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedlog.formats.conversations import Tables, broken, cell, is_yes, plain, rows_of, themes
from feedlog.formats.posts import Post, names_in, posts, remark
from feedlog.formats.records import Record, Source

# Tags made in ClearFlask are known by a number made at random, which is no name for a theme.
_RANDOM = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9a-f]{16,}", re.IGNORECASE)


class _Writer(NamedTuple):
    key: str
    name: str
    moderator: bool


def _records(tables: Tables) -> Iterator[Record]:
    yield from broken(tables, "users")
    users = {}
    for _, row in rows_of(tables, "users"):
        key = cell(row.cells, "email", "ssoguid", "userid")
        users[cell(row.cells, "userid")] = _Writer(key, cell(row.cells, "name"), is_yes(row.cells.get("ismod", "")))
    yield from posts(tables, ("posts",), lambda post: _post(post, users))
    yield from posts(tables, ("comments",), lambda post: _comment(post, users))


def _post(post: Post, users: dict[str, _Writer]) -> Iterator[Record]:
    writer = _writer(post, users)
    number = post.first("ideaid")
    yield post.note(
        remark(post.first("title"), plain(post.first("description"))),
        source_id=number,
        said_at=post.first("created"),
        customer=writer.key,
        name=writer.name,
        theme=themes(tag for tag in names_in(post.first("tagids")) if not _RANDOM.fullmatch(tag.strip())),
        channel="forum",
    )
    if response := plain(post.first("response")):
        yield post.reply(number, response, source_id=f"response {number}")


def _comment(post: Post, users: dict[str, _Writer]) -> Iterator[Record]:
    writer = _writer(post, users)
    words, said_at = plain(post.first("content")), post.first("created")
    if writer.moderator:
        yield post.reply(
            post.first("ideaid"),
            words,
            source_id=post.first("commentid"),
            said_at=said_at,
            agent=writer.name or writer.key,
        )
    else:
        yield post.note(
            words,
            source_id=post.first("commentid"),
            said_at=said_at,
            customer=writer.key,
            name=writer.name,
            channel="forum",
        )


def _writer(post: Post, users: dict[str, _Writer]) -> _Writer:
    number = post.first("authoruserid")
    return users.get(number) or _Writer(number, "", False)


SOURCE = Source(
    name="clearflask",
    title="ClearFlask",
    tables={
        "posts": frozenset({"ideaid", "authoruserid", "created", "title", "description", "response"}),
        "users": frozenset({"userid", "ismod", "name", "email"}),
        "comments": frozenset({"ideaid", "commentid", "authoruserid", "created", "content"}),
    },
    needed=("posts", "comments"),
    records=_records,
    instead="Import the posts of the export, with the users beside them.",
)
