"""What was measured: medians, 95th percentiles, and the ratios with the goal beside each."""

import math
import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench.contestants import IMPORTED_ROWS
from bench.rounds import Timed


class Ratio(NamedTuple):
    """One figure to judge by. `met` is None where it is only told, without a goal."""

    name: str
    value: float
    unit: str
    goal: str
    met: bool | None


class _Figures:
    """The measured times by what, who and size."""

    def __init__(self, results: Sequence[Timed]) -> None:
        self._by = {(one.what, one.who, one.size): one for one in results if one.milliseconds}

    def sizes(self, what: str, who: str = "feedlog") -> list[int]:
        return sorted(size for named, program, size in self._by if (named, program) == (what, who))

    def median(self, what: str, who: str, size: int) -> float:
        return statistics.median(self._by[what, who, size].milliseconds)

    def slowest(self, what: str, who: str, size: int) -> float:
        return percentile(self._by[what, who, size].milliseconds, 95)

    def memory(self, what: str, who: str, size: int) -> float:
        return self._by[what, who, size].mebibytes


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def ratios(results: Sequence[Timed]) -> list[Ratio]:
    """All ratios that the measured times allow, in the order they are read in.

    A goal belongs to one size; when that was not measured, the largest one that was is judged.
    """
    figures = _Figures(results)
    return [*_add(figures), *_search(figures), *_list(figures), *_import(figures), *_publish(figures)]


def _judged(name: str, value: float, most: float, *, at: int, sizes: list[int], size: int, unit: str = "×") -> Ratio:
    judged = size == (at if at in sizes else max(sizes))
    goal = f"at most {most:g} {unit}" if judged else ""
    return Ratio(name, value, unit, goal, value <= most if judged else None)


def _add(figures: _Figures) -> list[Ratio]:
    sizes, found = figures.sizes("add"), []
    for who, most in (("bare", 1.5), ("sqlite-utils", 0.5), ("jrnl", 0.5), ("sqlite3", math.inf)):
        for size in sizes:
            timed = figures.sizes("add", who)
            if not timed:
                continue
            beside = size if size in timed else max(timed)
            value = figures.median("add", "feedlog", size) / figures.median("add", who, beside)
            name = f"add, {size:,} notes, to {who}" + (f" with {beside:,}" if beside != size else "")
            if math.isinf(most):
                found.append(Ratio(name, value, "×", "", None))
            else:
                found.append(_judged(name, value, most, at=100_000, sizes=sizes, size=size))
    return found + _growth(figures, "add", 1.3)


def _growth(figures: _Figures, what: str, most: float | None) -> list[Ratio]:
    sizes = figures.sizes(what)
    if len(sizes) < 2:
        return []
    value = figures.median(what, "feedlog", sizes[-1]) / figures.median(what, "feedlog", sizes[0])
    name = f"{what}, {sizes[-1]:,} notes, to {what}, {sizes[0]:,}"
    return [Ratio(name, value, "×", f"at most {most} ×" if most else "", value <= most if most else None)]


def _search(figures: _Figures) -> list[Ratio]:
    sizes, found = figures.sizes("search"), []
    for size in sizes:
        bare = figures.median("search", "bare", size)
        # The slowest searches are measured by the bare script's usual one: a slow one beside a slow one would hide.
        for told, time, most in (
            ("median", figures.median("search", "feedlog", size), 2),
            ("95th percentile", figures.slowest("search", "feedlog", size), 5),
        ):
            name = f"search, {size:,} notes, {told} to bare median"
            found.append(_judged(name, time / bare, most, at=1_000_000, sizes=sizes, size=size))
    return found


def _list(figures: _Figures) -> list[Ratio]:
    return _growth(figures, "list", None)


def _import(figures: _Figures) -> list[Ratio]:
    sizes, found = figures.sizes("import"), []
    for size in sizes:
        for who, does, most in (
            ("sqlite-utils", "sqlite-utils insert and enable-fts", 1),
            ("sqlite3", "sqlite3 .import", math.inf),
        ):
            if size in figures.sizes("import", who):
                name = f"import, {size:,} rows, to {does}"
                value = figures.median("import", "feedlog", size) / figures.median("import", who, size)
                found.append(
                    Ratio(name, value, "×", "", None)
                    if math.isinf(most)
                    else _judged(name, value, most, at=IMPORTED_ROWS, sizes=sizes, size=size)
                )
    if len(sizes) > 1:
        value = figures.memory("import", "feedlog", sizes[-1]) / figures.memory("import", "feedlog", sizes[0])
        found.append(Ratio(f"import, memory, {sizes[-1]:,} rows, to {sizes[0]:,}", value, "×", "", None))
    return found


def _publish(figures: _Figures) -> list[Ratio]:
    sizes = figures.sizes("publish")
    return [
        _judged(
            f"publish after one new note, {size:,} notes",
            figures.median("publish", "feedlog", size) / 1000,
            1,
            at=1_000_000,
            sizes=sizes,
            size=size,
            unit="s",
        )
        for size in sizes
    ]


def document(results: Sequence[Timed], remarks: Sequence[str]) -> dict[str, Any]:
    """All of it for `--json`; times in milliseconds."""
    return {
        "machine": machine(),
        "times": [
            {
                "what": one.what,
                "who": one.who,
                "size": one.size,
                "rounds": len(one.milliseconds),
                "median": round(statistics.median(one.milliseconds), 2),
                "percentile_95": round(percentile(one.milliseconds, 95), 2),
                "mebibytes": round(one.mebibytes, 1),
            }
            for one in results
            if one.milliseconds
        ],
        "ratios": [{**ratio._asdict(), "value": round(ratio.value, 3)} for ratio in ratios(results)],
        "remarks": list(remarks),
    }


def machine() -> str:
    """What it was measured on."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, {versions}"


def text(results: Sequence[Timed], remarks: Sequence[str]) -> str:
    """All of it as two aligned tables for people."""
    told = document(results, remarks)
    times = [("what", "who", "size", "rounds", "median ms", "95th perc. ms")]
    times += [
        (
            one["what"],
            one["who"],
            f"{one['size']:,}",
            str(one["rounds"]),
            f"{one['median']:,.1f}",
            f"{one['percentile_95']:,.1f}",
        )
        for one in told["times"]
    ]
    imports = [("import", "size", "rows a second", "memory MiB")]
    imports += [
        (
            one["who"],
            f"{one['size']:,}",
            f"{one['size'] / one['median'] * 1000:,.0f}",
            f"{one['mebibytes']:,.0f}",
        )
        for one in told["times"]
        if one["what"] == "import"
    ]
    judged = [("ratio of medians", "measured", "goal", "")]
    judged += [
        (ratio.name, f"{ratio.value:.2f} {ratio.unit}", ratio.goal, {True: "met", False: "missed", None: ""}[ratio.met])
        for ratio in ratios(results)
    ]
    by_rows = aligned(imports, right=(1, 2, 3)) if imports[1:] else ""
    parts = [
        told["machine"],
        aligned(times, right=(2, 3, 4, 5)),
        by_rows,
        aligned(judged, right=(1,)),
        "\n".join(remarks),
    ]
    return "\n\n".join(part for part in parts if part)


def aligned(rows: Sequence[tuple[str, ...]], *, right: tuple[int, ...]) -> str:
    """Rows as lines with their columns under one another; the columns named in `right` end under one another."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def cell(value: str, column: int) -> str:
        put: Callable[[int], str] = value.rjust if column in right else value.ljust
        return put(widths[column])

    return "\n".join("  ".join(cell(value, column) for column, value in enumerate(row)).rstrip() for row in rows)
