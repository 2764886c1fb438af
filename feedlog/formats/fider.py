"""Fider's export of a site: one CSV of ideas with the answer given to each.

It names the people who wrote, but has neither number nor address of them: two of one name would become one customer,
so the notes come in without a customer.
"""

from collections.abc import Iterator

from feedlog.formats.conversations import Tables, themes
from feedlog.formats.posts import Post, names_in, posts, remark
from feedlog.formats.records import Record, Source


def _records(tables: Tables) -> Iterator[Record]:
    yield from posts(tables, ("posts",), _idea)


def _idea(post: Post) -> Iterator[Record]:
    number = post.first("number")
    yield post.note(
        remark(post.first("title"), post.first("description")),
        source_id=number,
        said_at=post.first("created_at"),
        # Tags are joined with a comma and a blank, and a tag may hold a comma: parted there and nowhere else, only
        # a tag that holds both comes in as two.
        theme=themes(names_in(post.first("tags"), ", ")),
        channel="forum",
    )
    if response := post.first("response"):
        said_at = post.first("responded_at")
        yield post.reply(
            number,
            response,
            source_id=f"response {number} {said_at}",
            said_at=said_at,
            agent=post.first("responded_by"),
        )


SOURCE = Source(
    name="fider",
    title="Fider",
    tables={
        "posts": frozenset(
            {"number", "title", "description", "created_at", "created_by", "responded_by", "responded_at", "response"}
        )
    },
    needed=("posts",),
    records=_records,
    instead="Export the site's posts as CSV.",
)
