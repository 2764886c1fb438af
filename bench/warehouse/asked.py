"""python -m bench.warehouse.asked ENGINE DIR FILE: asks every analysis in one session; writes answers and seconds."""

import json
import sys
import time
from pathlib import Path

from feedlog.warehouse import asking, duck, spark
from feedlog.warehouse.analyses import analyses

MOST_ROWS = 1_000_000


def main() -> None:
    """Opens the engine, asks, and writes one JSON document."""
    engine, place, file = sys.argv[1:]
    started = time.perf_counter()
    answers = {}
    with duck.opened(place) if engine == asking.IN_PROCESS else spark.opened(place, engine) as question:
        opened = time.perf_counter() - started
        for name, analysis in analyses().items():
            begun = time.perf_counter()
            answer = question(analysis.sql, MOST_ROWS)
            answers[name] = {
                "seconds": time.perf_counter() - begun,
                "columns": answer.columns,
                "rows": answer.rows,
                "more": answer.more,
            }
    Path(file).write_text(json.dumps({"open": opened, "answers": answers}), "utf-8")


if __name__ == "__main__":
    main()
