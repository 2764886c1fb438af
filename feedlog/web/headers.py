"""What every answer says to the browser: trust nothing from elsewhere, keep nothing, show nothing to robots."""

from typing import Any

# No page holds an inline script or style, ours or Datasette's: a customer's words could smuggle none in.
OUR_PAGES = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
# Datasette 1.0 brings inline scripts with values in them, which no hash fits, and its own templates.
_INLINE = "'self' 'unsafe-inline'"
_NEWER_DATASETTE = f"{OUR_PAGES}; script-src {_INLINE}; style-src {_INLINE}; img-src 'self' data:"
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "referrer-policy": "same-origin",
    "cache-control": "private, no-store",
}


def on_every_answer(datasette: Any, app: Any) -> Any:
    """The application, with the headers added to all it answers."""
    policy = _NEWER_DATASETTE if hasattr(datasette, "allowed") else OUR_PAGES

    async def with_headers(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def send_more(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (key, told) for key, told in message.get("headers", []) if key.lower().decode() not in _ALWAYS
                ]
                if not any(key.lower() == b"content-security-policy" for key, _ in headers):
                    headers.append((b"content-security-policy", policy.encode()))
                headers += [(key.encode(), told.encode()) for key, told in _ALWAYS.items()]
                headers = [(key, _out_of_reach(key, told)) for key, told in headers]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_more if scope["type"] == "http" else send)

    return with_headers


def _out_of_reach(key: bytes, told: bytes) -> bytes:
    """A cookie that no script can read; Datasette sets some that any could."""
    if key.lower() != b"set-cookie" or b"httponly" in told.lower():
        return told
    return told + b"; HttpOnly"
