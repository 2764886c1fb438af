"""Keeps a site sending, or a hub taking in, until told to stop; trouble is told once and tried again."""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence

from feedlog.errors import FeedlogError
from feedlog.operations.leftovers import Outside
from feedlog.sites import membership
from feedlog.sites.engine import Carrier
from feedlog.sites.membership import Membership
from feedlog.sites.pushing import Finish, Pusher
from feedlog.sites.receiving import Receiver
from feedlog.store import Log, open_for_writing

SECONDS_BETWEEN_ROUNDS = 0.5
_GREETING_SECONDS = 60
_AFTER_TROUBLE_SECONDS = 2.0


class Follower:
    """Goes round after round in the thread that calls `run`, until `end` is set.

    `finish` makes, for an open log, what removes an erasure's traces from files; `told` hears of trouble, once for each
    kind until it is over.
    """

    def __init__(
        self,
        log_path: str,
        languages: Sequence[str],
        outside: Outside,
        finish: Callable[[Log], Finish],
        told: Callable[[str], object],
        end: threading.Event,
    ) -> None:
        self._path, self._languages, self._outside, self._finish = log_path, languages, outside, finish
        self._told, self._end, self._trouble = told, end, ""

    def run(self) -> None:
        """Follows until it is told to stop."""
        while not self._end.is_set():
            try:
                with open_for_writing(self._path, self._languages) as log:
                    joined = membership.beside(self._path)
                    with Carrier(membership.access(self._path, joined)) as carrier:
                        (self._receive if joined.is_hub else self._push)(log, joined, carrier)
            except FeedlogError as error:
                self._report(f"{error.message} {error.hint}")
            except (sqlite3.Error, OSError) as error:
                self._report(f"The sites could not be followed: {error}.")
            self._end.wait(_AFTER_TROUBLE_SECONDS)

    def _push(self, log: Log, joined: Membership, carrier: Carrier) -> None:
        pusher = Pusher(log, joined, carrier, self._outside, self._finish(log))
        greeted = 0.0
        while not self._end.is_set():
            if time.monotonic() - greeted > _GREETING_SECONDS:
                pusher.greet()
                greeted = time.monotonic()
            done = pusher.round()
            self._well(done.troubles)
            if not done.sent:
                carrier.wait(SECONDS_BETWEEN_ROUNDS)

    def _receive(self, log: Log, joined: Membership, carrier: Carrier) -> None:
        receiver = Receiver(log, joined, carrier, self._outside, self._finish(log))
        receiver.start(joined.copies)
        while not self._end.is_set():
            self._well(receiver.round(wait=SECONDS_BETWEEN_ROUNDS).troubles)

    def _well(self, troubles: Sequence[str]) -> None:
        if troubles:
            self._report("; ".join(troubles) + ".")
        else:
            self._trouble = ""

    def _report(self, message: str) -> None:
        if message != self._trouble:
            self._told(message)
        self._trouble = message


def beside(follower: Follower) -> threading.Thread:
    """A thread that follows; it ends soon after its event is set."""
    return threading.Thread(target=follower.run, name="feedlog-sites", daemon=True)
