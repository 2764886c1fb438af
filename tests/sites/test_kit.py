"""What `feedlog site init` writes, and what it refuses to write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]
LOCAL = ("--node", "127.0.0.1:14222")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--node", "hub.example", "--site", "aarhus"), 1,
         "Others could listen in on the way to hub.example: there is no TLS."),
        ((*LOCAL, "--site", "Århus"), 1, "'Århus' cannot be the name of a site."),
        ((*LOCAL, "--site", "a.b"), 1, "'a.b' cannot be the name of a site."),
        ((*LOCAL, "--site", "hub"), 1, "A site cannot be called hub."),
        ((*LOCAL, "--site", "aarhus=10.0.0.7:4222"), 1,
         "The leaf node of aarhus would listen at 10.0.0.7, where others reach it."),
        ((*LOCAL, "--node", "127.0.0.1:24222", "--site", "aarhus"), 1, "A hub of 2 nodes cannot vote."),
        (LOCAL, 1, "A hub needs at least one site."),
        (("--site", "aarhus"), 2, "A hub needs a node."),
        ((*LOCAL, "--site", "aarhus", "--tls-cert", "x"), 2, "TLS needs three files."),
        ((*LOCAL, "--site", "aarhus", "--tls-cert", "x", "--tls-key", "y", "--tls-ca", "z"), 1,
         "x cannot be read: No such file or directory."),
        (("--node", "127.0.0.1:99999", "--site", "aarhus"), 2, "'127.0.0.1:99999' is no address."),
    ],
)  # fmt: skip
def test_what_is_refused(invoke: Invoke, tmp_path: Path, words: tuple[str, ...], status: int, said: str) -> None:
    """Whatever would be open to others, or could not work, is refused with why and what to do."""
    ran = invoke("site", "init", "hub", str(tmp_path / "kit"), *words)
    assert (ran.status, ran.err.splitlines()[0]) == (status, f"feedlog: {said}")
    assert len(ran.err.splitlines()) == 2
    assert not list(tmp_path.rglob("*.conf"))


def test_a_site_is_added(invoke: Invoke, tmp_path: Path) -> None:
    """Again with another site: the keys that were made stay, and every node lets both in."""
    kit = tmp_path / "kit"
    assert invoke("site", "init", "hub", str(kit), *LOCAL, "--site", "aarhus").status == 0
    seed = (kit / "aarhus" / "site.seed").read_bytes()
    ran = invoke("site", "init", "hub", str(kit), "--site", "malmo", "--json")
    assert sorted(ran.json["folders"]) == ["aarhus", "hub", "malmo"]
    assert (kit / "aarhus" / "site.seed").read_bytes() == seed
    node = (kit / "node-1" / "node.conf").read_text()
    for site in ("aarhus", "malmo"):
        assert (kit / site / "public.key").read_text() in node
    assert (kit / "aarhus" / "sites.secret").read_bytes() == (kit / "hub" / "sites.secret").read_bytes()
    ran = invoke("site", "init", "hub", str(kit), "--node", "127.0.0.1:5222", "--site", "oslo")
    assert ran.err.splitlines()[0] == f"feedlog: The hub in {kit} has other nodes."


def test_a_log_that_is_no_site(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """The commands between sites refuse a log that stands alone, and the wrong one of two."""
    invoke("add", "Pakken kom for sent")
    for words in (("site", "push"), ("site", "hub"), ("site", "verify"), ("site", "status"), ("serve", "--follow")):
        ran = invoke(*words)
        assert (ran.status, ran.err.splitlines()[0]) == (1, f"feedlog: This log is no site: {log_path}.")
    ran = invoke("site", "init", "leaf", str(tmp_path))
    assert ran.err.splitlines()[0] == f"feedlog: There is no site.json in {tmp_path}."
    invoke("site", "init", "hub", str(tmp_path / "kit"), *LOCAL, "--site", "aarhus", "--site", "malmo")
    assert invoke("site", "init", "leaf", str(tmp_path / "kit" / "aarhus")).status == 0
    ran = invoke("site", "init", "leaf", str(tmp_path / "kit" / "malmo"))
    assert ran.err.splitlines()[0] == "feedlog: This log is aarhus already, and the folder is for malmo."
    assert invoke("site", "hub").err.splitlines()[0] == "feedlog: This log is the site aarhus, not the hub."


def test_joining_again_is_newer(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Who joins again stays the same sender, and what it sends from then on counts as newer."""
    from feedlog.sites import membership

    invoke("site", "init", "hub", str(tmp_path / "kit"), *LOCAL, "--site", "aarhus")
    invoke("site", "init", "leaf", str(tmp_path / "kit" / "aarhus"))
    first = membership.beside(str(log_path))
    invoke("site", "init", "leaf", str(tmp_path / "kit" / "aarhus"))
    second = membership.beside(str(log_path))
    assert first.sender == second.sender
    assert first.joined_at + "#000000000009" < second.joined_at + "#000000000001"
