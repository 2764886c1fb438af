"""What Tab offers: customers, themes and touchpoints of the log."""

import click
from click.shell_completion import CompletionItem

from feedlog.cli.printing import safe
from feedlog.cli.session import Session
from feedlog.errors import FeedlogError
from feedlog.operations import customers, themes
from feedlog.store import open_for_reading


def candidates(kind: str, context: click.Context, beginning: str) -> list[CompletionItem]:
    """The customers, themes or touchpoints that begin so; nothing where the log cannot be read."""
    try:
        with open_for_reading(Session(context.find_root().params.get("db")).path) as log:
            if kind == "customer":
                found = customers.suggestions(log, beginning)
            elif kind == "theme":
                found = [(name, None) for name in themes.names(log, beginning.lower())]
            else:
                found = [(name, None) for name in themes.touchpoints(log, beginning.lower())]
    except (FeedlogError, OSError):
        return []
    # What a terminal would obey cannot be typed by pressing Tab either.
    return [CompletionItem(word, help=safe(name or "")) for word, name in found if safe(word) == word]
