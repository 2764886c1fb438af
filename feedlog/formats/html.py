"""HTML to text a person can read: paragraphs, lists and quotes keep their lines; scripts and styles are left out."""

import re

from feedlog.formats import markup
from feedlog.formats.markup import Attributes

# A line break, or an element that is opened and closed: what nobody types by chance.
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NAMES = "html|body|p|div|span|b|i|u|strong|em|a|ul|ol|li|table|tr|td|blockquote|font|h[1-6]|pre"
_OPENED = re.compile(rf"<({_NAMES})(?:\s[^<>]*)?>", re.IGNORECASE)
_CLOSED = re.compile(rf"</({_NAMES})\s*>", re.IGNORECASE)

_LEFT_OUT = {"script", "style", "head", "title", "template", "noscript", "svg"}
_PARAGRAPHS = {"p", "ul", "ol", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"div", "tr", "section", "article", "header", "footer", "address", "dt", "dd", "hr"}
# Marks before a line beyond which nobody counts; a mail made of nothing but quotes would fill the memory with them.
_DEEPEST_QUOTE = 10
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")


def is_html(text: str) -> bool:
    """Whether a text is HTML beyond doubt; a lone `<b>` or `a < b` is what somebody typed."""
    if _BREAK.search(text):
        return True
    # One expression for both would go through the rest of the text anew for each element that is never closed.
    last_closed = {match[1].lower(): match.start() for match in _CLOSED.finditer(text)}
    return bool(last_closed) and any(
        match.end() <= last_closed.get(match[1].lower(), -1) for match in _OPENED.finditer(text)
    )


def text_of(html: str) -> str:
    """The text a browser would show, in plain lines. Quoted parts have `> ` before each line, list entries `- `."""
    reading = _Reading()
    markup.read(html, reading)
    return reading.text()


class _Reading:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._mark = ""
        self._quoted = self._left_out = self._pre = 0
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in _LEFT_OUT:
            self._left_out += 1
        elif tag == "br":
            self._end_line(always=True)
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES or tag == "li":
            self._end_line()
        elif tag in ("td", "th") and self._line.strip():
            self._line += " "
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._mark = self._next_mark()
        elif tag == "blockquote":
            self._quoted += 1
        elif tag == "pre":
            self._pre += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self._left_out = max(0, self._left_out - 1)
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES or tag == "li":
            self._end_line()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)

    def handle_data(self, data: str) -> None:
        if self._left_out:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._line += first
            for line in others:
                self._end_line(always=True)
                self._line = line
            return
        words = _BLANKS.sub(" ", data)
        self._line += words.lstrip() if self._line.endswith(" ") or not self._line else words

    def text(self) -> str:
        """What was read so far."""
        self._end_line()
        text = "\n".join(self._lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _next_mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _end_line(self, *, always: bool = False) -> None:
        line = self._line.rstrip() if self._pre else self._line.strip()
        if line or always:
            marks = "> " * min(self._quoted, _DEEPEST_QUOTE)
            self._lines.append(marks + self._mark + line if line else "")
            self._mark = ""
        self._line = ""

    def _end_paragraph(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1]:
            self._lines.append("")
