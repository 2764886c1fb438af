"""Canny's posts and comments, from its interface as JSON or as CSV.

What the columns of the CSV are called is nowhere written down, so they are known by the names of the interface and by
those other boards take for them; a column whose name is none of these is left alone. A comment by an administrator is
a reply, one that only the team sees is passed over.
"""

from collections.abc import Iterator

from feedlog.formats.conversations import Tables, themes
from feedlog.formats.posts import Post, names_in, posts, remark
from feedlog.formats.records import Record, Source

_COLUMNS = {
    "id": ("id", "post id", "post_id", "url"),
    "title": ("title", "post title", "headline", "name"),
    "details": ("details", "post details", "description", "body"),
    "created": ("created", "created at", "created_at", "date", "post created"),
    "mail": ("author.email", "author email", "author_email", "email"),
    "author": ("author.id", "author id", "author_id"),
    "name": ("author.name", "author name", "author_name", "author"),
    "tags": ("tags", "labels"),
    "category": ("category.name", "category"),
}


def _records(tables: Tables) -> Iterator[Record]:
    yield from posts(tables, (name for name in SOURCE.tables if name != "comments"), _post)
    yield from posts(tables, ("comments",), _comment)


def _post(post: Post) -> Iterator[Record]:
    yield post.note(
        remark(_cell(post, "title"), _cell(post, "details")),
        source_id=_cell(post, "id"),
        said_at=_cell(post, "created"),
        theme=themes([*names_in(_cell(post, "tags")), _cell(post, "category")]),
        channel="forum",
        **_writer(post),
    )


def _comment(post: Post) -> Iterator[Record]:
    words, said_at = post.first("value"), _cell(post, "created")
    if post.says("internal") or post.says("private"):
        yield post.nothing()
    elif post.says("author.isadmin"):
        agent = _cell(post, "name")
        yield post.reply(post.first("post.id"), words, source_id=post.first("id"), said_at=said_at, agent=agent)
    else:
        yield post.note(words, source_id=post.first("id"), said_at=said_at, channel="forum", **_writer(post))


def _writer(post: Post) -> dict[str, str]:
    key = _cell(post, "mail") or _cell(post, "author")
    return {"customer": key, "name": _cell(post, "name") if key else ""}


def _cell(post: Post, what: str) -> str:
    return post.first(*_COLUMNS[what])


SOURCE = Source(
    name="canny",
    title="Canny",
    tables={
        # Title and details alone are also what somebody's own table may have, beside columns that must not be lost.
        "posts": frozenset({"title", "details", "status"}),
        "posts with scores": frozenset({"title", "details", "score"}),
        "posts with votes": frozenset({"title", "details", "votes"}),
        "posts by their long names": frozenset({"post title", "post details"}),
        "posts by headline": frozenset({"headline", "body", "votes"}),
        "ideas": frozenset({"title", "description", "upvotes"}),
        "comments": frozenset({"value", "post.id", "author.id"}),
    },
    needed=(),
    records=_records,
    instead="Export the posts with title and details.",
)
