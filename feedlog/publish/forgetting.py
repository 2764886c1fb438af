"""Makes the published file forget what was erased from the log: no row, no word in its index, no byte in its pages."""

import os
import sqlite3
from contextlib import closing

from feedlog.errors import FeedlogError
from feedlog.publish.publishing import publish
from feedlog.store import Log, scrubbing
from feedlog.store.failures import translated


def forget(log: Log, path: str, wanted: scrubbing.Wanted) -> str | None:
    """Publishes what an erasure changed and scrubs the file; a sentence where traces remain. Nothing without a file."""
    if not os.path.exists(path):
        return None
    try:
        publish(log, path)
        with translated(path, writing=True), closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as opened:
            opened.execute("pragma secure_delete = on")
            return scrubbing.scrub(opened, path, wanted)
    except FeedlogError as error:
        return error.message.rstrip(".")
    except sqlite3.Error as error:
        return f"the pages at {path} could not be cleared: {error}"
