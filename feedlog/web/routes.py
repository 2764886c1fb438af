"""Our pages and where they are. Each asks whether the reader may see it, reads once, and renders."""

import sqlite3
from collections.abc import Callable
from typing import Any

from feedlog import when
from feedlog.web import doors, home, looks, note, published, search


async def show_home(datasette: Any, request: Any) -> Any:
    """/ : this week in their words."""
    await published.ensure_may_read(datasette, request.actor)
    today = when.clock().astimezone().date()
    return doors.way_back(datasette, request) or await _answer(
        datasette, request, "feedlog_home.html", lambda connection: home.context(connection, today)
    )


async def show_search(datasette: Any, request: Any) -> Any:
    """/-/search : notes by words and filters."""
    await published.ensure_may_read(datasette, request.actor)
    today = when.clock().astimezone().date()
    asked = search.asked({name: request.args.get(name) or "" for name in search.NAMES})
    return await _answer(
        datasette, request, "feedlog_search.html", lambda connection: search.context(connection, asked, today)
    )


async def show_note(datasette: Any, request: Any) -> Any:
    """/-/note/ID : one sentence and all that hangs on it."""
    await published.ensure_may_read(datasette, request.actor)
    today = when.clock().astimezone().date()
    number = request.url_vars["number"]
    return await _answer(
        datasette, request, "feedlog_note.html", lambda connection: note.context(connection, number, today)
    )


# Fuller routes first: Datasette takes the first that fits.
ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", show_home),
    (r"^/-/search$", show_search),
    (r"^/-/note/(?P<number>[^/]*)$", show_note),
]


async def _answer(
    datasette: Any,
    request: Any,
    template: str,
    question: Callable[[sqlite3.Connection], dict[str, Any] | None],
) -> Any:
    """The page; a friendly one where there is nothing of that name or the file cannot be read now."""
    try:
        context = await published.read(datasette, question)
    except sqlite3.Error:
        told = {
            "title": "Not just now",
            "error": "The pages are being written anew, or this question takes too long.",
            "hint": "Load the page again in a moment; ask for fewer words or a shorter time.",
        }
        return await looks.page(datasette, request, "feedlog_told.html", told, status=503)
    if context is None:
        told = {
            "title": "No such note",
            "error": "There is no note of this number, or it was taken back.",
            "hint": "Look for its words with the search above.",
        }
        return await looks.page(datasette, request, "feedlog_told.html", told, status=404)
    return await looks.page(datasette, request, template, context)
