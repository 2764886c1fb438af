"""Who comes in: strangers to the login page, readers to pages and tables, only root to the machine room."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from datasette import Request, Response
from datasette.plugins import pm
from datasette.utils import await_me_maybe

from feedlog.web import feeds, logins, published, served, showing
from feedlog.web.looks import page
from feedlog.web.speech import _

# What a stranger may fetch: how to log in, how that page looks, and that robots are not welcome.
_OPEN = re.compile(r"/robots\.txt|/favicon\.ico|/-/(?:login|logout|auth-token|language/\w+)|/-/static(?:-plugins)?/.*")
# Below /-/ Datasette shows its own insides: paths, settings, roles. What is not named here is for root alone.
_FOR_READERS = re.compile(
    r"/-/(?:(?:search|note/.*|customer/.*|theme/.*|themes|promises|words|feeds)(?:\.(?:csv|xlsx|atom))?"
    r"|notes\.(?:csv|xlsx|atom)|language/.*|logout|actor(?:\.json)?|jump|tables(?:\.json)?|query.*)"
)
# A feed reader knows no cookies: it brings a key, which opens these and nothing else.
_FEEDS = re.compile(r"/-/(?:notes|promises)\.atom")
# Datasette would take these at their word: another index to search in, or a number that may be none.
_LEFT_OUT = re.compile(r"_fts_table|_fts_pk|_searchmode|_search_.*|_timelimit|_ttl|_trace")
_SEARCHED = tuple(f"/{published.DATABASE}/notes{ending}" for ending in ("", ".json", ".csv", ".xlsx"))
_BACK = "feedlog_back"


def before(datasette: Any, app: Any) -> Any:
    """The application behind the doors."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        scope = {**scope, "query_string": _as_asked(scope["path"], scope.get("query_string", b""))}
        try:
            scope = await logins.known(datasette, scope)
            answer = await _answer_at_the_door(datasette, Request(scope, receive))
        except ValueError as error:  # an Authorization header that is not what it says
            answer = Response.text(f"{error}\n", status=400)
        except logins.TryLater as later:
            answer = Response.text(f"{later}\n", status=429, headers={"retry-after": str(max(1, round(later.seconds)))})
        if answer:
            await answer.asgi_send(send)
            return
        before = served.asked.set(await _asked(datasette, Request(scope, receive)))
        try:
            await app(scope, receive, send)
        finally:
            served.asked.reset(before)

    return guarded


def _as_asked(path: str, query: bytes) -> bytes:
    """The query without what no page of ours asks for; what is searched for comes in the order it was logged.

    By the time it was said, every match would have to be looked up first.
    """
    parts = {part: unquote_plus(part.split(b"=")[0].decode("latin-1")) for part in query.split(b"&")}
    left = [part for part, name in parts.items() if not _LEFT_OUT.fullmatch(name)]
    if path.endswith(_SEARCHED) and "_search" in parts.values() and not {"_sort", "_sort_desc"} & {*parts.values()}:
        left.append(b"_sort_desc=id")
    return b"&".join(left)


async def _answer_at_the_door(datasette: Any, request: Any) -> Any:
    path = _path(datasette, request)
    if path == "/robots.txt":
        return Response.text("User-agent: *\nDisallow: /\n")
    if _OPEN.fullmatch(path):
        return None
    actor = await _actor(datasette, request)
    if not actor and _FEEDS.fullmatch(path) and request.args.get("key"):
        actor = feeds.holder(datasette, request.args["key"])
        if not actor:
            return Response.text("This feed has ended. Its new address stands on the page Feeds.\n", status=403)
    if not await published.may_look(datasette, actor):
        return _to_the_login(datasette, request)
    if path.startswith("/-/") and not _FOR_READERS.fullmatch(path) and (actor or {}).get("id") != "root":
        # The page wants to know who asks; Datasette finds out only further in.
        known = Request({**request.scope, "actor": actor, "csrftoken": str}, request.receive)
        return await _refused(datasette, known, _("This page is for whoever runs the server."))
    return None


async def _asked(datasette: Any, request: Any) -> served.Asked:
    """What the database may do for this request: an analyst's own SQL, and the questions, may take long."""
    path = _path(datasette, request)
    parts = re.sub(r"\.\w+$", "", path).strip("/").split("/")
    if parts[0] != published.DATABASE or len(parts) > 2:
        return served.Asked({}, [])
    own = any(name in request.args for name in ("sql", "_where"))
    long = own or (len(parts) == 2 and parts[1] in published.questions(datasette))
    if long:
        long = await published.may_write_sql(datasette, await _actor(datasette, request))
    return served.Asked({}, [], long=long, whole="_count" in request.args)


async def _actor(datasette: Any, request: Any) -> dict[str, Any] | None:
    for found in pm.hook.actor_from_request(datasette=datasette, request=request):
        actor: dict[str, Any] | None = await await_me_maybe(found)
        if actor:
            return actor
    return None


def turned_away(datasette: Any, request: Any, message: str) -> Callable[[], Any]:
    """What Datasette answers with instead of its bare 403 page."""

    async def answer() -> Any:
        if _path(datasette, request) == "/-/auth-token":
            if request.actor:
                return Response.redirect(datasette.urls.path("/"))
            told = _(
                "This link has been used or is not the newest. Each link from `feedlog serve` opens the pages once."
            )
            return await _refused(datasette, request, told)
        if not await published.may_look(datasette, request.actor):
            return _to_the_login(datasette, request)
        return await _refused(datasette, request, _("Your login does not open this page."))

    return answer


def _to_the_login(datasette: Any, request: Any) -> Any:
    if _wants_no_page(request):
        return Response.json({"ok": False, "error": "Log in first."}, status=403)
    response = Response.redirect(datasette.urls.path("/-/login"))
    path = request.path + (f"?{request.query_string}" if request.query_string else "")
    # Signed, and never two slashes: a prepared link must not lead to somebody else's server after the login.
    if re.match(r"/[^/\\]", path) and len(path) < 2000:
        response.set_cookie(_BACK, datasette.sign(path, _BACK), max_age=900, httponly=True, samesite="lax")
    return response


def way_back(datasette: Any, request: Any) -> Any:
    """After a login: on to the page that was asked for. None where there was none."""
    kept = request.cookies.get(_BACK)
    if not kept:
        return None
    from itsdangerous import BadSignature

    try:
        path = datasette.unsign(kept, _BACK)
    except BadSignature:
        path = datasette.urls.path("/")
    response = Response.redirect(path)
    response.set_cookie(_BACK, "", max_age=0, expires=0)
    return response


async def _refused(datasette: Any, request: Any, told: str) -> Any:
    if _wants_no_page(request):
        return Response.json({"ok": False, "error": told}, status=403)
    context = {
        "title": _("Not for this login"),
        "error": showing.clean(told),
        "hint": _("Ask whoever runs feedlog for access."),
    }
    return await page(datasette, request, "feedlog_told.html", context, status=403)


def _wants_no_page(request: Any) -> bool:
    accepted = request.headers.get("accept", "")
    return (
        request.method not in ("GET", "HEAD")
        or re.search(r"\.(?:json|jsono|csv|xlsx|atom|db|blob)$", request.path) is not None
        or ("application/json" in accepted and "text/html" not in accepted)
    )


def _path(datasette: Any, request: Any) -> str:
    base = str(datasette.setting("base_url")).rstrip("/")
    return str(request.path).removeprefix(base) or "/"
