"""The language a reader gets: their own choice, kept in a cookie; else the firm's setting; else the browser's."""

import re
import sqlite3
import time
from typing import Any

from datasette import Request, Response

from feedlog.vocabulary import PAGE_LANGUAGES
from feedlog.web import published, speech

_A_YEAR_SECONDS = 365 * 24 * 3600
# How long the firm's setting is believed before it is looked up again.
_BELIEVED_SECONDS = 5.0
# Datasette's own pages are in English, and our frame around them with them.
_IN_ENGLISH = re.compile(r"/feedlog(?:[/.].*)?")


def in_their_language(datasette: Any, app: Any) -> Any:
    """The application, with each answer in the language of who asks."""
    setting = _Setting(datasette)

    async def spoken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = Request(scope, receive)
        language = "en"
        if not _IN_ENGLISH.fullmatch(scope["path"]):
            accepted = request.headers.get("accept-language", "")
            language = speech.chosen(request.cookies.get(speech.COOKIE, ""), await setting.read(), accepted)
        with speech.speaking(language):
            await app(scope, receive, send)

    return spoken


async def choose(datasette: Any, request: Any) -> Any:
    """/-/language/CODE : keeps the reader's choice and goes back to the page they came from."""
    code = request.url_vars["code"]
    back = request.args.get("to") or "/"
    # Never two slashes, nor a backslash that browsers take for one: a link must not lead to somebody else's server.
    response = Response.redirect(datasette.urls.path(back if re.fullmatch(r"/(?![/\\])[^\x00-\x1f\\]*", back) else "/"))
    if code in PAGE_LANGUAGES:
        response.set_cookie(speech.COOKIE, code, max_age=_A_YEAR_SECONDS, httponly=True, samesite="lax")
    return response


class _Setting:
    """The firm's setting, as it was published."""

    def __init__(self, datasette: Any) -> None:
        self._datasette = datasette
        self._language = ""
        self._read_at = -_BELIEVED_SECONDS

    async def read(self) -> str:
        if time.monotonic() - self._read_at >= _BELIEVED_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._language = await published.read(self._datasette, _page_language)
            except sqlite3.Error:  # being replaced, or of an older form: the browser's wish is as good
                self._language = ""
        return self._language


def _page_language(connection: sqlite3.Connection) -> str:
    return str(published.value(connection, "select value from publication where name = 'page_language'") or "")
