"""The filters every list takes, as SQL conditions on `notes`."""

from typing import Any, NamedTuple

from feedlog.errors import NotFound
from feedlog.operations import checks, customers, themes
from feedlog.store import Log
from feedlog.vocabulary import CHANNELS, KINDS


class Filters(NamedTuple):
    """Which notes are meant. `since` is an instant that belongs to the span, `until` the first that does not."""

    customer: str | None = None
    themes: tuple[str, ...] = ()
    channel: str | None = None
    touchpoint: str | None = None
    kind: str | None = None
    agent: str | None = None
    since: str | None = None
    until: str | None = None

    def conditions(self, log: Log) -> tuple[list[str], list[Any]]:
        """SQL conditions on `notes` and their parameters.

        Raises NotFound for a customer or theme that is not in the log: a slip of the pen must not look like silence.
        """
        checks.one_of(self.channel, CHANNELS, "channel")
        checks.one_of(self.kind, KINDS, "kind")
        found: list[tuple[str, Any]] = []
        if self.customer is not None:
            customer_id = customers.require(log, self.customer)
            found.append((f"notes.customer_id in ({customers.SAME})", customer_id))
        for name in self.themes:
            found.append(
                (f"notes.id in (select note_id from note_themes where theme_id in ({themes.MEANT}))", _theme(log, name))
            )
        plain = [("channel", self.channel), ("kind", self.kind), ("agent", self.agent)]
        found += [(f"notes.{column} = ?1", value) for column, value in plain if value is not None]
        if self.touchpoint is not None:
            found.append(("notes.touchpoint = ?1", checks.code(self.touchpoint, "touchpoint")))
        if self.since:
            found.append(("notes.said_at >= ?1", self.since))
        if self.until:
            found.append(("notes.said_at < ?1", self.until))
        # Plain marks, since the conditions stand together in one statement; a value that is asked twice is given twice.
        parameters = [value for sql, value in found for _ in range(max(1, sql.count("?1")))]
        return [sql.replace("?1", "?") for sql, _ in found], parameters

    def on_index(self, log: Log) -> tuple[str, list[Any]]:
        """The same as a condition on the search index, empty where nothing is filtered."""
        conditions, parameters = self.conditions(log)
        if not conditions:
            return "", []
        return (
            f"and exists (select 1 from notes where notes.id = notes_fts.rowid and {' and '.join(conditions)})",
            parameters,
        )


def _theme(log: Log, name: str) -> int:
    code = checks.code(name, "theme")
    found = themes.find(log, code)
    if found is None:
        hint = themes.did_you_mean(log, code, "theme") or "Tab completes themes; check the spelling."
        raise NotFound(f"There is no theme {code!r}.", hint=hint)
    return found
