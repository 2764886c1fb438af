"""python -m bench pages: how long each page takes in the server, beside stock Datasette on the same published file."""

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from bench import filling, report, texts
from bench.followed import follow_up
from bench.running import Failed, run
from bench.tour import TOUR

SIZE, ROUNDS, GOAL_MS = 1_000_000, 21, 200
# Datasette 0.65 loads every plugin that is installed, unless it takes itself to be tested.
_WITHOUT_PLUGINS = "import sys; sys._called_from_test = True; from datasette.cli import cli; cli()"
STARTING_SECONDS, LONGEST_ANSWER_SECONDS = 60, 30


class Server(NamedTuple):
    """A running server: where it listens, what it is sent with each request, its number."""

    host: str
    headers: dict[str, str]
    pid: int

    def milliseconds(self, path: str) -> float | None:
        """How long a page took, read to its end; None where the server would not answer it."""
        connection = http.client.HTTPConnection(self.host, timeout=LONGEST_ANSWER_SECONDS)
        started = time.perf_counter()
        try:
            connection.request("GET", path, headers=self.headers)
            answer = connection.getresponse()
            answer.read()
        except OSError:
            return None
        finally:
            connection.close()
        return (time.perf_counter() - started) * 1000 if answer.status == 200 else None

    def mebibytes(self, name: str) -> float:
        """VmRSS, the memory it holds, or VmHWM, the most it ever held; 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        except OSError:
            return 0
        found = re.search(rf"{name}:\s*(\d+) kB", told)
        return int(found[1]) / 1024 if found else 0


def main(words: list[str]) -> None:
    """Measures and prints. Exits with 0 whatever the figures are; with 1 where something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, metavar="N", help=f"notes in the log ({SIZE})")
    parser.add_argument("--log", type=Path, metavar="FILE", help="a log that is filled already; it stays as it is")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"how often each is timed ({ROUNDS})")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON document")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="feedlog-bench-") as work:
        env = filling.environment(Path(work) / "home")
        try:
            log = given.log or _filled(given.size, Path(work), env)
            figures = _measured(log, given.rounds, env)
        except (Failed, OSError) as failure:
            raise SystemExit(f"bench: {failure}") from None
    print(json.dumps(figures, indent=1) if given.as_json else _text(figures))


def _filled(size: int, work: Path, env: dict[str, str]) -> Path:
    print(f"Filling a log with {size:,} notes ...", file=sys.stderr, flush=True)
    log = work / "feedlog.db"
    rows = work / "notes.csv"
    texts.write_csv(rows, texts.sentences(), size)
    feedlog = [filling.program("feedlog") or "feedlog", "--db", str(log)]
    run([*feedlog, "import", str(rows), "--source", "bench"], env, longest=filling.FILLING_SECONDS)
    follow_up(log)
    run([*feedlog, "publish"], env, longest=filling.FILLING_SECONDS)
    return log


def _measured(log: Path, rounds: int, env: dict[str, str]) -> dict[str, Any]:
    published = log.with_name("published") / "feedlog.db"
    with _ours(log, env) as ours, _stock(published, env) as stock:
        servers = {"feedlog": ours, "stock": stock}
        before = {who: server.mebibytes("VmRSS") for who, server in servers.items()}
        asked = _Asked(published)
        times: dict[tuple[str, str], list[float | None]] = {}
        for number in range(rounds + 1):
            for page in TOUR:
                values = asked.values()
                for who, path in (("feedlog", page.ours), ("stock", page.stock)):
                    took = servers[who].milliseconds(path.format(**values)) if path else None
                    if path and number:  # the first round only warms up
                        times.setdefault((page.name, who), []).append(took)
        memory = {
            who: [round(before[who]), round(server.mebibytes("VmRSS")), round(server.mebibytes("VmHWM"))]
            for who, server in servers.items()
        }
    pages = [{"page": page, "who": who, **_figures(took)} for (page, who), took in times.items()]
    return {"notes": asked.notes, "rounds": rounds, "pages": pages, "mebibytes": memory}


def _figures(took: list[float | None]) -> dict[str, float | int | None]:
    answered = [one for one in took if one is not None]
    return {
        "median_ms": round(statistics.median(answered), 1) if answered else None,
        "p95_ms": round(report.percentile(answered, 95), 1) if answered else None,
        "refused": len(took) - len(answered),
    }


class _Asked:
    """What is asked for, another each time: notes, customers, themes, and words that many or few notes hold."""

    def __init__(self, published: Path) -> None:
        self._chance = random.Random(texts.SEED)
        connection = sqlite3.connect(f"file:{published}?mode=ro", uri=True)
        with contextlib.closing(connection):
            [[self.notes, newest]] = connection.execute("select count(*), max(id) from notes")
            ids = sorted(self._chance.randrange(1, newest + 1) for _ in range(50))
            marks = ",".join("?" * len(ids))
            rows = connection.execute(f"select id, customer, said_at from notes where id in ({marks})", ids).fetchall()
            self._rows = [row for row in rows if row[1]]
            self._themes = [row[0] for row in connection.execute("select name from themes")] or [""]
            words = connection.execute("select word from words where length(word) > 3 order by notes desc").fetchall()
        self._common = [word for [word] in words[:20]]
        self._rare = [word for [word] in words[len(words) // 4 :: max(1, len(words) // 40)]]

    def values(self) -> dict[str, Any]:
        pick = self._chance.choice
        note, customer, said_at = pick(self._rows)
        # As Datasette writes a place between two pages.
        begins = re.sub(r"[^\w-]", lambda sign: f"~{ord(sign[0]):02X}", said_at)
        words = {"common": pick(self._common), "rare": pick(self._rare), "theme": pick(self._themes)}
        found = {**words, "note": note, "customer": customer, "next": f"{begins},{note}"}
        return {name: quote(str(value)) for name, value in found.items()}


@contextlib.contextmanager
def _ours(log: Path, env: dict[str, str]) -> Iterator[Server]:
    command = [filling.program("feedlog") or "feedlog", "--db", str(log), "serve", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = ""
            for line in process.stdout or ():
                told += line
                if line.rstrip() == "}":
                    break
            place = urlsplit(json.loads(told)["login_url"])
            connection = http.client.HTTPConnection(place.netloc, timeout=STARTING_SECONDS)
            connection.request("GET", f"{place.path}?{place.query}")
            answer = connection.getresponse()
            cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
            connection.close()
            yield Server(place.netloc, {"cookie": cookie}, process.pid)
        except ValueError:
            raise Failed(f"{' '.join(command)} did not start") from None
        finally:
            process.terminate()


@contextlib.contextmanager
def _stock(published: Path, env: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _WITHOUT_PLUGINS, str(published), "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            server = Server(f"127.0.0.1:{port}", {}, process.pid)
            end = time.monotonic() + STARTING_SECONDS
            while server.milliseconds("/") is None:
                if time.monotonic() > end or process.poll() is not None:
                    raise Failed(f"{' '.join(command)} did not start")
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()


def _text(figures: dict[str, Any]) -> str:
    by = {(one["page"], one["who"]): one for one in figures["pages"]}
    lines = [
        f"{figures['notes']:,} notes, each page {figures['rounds']} times: milliseconds, median and 95th percentile",
        "",
        f"{'page':<42}{'feedlog':>18}{'stock Datasette':>20}   goal at most {GOAL_MS} ms",
    ]
    for page in TOUR:
        ours, stock = by[page.name, "feedlog"], by.get((page.name, "stock"))
        missed = ours["p95_ms"] is None or ours["p95_ms"] > GOAL_MS or ours["refused"]
        beside = _cell(stock) if stock else "-"
        lines.append(f"{page.name:<42}{_cell(ours):>18}{beside:>20}   {'missed' if missed else 'met'}")
    lines.append("")
    for who, (before, after, most) in figures["mebibytes"].items():
        lines.append(f"{who}: {before} MiB when it had started, {after} at the end, {most} at most")
    return "\n".join([*lines, f"{os.cpu_count()} processors, SQLite {sqlite3.sqlite_version}"])


def _cell(figures: dict[str, Any]) -> str:
    if figures["median_ms"] is None:
        return "refused"
    refused = f" ({figures['refused']} refused)" if figures["refused"] else ""
    return f"{figures['median_ms']:.0f} / {figures['p95_ms']:.0f}{refused}"


if __name__ == "__main__":
    main(sys.argv[1:])
