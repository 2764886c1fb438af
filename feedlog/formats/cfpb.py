"""The Consumer Complaint Database of the United States' Consumer Financial Protection Bureau.

The narrative is what the consumer wrote; most complaints are published without one. What the company answered is chosen
from a list of sentences for the public, with no day to it: it is neither the customer's words nor a reply, and is not
taken. The issue is what the complaint is about, so it becomes the theme; the product is where it arose, so it becomes
the touchpoint. The consumer is not named.
"""

import re
from collections.abc import Iterator

from feedlog.formats.conversations import Tables, themes
from feedlog.formats.posts import Post, posts
from feedlog.formats.records import Record, Source

_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CHANNELS = {
    "phone": "phone",
    "email": "email",
    "postal mail": "letter",
    "fax": "letter",
    "web": "other",
    "referral": "other",
    "web referral": "other",
}


def _records(tables: Tables) -> Iterator[Record]:
    yield from posts(tables, SOURCE.tables, _complaint)


def _complaint(post: Post) -> Iterator[Record]:
    # The download for people names its columns with blanks, the one for programs with underscores.
    post = post._replace(cells={name.replace("_", " "): cell for name, cell in post.cells.items()})
    yield post.note(
        post.first("consumer complaint narrative", "complaint what happened"),
        source_id=post.first("complaint id"),
        said_at=_day(post.first("date received")),
        theme=themes([post.first("issue")]),
        touchpoint=post.first("product"),
        channel=_CHANNELS.get(post.first("submitted via").casefold(), "other"),
        kind="complaint",
    )


def _day(cell: str) -> str:
    """A day as the bureau writes it, the month before the day, or as an ISO day."""
    found = _MONTH_FIRST.fullmatch(cell)
    return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}" if found else cell


SOURCE = Source(
    name="cfpb",
    title="Consumer Complaint Database",
    tables={
        "complaints": frozenset({"complaint id", "consumer complaint narrative", "date received", "product", "issue"}),
        "complaints of the bulk file": frozenset(
            {"complaint_id", "consumer_complaint_narrative", "date_received", "product", "issue"}
        ),
        "complaints of the interface": frozenset(
            {"complaint_id", "complaint_what_happened", "date_received", "product", "issue"}
        ),
    },
    needed=(),
    records=_records,
    instead="Download the complaints with their narratives as CSV.",
)
