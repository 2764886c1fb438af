"""What the nodes of the engine read when they start: a hub's node, and a site's leaf node that hands on to the hub.

The leaf keeps nothing: the site's log is what is kept, and a message counts only when the hub's receipt is there. So
no customer's words lie in one place more, and an erasure has one place less to reach.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedlog.sites.engine.carrier import DOMAIN, LARGEST_MESSAGE_BYTES

# Beside the port for logs, each node listens at one for the other nodes and one for the leaf nodes of sites.
_TO_NODES, _TO_LEAVES = 2000, 3200
_ACCOUNT = "FEEDLOG"


class Node(NamedTuple):
    """Where a node listens for logs; at 2000 more for other nodes, at 3200 more for sites' leaf nodes."""

    host: str
    port: int


class Keys(NamedTuple):
    """A pair of nkeys: the seed stays with its owner, the public one stands in every node's configuration."""

    seed: str
    public: str


class Secure(NamedTuple):
    """The names of the TLS files in the folder of a node."""

    certificate: str = "cert.pem"
    key: str = "key.pem"
    authority: str = "ca.pem"


def new_keys() -> Keys:
    """A fresh pair."""
    import nkeys

    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return Keys(seed.decode(), nkeys.from_seed(seed).public_key.decode())


def address(node: Node, *, secure: bool) -> str:
    """Where a log reaches a node."""
    return f"{'tls' if secure else 'nats'}://{_host(node)}:{node.port}"


def start_command(folder: str, file: str) -> str:
    """What a person types to start a node."""
    import shlex

    return f"cd {shlex.quote(folder)} && nats-server -c {file}"


def hub_node(number: int, nodes: Sequence[Node], hub: str, sites: Mapping[str, str], secure: Secure | None) -> str:
    """The configuration of one node of the hub, counted from 1; `hub` and `sites` are public keys."""
    node = nodes[number - 1]
    users = [f'      {{ nkey: {hub}, permissions: {{ publish: [">"], subscribe: [">"] }} }}']
    users += [f"      {{ nkey: {public}, permissions: {_permissions(name)} }}" for name, public in sites.items()]
    tls = _tls(secure, both=False)
    lines = [
        f"server_name: hub-{number}",
        f"listen: {_host(node)}:{node.port}",
        f"max_payload: {LARGEST_MESSAGE_BYTES}",
        f"max_pending: {LARGEST_MESSAGE_BYTES * 16}",
        *tls,
        f'jetstream {{ store_dir: "store", sync_interval: always, domain: {DOMAIN} }}',
        "accounts {",
        f"  {_ACCOUNT} {{",
        "    jetstream: enabled",
        "    users: [",
        *users,
        "    ]",
        "  }",
        "}",
        "leafnodes {",
        f"  listen: {_host(node)}:{node.port + _TO_LEAVES}",
        *tls,
        "}",
    ]
    if nodes[1:]:
        routes = ", ".join(f"nats://{_host(one)}:{one.port + _TO_NODES}" for one in nodes)
        lines += [
            "cluster {",
            f"  name: feedlog, listen: {_host(node)}:{node.port + _TO_NODES}, routes: [{routes}]",
            *_tls(secure, both=True),
            "}",
        ]
    return "\n".join([*lines, ""])


def leaf_node(name: str, listens: Node, nodes: Sequence[Node], keys: Keys, secure: bool) -> str:
    """The configuration of a site's leaf node, which lets only this site's log in. It holds the seed."""
    scheme = "tls" if secure else "nats-leaf"
    remotes = ", ".join(f'"{scheme}://{_host(one)}:{one.port + _TO_LEAVES}"' for one in nodes)
    tls = f', tls {{ ca_file: "{Secure().authority}" }}' if secure else ""
    return "\n".join(
        [
            f"server_name: site-{name}-{os.urandom(4).hex()}",
            f"listen: {_host(listens)}:{listens.port}",
            f"max_payload: {LARGEST_MESSAGE_BYTES}",
            f"max_pending: {LARGEST_MESSAGE_BYTES * 16}",
            f"accounts {{ {_ACCOUNT} {{ users: [ {{ nkey: {keys.public} }} ] }} }}",
            "leafnodes {",
            '  reconnect: "1s"',
            f"  remotes: [ {{ urls: [{remotes}], nkey: {keys.seed}, account: {_ACCOUNT}{tls} }} ]",
            "}",
            "",
        ]
    )


def _permissions(name: str) -> str:
    """A site sends under its own name, reads what is said to it, and learns what was erased."""
    api = f"$JS.{DOMAIN}.API.CONSUMER"
    publish = [f"feedlog.up.{name}.>"]
    for stream, read in (("FEEDLOG_BACK", f"feedlog.back.{name}"), ("FEEDLOG_ERASED", "feedlog.erased.>")):
        publish += [f"{api}.CREATE.{stream}.*.{read}", f"{api}.INFO.{stream}.*", f"{api}.MSG.NEXT.{stream}.*"]
        publish += [f"$JS.ACK.{stream}.>", f"$JS.ACK.{DOMAIN}.*.{stream}.>"]
    listed = ", ".join(f'"{subject}"' for subject in publish)
    return f'{{ publish: [{listed}], subscribe: ["_INBOX_{name}.>"] }}'


def _tls(secure: Secure | None, *, both: bool) -> list[str]:
    if secure is None:
        return []
    verify = ", verify: true" if both else ""
    return [
        f'tls {{ cert_file: "{secure.certificate}", key_file: "{secure.key}", ca_file: "{secure.authority}"{verify} }}'
    ]


def _host(node: Node) -> str:
    return f"[{node.host}]" if ":" in node.host else node.host
