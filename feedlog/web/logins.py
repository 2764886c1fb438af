"""Logging in with a name and a password, on our page or with every request of a program."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from typing import Any, NamedTuple

from datasette import Response
from itsdangerous import BadSignature

from feedlog.web import looks
from feedlog.web.speech import _
from feedlog.web.tries import Tries

_PLUGIN = "datasette-auth-passwords"
_BROWSER = "feedlog_browser"
_YEAR_SECONDS = 365 * 24 * 3600
# Checking a password keeps a processor busy for a fifth of a second on purpose. So many may wait for it, no more.
_MOST_WAITING = 8


class TryLater(Exception):
    """Too many wrong tries. `seconds` says when the next one is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many tries. Wait {max(1, round(seconds))} seconds, then try again.")
        self.seconds = seconds


class Account(NamedTuple):
    """A login: who logs in with it, and the hash of the password."""

    actor: dict[str, Any]
    password_hash: str


class Logins:
    """The logins of one server: who they are, and the tries that went wrong."""

    def __init__(self, datasette: Any) -> None:
        self._datasette = datasette
        self._tries = Tries()
        # Browsers that have logged in before stand in a line of their own: however many strangers guess, they come in.
        self._lines = {known: asyncio.Semaphore(1) for known in (True, False)}
        self._waiting = {True: 0, False: 0}
        self._seen: dict[str, bytes] = {}
        self._key = secrets.token_bytes(32)
        self._nobody = ""

    def account(self, name: str) -> Account | None:
        """The login of that name as it is now."""
        config = self._datasette.plugin_config(_PLUGIN) or {}
        password_hash = config.get(f"{name}_password_hash")
        if not name or not password_hash:
            return None
        return Account((config.get("actors") or {}).get(name) or {"id": name}, password_hash)

    def any(self) -> bool:
        """Whether anybody has a login."""
        return any(key.endswith("_password_hash") for key in self._datasette.plugin_config(_PLUGIN) or {})

    async def checked(self, name: str, password: str, browser: str | None = None) -> dict[str, Any] | None:
        """The actor whose name and password these are, or None. Raises TryLater.

        `browser` is the mark of a browser that has logged in with this name before.
        """
        account = self.account(name)
        seen = self._mark(account, password) if account else b""
        if account and hmac.compare_digest(self._seen.get(name, b""), seen):
            return account.actor  # a program that sends its password with every request
        key = f"{name}\n{browser or ''}"
        if wait := self._tries.wait(key, time.monotonic()):
            raise TryLater(wait)
        right = await self._verified(password, account.password_hash if account else None, browser is not None)
        if not account or not right:
            self._tries.failed(key, time.monotonic())
            return None
        self._tries.succeeded(key)
        self._seen[name] = seen
        return account.actor

    def _mark(self, account: Account, password: str) -> bytes:
        return hmac.digest(self._key, f"{account.password_hash}\n{password}".encode(), hashlib.sha256)

    async def _verified(self, password: str, password_hash: str | None, known: bool) -> bool:
        from datasette_auth_passwords.utils import hash_password, verify_password

        if self._waiting[known] >= _MOST_WAITING:
            raise TryLater(2)
        self._waiting[known] += 1
        try:
            async with self._lines[known]:
                # A name nobody has takes as long, or the time would tell which names there are.
                self._nobody = self._nobody or await asyncio.to_thread(hash_password, secrets.token_hex(16))
                return await asyncio.to_thread(verify_password, password, password_hash or self._nobody)
        finally:
            self._waiting[known] -= 1

    def browser(self, request: Any, name: str) -> str | None:
        """The mark of the request's browser, where it has logged in with this name before."""
        try:
            told = self._datasette.unsign(request.cookies.get(_BROWSER, ""), _BROWSER)
        except BadSignature:
            return None
        return str(told["k"]) if told.get("n") == name else None

    def remember(self, response: Any, name: str) -> None:
        """Marks the browser as one that has logged in with this name. The mark opens nothing."""
        told = self._datasette.sign({"n": name, "k": secrets.token_hex(8)}, _BROWSER)
        response.set_cookie(_BROWSER, told, max_age=_YEAR_SECONDS, httponly=True, samesite="lax")


def of(datasette: Any) -> Logins:
    """The logins of a server, the same object every time."""
    if not hasattr(datasette, "_feedlog_logins"):
        datasette._feedlog_logins = Logins(datasette)
    return datasette._feedlog_logins  # type: ignore[no-any-return]


async def show_login(datasette: Any, request: Any) -> Any:
    """/-/login : the form, and what comes of it."""
    logins = of(datasette)
    if request.method != "POST":
        return await _form(datasette, request)
    told = await request.post_vars()
    name, password = (told.get("username") or "").strip().lower(), told.get("password") or ""
    try:
        actor = await logins.checked(name, password, logins.browser(request, name))
    except TryLater as later:
        answer = await _form(datasette, request, str(later), status=429)
        answer.headers["retry-after"] = str(max(1, round(later.seconds)))
        return answer
    if actor is None:
        refused = _("This name and password do not go together. Try again, or ask whoever runs feedlog.")
        return await _form(datasette, request, refused, status=401)
    response = Response.redirect(datasette.urls.path("/"))
    response.set_cookie("ds_actor", datasette.sign({"a": actor}, "actor"), httponly=True, samesite="lax")
    logins.remember(response, name)
    return response


async def _form(datasette: Any, request: Any, error: str = "", *, status: int = 200) -> Any:
    context = {"error": error, "nobody": not of(datasette).any()}
    return await looks.page(datasette, request, "feedlog_login.html", context, status=status)


async def known(datasette: Any, scope: dict[str, Any]) -> dict[str, Any]:
    """The request with the actor its Authorization header names, checked once, and without that header.

    Raises ValueError where the header cannot be read, TryLater after too many wrong ones.
    """
    headers = scope.get("headers") or []
    told = next((value for key, value in headers if key.lower() == b"authorization"), None)
    if told is None or not told.startswith(b"Basic "):
        return scope
    try:
        name, _, password = base64.b64decode(told[6:], validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("This login cannot be read.") from error
    actor = await of(datasette).checked(name.strip().lower(), password, None)
    rest = [(key, value) for key, value in headers if key.lower() != b"authorization"]
    return {**scope, "headers": rest, "feedlog_actor": actor}


def actor_of(request: Any) -> dict[str, Any] | None:
    """Who `known` found, for Datasette."""
    found: dict[str, Any] | None = request.scope.get("feedlog_actor")
    return found


ROUTES = [(r"^/-/login$", show_login)]
