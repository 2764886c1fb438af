"""Drawings: nothing in them acts or colours by itself, and their figures are told."""

import re

from lxml import etree

from feedlog.web.charts import Series, bars, spark

LABELS = [f"week {number}" for number in range(37, 49)]


def test_one_bar_for_each_figure() -> None:
    """Every figure is drawn, as high as it is, and the series stand on each other."""
    chart = bars(LABELS, [Series("complaint", tuple(range(12))), Series("praise", (2,) * 12)], "Notes", "Rising.")
    root = etree.fromstring(str(chart.svg))
    groups = [
        [
            float(rect.get("height"))
            for rect in root.findall(f".//{{*}}g[@class='series serie-{number} color-{number}']//{{*}}rect")
        ]
        for number in (0, 1)
    ]
    assert [len(heights) for heights in groups] == [12, 12]
    unit = groups[1][0] / 2
    assert all(abs(height - number * unit) < 1e-6 for number, height in enumerate(groups[0]))
    assert chart.totals == [number + 2 for number in range(12)]


def test_named_for_those_who_do_not_see_it() -> None:
    """The title and description are the drawing's name, and what it says is escaped."""
    svg = str(bars(["<b>", "b"], [Series("<i>", (1, 2))], "Notes about <script>", "From 1 to 2.").svg)
    root = etree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext("{*}title") == "Notes about <script>. From 1 to 2."
    assert "<script" not in svg and "<i>" not in svg and "<b>" not in svg


def test_nothing_acts_or_colours_by_itself() -> None:
    """No style, script, address or handler stands in a drawing: our policy allows none."""
    for svg in (str(bars(LABELS, [Series("a", (3,) * 12)], "t", "d").svg), str(spark([1, 2, 3], "t"))):
        assert not re.search(r"<(style|script|defs|desc)|style=|onclick|href|http(?!://www\.w3\.org/2000/svg)", svg)


def test_a_quiet_time_can_be_drawn() -> None:
    """Nothing said at all is a drawing without bars, not a failure."""
    assert "<svg" in str(bars(LABELS, [Series("a", (0,) * 12)], "t", "d").svg)
    assert "<svg" in str(spark([0, 0], "t"))


def test_the_newest_label_stands_there() -> None:
    """However many labels there is room for, the last one is among them."""
    svg = str(bars([f"a rather long label {number}" for number in range(12)], [Series("a", (1,) * 12)], "t", "d").svg)
    told = re.findall(r">(a rather long label \d+)<", svg)
    assert "a rather long label 11" in told and len(told) < 6
