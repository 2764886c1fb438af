"""What every answer says to the browser: trust nothing from elsewhere, keep nothing, show nothing to robots."""

import base64
import hashlib
import re
from typing import Any

# Our pages hold no inline script or style at all.
OUR_PAGES = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "referrer-policy": "same-origin",
    "cache-control": "private, no-store",
}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def datasette_pages(datasette: Any) -> str:
    """The policy for Datasette's own pages: the inline scripts its templates bring, by their hashes, and inline styles.

    A script that a customer's words might smuggle in has no such hash.
    """
    if hasattr(datasette, "allowed"):  # Datasette 1.0 writes values into its scripts, so that no hash stays true
        scripts = "'unsafe-inline'"
    else:
        scripts = " ".join(_hash(script) for script in _inline_scripts(datasette.jinja_env))
    return f"{OUR_PAGES}; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


def _inline_scripts(env: Any) -> list[str]:
    found = ["DATASETTE_ALLOW_FACET = true;", "DATASETTE_ALLOW_FACET = false;"]
    for template in ("_close_open_menus.html", "_codemirror_foot.html"):
        found += _SCRIPT.findall(env.loader.get_source(env, template)[0])
    return found


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def on_every_answer(datasette: Any, app: Any) -> Any:
    """The application, with the headers added to all it answers."""
    policy = datasette_pages(datasette)

    async def with_headers(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def send_more(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (key, told) for key, told in message.get("headers", []) if key.lower().decode() not in _ALWAYS
                ]
                if not any(key.lower() == b"content-security-policy" for key, _ in headers):
                    headers.append((b"content-security-policy", policy.encode()))
                headers += [(key.encode(), told.encode()) for key, told in _ALWAYS.items()]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_more if scope["type"] == "http" else send)

    return with_headers
