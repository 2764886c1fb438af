"""Quackback's exports: posts.csv, and post_comments.csv where it is given too; also its import template.

A comment by one of the team is a reply to the post or comment it stands under; a private one was never shown to the
customer and is passed over, as are comments that did not pass moderation.
"""

from collections.abc import Iterator

from feedlog.formats.conversations import Tables, cell, is_yes, rows_of, themes
from feedlog.formats.posts import Post, names_in, posts, remark
from feedlog.formats.records import Record, Source

_SHOWN = {"", "published", "approved"}


def _records(tables: Tables) -> Iterator[Record]:
    yield from posts(tables, ("posts",), _post)
    by_team = {
        cell(row.cells, "id") for _, row in rows_of(tables, "comments") if is_yes(row.cells.get("is_team_member", ""))
    }
    yield from posts(tables, ("comments",), lambda post: _comment(post, by_team))


def _post(post: Post) -> Iterator[Record]:
    yield post.note(
        remark(_plain(post.first("title")), _plain(post.first("content"))),
        source_id=post.first("id", "source_id"),
        said_at=post.first("created_at"),
        customer=_plain(post.first("author_email")),
        name=_plain(post.first("author_name")) if post.first("author_email") else "",
        theme=themes(names_in(_plain(post.first("tags")))),
        channel="forum",
    )


def _comment(post: Post, by_team: set[str]) -> Iterator[Record]:
    words, said_at = _plain(post.first("content")), post.first("created_at")
    author = _plain(post.first("author_name"))
    above = post.first("parent_id")
    if post.says("is_private") or post.first("moderation_state").casefold() not in _SHOWN:
        yield post.nothing()
    elif post.says("is_team_member"):
        to = above if above and above not in by_team else post.first("post_id")
        agent = author or _plain(post.first("author_email"))
        yield post.reply(to, words, source_id=post.first("id"), said_at=said_at, agent=agent)
    else:
        email = _plain(post.first("author_email"))
        yield post.note(
            words,
            source_id=post.first("id"),
            said_at=said_at,
            customer=email,
            name=author if email else "",
            channel="forum",
        )


def _plain(cell: str) -> str:
    """A cell without the apostrophe Quackback puts before what a spreadsheet would take for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell


SOURCE = Source(
    name="quackback",
    title="Quackback",
    tables={
        "posts": frozenset({"title", "content", "board", "author_name", "author_email", "vote_count"}),
        "comments": frozenset({"post_id", "parent_id", "content", "is_team_member", "is_private", "moderation_state"}),
        "votes": frozenset({"post_id", "voter_email", "source_type"}),
    },
    needed=("posts",),
    records=_records,
    instead="Import posts.csv of the export, with post_comments.csv beside it.",
)
