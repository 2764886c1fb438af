"""How the sites are: what is waiting, how old it is, and one sentence for each fault."""

from datetime import timedelta
from typing import Any, TypedDict

from feedlog import when
from feedlog.operations import known_sites, receipts
from feedlog.operations.known_sites import Site
from feedlog.sites.engine import Carrier, nodes_away
from feedlog.sites.membership import Membership, access, sender
from feedlog.store import Log
from feedlog.store.upgrades import NEWEST

# A clock that is this far off is worth a sentence; lines and queues alone make for a few seconds.
_CLOCK_OFF_SECONDS = 120
# So long a site may be silent: nobody is logging at night, but `push` greets the hub all the same.
_SILENT_MINUTES = 60


class Standing(TypedDict):
    """One site: what waits there and since when, when it was last heard, what the hub has parked of it."""

    site: str
    waiting: int
    oldest_at: str | None
    heard_at: str | None
    parked: int
    clock_off_seconds: int
    schema: int


class Status(TypedDict):
    """What `feedlog site status` shows. `in_stream` is what the hub's copy has still to take in; None if unknown."""

    name: str
    reached: bool
    in_stream: int | None
    sites: list[Standing]
    unreadable: int
    faults: list[str]


def status(log: Log, membership: Membership) -> Status:
    """How this site is, or as the hub all of them; asks the engine, but needs no answer."""
    return _of_hub(log, membership) if membership.is_hub else _of_site(log, membership)


def _of_site(log: Log, membership: Membership) -> Status:
    by = sender(log, membership)
    waiting, oldest = receipts.count(log, by.joined_at)
    known = next((site for site in known_sites.listing(log) if site["sender"] == by.sender), None)
    away = nodes_away(access(log.path, membership))
    faults = []
    if away:
        faults.append(
            f"The leaf node of this site cannot be reached: {', '.join(away)}. Nothing is lost; what waits is sent when"
            " it is back."
        )
    if known is None:
        faults.append("The hub has never answered. It answers as soon as `feedlog site hub` runs there.")
    elif waiting and oldest and _minutes_since(max(known["heard_at"], oldest)) >= _SILENT_MINUTES:
        faults.append(
            f"The hub has not answered for {_span(known['heard_at'])}, and {_rows(waiting)} for a receipt, the oldest"
            f" for {_span(oldest)}. Nothing is lost; they are sent again until it does."
        )
    if known:
        faults += _of_versions("this site", known) + _of_clock("this machine", known)
        if known["namesakes"]:
            faults.append(
                f"Another log sends to the hub as {membership.name}, too. Nothing is lost, but give one of them another"
                " name: feedlog site init hub"
            )
    standing = _standing(membership.name, known)
    standing["waiting"], standing["oldest_at"], standing["schema"] = waiting, oldest, NEWEST
    return Status(name=membership.name, reached=not away, in_stream=None, sites=[standing], unreadable=0, faults=faults)


def _of_hub(log: Log, membership: Membership) -> Status:
    way = access(log.path, membership)
    away = nodes_away(way)
    reached = len(away) < len(way.servers)
    faults = []
    if away:
        faults.append(
            f"{len(away)} of {len(way.servers)} hub nodes cannot be reached: {', '.join(away)}."
            + (" The others carry on." if len(away) * 2 < len(way.servers) else " Sites keep their notes until then.")
        )
    sites = known_sites.listing(log)
    for site in sites:
        faults += _of_site_at_hub(site)
    faults += _namesakes(sites)
    unreadable = log.row("select count(*) as number, max(number) as last from unreadable")
    number = int(unreadable["number"]) if unreadable else 0
    if unreadable and number:
        why = log.value("select why from unreadable where number = ?", [unreadable["last"]])
        said = "1 message was no entry" if number == 1 else f"{number} messages were no entries"
        faults.append(f"{said} and left out, the last as number {unreadable['last']}: {why}.")
    in_stream = None
    if reached:
        with Carrier(way) as carrier:
            uid = log.value("select value from settings where name = 'uid'")
            in_stream = carrier.waiting(f"{membership.name}-{uid}")
    return Status(
        name=membership.name,
        reached=reached,
        in_stream=in_stream,
        sites=[_standing(site["name"], site) for site in sites],
        unreadable=number,
        faults=faults,
    )


def _of_site_at_hub(site: Site) -> list[str]:
    faults = []
    if _minutes_since(site["heard_at"]) >= _SILENT_MINUTES:
        left = f", with {_rows(site['waiting'])} there" if site["waiting"] else ""
        faults.append(f"{site['name']} was last heard {_span(site['heard_at'])} ago{left}.")
    return faults + _of_versions(site["name"], site) + _of_clock(f"the machine of {site['name']}", site)


def _of_versions(name: str, site: Site) -> list[str]:
    if site["schema"] > site["hub_schema"]:
        return [
            f"The feedlog of {name} is newer than the hub's (schema {site['schema']}, the hub knows"
            f" {site['hub_schema']}): {_entries(site['parked'])} parked until the hub's feedlog is upgraded."
        ]
    if site["schema"] < site["hub_schema"]:
        return [
            f"The feedlog of {name} is older than the hub's (schema {site['schema']}, the hub's {site['hub_schema']})."
            " Everything arrives; upgrade it when it suits."
        ]
    if site["parked"]:
        return [f"{_entries(site['parked'])} of {name} parked until an erasure they were made after has arrived."]
    return []


def _of_clock(machine: str, site: Site) -> list[str]:
    off = site["clock_off_seconds"]
    if abs(off) < _CLOCK_OFF_SECONDS:
        return []
    way = "ahead of" if off > 0 else "behind"
    return [f"The clock of {machine} is {_long(abs(off))} {way} the hub's; its notes bear wrong times until it is set."]


def _namesakes(sites: list[Site]) -> list[str]:
    """Several logs under one name, or copies of one log."""
    named: dict[str, set[str]] = {}
    copied: dict[str, set[str]] = {}
    for site in sites:
        named.setdefault(site["name"], set()).add(site["sender"])
        copied.setdefault(site["log"], set()).add(site["sender"])
    faults = [
        f"{len(senders)} logs send as {name}. Nothing is lost, but give each its own name: feedlog site init hub"
        for name, senders in named.items()
        if len(senders) > 1
    ]
    for log, senders in copied.items():
        names = sorted({site["name"] for site in sites if site["log"] == log})
        if len(senders) > 1 and len(names) > 1:
            faults.append(f"{' and '.join(names)} send from copies of one log; let one of them begin with a new one.")
    return faults


def _standing(name: str, site: Site | None) -> Standing:
    known: dict[str, Any] = dict(site) if site else {}
    return Standing(
        site=name,
        waiting=known.get("waiting", 0),
        oldest_at=known.get("oldest_at"),
        heard_at=known.get("heard_at"),
        parked=known.get("parked", 0),
        clock_off_seconds=known.get("clock_off_seconds", 0),
        schema=known.get("schema", 0),
    )


def _minutes_since(instant: str) -> float:
    return (when.clock() - when.local(instant)) / timedelta(minutes=1)


def _span(instant: str) -> str:
    return _long(round(_minutes_since(instant) * 60))


def _long(seconds: int) -> str:
    """'3 hours', '1 day': the largest unit of which there is at least one."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = round(seconds / length)
        if seconds >= length * 0.99:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _rows(count: int) -> str:
    return "1 row waits" if count == 1 else f"{count} rows wait"


def _entries(count: int) -> str:
    return "1 entry is" if count == 1 else f"{count} entries are"
