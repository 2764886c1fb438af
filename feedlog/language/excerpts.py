"""The part of a text that matters, on one line."""

from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text that matched."""

    start: int
    end: int


def snippet(text: str, spans: list[Span], *, width: int = 160, marks: tuple[str, str] = ("[", "]")) -> str:
    """At most about `width` characters of a text on one line, around the first match, matches between `marks`."""
    first = spans[0].start if spans else 0
    start = 0 if len(text) <= width else max(0, min(first - width // 3, len(text) - width))
    if start:
        start = text.find(" ", start, first) + 1 or start
    end = min(len(text), start + width)
    if end < len(text):
        end = text.rfind(" ", max([start + 1, *(span.end for span in spans if span.end <= end)]), end) + 1 or end
    pieces, at = [], start
    for span in spans:
        if span.start >= at and span.end <= end:
            pieces += [text[at : span.start], marks[0], text[span.start : span.end], marks[1]]
            at = span.end
    pieces.append(text[at:end].rstrip())
    shown = " ".join("".join(pieces).split())
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def merged(spans: set[Span]) -> list[Span]:
    """The places in order, those that overlap made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(span.end, found[-1].end))
        else:
            found.append(span)
    return found
