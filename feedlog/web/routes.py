"""Our pages and where they are. Each asks whether the reader may see it, reads once, and renders."""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

from feedlog import when
from feedlog.web import (
    counting,
    customer,
    doors,
    downloads,
    home,
    lists,
    looks,
    note,
    periods,
    promises,
    published,
    readers,
    search,
    theme,
    word_list,
)
from feedlog.web.speech import _

Context = dict[str, Any]
Question = Callable[[sqlite3.Connection], Context | None]


async def show_home(datasette: Any, request: Any) -> Any:
    """/ : a period in the customers' words."""

    def question(connection: sqlite3.Connection) -> Context:
        return home.context(connection, _period(connection, request), _today())

    await published.ensure_may_read(datasette, request.actor)
    return doors.way_back(datasette, request) or await _answer(datasette, request, "feedlog_home.html", question)


async def show_search(datasette: Any, request: Any) -> Any:
    """/-/search : notes by words and filters."""
    asked = search.asked({name: request.args.get(name) or "" for name in search.NAMES})
    await published.ensure_may_read(datasette, request.actor)
    if request.url_vars["form"] and not asked.misread:
        question = await published.read(datasette, lambda connection: lists.notes(connection, asked))
        return _file(datasette, request, "notes", question, lists.readable)
    return await _answer(
        datasette,
        request,
        "feedlog_search.html",
        lambda connection: search.context(connection, asked, _today()),
        status=400 if asked.misread else 200,
    )


async def show_note(datasette: Any, request: Any) -> Any:
    """/-/note/ID : one sentence and all that hangs on it."""
    number = request.url_vars["number"]
    await published.ensure_may_read(datasette, request.actor)
    return await _answer(
        datasette,
        request,
        "feedlog_note.html",
        lambda connection: note.context(connection, number, _today()),
        missing=(_("No such note"), _("There is no note of this number, or it was taken back.")),
    )


async def show_customer(datasette: Any, request: Any) -> Any:
    """/-/customer/KEY : all that one customer said, by pseudonym."""
    pseudonym, before = request.url_vars["pseudonym"], request.args.get("before") or ""
    await published.ensure_may_read(datasette, request.actor)
    return await _answer(
        datasette,
        request,
        "feedlog_customer.html",
        lambda connection: customer.context(connection, pseudonym, before, _today()),
        missing=(_("No such customer"), _("Nobody here goes by this pseudonym, or their notes are gone.")),
    )


async def show_theme(datasette: Any, request: Any) -> Any:
    """/-/theme/NAME : what is said about one theme, where, and what is being done."""
    name = theme.named(request.url_vars["name"])
    await published.ensure_may_read(datasette, request.actor)
    return await _answer(
        datasette,
        request,
        "feedlog_theme.html",
        lambda connection: theme.context(connection, name, _period(connection, request), _today()),
        missing=(_("No such theme"), _("The codebook has no theme of this name, or it was merged into another.")),
    )


async def show_themes(datasette: Any, request: Any) -> Any:
    """/-/themes : every theme with its run over time."""
    await published.ensure_may_read(datasette, request.actor)
    if request.url_vars["form"]:
        return _file(datasette, request, "themes", lists.of_themes())
    return await _answer(
        datasette,
        request,
        "feedlog_themes.html",
        lambda connection: theme.codebook(connection, _period(connection, request), _today()),
    )


async def show_promises(datasette: Any, request: Any) -> Any:
    """/-/promises : what was promised, and how many promises are kept in time."""
    asked = promises.asked({name: request.args.get(name) or "" for name in promises.NAMES})
    await published.ensure_may_read(datasette, request.actor)
    if request.url_vars["form"]:
        return _file(datasette, request, "promises", lists.of_promises(asked))
    return await _answer(
        datasette,
        request,
        "feedlog_promises.html",
        lambda connection: promises.context(connection, asked, _today()),
    )


async def show_words(datasette: Any, request: Any) -> Any:
    """/-/words : the words customers use more than usual."""
    given = {name: request.args.get(name) or "" for name in word_list.FILTERS}
    await published.ensure_may_read(datasette, request.actor)

    def question(connection: sqlite3.Connection) -> Context:
        period = _period(connection, request, "month")
        if request.url_vars["form"]:
            return {"file": lists.of_words(word_list.said(connection, period, given))}
        return word_list.context(connection, period, given, _today())

    return await _answer(datasette, request, "feedlog_words.html", question)


# A list as a page, or as a file for a spreadsheet.
_FORM = r"(?:\.(?P<form>csv|xlsx))?"
# Fuller routes first: Datasette takes the first that fits.
ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", show_home),
    (rf"^/-/search{_FORM}$", show_search),
    (r"^/-/note/(?P<number>[^/]*)$", show_note),
    (r"^/-/customer/(?P<pseudonym>[^/]*)$", show_customer),
    (r"^/-/theme/(?P<name>[^/]*)$", show_theme),
    (rf"^/-/themes{_FORM}$", show_themes),
    (rf"^/-/promises{_FORM}$", show_promises),
    (rf"^/-/words{_FORM}$", show_words),
    (r"^/-/language/(?P<code>[^/]*)$", readers.choose),
]


def _today() -> date:
    return when.clock().astimezone().date()


def _period(connection: sqlite3.Connection, request: Any, kind: str = "week") -> periods.Period:
    """The period the address asks for, else the newest one with notes."""
    given = {name: request.args.get(name) or "" for name in periods.NAMES}
    if not any(given.values()):
        given["period"] = kind
    return periods.asked(given, _today(), counting.newest_day(connection))


def _file(
    datasette: Any,
    request: Any,
    name: str,
    question: lists.Question,
    told: Callable[[downloads.Rows], downloads.Rows] = lambda rows: rows,
) -> Any:
    """A list as a file, read while it is sent."""
    path = datasette.get_database(published.DATABASE).path
    rows = downloads.rows_of(path, question.sql, question.parameters)
    return downloads.answer(request.url_vars["form"], f"feedlog-{name}", question.headings, told(rows), question.days)


async def _answer(
    datasette: Any,
    request: Any,
    template: str,
    question: Question,
    *,
    missing: tuple[str, str] | None = None,
    status: int = 200,
) -> Any:
    """The page; a friendly one where there is nothing of that name or the file cannot be read now."""
    try:
        context = await published.read(datasette, question)
    except periods.Misread as misread:
        hint = _("Choose another time: this week, or any days.")
        return await looks.told(datasette, request, _("No such time"), str(misread), hint, 400)
    if context is None:
        title, error = missing or ("", "")
        return await looks.told(datasette, request, title, error, _("Look for the words with the search above."), 404)
    if "file" in context:
        return downloads.answer(request.url_vars["form"], "feedlog-words", *context["file"])
    return await looks.page(datasette, request, template, context, status=status)
