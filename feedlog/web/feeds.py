"""Atom feeds of new notes and overdue promises, for readers without cookies: each person has a key of their own."""

import hashlib
import json
import sqlite3
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from datasette import Response
from feedgen.feed import FeedGenerator
from itsdangerous import BadSignature

from feedlog import when
from feedlog.vocabulary import CHANNELS, KINDS
from feedlog.web import logins, looks, published, showing
from feedlog.web.speech import _

NEWEST = 50
# A note may hold a megabyte; its page has the rest.
_LONGEST = 2000
_KEY = "feeds"


def key_of(datasette: Any, actor: dict[str, Any] | None) -> str | None:
    """What opens the feeds for this person, and nothing else. None for whoever has no password, which is root.

    It stays the same until the password or the role changes, and is worth nothing then.
    """
    if not actor or not actor.get("pass"):
        return None
    key: str = datasette.sign({"n": actor["id"], "p": actor["pass"]}, _KEY)
    return key


def holder(datasette: Any, key: str) -> dict[str, Any] | None:
    """Whose key this is, or None where it opens nothing (any more)."""
    try:
        told = datasette.unsign(key, _KEY)
    except BadSignature:
        return None
    account = logins.of(datasette).account(str(told.get("n")))
    return account.actor if account and account.actor.get("pass") == told.get("p") else None


async def show_feeds(datasette: Any, request: Any) -> Any:
    """/-/feeds : a person's own addresses."""
    await published.ensure_may_read(datasette, request.actor)
    key = key_of(datasette, request.actor)
    places = [(_("New notes"), "/-/notes.atom"), (_("Overdue promises"), "/-/promises.atom")]
    found = [
        (name, datasette.absolute_url(request, datasette.urls.path(f"{place}?{urlencode({'key': key})}")))
        for name, place in (places if key else [])
    ]
    return await looks.page(datasette, request, "feedlog_feeds.html", {"feeds": found})


async def show_notes(datasette: Any, request: Any) -> Any:
    """/-/notes.atom : the newest notes, of one theme, kind or channel where asked for."""
    wanted = {name: request.args.get(name) for name in ("theme", "kind", "channel") if request.args.get(name)}
    for name, known in (("kind", KINDS), ("channel", CHANNELS)):
        if name in wanted and wanted[name] not in known:
            return Response.text(f"There is no such {name}. It is one of: {', '.join(known)}.\n", status=400)

    def newest(connection: sqlite3.Connection) -> list[published.Row] | None:
        if "theme" in wanted and not published.row(
            connection, "select 1 from themes where name = ?", [wanted["theme"].lower()]
        ):
            return None
        return _newest(connection, wanted)

    rows = await _read(datasette, request, newest)
    if rows is None:
        return Response.text("There is no such theme. The table of themes names them.\n", status=404)
    feed = _feed(datasette, request, _("What customers said"), "notes")
    for row in rows:
        entry = _entry(datasette, request, feed, f"note:{row['id']}", row["id"])
        entry.title(showing.shorten(row["verbatim"], 80))
        entry.content(_text(row["verbatim"]), type="text")
        entry.published(_instant(row["said_at"]))
        entry.updated(_instant(row["logged_at"]))
        entry.author(name=_clean(row["initials"] or _("A customer")))
        for theme in json.loads(row["themes"]):
            entry.category(term=_clean(theme))
    return _answer(request, feed)


async def show_promises(datasette: Any, request: Any) -> Any:
    """/-/promises.atom : promises that are open after their day, the longest overdue first."""
    today = when.clock().astimezone().date()
    sql = """select id, note_id, what, owner, due_on from promises
              where outcome = 'open' and due_on < ? order by due_on, id limit ?"""
    rows = await _read(
        datasette, request, lambda connection: published.rows(connection, sql, [today.isoformat(), NEWEST])
    )
    feed = _feed(datasette, request, _("Overdue promises"), "promises")
    for row in rows:
        entry = _entry(datasette, request, feed, f"promise:{row['id']}:{row['due_on']}", row["note_id"])
        entry.title(showing.shorten(row["what"], 80))
        due = date.fromisoformat(row["due_on"])
        entry.content(f"{_text(row['what'])}\n{_clean(row['owner'])}: {showing.due(row['due_on'], today)}", type="text")
        # What is overdue becomes news on the day after.
        entry.updated(datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=UTC))
        entry.author(name=_clean(row["owner"]))
    return _answer(request, feed)


def _newest(connection: sqlite3.Connection, wanted: dict[str, str]) -> list[published.Row]:
    conditions = [f"notes.{name} = :{name}" for name in ("kind", "channel") if name in wanted]
    joined = ""
    if "theme" in wanted:
        joined = "join note_themes on note_themes.note_id = notes.id"
        conditions.append("note_themes.theme = lower(:theme)")
    where = f"where {' and '.join(conditions)}" if conditions else ""
    order = "note_themes.said_at" if joined else "notes.id" if not conditions else "notes.said_at"
    sql = f"""select notes.id, verbatim, notes.said_at, logged_at, initials, themes from notes {joined}
              {where} order by {order} desc limit {NEWEST}"""
    return [dict(row) for row in connection.execute(sql, wanted)]


async def _read(datasette: Any, request: Any, question: Any) -> Any:
    """The answer to a question for the person the key or the login stands for. Raises Forbidden."""
    key = request.args.get("key")
    actor = request.actor or (holder(datasette, key) if key else None)
    await published.ensure_may_read(datasette, actor)
    return await published.read(datasette, question)


def _feed(datasette: Any, request: Any, title: str, name: str) -> Any:
    here = datasette.absolute_url(request, datasette.urls.path(request.path))
    feed = FeedGenerator()
    feed.id(here)
    feed.title(title)
    # Without the key: a feed that is passed on must not open anything.
    feed.link(href=here, rel="self", type="application/atom+xml")
    feed.link(href=datasette.absolute_url(request, datasette.urls.path("/")), rel="alternate", type="text/html")
    feed.author(name="feedlog")
    feed.generator("feedlog")
    feed.updated(datetime(2000, 1, 1, tzinfo=UTC))  # of a feed without entries
    return feed


def _entry(datasette: Any, request: Any, feed: Any, name: str, note_id: int) -> Any:
    entry = feed.add_entry(order="append")
    place = datasette.absolute_url(request, datasette.urls.path(f"/-/note/{note_id}"))
    entry.id(f"{place}#{name}")
    entry.link(href=place, rel="alternate", type="text/html")
    return entry


def _answer(request: Any, feed: Any) -> Any:
    updated = [entry.updated() for entry in feed.entry()]
    if updated:
        feed.updated(max(updated))
    body = feed.atom_str(pretty=True)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status=304, headers={"etag": tag})
    return Response(body, headers={"etag": tag}, content_type="application/atom+xml; charset=utf-8")


def _clean(text: str) -> str:
    """The text without what XML cannot hold: control characters, lone surrogates and the two that are no characters."""
    return "".join(
        "\ufffd" if "\ud800" <= sign <= "\udfff" or sign in "\ufffe\uffff" else sign for sign in showing.clean(text)
    )


def _text(text: str) -> str:
    return _clean(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …")


def _instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


ROUTES = [
    (r"^/-/feeds$", show_feeds),
    (r"^/-/notes\.atom$", show_notes),
    (r"^/-/promises\.atom$", show_promises),
]
