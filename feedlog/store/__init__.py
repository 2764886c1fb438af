"""Opens, writes and upgrades the SQLite file, and turns its errors into ours. Knows no nouns."""

from feedlog.store.log import Log, open_for_reading, open_for_writing

__all__ = ["Log", "open_for_reading", "open_for_writing"]
