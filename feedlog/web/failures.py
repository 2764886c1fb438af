"""What goes wrong while a page is made, told so that a reader knows what to do; never a traceback."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from feedlog.web import looks, showing
from feedlog.web.speech import _, marked


class Told(NamedTuple):
    """What the page says, and the status it is sent with."""

    status: int
    title: str
    error: str
    hint: str


_MISSING = Told(
    503,
    marked("No pages yet"),
    marked("The file with the pages is not there."),
    marked("Whoever runs feedlog makes it with: feedlog publish"),
)
_OTHER_FORM = Told(
    503,
    marked("Pages of another feedlog"),
    marked("The file with the pages was written by an older or newer feedlog than this one."),
    marked("Whoever runs feedlog writes it anew with: feedlog publish --rebuild"),
)
_DAMAGED = Told(
    503,
    marked("The pages are damaged"),
    marked("The file with the pages cannot be read. The log they are made from is another file, and untouched."),
    marked("Whoever runs feedlog removes the file and writes it anew with: feedlog publish"),
)
_BUSY = Told(
    503,
    marked("Not just now"),
    marked("The pages are being written anew."),
    marked("Load the page again in a moment."),
)
_TOO_LONG = Told(
    400,
    marked("This takes too long"),
    marked("The question was broken off because its answer took too long."),
    marked("Ask for fewer words, a shorter time or fewer columns."),
)
_NOTHING_HERE = Told(
    404,
    marked("There is nothing here"),
    marked("The page you asked for does not exist."),
    marked("The first page leads on from here."),
)
_OURS = Told(
    500,
    marked("This did not work"),
    marked("Something went wrong here that should not have."),
    marked("Try again, and tell whoever runs feedlog when it stays so."),
)
# Of the file itself, whatever was asked of it.
_OF_THE_FILE = [
    (re.compile("unable to open"), _MISSING),
    (re.compile("malformed|not a database|corrupt|disk I/O"), _DAMAGED),
    (re.compile("locked|schema has changed"), _BUSY),
]
_NO_SUCH = re.compile("no such (?:table|column)")


class Unreadable(Base400, sqlite3.OperationalError):  # type: ignore[misc]
    """The published file cannot be read. An error of the database for whoever asks it, an answer for Datasette."""

    status = 503


def keep_quiet() -> None:
    """Where rich is installed, Datasette prints all local variables, secrets among them, with every missing page."""
    # Here, since imported before `datasette.app` the module would not be known as the plugin it is.
    from datasette import handle_exception

    handle_exception.rich = None


def of_the_file(error: sqlite3.Error) -> Unreadable | None:
    """The error, where it is one of the file and not of what was asked."""
    return Unreadable(str(error)) if any(words.search(str(error)) for words, _ in _OF_THE_FILE) else None


def told(error: BaseException) -> Told:
    """What to say of an error."""
    cause = error.__context__
    if isinstance(cause, Unreadable):
        return told(cause)
    if isinstance(error, QueryInterrupted) or isinstance(cause, QueryInterrupted) or str(error) == "interrupted":
        return _TOO_LONG
    if isinstance(error, sqlite3.Error):
        known = [*_OF_THE_FILE, (_NO_SUCH, _OTHER_FORM)]
        return next((about for words, about in known if words.search(str(error))), _BUSY)
    status = getattr(error, "status", 500)
    if status == 500 and isinstance(error, DatasetteError) and not isinstance(cause, sqlite3.Error):
        # Datasette's word for an address it does not understand, such as a column it cannot sort by.
        status = 400
    if status == 404:
        return _NOTHING_HERE
    if status == 500:
        return _OURS
    said = showing.clean(str(error) or str(getattr(error, "message", "")))
    title = getattr(error, "title", None) or marked("This did not work")
    return Told(status, title, said, marked("Go back, and ask for it otherwise."))


async def answer(datasette: Any, request: Any, error: BaseException) -> Any:
    """The page that tells of an error; for a program, the same as data."""
    about = told(error)
    if re.search(r"\.(?:json|csv|xlsx|atom)$", request.path):
        told_so = {"ok": False, "error": about.error, "status": about.status, "title": about.title}
        return Response.json(told_so, status=about.status)
    said = (_(about.title), _(about.error), _(about.hint), about.status)
    return await looks.told(datasette, request, *said, again=await _again(datasette, request))


async def _again(datasette: Any, request: Any) -> dict[str, Any] | None:
    """What an analyst asked in SQL, with its parameters: nobody should have to type it again for a slip."""
    from feedlog.web import published  # here, since it asks this module what an error means

    if "sql" not in request.args or not await published.may_write_sql(datasette, request.actor):
        return None
    others = [(name, value) for name in request.args if name != "sql" for value in request.args.getlist(name)]
    return {"place": request.path, "sql": request.args["sql"], "others": others}


def caught(datasette: Any, request: Any, error: BaseException) -> Callable[[], Any]:
    """Our answer to whatever was raised while a page was made."""

    async def inner() -> Any:
        return await answer(datasette, request, error)

    return inner
