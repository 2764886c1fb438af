"""What a spreadsheet would run instead of showing it. One rule for every CSV that leaves feedlog."""

import re

# How a cell begins that a spreadsheet runs instead of showing: OWASP, CSV Injection, with the full-width signs that
# some take for the same.
_RUNS = re.compile("[=+\\-@\t\r\n＝＋－＠]")
# A number runs nothing, and a customer's phone number must stay what others know them by.
_NUMBER = re.compile(r"[+-][0-9][0-9 .,]*")
# What would be taken for one of ours when it is read back: it gets an apostrophe, too, so that `as_meant` finds it.
_LIKE_OURS = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def harmless(text: str) -> str:
    """The text of a cell as no spreadsheet runs it: an apostrophe before what would be a formula."""
    return f"'{text}" if would_run(text) or _LIKE_OURS.match(text) else text


def would_run(text: str) -> bool:
    """Whether a spreadsheet would take the text of a cell for a formula."""
    return bool(_RUNS.match(text)) and not _NUMBER.fullmatch(text)


def as_meant(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if _LIKE_OURS.match(text) else text
