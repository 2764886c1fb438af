"""A letter in every format: the words that went in come out, whatever they are."""

import io
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from feedlog.errors import NotStored, Refused, WrongUsage
from feedlog.letters import LANGUAGES, SUFFIXES, output
from feedlog.letters.pages import wrapped
from feedlog.letters.sheet import Sheet, sheet
from feedlog.letters.wording import quoted

HOSTILE = {
    "typst": '#let x = $a$ *b* _c_ `d` <lab> @ref \\ #panic("x") // nej /* */ [[ikke et sted]] -- ... ~',
    "jinja": "{{7*7}} {% if %} {# nej #}",
    "html": '<script>alert("x")</script> &amp; </blockquote> <!-- nej -->',
    "brackets": "[[ og en åben",
    "backslashes": "\\\\ \\n \\u{41} C:\\mappe",
    "long": "x" * 3000,
    "right to left": "שלום לכם",
    "emoji": "fint 😀 og 👩‍👩‍👧",
    "control": "rød\x1b[31m og\x0c slut\x85ny",
    "quotes": "»a« ”b” «c» 'd' \"e\"",
    "lines": "En linje\n– en streg\n\n    indrykket\nog en til",
}


def made(words: str, language: str = "da") -> Sheet:
    text = wrapped(
        f"Kære Anna Holm\n\nDa du ringede, sagde du:\n\n{quoted(language, words)}\n\n"
        "Jeg beklager, at [[det konkrete]].\n\n– ring: senest fredag den 13. marts 2026\n– skriv\n\n"
        "Venlig hilsen\n\nMette"
    )
    return sheet(text, language=language, on="2026-03-09", recipient="Anna Holm", author="Mette", own_words=[words])


class Reader(HTMLParser):
    """The text of a page, and which elements it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.elements, self.attributes = "", [], {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.setdefault(tag, dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}" if "style" not in self.elements[-1:] else ""


def text_of(content: bytes, suffix: str) -> str:
    """A file's words, read back by another program than the one that wrote them."""
    if suffix == ".pdf":
        pages = pypdfium2.PdfDocument(content)
        told = [page.get_textpage().get_text_range() for page in pages]
        return "\n".join(re.sub(r"\s\d+\s*$", "", text) if len(told) > 1 else text for text in told)  # page numbers
    if suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    return Reader(content.decode()).text if suffix == ".html" else content.decode()


def letters_of(text: str) -> str:
    """A text's visible letters: no blanks, no signs that only join, part or turn, no hyphen at a line's end."""
    return re.sub(r"[\s\u00ad\u0002\u200b-\u200f\u202a-\u202e\ufeff\ufffe\x00-\x1f\x7f-\x9f-]", "", text)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in HOSTILE.items()])
def test_words_come_out_as_they_went_in(words: str, suffix: str) -> None:
    """A customer's words stay words in every format, and the places to fill stay beside them."""
    told = letters_of(text_of(output.rendered(made(words), f"letter{suffix}"), suffix))
    wanted = letters_of(words)
    if suffix == ".pdf" and not wanted.isascii() and "שלום" in words:
        wanted = letters_of(words.split()[0])  # pypdfium2 reads the words of such a line from the other side
        assert wanted in told or wanted[::-1] in told
    elif suffix == ".pdf" and "😀" in words:
        assert "fint" in told  # which pictures there are is for the machine's fonts to say
    else:
        assert wanted in told
    assert letters_of("[[det konkrete]]") in told
    assert letters_of("senest fredag den 13. marts 2026") in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_html(language: str) -> None:
    """The page names its language, is whole by itself, and holds the quotation as one and places as marks."""
    page = output.rendered(made(HOSTILE["html"], language), "letter.html").decode()
    reader = Reader(page)
    assert reader.attributes["html"] == {"lang": language}
    assert [tag for tag in reader.elements if tag in ("script", "link", "img", "iframe")] == []
    assert (reader.elements.count("blockquote"), reader.elements.count("mark"), reader.elements.count("li")) == (
        1,
        1,
        2,
    )
    assert "default-src 'none'" in page
    assert "@page" in page


def test_docx() -> None:
    """The document has real paragraphs, a style for the quotation, its language, and marked places."""
    document = docx.Document(io.BytesIO(output.rendered(made("Nej\n\nJo", "sv"), "letter.docx")))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles == [
        "Normal",
        "Normal",
        "Normal",
        "Quote",
        "Quote",
        "Normal",
        "List Bullet",
        "List Bullet",
        "Normal",
        "Normal",
    ]
    languages = {element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"sv-SE"}
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    marked = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert marked == ["[[det konkrete]]"]
    about = document.core_properties
    assert (about.author, about.title, about.language, about.comments) == ("Mette", "Anna Holm, 9 mars 2026", "sv", "")
    assert round(document.sections[0].page_width.mm) == 210


def test_pdf() -> None:
    """One page of A4 with its title, its fonts inside and the date above."""
    document = pypdfium2.PdfDocument(output.rendered(made("Pakken kom for sent"), "letter.pdf"))
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    assert document.get_metadata_dict()["Title"] == "Anna Holm, 9. marts 2026"
    assert document[0].get_textpage().get_text_range().startswith("9. marts 2026")


def test_pdf_needs_no_font_of_the_machine() -> None:
    """Every letter of the four languages is in the fonts the library brings."""
    import typst

    families = typst.Fonts(include_system_fonts=False).families()
    page = Path(output.__file__).with_name("letter.typ").read_text("utf-8")
    assert re.findall(r'font: "([^"]+)"', page) == ["Libertinus Serif"]
    assert "Libertinus Serif" in families
    assert "@preview" not in page


def test_long_letter_numbers_its_pages() -> None:
    """A letter of several pages keeps the closing and the name together."""
    document = pypdfium2.PdfDocument(output.rendered(made("ord og mere " * 700), "letter.pdf"))
    assert len(document) > 1
    last = document[len(document) - 1].get_textpage().get_text_range()
    assert "Venlig hilsen" in last
    assert "Mette" in last


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("letter.rtf", "Letters are not written as '.rtf' files: letter.rtf."),
        ("letter", "Letters are not written as a file without a suffix: letter."),
        ("letter.PDF.zip", "Letters are not written as '.zip' files: letter.PDF.zip."),
    ],
)
def test_other_formats_are_refused(path: str, message: str) -> None:
    """A name that asks for no format of ours is refused with the names that do."""
    with pytest.raises(WrongUsage) as refused:
        output.check(path, force=False)
    assert (refused.value.message, refused.value.hint) == (
        message, "The name ends in one of: .txt, .html, .docx, .pdf.",
    )  # fmt: skip


def test_check(tmp_path: Path) -> None:
    """A file that is there, a folder, or a folder that is not there is refused before anything is done."""
    there = tmp_path / "letter.TXT"
    there.write_text("min", "utf-8")
    with pytest.raises(Refused, match=f"^{there} is there already.$"):
        output.check(str(there), force=False)
    output.check(str(there), force=True)
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(Refused, match=r"is a folder\.$"):
        output.check(str(tmp_path / "folder.pdf"), force=True)
    with pytest.raises(Refused, match=f"^There is no folder {tmp_path}/no.$"):
        output.check(str(tmp_path / "no" / "letter.pdf"), force=False)


def test_write(tmp_path: Path) -> None:
    """A file is written whole, for its owner only, and never over another unless that was asked for."""
    path = tmp_path / "letter.txt"
    output.write(str(path), b"en", force=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="is there already"):
        output.write(str(path), b"to", force=False)
    assert path.read_bytes() == b"en"
    output.write(str(path), b"to", force=True)
    assert path.read_bytes() == b"to"
    assert os.listdir(tmp_path) == ["letter.txt"]
    with pytest.raises(NotStored, match=r"cannot be written: No such file or directory\.$"):
        output.write(str(tmp_path / "no" / "letter.txt"), b"x", force=False)
