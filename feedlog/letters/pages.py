"""A letter's text, read as what it is made of: paragraphs, quotations, points of a list, and places to fill.

The text is the letter. Blank lines part paragraphs, an indented paragraph is a quotation, lines that begin with a dash
are points, `[[ … ]]` is a place the agent must fill. Brackets the customer typed are no place.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

WIDTH = 72  # characters a line, as plain mail has them
INDENT = "    "

# A block with longer lines was never wrapped, so its line breaks are meant.
_WRAPPED_AT_MOST = 90
_POINT = re.compile(r"[–•*-] +")
_PLACE = re.compile(r"\[\[(?:(?!\[\[|\n *\n)[\s\S])*?\]\]|\[\[")  # one left open is one, too
# Where a place begins and ends; noncharacters, which `plain` takes out of every text.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
# What no letter shows and XML does not hold: control characters but line feed and tab, and noncharacters. Characters
# that turn the direction of writing go, too: in a quotation they would turn our own words behind it.
_UNSHOWN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


class Place(NamedTuple):
    """A place to fill: its line, counted from 1, and the text with its brackets."""

    line: int
    text: str


class Run(NamedTuple):
    """A stretch of a line; `marked` where it is a place to fill."""

    text: str
    marked: bool


class Part(NamedTuple):
    """A paragraph, quote or point. An empty line stands between the paragraphs of a quotation."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]


def plain(text: str) -> str:
    """A text with line feeds only, without tabs, blanks at line ends, and characters no page can show."""
    lines = _UNSHOWN.sub("", re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text)).split("\n")
    return "\n".join(line.expandtabs(4).rstrip() for line in lines).strip("\n")


def wrapped(text: str) -> str:
    """What a template gave, with lines of at most WIDTH characters; one blank line between paragraphs."""
    told = ""
    kinds = [(_kind(block), block) for block in _blocks(plain(text))]
    for place, (kind, block) in enumerate(kinds):
        if place:
            told += "\n" if kind == kinds[place - 1][0] == "point" else "\n\n"
        told += "\n".join(_wrapped_line(line, kind) for line in block)
    return told


def places(text: str, own_words: Sequence[str]) -> list[Place]:
    """The places to fill. Brackets of the customer's own are none; `own_words` is what they said, in each wording."""
    return [Place(text.count("\n", 0, start) + 1, text[start:end]) for start, end in _spans(text, own_words)]


def parts(text: str, own_words: Sequence[str]) -> list[Part]:
    """The text's parts in order, with lines that were only wrapped joined again."""
    marked, end = "", 0
    for start, stop in _spans(text, own_words):
        marked += f"{text[end:start]}{_OPEN}{text[start:stop]}{_CLOSE}"
        end = stop
    found: list[Part] = []
    for block in _blocks(marked + text[end:]):
        kind = _kind(block)
        if kind == "quote":
            quote = _runs(_joined(block))
            if found and found[-1].kind == "quote":
                found[-1] = Part("quote", (*found[-1].lines, (), *quote))
            else:
                found.append(Part("quote", tuple(quote)))
        elif kind == "point":
            found += [Part("point", tuple(_runs([line]))) for line in _points(block)]
        else:
            found.append(Part("paragraph", tuple(_runs(_joined(block)))))
    return found


def without_quotations(text: str) -> str:
    """The text without its quotations: what we say ourselves."""
    return "\n\n".join("\n".join(block) for block in _blocks(text) if _kind(block) != "quote")


def _blocks(text: str) -> Iterator[list[str]]:
    for blank, lines in groupby(text.split("\n"), key=lambda line: not line.strip()):
        if not blank:
            yield list(lines)


def _kind(block: Sequence[str]) -> str:
    if all(line.startswith("  ") for line in block):
        return "quote"
    return "point" if _POINT.match(block[0].lstrip(_OPEN)) else "paragraph"


def _wrapped_line(line: str, kind: str) -> str:
    before, after = {"quote": (INDENT, INDENT), "point": ("", "  "), "paragraph": ("", "")}[kind]
    return textwrap.fill(
        line.strip(),
        WIDTH,
        initial_indent=before,
        subsequent_indent=after,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _joined(block: Sequence[str]) -> list[str]:
    """The lines as they are meant: a break stays where the next word would have fitted on the line before."""
    if any(len(line) > _WRAPPED_AT_MOST and " " in line.strip() for line in block):
        return [line.strip() for line in block]
    lines = [block[0].strip()]
    for before, line in pairwise(block):
        if len(before) + 1 + len(line.split()[0]) > WIDTH:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines


def _points(block: Sequence[str]) -> list[str]:
    """Each point of a list on one line, without its dash."""
    points: list[str] = []
    for line in block:
        dash = _POINT.match(line)
        if dash or not points:
            points.append(_POINT.sub("", line, count=1) if dash else line.strip())
        else:
            points[-1] += f" {line.strip()}"
    return points


def _runs(lines: Sequence[str]) -> list[tuple[Run, ...]]:
    """The lines cut where a place begins or ends; a place may go over several lines."""
    found, marked = [], False
    for line in lines:
        runs = []
        for piece in re.split(f"([{_OPEN}{_CLOSE}])", line):
            if piece in (_OPEN, _CLOSE):
                marked = piece == _OPEN
            elif piece:
                runs.append(Run(piece, marked))
        found.append(tuple(runs))
    return found


def _spans(text: str, own_words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the places to fill stand."""
    said = [" ".join(plain(words).split()) for words in own_words if "[[" in words]
    covered = text
    for words in said:  # quoted whole, they may stand anywhere, also within a sentence
        spoken = r"\s+".join(map(re.escape, words.split(" ")))
        covered = re.sub(spoken, lambda found: "." * len(found.group()), covered)
    quotations = _quotations(text) if said else []
    for found in _PLACE.finditer(covered):
        in_quotation = any(start <= found.start() < end for start, end in quotations)
        typed = " ".join(found.group().split())
        if not (in_quotation and any(typed in words for words in said)):
            yield found.span()


def _quotations(text: str) -> list[tuple[int, int]]:
    """From where to where each quotation goes."""
    found, start = [], 0
    for blank, group in groupby(text.split("\n"), key=lambda line: not line.strip()):
        lines = list(group)
        end = start + sum(len(line) + 1 for line in lines)
        if not blank and _kind(lines) == "quote":
            found.append((start, end))
        start = end
    return found
