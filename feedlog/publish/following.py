"""Keeps the published file in step with the log while pages are served."""

import os
import sqlite3
import threading
from collections.abc import Callable

from feedlog.errors import FeedlogError
from feedlog.publish.publishing import publish
from feedlog.store import Log, open_for_reading

# Twice a second costs next to nothing: one number is read from shared memory.
SECONDS_BETWEEN_LOOKS = 0.5


class Follower(threading.Thread):
    """Publishes whenever somebody has written to the log, until told to stop.

    `told` hears of trouble, once for each kind until it is over; the next look tries again.
    """

    def __init__(self, log_path: str, published_path: str, told: Callable[[str], object]) -> None:
        super().__init__(name="feedlog-follower", daemon=True)
        self._log_path = log_path
        self._published_path = published_path
        self._told = told
        self._end = threading.Event()
        self._log: Log | None = None
        self._seen: tuple[object, ...] | None = None
        self._trouble = ""

    def run(self) -> None:
        """Looks, publishes, waits."""
        while not self._end.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self._look()
                self._trouble = ""
            except FeedlogError as error:
                self._report(error.message)
            except (sqlite3.Error, OSError) as error:
                self._report(f"The pages could not be brought up to date: {error}")
        self._close()

    def stop(self) -> None:
        """Ends the following; returns when nothing is being written any more."""
        self._end.set()
        self.join()

    def _look(self) -> None:
        # A log that was restored or replaced is another file under the same name.
        status = os.stat(self._log_path)
        if self._log is None or self._seen is None or self._seen[:2] != (status.st_dev, status.st_ino):
            self._close()
            self._log = open_for_reading(self._log_path)
        version = self._log.value("pragma data_version")
        seen = (status.st_dev, status.st_ino, version)
        if seen != self._seen:
            publish(self._log, self._published_path)
            self._seen = seen

    def _report(self, message: str) -> None:
        self._close()
        if message != self._trouble:
            self._told(message)
        self._trouble = message

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
        self._log = self._seen = None
