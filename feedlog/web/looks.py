"""Our templates: how a page of ours is answered, and our frame around Datasette's own pages."""

import os
from typing import Any

from datasette import Response
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from feedlog.vocabulary import PAGE_LANGUAGES
from feedlog.web import quotes, speech, terms
from feedlog.web.headers import OUR_PAGES
from feedlog.web.speech import _

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def dress(env: Any, datasette: Any) -> None:
    """Puts our frame and our login page before Datasette's, and gives templates our words.

    They stand in a folder of their own, because Datasette takes everything in `templates` for whatever it serves.
    """
    if not hasattr(datasette, "allowed"):  # Datasette 1.0 has a frame with more in it than ours knows
        env.loader = ChoiceLoader([FileSystemLoader(os.path.join(_FOLDER, "overrides")), env.loader])
    # As globals, since Datasette renders its pages of errors with nothing else.
    env.globals.update(
        _=_,
        html=html,
        counted=speech.counted,
        figure=speech.figure,
        share=speech.share,
        marks=speech.marks,
        language=speech.code,
        role_told=terms.role,
        found_by=quotes.found_by,
        theme_place=quotes.theme_place,
    )


def common(datasette: Any) -> dict[str, Any]:
    """What our frame needs: the style sheet, the pages in the head, the languages in the foot."""
    path = datasette.urls.path
    pages = [
        (_("This week"), "/"),
        (_("Themes"), "/-/themes"),
        (_("Words"), "/-/words"),
        (_("Promises"), "/-/promises"),
        (_("Tables"), "/feedlog"),
    ]
    return {
        "feedlog_css": path("/-/static-plugins/feedlog/feedlog.css"),
        "feedlog_pages": [(name, path(place)) for name, place in pages],
        "feedlog_search": path("/-/search"),
        "feedlog_languages": [(code, speech.NAMES[code], path(f"/-/language/{code}")) for code in PAGE_LANGUAGES],
        # Everything here is behind a login, so Datasette's padlock after every name would say nothing.
        "private": False,
    }


def html(sentence: str, **values: Any) -> Markup:
    """A sentence of ours with tags in it, in the language of the page; the values in its places are escaped."""
    return Markup(speech.gettext(sentence)) % values


async def page(datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
    """A page of ours as an answer, under the strict policy."""
    await datasette.invoke_startup()  # a refusal at the door may be the first thing anybody asks for
    body = await datasette.render_template(template, context, request=request)
    headers = {
        "content-security-policy": OUR_PAGES,
        "content-language": speech.code(),
        "vary": "accept-language, cookie",
    }
    return Response.html(body, status=status, headers=headers)


async def told(
    datasette: Any, request: Any, title: str, error: str, hint: str, status: int, *, again: dict[str, Any] | None = None
) -> Any:
    """A page that only says something; with `again` also the `sql` that failed, to be mended and asked again."""
    context = {"title": title, "error": error, "hint": hint, "again": again}
    return await page(datasette, request, "feedlog_told.html", context, status=status)
