"""Forum threads as JSON: Discourse's topics, GitHub's issues and comments, and threads with their posts in a list.

What customers write are notes, what we write are replies to the customer's latest post before it in the thread. Ours
are the posts a forum marks as the staff's, those GitHub marks as an owner's or a member's, and those of the names the
caller gives as ours. A thread's title is part of its first post. GitHub's tables as github-to-sqlite writes them may be
given, too, also as CSV.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from feedlog.formats.conversations import (
    Cells,
    Lookup,
    Message,
    Person,
    Tables,
    answered,
    broken,
    cell,
    filled,
    in_utc,
    inner,
    is_yes,
    plain,
    rows_of,
    themes,
)
from feedlog.formats.mail_words import without_quoted_lines
from feedlog.formats.posts import folded, is_one_of, names_in, remark
from feedlog.formats.quoted import without_quotes
from feedlog.formats.records import Record, Source

_LISTS = ("post_stream.posts", "posts", "messages", "comments", "replies")
_STAFF = ("staff", "admin", "moderator", "is_staff", "is_admin", "is_team_member", "author.staff", "author.admin")
_OUR_ROLES = {"staff", "admin", "administrator", "moderator", "agent", "team", "support"}
# GitHub's words for people of the house. A collaborator may be a partner or a customer: one of us is named as ours.
_OUR_ASSOCIATIONS = {"owner", "member"}
_DISCOURSE_ROBOTS = {"system", "discobot"}
# What GitHub calls an issue's place: in the addresses of it and of its comments.
_ISSUE = re.compile(r"/(?:repos/)?([^/]+/[^/]+)/(?:issues|pull)/(\d+)")
_QUOTE_MARK = re.compile(r"\[(?:quote\b[^\[\]]*|(?P<end>/quote))\]", re.IGNORECASE)


def with_ours(ours: Collection[str]) -> Source:
    """The source in which posts of these names or addresses are replies; `@firm.example` is a whole domain."""
    return SOURCE._replace(records=partial(_records, ours=folded(ours)))


def _records(tables: Tables, ours: Collection[str] = ()) -> Iterator[Record]:
    yield from broken(tables, "users")
    with Lookup() as known:
        for _, row in rows_of(tables, "users"):
            known.add_person(cell(row.cells, "id"), Person(cell(row.cells, "login"), cell(row.cells, "name")))
        yield from answered(known, lambda: _messages(tables, known, ours))


def _messages(tables: Tables, known: Lookup, ours: Collection[str]) -> Iterator[Message]:
    for name, row in rows_of(tables, *SOURCE.needed):
        if row.problem:
            yield Message(name, row.line, problem=row.problem)
            continue
        for message in _of_row(row.cells, known, ours):
            yield message._replace(table=name, line=row.line)


def _of_row(cells: Cells, known: Lookup, ours: Collection[str]) -> Iterator[Message]:
    if "author_association" in cells:
        yield _of_github(cells, known, ours)
    elif (listed := next((name for name in _LISTS if cells.get(name, "").lstrip().startswith("[")), None)) is not None:
        yield from _of_thread(cells, inner(cells, listed), ours)
    elif _words(cells):
        yield _post(cells, cell(cells, "topic_id", "thread_id"), ours)


# --- a thread with its posts ----------------------------------------------------------------------


def _of_thread(thread: Cells, posts: list[dict[str, str]], ours: Collection[str]) -> Iterator[Message]:
    key = cell(thread, "id", "slug", "url", "title")
    coded = themes(
        [*names_in(cell(thread, "tags")), *names_in(cell(thread, "labels")), cell(thread, "category.name", "category")]
    )
    title = cell(thread, "title", "subject")
    if _words(thread):  # the first post stands in the thread itself
        posts = [{name: text for name, text in thread.items() if name not in _LISTS}, *posts]
    for place, one in enumerate(posts):
        message = _post(one, key, ours)
        if place == 0 and message.writer == "customer":
            message = message._replace(words=remark(title, message.words))
        own_id = cell(one, "id", "post_id")
        fallback = f"{key}/{cell(one, 'post_number') or place + 1}"
        source_id = f"thread {own_id}" if place == 0 and own_id and own_id == cell(thread, "id") else own_id or fallback
        fields = {**message.fields, **({"theme": coded} if coded else {})}
        yield message._replace(source_id=source_id, fields=fields)


def _post(post: Cells, thread: str, ours: Collection[str]) -> Message:
    key, name = _author(post)
    robot = key.casefold() in _DISCOURSE_ROBOTS or cell(post, "post_type") in ("3", "4")
    gone = is_yes(cell(post, "hidden")) or is_yes(cell(post, "user_deleted")) or bool(cell(post, "deleted_at"))
    staff = any(is_yes(cell(post, column)) for column in _STAFF)
    role = cell(post, "role", "author.role", "author_role").casefold()
    named = is_one_of(ours, key, name, cell(post, "author.email", "email"))
    of_the_house = role in _OUR_ROLES or cell(post, "authorassociation").casefold() in _OUR_ASSOCIATIONS
    colleague = staff or of_the_house or named
    return Message(
        table="",
        line=0,
        conversation=thread,
        source_id=cell(post, "id", "post_id"),
        sent_at=in_utc(cell(post, "created_at", "date", "time", "timestamp", "created", "posted_at", "createdat")),
        writer="nobody" if robot or gone else "colleague" if colleague else "customer",
        words=_words(post),
        fields=_who(key, name, colleague=colleague),
    )


def _author(post: Cells) -> tuple[str, str]:
    """What a post's writer is known by, and the name for people where the forum has both."""
    key = cell(
        post, "author.email", "email", "author_email", "username", "author.username", "author.login", "user.login"
    )
    name = cell(post, "name", "author.name", "author_name", "display_username", "author", "user", "user.name")
    return key or cell(post, "author.id", "user_id", "author_id") or name, name if name != key else ""


def _who(key: str, name: str, *, colleague: bool) -> Mapping[str, str]:
    if colleague:
        return filled({"agent": name or key})
    return filled({"customer": key, "name": name if name != key else "", "channel": "forum"})


def _words(post: Cells) -> str:
    """A post's own words: as they were typed where the forum has that, else as shown; without what it quotes."""
    typed = cell(post, "raw", "body", "text", "content", "message")
    shown = cell(post, "cooked", "body_html", "html")
    text = plain(without_quotes(shown)) if shown and not cell(post, "raw") else plain(typed)
    return without_quoted_lines(_outside_quotes(text))


def _outside_quotes(text: str) -> str:
    """The text without what stands between marks of quoting, quotes in quotes too; an open mark quotes nothing."""
    begun: list[int] = []
    quotes: list[tuple[int, int]] = []
    for mark in _QUOTE_MARK.finditer(text):
        if not mark["end"]:
            begun.append(mark.start())
        elif begun:
            start = begun.pop()
            while quotes and quotes[-1][0] > start:
                quotes.pop()
            quotes.append((start, mark.end()))
    ends = [0, *(end for _, end in quotes)]
    starts = [*(start for start, _ in quotes), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


# --- GitHub ---------------------------------------------------------------------------------------


def _of_github(cells: Cells, known: Lookup, ours: Collection[str]) -> Message:
    number = cell(cells, "user", "user.id")
    person = known.person(number) or Person(cell(cells, "user.login") or number)
    association = cell(cells, "author_association").casefold()
    colleague = association in _OUR_ASSOCIATIONS or is_one_of(ours, person.key, person.name)
    robot = cell(cells, "user.type") == "Bot" or person.key.endswith("[bot]")
    is_comment = "title" not in cells
    own_id = cell(cells, "id")
    if is_comment:
        issue = cell(cells, "issue")
        thread = known.first("issue", issue) or _place(cell(cells, "issue_url", "html_url")) or issue
    else:
        thread = _place(cell(cells, "url", "html_url")) or own_id
        known.add("issue", own_id, thread)  # github-to-sqlite's comments name the issue by its id
    body = without_quoted_lines(cell(cells, "body"))
    labels = themes(names_in(cell(cells, "labels"))) if "labels" in cells else ""
    offered = bool(cell(cells, "pull_request", "pull_request.url"))  # code, and not something said
    return Message(
        table="",
        line=0,
        conversation=thread,
        source_id=f"comment {own_id}" if is_comment else own_id,
        sent_at=in_utc(cell(cells, "created_at")),
        writer="nobody" if robot or offered else "colleague" if colleague else "customer",
        words=body if is_comment else remark(cell(cells, "title"), body),
        fields={**_who(person.key, person.name, colleague=colleague), **filled({"theme": labels})},
    )


def _place(address: str) -> str:
    """An issue as GitHub's people write it, owner/repository#number, from an address of it or of a comment."""
    found = _ISSUE.search(address)
    return f"{found[1]}#{found[2]}" if found else ""


SOURCE = Source(
    name="forum",
    title="a forum",
    tables={
        "topics": frozenset({"post_stream.posts", "id", "title", "slug", "posts_count", "created_at"}),
        "topic posts": frozenset({"topic_id", "username", "cooked", "created_at"}),
        "threads": frozenset({"title", "posts"}),
        "threads of messages": frozenset({"title", "messages"}),
        "threads of replies": frozenset({"title", "replies"}),
        "posts": frozenset({"thread_id", "author", "body"}),
        "issues": frozenset({"number", "title", "body", "author_association", "state"}),
        "issues with comments": frozenset({"number", "title", "body", "author.login", "comments"}),
        "comments": frozenset({"issue_url", "body", "author_association"}),
        "comments of a table": frozenset({"issue", "body", "author_association"}),
        "users": frozenset({"login", "node_id", "avatar_url", "id"}),
    },
    needed=(
        *("topics", "topic posts", "threads", "threads of messages", "threads of replies", "posts"),
        *("issues", "issues with comments", "comments", "comments of a table"),
    ),
    records=_records,
    instead="Export the threads with their posts.",
)
