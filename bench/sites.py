"""python -m bench.sites: how fast notes travel, beside the engine's own client publishing the same bytes, in one run.

A hub of three nodes on loopback, a site behind its leaf node. Per second: `bare` hands messages to the engine and waits
for its word, with 64 and with 256 of them on the way; `push` reads notes from the log, makes entries, hands them over
and writes down that it did; `hub` takes them into its log, search index included, and gives receipts.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import nats

from bench.torture import nodes
from bench.torture.nodes import Nodes
from bench.torture.scene import Scene
from feedlog.formats.entries import written
from feedlog.operations import entries_out, notes, receipts
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By, Said
from feedlog.sites import membership
from feedlog.sites.engine import Carrier
from feedlog.sites.pushing import Pusher
from feedlog.sites.receiving import Receiver
from feedlog.store import open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

_SENTENCES = ("Pakken kom tre uger for sent", "Ingen ringede, selv om I lovede det", "Regningen var forkert igen")
_GOAL = 0.5


def main() -> None:
    """Measures and prints the rates, and each as a share of bare publishing."""
    parser = argparse.ArgumentParser(prog="python -m bench.sites", description=__doc__)
    parser.add_argument("--notes", type=int, default=4000, metavar="N", help="notes in each round (4000)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often (3)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON document")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedlog-bench-sites-") as work:
        rates = _measure(Path(work), given.notes, given.rounds)
    middle = {name: median(found) for name, found in rates.items()}
    if given.as_json:
        print(json.dumps({"notes": given.notes, "per_second": rates, "median": middle}, indent=1))
        return
    print(f"notes per second, median of {given.rounds} rounds of {given.notes:,} notes")
    for name, rate in middle.items():
        shares = ", ".join(f"{rate / middle[bare]:.2f} of {bare}" for bare in ("bare, 64", "bare, 256"))
        told = "" if name.startswith("bare") else f"   {shares} (goal: {_GOAL} of either)"
        print(f"{name:10} {rate:8,.0f}{told}")


def _measure(work: Path, count: int, rounds: int) -> dict[str, list[float]]:
    hub, site, kit = Scene(work / "hub"), Scene(work / "aarhus"), work / "kit"
    ports = nodes.free_ports(4)
    asked = [*(f"--node=127.0.0.1:{port}" for port in ports[:3]), f"--site=aarhus=127.0.0.1:{ports[3]}"]
    hub.done("site", "init", "hub", str(kit), *asked)
    hub.done("site", "init", "leaf", str(kit / "hub"))
    site.done("site", "init", "leaf", str(kit / "aarhus"))
    with Nodes(kit) as running:
        running.start("node-1", "node-2", "node-3", "aarhus")
        nodes.until_ready(hub)
        while site.call("site", "push", "--wait", "0").status:
            time.sleep(0.3)
        return _rounds(hub.log, site.log, count, rounds)


def _rounds(hub_path: Path, site_path: Path, count: int, rounds: int) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {"bare, 64": [], "bare, 256": [], "push": [], "hub": []}
    hub, site = (open_for_writing(str(path), DEFAULT_LANGUAGES) for path in (hub_path, site_path))
    at_hub, at_site = membership.beside(str(hub_path)), membership.beside(str(site_path))
    way = membership.access(str(site_path), at_site)
    outside = Outside(str(site_path.parent / "spool"), str(site_path.parent / "outbox"))
    with hub, site, Carrier(way) as carrier, Carrier(membership.access(str(hub_path), at_hub)) as hub_carrier:
        pusher = Pusher(site, at_site, carrier, outside, lambda erased, by: [])
        receiver = Receiver(hub, at_hub, hub_carrier, outside, lambda erased, by: [])
        for turn in range(rounds):
            first = count * turn
            with site.write():
                for number in range(first, first + count):
                    said = Said(
                        f"{_SENTENCES[number % 3]} {number}", customer=f"K-{number % 500}", themes=("delivery",)
                    )
                    notes.add(site, said, By("mette", "2026-11-18T09:00:00Z"))
            bodies = _bodies(site, membership.sender(site, at_site))
            for flight in (64, 256):
                bare = partial(_bare, way.servers, way.seed, bodies, flight, turn)
                rates[f"bare, {flight}"].append(len(bodies) / _took(lambda work=bare: asyncio.run(work())))
            while receiver.round(wait=0.2).messages:  # what `bare` sent is no entry
                pass
            rates["push"].append(count / _took(lambda: _pushed(pusher, count)))
            rates["hub"].append(count / _took(lambda: _taken_in(receiver, count)))
            pusher.round(wait=1)
    return rates


def _took(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bodies(site, by) -> list[bytes]:  # type: ignore[no-untyped-def]
    """The same bytes that `push` will send, not readable as entries, so that the hub leaves them out."""
    found = []
    for part in receipts.waiting(site, by.joined_at):
        for start in range(0, len(part.ids), 500):
            entries = entries_out.Sending(site, by, "2026-11-18T09:00:00Z").of(part.kind, part.ids[start : start + 500])
            found += [b"x" + written(entry) for entry in entries]
    return found


async def _bare(servers: tuple[str, ...], seed: str, bodies: list[bytes], flight: int, turn: int) -> None:
    client = await nats.connect(list(servers), nkeys_seed=seed, inbox_prefix="_INBOX_aarhus")
    stream = client.jetstream(domain="hub", timeout=30)
    room = asyncio.Semaphore(flight)

    async def publish(number: int, body: bytes) -> None:
        async with room:
            headers = {"Nats-Msg-Id": f"bare-{flight}-{turn}-{number}"}
            await stream.publish("feedlog.up.aarhus.-.bare", body, headers=headers)

    await asyncio.gather(*(publish(number, body) for number, body in enumerate(bodies)))
    await client.close()


def _pushed(pusher: Pusher, count: int) -> None:
    sent = 0
    while sent < count:
        sent += pusher.round(wait=0.05).sent


def _taken_in(receiver: Receiver, count: int) -> None:
    taken = 0
    while taken < count:
        taken += receiver.round(wait=1).entries


if __name__ == "__main__":
    main()
