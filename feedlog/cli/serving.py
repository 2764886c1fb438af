"""Runs Datasette on the published file, in this process, until it is told to stop."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from typing import Any, NamedTuple

import uvicorn
import yaml
from datasette.app import Datasette

from feedlog.errors import FeedlogError
from feedlog.publish import accounts
from feedlog.publish.following import Follower
from feedlog.store.shipped import shipped_text

# Measured at a million notes; managers read a facet that timed out as "none".
SETTINGS = {
    "allow_download": False,
    "cache_size_kb": 65536,
    "default_allow_sql": False,
    "default_cache_ttl": 0,
    "default_page_size": 50,
    "facet_time_limit_ms": 1000,
    "max_csv_mb": 0,
    "num_sql_threads": 6,
    # For what analysts ask in SQL; every page has feedlog/web/served.py's own limit, which is lower.
    "sql_time_limit_ms": 20_000,
    "suggest_facets": False,
}


class Place(NamedTuple):
    """Where the pages are: `login_url` opens them once without a password."""

    host: str
    port: int
    url: str
    login_url: str


class Access:
    """Datasette's settings for the users of one log, kept up to date while it runs."""

    def __init__(self, log_path: str) -> None:
        self._log_path = log_path
        self._known: list[accounts.User] | None = None
        self.metadata: dict[str, Any] = yaml.safe_load(shipped_text("metadata.yml"))

    def refresh(self) -> None:
        """Takes the users' file into account as it is now. Raises Refused where it cannot be read."""
        known = accounts.users(self._log_path)
        if known == self._known:
            return
        access = accounts.access(known)
        os.environ.update(access["hashes"])
        self.metadata["plugins"] = {"datasette-auth-passwords": access["plugin"]}
        self.metadata["databases"]["feedlog"]["allow_sql"] = access["allow_sql"]
        self.metadata["allow"] = access["allow"]
        self._known = known


class Server(uvicorn.Server):
    """Says where it listens as soon as it does, and looks at the users' file now and then."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], access: Access) -> None:
        super().__init__(config)
        self._started_hook = started
        self._access = access

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started_hook()

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # uvicorn ticks ten times a second
            with contextlib.suppress(FeedlogError):  # a file that cannot be read now changes nobody's access
                self._access.refresh()
        return await super().on_tick(counter)


def serve(
    log_path: str,
    published_path: str,
    listening: socket.socket,
    *,
    host: str,
    announce: Callable[[Place], None],
    told: Callable[[str], object],
) -> None:
    """Serves the pages at a socket until Ctrl-C or SIGTERM. `announce` hears where, `told` of trouble on the way."""
    access = Access(log_path)
    access.refresh()
    datasette = Datasette(
        [published_path], metadata=access.metadata, settings=SETTINGS, secret=accounts.session_secret(log_path)
    )
    place = _place(host, listening.getsockname()[1], datasette._root_token)
    config = uvicorn.Config(datasette.app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
    server = Server(config, lambda: announce(place), access)
    follower = Follower(log_path, published_path, told)
    # uvicorn raises the signal again when it has stopped; for us a stop is the ordinary end.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    follower.start()
    try:
        server.run(sockets=[listening])
    finally:
        follower.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _place(host: str, port: int, token: str) -> Place:
    named = f"[{host.strip('[]')}]" if ":" in host else host
    # Nobody can open "everywhere" in a browser.
    url = f"http://{ {'0.0.0.0': '127.0.0.1', '[::]': '[::1]'}.get(named, named) }:{port}/"
    return Place(host, port, url, f"{url}-/auth-token?token={token}")
