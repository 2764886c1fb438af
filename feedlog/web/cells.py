"""Cells of Datasette's own tables."""

import json
from typing import Any

from datasette.utils import is_url
from markupsafe import Markup, escape

from feedlog.web.showing import clean, is_harmless

# Columns that hold what people wrote. As text, also what is an address from end to end, under whatever name an analyst
# selects it: Datasette would link it, and a customer could lead its readers anywhere.
_WRITTEN = {"verbatim", "reading", "what", "text", "measure", "title", "first_words", "latest_words"}

# Beyond this a cell pushes everything else off the page; the note's own page has the rest.
_LONGEST = 1000


def shown(value: Any, column: str, table: str | None) -> str | None:
    """What stands in a cell, or None where Datasette's own way is right."""
    if column == "note_id" or (table == "notes" and column == "id"):
        number = value.get("value") if isinstance(value, dict) else value
        return Markup('<a href="/-/note/{0}">{0}</a>').format(number) if isinstance(number, int) else None
    if not isinstance(value, str):
        return None
    if table == "notes" and column == "themes":
        return _themes(value)
    if column in _WRITTEN or not is_harmless(value) or is_url(value.strip()):
        cut = value if len(value) <= _LONGEST else value[:_LONGEST] + " …"
        return Markup("<bdi>{}</bdi>").format(escape(clean(cut)))
    return None


def _themes(value: str) -> str | None:
    try:
        return ", ".join(clean(str(theme)) for theme in json.loads(value)) or " "
    except (ValueError, TypeError):
        return None
