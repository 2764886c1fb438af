"""Our templates: how a page of ours is answered, and our frame around Datasette's own pages."""

import os
from typing import Any

from datasette import Response
from jinja2 import ChoiceLoader, FileSystemLoader

from feedlog.web.headers import OUR_PAGES

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def dress(env: Any, datasette: Any) -> None:
    """Puts our frame and our login page before Datasette's.

    They stand in a folder of their own, because Datasette takes everything in `templates` for whatever it serves.
    """
    if not hasattr(datasette, "allowed"):  # Datasette 1.0 has a frame with more in it than ours knows
        env.loader = ChoiceLoader([FileSystemLoader(os.path.join(_FOLDER, "overrides")), env.loader])


def common(datasette: Any) -> dict[str, Any]:
    """What the frame needs: the style sheet and the pages in the head, each with its name."""
    path = datasette.urls.path
    pages = [
        ("This week", "/"),
        ("Themes", "/feedlog/themes"),
        ("Promises", "/feedlog/promises"),
        ("Tables", "/feedlog"),
    ]
    return {
        "feedlog_css": path("/-/static-plugins/feedlog/feedlog.css"),
        "feedlog_pages": [(name, path(place)) for name, place in pages],
        "feedlog_search": path("/-/search"),
        # Everything here is behind a login, so Datasette's padlock after every name would say nothing.
        "private": False,
    }


async def page(datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
    """A page of ours as an answer, under the strict policy."""
    await datasette.invoke_startup()  # a refusal at the door may be the first thing anybody asks for
    html = await datasette.render_template(template, context, request=request)
    return Response.html(html, status=status, headers={"content-security-policy": OUR_PAGES})
