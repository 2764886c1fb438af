"""The Datasette plugin: what Datasette asks of it, handed over at once. Silent where another database is served."""

import sqlite3
from collections.abc import Callable
from typing import Any

from pluggy import HookimplMarker

from feedlog.web import (
    cells,
    connections,
    doors,
    exporting,
    failures,
    feeds,
    headers,
    logins,
    looks,
    published,
    readers,
    routes,
    served,
    spreadsheets,
    words,
)

hookimpl = HookimplMarker("datasette")


@hookimpl(tryfirst=True)
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Our pages; none where the served file is not ours. First, because the login page is ours, too."""
    return [*logins.ROUTES, *feeds.ROUTES, *routes.ROUTES] if published.is_served(datasette) else []


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Datasette's own search boxes find what our search finds. Last, because Datasette registers the same function."""
    if database == published.DATABASE and published.is_served(datasette):
        words.teach(conn)
        connections.restrict(conn)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Around everything: the doors, the reader's language, what leaves as CSV, and the headers of every answer."""
    if not published.is_served(datasette):
        return lambda app: app
    served.take_over(datasette, published.DATABASE)
    failures.keep_quiet()
    return lambda app: headers.on_every_answer(
        datasette,
        spreadsheets.without_formulas(readers.in_their_language(datasette, doors.before(datasette, app))),
    )


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Datasette's own pages in our frame."""
    if published.is_served(datasette):
        looks.dress(env, datasette)


@hookimpl
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """A stranger is sent to log in; a reader is told what they may not see."""
    return doors.turned_away(datasette, request, message) if published.is_served(datasette) else None


@hookimpl
def actor_from_request(request: Any) -> dict[str, Any] | None:
    """Whom the doors found to be asking."""
    return logins.actor_of(request)


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: BaseException) -> Any:
    """What went wrong, in our frame and words."""
    return failures.caught(datasette, request, exception) if published.is_served(datasette) else None


@hookimpl
def register_output_renderer() -> dict[str, Any]:
    """Tables and questions as Excel workbooks."""
    return exporting.renderer()


@hookimpl
def render_cell(value: Any, column: str, table: str | None, database: str) -> Any:
    """Cells of Datasette's tables: customers' words made harmless, themes as words, links to our note page."""
    return cells.shown(value, column, table) if database == published.DATABASE else None


@hookimpl
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """What our frame needs on every page."""
    return looks.common(datasette) if published.is_served(datasette) else {}
