"""What a table that leaves feedlog is made of, whatever the format."""

from typing import Literal, NamedTuple

# instant: UTC as stored; day: a local day; yes: True or False; texts: a list. Any of them may be None.
Holds = Literal["text", "number", "instant", "day", "yes", "texts"]


class Column(NamedTuple):
    """A column: its name, what its cells hold, and how many characters wide it is on a sheet."""

    name: str
    holds: Holds
    width: int = 12


class Style(NamedTuple):
    """How a table is spelled, where the format leaves a choice.

    `for_excel`: as Excel of the Nordic countries opens CSV by a double click. `raw`: cells that a spreadsheet would
    run as formulas are left as they are. `as_list`: one JSON document instead of a line each.
    """

    delimiter: str = ","
    for_excel: bool = False
    raw: bool = False
    as_list: bool = False


# Parts several themes in one cell for people. Programs get a JSON list, since themes may hold commas and semicolons.
BETWEEN = "; "
