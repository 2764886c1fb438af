"""A letter as one HTML page that asks for nothing else, ready to be read or printed."""

from html import escape

from feedlog.letters.pages import Part, Run
from feedlog.letters.sheet import Sheet

_STYLE = """
@page { size: A4; margin: 25mm 30mm; }
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1d1d1b; font: 1.0625rem/1.6 Charter, "Iowan Old Style", Georgia, serif; }
main { max-width: 34rem; margin: 4rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; hyphens: auto; }
.date { margin: 0 0 3rem; text-align: right; color: #5a5a55; }
p, ul, blockquote { margin: 0 0 1.1em; }
blockquote { padding-left: 1.1rem; border-left: 2px solid #b9b4a6; }
blockquote p:last-child { margin: 0; }
ul { padding-left: 1.2rem; list-style: "– "; }
li { margin: 0 0 .35em; padding-left: .3rem; }
mark { background: #ffe98a; color: inherit; padding: 0 .15em; }
.name { margin-top: 3.2rem; }
@media print {
  main { margin: 0; padding: 0; max-width: none; }
  body { font-size: 11.5pt; }
  blockquote, li { break-inside: avoid; }
}
""".strip()


def drawn(sheet: Sheet) -> bytes:
    """The whole page in UTF-8."""
    body = "\n".join(_parts(sheet))
    page = f"""<!DOCTYPE html>
<html lang="{sheet.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="author" content="{escape(sheet.author)}">
<title>{escape(sheet.title)}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<main>
<p class="date">{escape(sheet.date)}</p>
{body}
</main>
</body>
</html>
"""
    return page.encode()


def _parts(sheet: Sheet) -> list[str]:
    told: list[str] = []
    in_list = False
    for place, part in enumerate(sheet.parts):
        if in_list != (part.kind == "point"):
            told.append("</ul>" if in_list else "<ul>")
            in_list = not in_list
        name = sheet.sign and place == len(sheet.parts) - 1
        told.append(_part(part, ' class="name"' if name else ""))
    return [*told, "</ul>"] if in_list else told


def _part(part: Part, style: str) -> str:
    if part.kind == "quote":
        # `dir="auto"`: a quotation in a language that is written from the right reads as its customer wrote it.
        paragraphs = "\n".join(_line(line) for line in part.lines).split("\n\n")
        return "<blockquote>" + "".join(f'<p dir="auto">{text}</p>' for text in paragraphs) + "</blockquote>"
    lines = "<br>\n".join(_line(line) for line in part.lines)
    return f"<li>{lines}</li>" if part.kind == "point" else f"<p{style}>{lines}</p>"


def _line(line: tuple[Run, ...]) -> str:
    return "".join(f"<mark>{escape(run.text)}</mark>" if run.marked else escape(run.text) for run in line)
