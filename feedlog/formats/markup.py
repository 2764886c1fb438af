"""Goes through HTML as a browser reads it, broken or not, by the parser of libxml2.

Python's own HTMLParser takes time that grows with the square of a text made to be slow: a mail of 48 KB took sixteen
seconds. This one takes half a second for a megabyte of nothing but `<`.
"""

from typing import Protocol

Attributes = list[tuple[str, str | None]]


class Reader(Protocol):
    """What is told of each element that begins or ends, and of the text between; entities are letters already."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """An element begins; its name is lower case."""

    def handle_endtag(self, tag: str) -> None:
        """An element ends, where it says so or where a browser ends it."""

    def handle_data(self, data: str) -> None:
        """Text, perhaps in pieces."""


def read(html: str, reader: Reader) -> None:
    """Tells `reader` everything in the HTML, in its order; comments and the like are passed over."""
    from lxml import etree  # here: most imports hold no HTML

    parser = etree.HTMLParser(target=_Target(reader), huge_tree=True, recover=True)
    parser.feed(html)
    parser.close()


class _Target:
    """The names lxml calls."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.data = reader.handle_data
        self.end = reader.handle_endtag

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._reader.handle_starttag(tag, list(attributes.items()))

    def close(self) -> None:
        """Nothing is kept here."""
