"""Texts that were read in the wrong encoding before they came to us (`fÃ¥r` for `får`), and HTML in cells.

ftfy undoes the wrong reading, also one done twice. It is asked only where a text shows the traces, and only for that:
quotes, ligatures and blanks stay as the customer typed them.
"""

import re
from typing import Any

from feedlog.errors import WrongUsage
from feedlog.formats.html import is_html, text_of

POLICIES = ("repair", "refuse", "keep")

# A byte that begins a letter in UTF-8, then one that goes on with it, as Windows-1252, a Mac and MS-DOS read them.
_TRACES = re.compile("[Â-ôŠŽ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[√¬][^\\s\\d]|[├┬][^\\s]|Ã ")

_READ_AS = ("cp1252", "latin-1", "mac-roman", "cp850")
_IN_USE = frozenset("åäöæøéèüßÅÄÖÆØÉÈÜ–—…‘’“”»«€°§½")


class Repairs:
    """Repairs texts of one import and counts them. `mojibake` says what becomes of a text read wrongly."""

    def __init__(self, mojibake: str = "repair", *, html: bool = True) -> None:
        self.mojibake, self._html = mojibake, html
        self.read_wrongly = self.were_html = 0
        self._config: Any = None

    def text(self, cell: str) -> str:
        """The customer's words as they were meant. Raises WrongUsage where texts read wrongly are to be refused."""
        if not cell.isascii():
            cell = self.label(cell)
        if self._html and "<" in cell and is_html(cell):
            self.were_html += 1
            return text_of(cell)
        return cell

    def label(self, cell: str) -> str:
        """The same for a name, a key or a word."""
        if cell.isascii() or self.mojibake == "keep" or not _TRACES.search(cell):
            return cell
        meant = self._meant(cell)
        if meant == cell:
            return cell
        if self.mojibake == "refuse":
            raise WrongUsage(
                "The row holds letters that were read in the wrong encoding.",
                hint="Export it as UTF-8, or have it repaired with --mojibake repair.",
            )
        self.read_wrongly += 1
        return meant

    def told(self) -> list[str]:
        """What was done, in sentences."""
        told = []
        if self.read_wrongly:
            texts = "1 text was" if self.read_wrongly == 1 else f"{self.read_wrongly} texts were"
            told.append(
                f"{texts} repaired that had been read in the wrong encoding before (fÃ¥r for får). "
                "To leave such texts as they are: --mojibake keep"
            )
        if self.were_html:
            texts = "1 text was" if self.were_html == 1 else f"{self.were_html} texts were"
            told.append(f"{texts} HTML and came in as plain text.")
        return told

    def _meant(self, cell: str) -> str:
        import ftfy  # here: only for texts that look damaged

        if self._config is None:
            self._config = ftfy.TextFixerConfig(
                unescape_html=False,
                remove_terminal_escapes=False,
                fix_latin_ligatures=False,
                fix_character_width=False,
                uncurl_quotes=False,
                fix_line_breaks=False,
                fix_surrogates=False,
                remove_control_chars=False,
                fix_c1_controls=False,
                normalization=None,
            )
        meant = str(ftfy.fix_encoding(cell, self._config))
        # What is lost is lost: a mark in its place is no repair.
        if "\ufffd" in meant and "\ufffd" not in cell:
            return cell
        return _beyond_doubt(cell) if meant == cell else meant


def _beyond_doubt(cell: str) -> str:
    """What a short text meant that ftfy leaves alone: all of it is UTF-8 read wrongly, and gives the letters in use."""
    for read_as in _READ_AS:
        try:
            meant = cell.encode(read_as).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if all(letter < "\x80" or letter in _IN_USE for letter in meant):
            return meant
    return cell
