"""Two sites and a hub of three nodes, killed under load: every note is on the hub's pages, and once."""

import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path

from bench.torture import nodes
from bench.torture.nodes import Nodes
from bench.torture.scene import Broken, Scene, check, value

TOWNS = ("aarhus", "malmo")
HUB_NODES = ["node-1", "node-2", "node-3"]
SHORT, LONG = 50, 2000
_STAGES = 5
_PATIENCE_SECONDS = 120
# The page of a search shows so many; each note has a word of its own besides, by which some are looked up.
_LOOKED_UP = 5

_WRITER = """
import sys, time
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing
path, town, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
log = open_for_writing(path, ("da", "sv", "nb", "en"))
for number in range(first, first + count):
    said = Said(f"Pakken {town}{number}x kom for sent", customer=f"K-{number % 400}", themes=("delivery",))
    notes.add(log, said, By("mette", "2026-11-18T09:00:00Z"))
"""


class Town:
    """A site: its scene, the process that sends, and how many notes were written there."""

    def __init__(self, work: Path, name: str) -> None:
        self.name = name
        self.scene = Scene(work / name)
        self.written = 0
        self._pushing: subprocess.Popen[str] | None = None

    def write(self, count: int) -> "subprocess.Popen[bytes]":
        """Starts an agent who logs so many notes."""
        words = [str(self.scene.log), self.name, str(self.written), str(count)]
        self.written += count
        return subprocess.Popen([sys.executable, "-c", _WRITER, *words], env=self.scene.env)

    def follow(self) -> None:
        """Sends whatever is written, until told to stop."""
        self._pushing = self.scene.start("site", "push", "--follow")

    def kill(self) -> None:
        """kill -9 of what sends."""
        if self._pushing:
            self._pushing.kill()
            self._pushing.communicate()


def run(work: Path, short: bool) -> str:
    """Writes at both sites throughout; kills the leader, the whole hub, and one site; compares when all are back."""
    each = SHORT if short else LONG
    hub = Scene(work / "hub")
    towns = [Town(work, name) for name in TOWNS]
    ports = nodes.free_ports(len(HUB_NODES) + len(TOWNS))
    kit = work / "kit"
    asked = [f"--node=127.0.0.1:{port}" for port in ports[:3]]
    asked += [f"--site={name}=127.0.0.1:{port}" for name, port in zip(TOWNS, ports[3:], strict=True)]
    hub.done("site", "init", "hub", str(kit), *asked)
    hub.done("site", "init", "leaf", str(kit / "hub"))
    for town in towns:
        town.scene.done("site", "init", "leaf", str(kit / town.name))
    with Nodes(kit) as running:
        try:
            running.start(*HUB_NODES, *TOWNS)
            nodes.until_ready(hub)
            serving = hub.start("serve", "--follow", "--json")
            url = _url(serving)
            killed = _story(running, towns, each)
            seconds = _until_all_are_there(hub, towns)
            _compare(hub, towns)
            found = _found(url, towns)
        finally:
            for town in towns:
                town.kill()
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=30)
    return (
        f"{2 * each:,} notes at 2 sites, each once on the hub {seconds:.0f} s after all were back;"
        f" killed: {killed}; {found} looked up on the pages"
    )


def _url(serving: "subprocess.Popen[str]") -> str:
    import json

    assert serving.stdout
    lines = []
    for line in serving.stdout:
        lines.append(line)
        if line.startswith("}"):
            return str(json.loads("".join(lines))["login_url"])
    raise Broken("serve did not say where it is")


def _story(running: Nodes, towns: list[Town], each: int) -> str:
    """The kills, each while both sites are written to; every fifth of the notes falls into another stage."""
    part = each // _STAGES
    for town in towns:
        town.follow()
    lead = nodes.leader(running.kit, HUB_NODES)
    for stage in range(_STAGES):
        writing = [town.write(part if stage < _STAGES - 1 else each - town.written) for town in towns]
        time.sleep(0.7)
        if stage == 1:
            running.kill(lead)
        if stage == 2:
            running.start(lead)
            running.kill(*(name for name in HUB_NODES if name != lead), lead)
        if stage == 3:  # the hub is away; a site and its leaf node die, too
            towns[0].kill()
            running.kill(TOWNS[0])
        for writer in writing:
            if writer.wait(_PATIENCE_SECONDS):
                raise Broken("a note could not be logged while the hub was away")
    running.start(*HUB_NODES, TOWNS[0])
    towns[0].follow()
    return f"the leader ({lead}), the whole hub, site {TOWNS[0]}"


def _until_all_are_there(hub: Scene, towns: list[Town]) -> float:
    started = time.monotonic()
    while True:
        waiting = sum(_count(town.scene.log, _UNRECEIPTED) for town in towns)
        if not waiting and _count(hub.log, "select count(*) from notes") >= sum(town.written for town in towns):
            return time.monotonic() - started
        if time.monotonic() - started > _PATIENCE_SECONDS:
            raise Broken(f"{waiting} notes have no receipt {_PATIENCE_SECONDS} seconds after all were back")
        time.sleep(0.3)


_UNRECEIPTED = """select count(*) from notes
                   where not exists (select 1 from receipts where receipts.uid = notes.uid and version is not null)"""


def _count(log: Path, sql: str) -> int:
    with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True, timeout=30)) as opened:
        return int(opened.execute(sql).fetchone()[0])


def _compare(hub: Scene, towns: list[Town]) -> None:
    check(hub.log)
    there = _uids(hub.log)
    here = [uid for town in towns for uid in _uids(town.scene.log)]
    if sorted(there) != sorted(here):
        raise Broken(f"{len(set(here) - set(there))} of {len(here)} notes are lost, {len(there)} are there")
    if value(hub.log, "select count(*) from current_notes") != len(here):
        raise Broken("a note that arrived does not stand")


def _uids(log: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True, timeout=30)) as opened:
        return [row[0] for row in opened.execute("select uid from notes")]


def _found(login: str, towns: list[Town]) -> int:
    """Looks notes up on the pages as a manager does, each by its own word; returns how many."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
    )
    browser.open(login, timeout=10).read()
    base = urllib.parse.urljoin(login, "/")
    looked_up = 0
    for town in towns:
        for number in sorted({0, town.written - 1, *range(0, town.written, max(1, town.written // _LOOKED_UP))}):
            word = f"{town.name}{number}x"
            _until_shown(browser, f"{base}feedlog/notes.json?_shape=array&_search={word}", word)
            looked_up += 1
    count = f"{base}feedlog.json?" + urllib.parse.urlencode(
        {"sql": "select count(*) from notes", "_shape": "arrayfirst"}
    )
    published = browser.open(count, timeout=10).read().strip()
    if int(published.strip(b"[] ")) != sum(town.written for town in towns):
        raise Broken(f"{published.decode()} notes are published")
    return looked_up


def _until_shown(browser: urllib.request.OpenerDirector, url: str, word: str) -> None:
    deadline = time.monotonic() + 30
    while word.encode() not in browser.open(url, timeout=10).read():
        if time.monotonic() > deadline:
            raise Broken(f"{word} is not found on the pages")
        time.sleep(0.5)
