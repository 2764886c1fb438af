"""The real engine on loopback: a hub, two sites, what may go wrong between them, and the sentence for it."""

import json
import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nats.js.errors import ServiceUnavailableError

from bench.torture import nodes
from bench.torture.nodes import Nodes
from feedlog import when
from feedlog.operations import entries_in, entries_out, known_sites
from feedlog.sites import membership
from feedlog.sites.engine import Access, Away, Carrier, Message, carrier
from feedlog.store import Log, open_for_reading

Invoke = Callable[..., Any]
TOWNS = ("aarhus", "malmo")


class Firm:
    """A running hub of one node, two leaf nodes, and for each test logs of its own that join."""

    def __init__(self, kit: Path, folder: Path, invoke: Invoke) -> None:
        self.kit, self.folder, self._invoke = kit, folder, invoke

    def __call__(self, who: str, *words: str) -> Any:
        """Runs feedlog on the log of the hub or a town."""
        return self._invoke("--db", str(self.path(who)), *words)

    def path(self, who: str) -> Path:
        return self.folder / who / "feedlog.db"

    def join(self, *names: str) -> None:
        for name in names:
            assert self(name, "site", "init", "leaf", str(self.kit / name)).status == 0

    def done(self, who: str, *words: str) -> Any:
        """The JSON document of a call that must succeed."""
        ran = self(who, *words, "--json")
        assert ran.status == 0, ran.err
        return ran.json

    def carry(self, *towns: str) -> None:
        """Each town sends, the hub takes in, each town hears of it."""
        for town in towns:
            self.done(town, "site", "push", "--wait", "0")
        self.done("hub", "site", "hub", "--wait", "0.2")
        for town in towns:
            self.done(town, "site", "push", "--wait", "0.3")

    def faults(self, who: str) -> list[str]:
        found: list[str] = self.done(who, "site", "status")["faults"]
        return found

    def open(self, who: str) -> Log:
        return open_for_reading(str(self.path(who)))


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A hub of one node with two leaf nodes, running."""
    work = tmp_path_factory.mktemp("engine")
    ports = nodes.free_ports(3)
    from feedlog.sites import kit as kits
    from feedlog.sites.engine import Node

    sites = {town: Node("127.0.0.1", port) for town, port in zip(TOWNS, ports[1:], strict=True)}
    kits.write(str(work / "kit"), [Node("127.0.0.1", ports[0])], sites)
    with Nodes(work / "kit") as running:
        running.start("node-1", *TOWNS)
        for name in ("hub", *TOWNS):
            until_reached(work / "kit", name)
        yield work / "kit"


def until_reached(kit: Path, name: str) -> None:
    """Waits until the hub answers to whoever joins with this folder."""
    told = membership.read(str(kit / name))
    access = membership.access(str(kit / name / "feedlog.db"), told)
    deadline = time.monotonic() + 20
    while True:
        try:
            with Carrier(access) as carrier:
                if name == "hub":
                    carrier.prepare(told.copies)
                else:
                    carrier.answers("nobody", name, 1, 0.05)
                return
        except Away:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture
def firm(kit: Path, tmp_path: Path, invoke: Invoke) -> Firm:
    """Fresh logs that have joined; what another test left with the engine is taken away."""
    made = Firm(kit, tmp_path, invoke)
    _empty(kit)
    made.join("hub", *TOWNS)
    return made


def _empty(kit: Path) -> None:
    told = membership.read(str(kit / "hub"))
    with Carrier(Access(tuple(told.servers), str(kit / "hub" / "site.seed"), None, "hub")) as carrier:
        for stream in ("FEEDLOG", "FEEDLOG_BACK", "FEEDLOG_ERASED"):
            carrier._run(carrier._js().purge_stream(stream))


def hub_carrier(firm: Firm) -> Carrier:
    return Carrier(membership.access(str(firm.path("hub")), membership.beside(str(firm.path("hub")))))


def uids(log: Log) -> list[str]:
    return sorted(row["uid"] for row in log.rows("select uid from notes"))


def test_a_note_arrives_and_its_receipt_comes_back(firm: Firm) -> None:
    """What is said in two towns stands on the hub, once, and each town knows that it does."""
    firm("aarhus", "add", "Pakken kom for sent", "-c", "K-1", "-t", "delivery")
    firm("malmo", "add", "Paketet kom för sent", "-c", "k-1", "--name", "Anna Holm")
    firm.carry(*TOWNS)
    firm.carry(*TOWNS)
    firm.done("hub", "site", "hub", "--wait", "0.2")
    with firm.open("hub") as hub:
        assert sorted(row["verbatim"] for row in hub.rows("select * from current_notes")) == [
            "Paketet kom för sent",
            "Pakken kom for sent",
        ]
        assert [row["name"] for row in hub.rows("select name from customers")] == ["Anna Holm"]
    for town in TOWNS:
        assert firm.done(town, "site", "status")["sites"][0]["waiting"] == 0
        assert firm.faults(town) == []
    assert firm.faults("hub") == []
    assert firm.done("hub", "site", "status")["in_stream"] == 0


def test_what_becomes_of_a_note_follows_it(firm: Firm) -> None:
    """A correction, a kept promise and a step taken arrive after the note they are on."""
    firm(
        "aarhus", "add", "Pakken kom for sent", "-c", "K-1", "--promise", "call back", "--due", "in 9 days", "--any-day"
    )
    firm.carry("aarhus")
    for words in (
        ("correct", "1", "Pakken kom tre uger for sent", "--why", "misheard"),
        ("promise", "keep", "1"),
        ("response", "add", "1", "--kind", "apologised"),
    ):
        assert firm("aarhus", *words).status == 0
    firm.carry("aarhus")
    shown = firm.done("hub", "show", "1")
    assert shown["verbatim"] == "Pakken kom tre uger for sent"
    assert [promise["outcome"] for promise in shown["promises"]] == ["kept"]
    assert [step["kind"] for step in shown["responses"]] == ["apologised"]


def test_verify_sends_again_what_the_hub_lost(firm: Firm) -> None:
    """The engine's word is not enough: a hub that lost its log gets everything again."""
    for number in range(5):
        firm("aarhus", "add", f"note {number}", "-c", "K-1")
    firm.carry("aarhus")
    asked = firm.done("aarhus", "site", "verify", "--wait", "0")
    assert asked == {"asked": 5, "answered": False, "missing": 0, "waiting": 0}
    shutil.rmtree(firm.path("hub").parent)
    firm.join("hub")
    _empty(firm.kit)
    firm.done("aarhus", "site", "verify", "--wait", "0")
    firm.done("hub", "site", "hub", "--wait", "0.2")
    assert firm.done("aarhus", "site", "push", "--wait", "0.3")["sent"] == 5
    firm.carry("aarhus")
    with firm.open("hub") as hub, firm.open("aarhus") as aarhus:
        assert uids(hub) == uids(aarhus)
    assert firm.done("aarhus", "site", "status")["sites"][0]["waiting"] == 0


def test_what_a_killed_reader_was_given_comes_again(firm: Firm) -> None:
    """Who dies before it has said done loses nothing: what it was given waits, also when what came later is done."""
    for number in range(3):
        firm("aarhus", "add", f"note {number}", "-c", "K-1")
    firm("aarhus", "site", "push", "--wait", "0")
    with hub_carrier(firm) as killed:
        [given] = killed.sent_by_sites("copy", 1, 1.0)
    with hub_carrier(firm) as carrier:
        later = carrier.sent_by_sites("copy", 99, 1.0)
        assert later and given.number not in [one.number for one in later]
        carrier.done(later)
        assert carrier.waiting("copy") == 1


def test_an_erasure_reaches_every_log_and_the_engine(firm: Firm, kit: Path) -> None:
    """Erased in one town: gone on the hub and in the other town, verified, and no byte of it left with the engine."""
    firm("aarhus", "add", "Zebrafisk kom for sent", "-c", "K-66", "--name", "Liv Dahl")
    firm("malmo", "add", "Kvantespring blev lovet", "-c", "k-66")
    firm("malmo", "add", "Uden kunde")
    firm.carry(*TOWNS)
    firm.carry(*TOWNS)
    assert firm("aarhus", "erase", "K-66", "--yes", "--reason", "asked").status == 0
    firm.carry(*TOWNS)
    for who in ("hub", "malmo"):
        with firm.open(who) as log:
            assert [row["verbatim"] for row in log.rows("select verbatim from notes")] == ["Uden kunde"]
            assert log.value("select count(*) from erasures where verified_at is not null") == 1
    for folder in (firm.folder, kit / "node-1" / "store"):
        for file in folder.rglob("*"):
            with suppress(FileNotFoundError):  # the engine renames its files as it writes
                held = file.read_bytes() if file.is_file() else b""
                assert b"Zebrafisk" not in held, file
                assert b"Kvantespring" not in held, file
    firm("malmo", "add", "Jeg er her igen", "-c", "K-66")
    firm.carry("malmo")
    with firm.open("hub") as log:
        assert log.value("select count(*) from notes where verbatim = 'Jeg er her igen'") == 1


# --- what may go wrong ---


def test_garbage_on_the_subject(firm: Firm) -> None:
    """A message that is no entry is left out and told of; what comes with it arrives."""
    firm("aarhus", "add", "Pakken kom for sent")
    with hub_carrier(firm) as carrier:
        bodies = [
            b"\xff\x00 not text",
            b'{"form": "feedlog entry"}',
            json.dumps({"form": "feedlog entry", "kind": "note", "uid": "x", "version": "1", "site": "aarhus",
                        "sender": "s", "log": "l", "schema": 1, "sent_at": "2026-11-18T09:00:00Z", "mark": "",
                        "after": [], "holds": {"note": {"uid": "x"}, "stands": True}}).encode(),
        ]  # fmt: skip
        carrier.send(
            [Message("aarhus", "", f"x{number}", "", f"x{number}", body) for number, body in enumerate(bodies)]
        )
    firm.carry("aarhus")
    with firm.open("hub") as hub:
        assert [row["verbatim"] for row in hub.rows("select verbatim from notes")] == ["Pakken kom for sent"]
        whys = [row["why"] for row in hub.rows("select why from unreadable order by number")]
    assert whys[:2] == ["it is no JSON", "its 'kind' is missing or has the wrong shape"]
    assert whys[2].startswith("its rows do not fit: ")
    [fault] = [one for one in firm.faults("hub") if "messages" in one]
    assert fault.startswith("3 messages were no entries and left out, the last as number ")


def test_two_sites_of_one_name(firm: Firm) -> None:
    """Both arrive, nothing is mixed up, and both the hub and the sites are told."""
    second = firm.folder / "second" / "feedlog.db"
    assert firm._invoke("--db", str(second), "site", "init", "leaf", str(firm.kit / "aarhus")).status == 0
    firm("aarhus", "add", "Den ene")
    firm("second", "add", "Den anden")
    for _ in range(2):
        firm.carry("aarhus", "second")
    with firm.open("hub") as hub:
        assert sorted(row["verbatim"] for row in hub.rows("select verbatim from notes")) == ["Den anden", "Den ene"]
    for one in ("aarhus", "second"):
        assert firm.done(one, "site", "status")["sites"][0]["waiting"] == 0
    assert firm.faults("hub") == [
        "2 logs send as aarhus. Nothing is lost, but give each its own name: feedlog site init hub"
    ]
    assert firm.faults("second") == [
        "Another log sends to the hub as aarhus, too. Nothing is lost, but give one of them another name:"
        " feedlog site init hub"
    ]


def test_a_clock_that_is_wrong_by_a_day(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes of a machine whose clock is ahead arrive all the same, and the clock is told of."""
    with monkeypatch.context() as patch:
        tomorrow = when.clock() + timedelta(days=1)
        patch.setattr(when, "clock", lambda: tomorrow)
        firm("aarhus", "add", "Pakken kom for sent")
        firm.done("aarhus", "site", "push", "--wait", "0")
    firm.done("hub", "site", "hub", "--wait", "0.2")
    firm.done("aarhus", "site", "push", "--wait", "0.3")
    assert firm.done("aarhus", "site", "status")["sites"][0]["waiting"] == 0
    told = "is 1 day ahead of the hub's; its notes bear wrong times until it is set."
    assert firm.faults("hub") == [f"The clock of the machine of aarhus {told}"]
    assert firm.faults("aarhus") == [f"The clock of this machine {told}"]


def test_a_site_with_a_newer_feedlog(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the hub's feedlog does not know yet is parked, told of, and taken in after the upgrade."""
    firm("aarhus", "add", "Pakken kom for sent")
    with monkeypatch.context() as patch:
        patch.setattr(entries_out, "NEWEST", 99)
        firm.carry("aarhus")
    assert firm.done("aarhus", "site", "status")["sites"][0]["waiting"] == 1
    with firm.open("hub") as hub:
        assert uids(hub) == []
    assert firm.faults("hub") == [
        "The feedlog of aarhus is newer than the hub's (schema 99, the hub knows 2): 1 entry is parked until the hub's"
        " feedlog is upgraded."
    ]
    for module in (entries_in, known_sites):
        monkeypatch.setattr(module, "NEWEST", 99)
    firm.done("hub", "site", "hub", "--wait", "0.2")
    firm.done("aarhus", "site", "push", "--wait", "0.3")
    with firm.open("hub") as hub:
        assert len(uids(hub)) == 1
    assert firm.done("aarhus", "site", "status")["sites"][0]["waiting"] == 0


def test_a_site_with_an_older_feedlog(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of an older feedlog arrives; the hub says which site may be upgraded."""
    firm("aarhus", "add", "Pakken kom for sent")
    monkeypatch.setattr(entries_out, "NEWEST", 1)
    firm.carry("aarhus")
    with firm.open("hub") as hub:
        assert len(uids(hub)) == 1
    assert firm.faults("hub") == [
        "The feedlog of aarhus is older than the hub's (schema 1, the hub's 2). Everything arrives; upgrade it when it"
        " suits."
    ]


def test_a_hub_that_is_away(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push that reaches nobody says so and loses nothing; status says since when, and which site is silent."""
    firm("aarhus", "add", "Den første")
    firm.carry("aarhus")
    firm.done("hub", "site", "hub", "--wait", "0.2")
    away = membership.beside(str(firm.path("aarhus")))
    [port] = nodes.free_ports(1)
    firm("aarhus", "add", "Den anden")
    membership.write(str(firm.path("aarhus").parent), away._replace(servers=[f"nats://127.0.0.1:{port}"]))
    ran = firm("aarhus", "site", "push", "--wait", "0")
    assert ran.status == 1
    assert ran.err.splitlines()[1] == "Nothing is lost: what waits is in the log and is sent when the hub is back."
    later = when.clock() + timedelta(hours=3)
    monkeypatch.setattr(when, "clock", lambda: later)
    assert firm.faults("aarhus") == [
        f"The leaf node of this site cannot be reached: nats://127.0.0.1:{port}. Nothing is lost; what waits is sent"
        " when it is back.",
        "The hub has not answered for 3 hours, and 1 row waits for a receipt, the oldest for 3 hours. Nothing is lost;"
        " they are sent again until it does.",
    ]
    assert firm.faults("hub") == ["aarhus was last heard 3 hours ago."]


def test_a_hub_that_takes_nothing_is_told_in_words() -> None:
    """Where the engine refuses without a reason, the sentence gives one a person understands."""
    refused = carrier._away(f"The hub does not answer ({carrier._reason(ServiceUnavailableError())})")
    assert refused.message == "The hub does not answer (none of its nodes takes messages just now)."


def test_a_hub_node_that_is_away(firm: Firm) -> None:
    """A node that cannot be reached is named; the others carry on."""
    hub = membership.beside(str(firm.path("hub")))
    gone = [f"nats://127.0.0.1:{port}" for port in nodes.free_ports(1)]
    membership.write(str(firm.path("hub").parent), hub._replace(servers=[*hub.servers, *hub.servers, *gone]))
    assert firm.faults("hub") == [f"1 of 3 hub nodes cannot be reached: {gone[0]}. The others carry on."]


def test_a_site_cannot_send_as_another(firm: Firm) -> None:
    """A site's key lets it speak under its own name only, and nobody in without a key."""
    place = firm.path("malmo").parent
    access = membership.access(str(firm.path("malmo")), membership.beside(str(firm.path("malmo"))))
    with Carrier(access) as carrier:
        assert carrier.send([Message("malmo", "", "x", "", "x", b"own")])
        assert not carrier.send([Message("aarhus", "", "y", "", "y", b"other")])
    (place / "stranger").write_text((firm.path("aarhus").parent / "site.seed").read_text())
    with pytest.raises(Away), Carrier(Access(access.servers, str(place / "stranger"), None, "malmo")):
        pass


def test_a_hub_over_tls(tmp_path: Path, invoke: Invoke) -> None:
    """With certificates, nodes and leaf nodes speak TLS, and a note arrives."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate with")
    certificate = make_certificate(tmp_path)
    ports = nodes.free_ports(2)
    words = [f"--node=127.0.0.1:{ports[0]}", f"--site=aarhus=127.0.0.1:{ports[1]}", *certificate]
    assert invoke("site", "init", "hub", str(tmp_path / "kit"), *words).status == 0
    firm = Firm(tmp_path / "kit", tmp_path, invoke)
    with Nodes(tmp_path / "kit") as running:
        running.start("node-1", "aarhus")
        until_reached(tmp_path / "kit", "hub")
        until_reached(tmp_path / "kit", "aarhus")
        firm.join("hub", "aarhus")
        firm("aarhus", "add", "Pakken kom for sent")
        firm.carry("aarhus")
        with firm.open("hub") as hub:
            assert len(uids(hub)) == 1
        with closing(socket.create_connection(("127.0.0.1", ports[0]), timeout=5)) as plain:
            assert b'"tls_required":true' in plain.recv(4096)


def make_certificate(folder: Path) -> list[str]:
    """The options that name a fresh certificate of this machine, and who signed it."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt",
            "-subj", "/CN=firm")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=node")
    openssl("x509", "-req", "-in", "node.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-out", "node.crt", "-extfile", "names")  # fmt: skip
    return [f"--tls-cert={folder}/node.crt", f"--tls-key={folder}/node.key", f"--tls-ca={folder}/ca.crt"]


def test_files_are_private(firm: Firm) -> None:
    """Keys, secrets and configurations can be read by their owner only, in the kit and beside the log."""
    written = [path for path in firm.kit.rglob("*") if path.suffix in (".conf", ".seed", ".secret", ".json", ".key")]
    beside = [firm.path("hub").parent / name for name in ("site.json", "site.seed", "sites.secret")]
    assert len(written) > 10
    for path in [*written, *beside]:
        if "store" not in path.parts:
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, path
