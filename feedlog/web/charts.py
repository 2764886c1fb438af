"""Charts, drawn on the server: SVG that our own style sheet colours, with a title, a description and the figures.

pygal draws them. What it brings for drawing elsewhere (styles, scripts, tooltips, its own title) is taken out, so that
the strict policy of our pages holds, and the drawing changes with dark paper and with print.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree
from markupsafe import Markup

from feedlog.web import speech

_SVG = "{http://www.w3.org/2000/svg}"
_NOT_OURS = [f"{_SVG}{name}" for name in ("defs", "desc", "title", "script", "style")]
_WIDTH, _HEIGHT = 640, 150
# Axis labels are left out until so many letters fit beside each other.
_LETTERS_ACROSS = 84


class Series(NamedTuple):
    """What one colour of a chart stands for, and its values, one for each label."""

    name: str
    values: tuple[int, ...]


class Chart(NamedTuple):
    """A drawing and what it draws: `labels` along the axis, `series` above them."""

    svg: Markup
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def totals(self) -> list[int]:
        """The height at each label."""
        return [sum(values) for values in zip(*(one.values for one in self.series), strict=True)]


def bars(labels: Sequence[str], series: Sequence[Series], title: str, description: str) -> Chart:
    """A bar for each label; several series stand on each other, the first at the bottom. The last bar is marked."""
    svg = _drawn(speech.code(), tuple(labels), tuple(series), title, description)
    return Chart(Markup(svg), title, tuple(labels), tuple(series))


def spark(values: Sequence[int], title: str) -> Markup:
    """A small drawing of a run of values, to stand in a line of text; the last one is marked."""
    return Markup(_spark(tuple(values), title))


# A page shows the same drawing until something was said: drawing it takes longer than all else on the page.
@functools.lru_cache(maxsize=512)
def _drawn(_: str, labels: tuple[str, ...], series: tuple[Series, ...], title: str, description: str) -> str:
    import pygal  # here: only charts need it

    highest = max((sum(values) for values in zip(*(one.values for one in series), strict=True)), default=0)
    chart = pygal.StackedBar(
        width=_WIDTH,
        height=_HEIGHT,
        margin=0,
        margin_top=6,
        spacing=6,
        show_legend=False,
        js=[],
        explicit_size=False,
        range=(0, max(highest, 1)),
        y_labels=sorted({0, highest}),
        formatter=lambda value: speech.figure(value or 0),
        x_labels_major=_told(labels),
        show_minor_x_labels=False,
        truncate_label=-1,
    )
    chart.x_labels = list(labels)
    for one in series:
        chart.add(one.name, list(one.values))
    return _cleaned(chart.render(), "chart", title, description)


@functools.lru_cache(maxsize=2048)
def _spark(values: tuple[int, ...], title: str) -> str:
    import pygal

    chart = pygal.Bar(
        width=90,
        height=18,
        margin=0,
        spacing=0,
        show_legend=False,
        show_x_labels=False,
        show_y_labels=False,
        show_y_guides=False,
        js=[],
        explicit_size=False,
        range=(0, max(1, *values)),
    )
    chart.add("", list(values))
    return _cleaned(chart.render(), "spark", title, "")


def _told(labels: Sequence[str]) -> list[str]:
    """The labels that have room, evenly apart; the last one is among them."""
    fitting = max(1, _LETTERS_ACROSS // (max(map(len, labels), default=1) + 2))
    return list(labels[::-1][:: max(1, -(-len(labels) // fitting))])


def _cleaned(drawn: bytes, kind: str, title: str, description: str) -> str:
    """The drawing without what would act or colour by itself, named for those who do not see it."""
    root = etree.fromstring(drawn)
    etree.strip_elements(root, *_NOT_OURS, etree.Comment, with_tail=False)
    for element in root.xpath("//*[contains(@class, 'overlay') or @class = 'titles']"):
        element.getparent().remove(element)
    for element in root.iter():
        for name in ("style", "id", "onclick"):
            element.attrib.pop(name, None)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("class", kind)
    root.set("role", "img")
    told = etree.Element(f"{_SVG}title")
    told.text = f"{title}. {description}".removesuffix(". ")
    root.insert(0, told)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))
