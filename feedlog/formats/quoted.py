"""Takes out of an HTML text what its writer quotes from others, and signatures that are marked as such.

Programs mark what they quote by a class or an id; where one does not, the head of the quoted mail is found in the
plain text.
"""

import re
from html import escape

from feedlog.formats import markup
from feedlog.formats.markup import Attributes

# Gmail, Apple Mail, Thunderbird, Yahoo, Proton, Zimbra and Outlook; a forum's box around another's words.
_QUOTES = {
    "gmail_quote",
    "gmail_quote_container",
    "gmail_attr",
    "gmail_signature",
    "moz-cite-prefix",
    "moz-signature",
    "moz-forward-container",
    "yahoo_quoted",
    "protonmail_quote",
    "protonmail_signature_block",
    "tutanota_quote",
    "zmail_extra",
    "ms-outlook-mobile-signature",
    "applemailsignature",
    "olk_src_body_section",
    "quote",  # Discourse
}
# From these on everything is an earlier mail: Outlook puts it behind the mark, not inside.
_HISTORY = {
    "appendonsend",
    "divrplyfwdmsg",
    "stopspelling",
    "mail-editor-reference-message-container",
    "x_appendonsend",
}
_UNSEEN = {"head", "style", "script", "title", "template"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "embed", "source", "track", "wbr"}
# The line Outlook draws above what it quotes.
_OUTLOOK_RULE = re.compile(r"border-top:\s*solid\s+#(?:e1e1e1|b5c4df)", re.IGNORECASE)


def without_quotes(html: str) -> str:
    """The HTML without quotes, marked signatures and what nobody sees; broken HTML is read as far as it goes."""
    reader = _Reader()
    markup.read(html, reader)
    return "".join(reader.kept)


class _Reader:
    def __init__(self) -> None:
        self.kept: list[str] = []
        self._left_out = ""  # the element left out at present
        self._depth = 0  # how many of the same name are open in it
        self._over = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._over:
            return
        if self._left_out:
            self._depth += tag == self._left_out
            return
        given = {name: value or "" for name, value in attrs}
        marks = {mark.lower() for mark in (*given.get("class", "").split(), given.get("id", ""))}
        if marks & _HISTORY or _OUTLOOK_RULE.search(given.get("style", "")):
            self._over = True
        elif tag in _UNSEEN or marks & _QUOTES or (tag == "blockquote" and _is_mail_quote(given)):
            if tag not in _VOID:
                self._left_out, self._depth = tag, 1
        else:
            shown = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if name in ("href", "alt"))
            self.kept.append(f"<{tag}{shown}>")

    def handle_endtag(self, tag: str) -> None:
        if self._over:
            return
        if self._left_out:
            self._depth -= tag == self._left_out
            if self._depth == 0:
                self._left_out = ""
        elif tag not in _VOID:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._over and not self._left_out:
            self.kept.append(escape(data, quote=False))


def _is_mail_quote(given: dict[str, str]) -> bool:
    """Whether a block quotes another mail: Apple Mail and Thunderbird say so, others name the mail it is from."""
    return given.get("type", "").lower() == "cite" or "cite" in given
