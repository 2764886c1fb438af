"""Working file → published file: what may be seen, flat, with statistics and a search index of its own."""

import os


def schema_text() -> str:
    """The published file's schema, as SQL."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema.sql"), encoding="utf-8") as file:
        return file.read()
