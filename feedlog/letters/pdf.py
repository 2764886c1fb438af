"""A letter as PDF, set by typst, which brings its own fonts and asks no network."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import typst

from feedlog.errors import Refused
from feedlog.letters.pages import Run
from feedlog.letters.sheet import Sheet

_PAGE = Path(__file__).parent / "letter.typ"
# '13. marts 2026' stays on one line.
_IN_A_DATE = re.compile(r"(?<=\d) (?=[^\W\d_]{3,9} \d{4}\b)|(?<=\d\.) (?=[^\W\d_]{3,9} \d{4}\b)")


def drawn(sheet: Sheet) -> bytes:
    """The whole document, A4. The machine's fonts serve only for letters ours do not have; raises Refused."""
    lang, region = sheet.locale.split("_")
    letter = {
        "lang": lang,
        "region": region,
        "date": sheet.date,
        "title": sheet.title,
        "author": sheet.author,
        "sign": sheet.sign,
        "parts": [
            {"kind": part.kind, "lines": [[_run(run) for run in line] for line in part.lines]} for part in sheet.parts
        ],
    }
    try:
        made = typst.compile(
            _PAGE,
            root=_PAGE.parent,
            sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
            format="pdf",
            timestamp=int(datetime.now(UTC).timestamp()),
        )
    except typst.TypstError as error:
        raise Refused(
            f"The letter cannot be set as PDF: {error}.", hint="Write it as .docx or .html instead."
        ) from error
    if not isinstance(made, bytes):
        raise AssertionError("typst gives one PDF as bytes")
    return made


def _run(run: Run) -> dict[str, str | bool]:
    return {"text": _IN_A_DATE.sub("\u00a0", run.text), "marked": run.marked}
