"""What a spreadsheet would run instead of showing it. One rule for every CSV that leaves feedlog."""

import re

# How a cell begins that a spreadsheet runs instead of showing: OWASP, CSV Injection, with the full-width signs that
# some take for the same.
_RUNS = re.compile("[=+\\-@\t\r\n＝＋－＠]")
# A number runs nothing, and a customer's phone number must stay what others know them by.
_NUMBER = re.compile(r"[+-][0-9][0-9 .,]*")


def harmless(text: str) -> str:
    """The text of a cell as no spreadsheet runs it: an apostrophe before what would be a formula."""
    if _RUNS.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
