"""A letter as a Word document: real paragraphs, the quotation in its own style, the language set for the spelling."""

import io
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from feedlog.letters.pages import Part
from feedlog.letters.sheet import Sheet

_FONT = "Georgia"
_GREY = RGBColor(0x5A, 0x5A, 0x55)
_STYLES = {"quote": "Quote", "point": "List Bullet", "paragraph": "Normal"}


def drawn(sheet: Sheet) -> bytes:
    """The whole document."""
    document = docx.Document()
    _settle(document, sheet)
    date = document.add_paragraph(sheet.date)
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    date.paragraph_format.space_after = Pt(36)
    date.runs[0].font.color.rgb = _GREY
    for part in sheet.parts:
        _add(document, part)
    if sheet.sign:
        closing, name = document.paragraphs[-2:]
        closing.paragraph_format.keep_with_next = True
        name.paragraph_format.space_before = Pt(36)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _settle(document: Any, sheet: Sheet) -> None:
    """Page, styles and properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(30)
    section.top_margin = section.bottom_margin = Mm(28)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(11)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(10), 1.3
    quote = document.styles["Quote"]
    quote.font.name, quote.font.italic, quote.font.color.rgb = _FONT, False, RGBColor(0x1D, 0x1D, 0x1B)
    quote.paragraph_format.left_indent = Mm(8)
    point = document.styles["List Bullet"]
    point.paragraph_format.space_after = Pt(4)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), sheet.locale.replace("_", "-"))
    about = document.core_properties
    about.title, about.author, about.language = sheet.title, sheet.author, sheet.language
    about.comments, about.last_modified_by = "", sheet.author
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)


def _add(document: Any, part: Part) -> None:
    """One part; an empty line in a quotation begins a new paragraph of it."""
    style = _STYLES[part.kind]
    paragraph = document.add_paragraph(style=style)
    begun = False
    for line in part.lines:
        if not line:
            paragraph, begun = document.add_paragraph(style=style), False
            continue
        if begun:
            paragraph.add_run().add_break()
        for run in line:
            written = paragraph.add_run(run.text)
            if run.marked:
                written.font.highlight_color = WD_COLOR_INDEX.YELLOW
        begun = True
