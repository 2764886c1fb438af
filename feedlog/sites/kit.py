"""Folders for the machines of a hub and its sites: one for each node, one for the hub's log, one for each site."""

import ipaddress
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedlog.errors import Refused
from feedlog.operations.marks import SECRET_NAME
from feedlog.sites import membership
from feedlog.sites.engine import Keys, Node, Secure, hub_node, leaf_node, new_keys, start_command
from feedlog.sites.engine.nodes import address
from feedlog.sites.membership import AUTHORITY, HUB, SEED, Membership, private

PORT = 4222
_FILE, _PUBLIC = "kit.json", "public.key"
_NODE, _LEAF = "node.conf", "leaf.conf"


class Certificate(NamedTuple):
    """Paths of the files that prove who the hub is: certificate, its key, and the authority that signed it."""

    certificate: str
    key: str
    authority: str


class Kit(NamedTuple):
    """What was written: the start command of each node and leaf node, and the folder of each site."""

    commands: list[str]
    folders: dict[str, str]


class _Plan(NamedTuple):
    nodes: list[Node]
    sites: dict[str, Node]
    public: dict[str, str]
    secure: bool


def write(folder: str, nodes: Sequence[Node], sites: Mapping[str, Node], certificate: Certificate | None = None) -> Kit:
    """Writes the folders, or adds sites to those that are there; keys that were made stay as they are.

    Raises Refused for a hub that others could listen in on, a number of nodes that cannot vote, or other nodes than
    before; NotStored where the files cannot be written.
    """
    before = _before(folder)
    if before and nodes and list(nodes) != before.nodes:
        raise Refused(
            f"The hub in {folder} has other nodes.", hint="Leave --node out to add sites, or choose a new folder."
        )
    if before:
        nodes = before.nodes
    secure = certificate is not None or bool(before and before.secure)
    _refuse_open(nodes, sites, secure=secure)
    if len(nodes) not in (1, 3, 5):
        raise Refused(
            f"A hub of {len(nodes)} nodes cannot vote.",
            hint="Name one node, or three or five on machines of their own.",
        )
    plan = _Plan([*nodes], {**(before.sites if before else {}), **sites}, {}, secure)
    if not plan.sites:
        raise Refused("A hub needs at least one site.", hint="Name it: --site aarhus")
    _make(folder)
    if certificate:
        _copy_certificate(folder, certificate)
    for name in (HUB, *plan.sites):
        plan.public[name] = _client(folder, name, plan)
    return _write_nodes(folder, plan)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_open(nodes: Sequence[Node], sites: Mapping[str, Node], *, secure: bool) -> None:
    for node in nodes:
        if not secure and not is_loopback(node.host):
            raise Refused(
                f"Others could listen in on the way to {node.host}: there is no TLS.",
                hint="Name --tls-cert, --tls-key and --tls-ca, or keep the hub on this machine (127.0.0.1).",
            )
    for name, leaf in sites.items():
        membership.checked_name(name)
        if not is_loopback(leaf.host):
            raise Refused(
                f"The leaf node of {name} would listen at {leaf.host}, where others reach it.",
                hint="It serves the log on its own machine: name 127.0.0.1 and a port.",
            )


def _before(folder: str) -> _Plan | None:
    path = os.path.join(folder, _FILE)
    if not os.path.exists(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        nodes = [Node(str(host), int(port)) for host, port in found["nodes"]]
        sites = {str(name): Node(str(host), int(port)) for name, (host, port) in found["sites"].items()}
        return _Plan(nodes, sites, {}, found["secure"] is True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{path} cannot be read: {error}.", hint="Choose a new folder.") from error


def _client(folder: str, name: str, plan: _Plan) -> str:
    """The folder a log joins with; returns its public key."""
    place = os.path.join(folder, name)
    _make(place)
    keys_file = os.path.join(place, _PUBLIC)
    if not os.path.exists(keys_file):
        keys = new_keys()
        private(os.path.join(place, SEED), keys.seed)
        private(keys_file, keys.public)
    servers = [address(node, secure=plan.secure) for node in plan.nodes]
    if name != HUB:
        servers = [address(plan.sites[name], secure=False)]
    membership.write(place, Membership(name, servers, min(3, len(plan.nodes))))
    with open(_secret(folder), "rb") as file:
        private(os.path.join(place, SECRET_NAME), file.read())
    if plan.secure:
        _put(folder, place, (AUTHORITY,))
    return _keys(place).public


def _keys(place: str) -> Keys:
    read = []
    for name in (SEED, _PUBLIC):
        with open(os.path.join(place, name), encoding="ascii") as file:
            read.append(file.read())
    return Keys(*read)


def _secret(folder: str) -> str:
    """The secret all logs of the firm make marks with; made once."""
    path = os.path.join(folder, SECRET_NAME)
    if not os.path.exists(path):
        private(path, secrets.token_bytes(32))
    return path


def _write_nodes(folder: str, plan: _Plan) -> Kit:
    commands, sites = [], {name: plan.public[name] for name in plan.sites}
    secure = Secure() if plan.secure else None
    for number, _ in enumerate(plan.nodes, 1):
        place = os.path.join(folder, f"node-{number}")
        _make(place)
        private(os.path.join(place, _NODE), hub_node(number, plan.nodes, plan.public[HUB], sites, secure))
        if secure:
            _put(folder, place, secure)
        commands.append(start_command(place, _NODE))
    for name, listens in plan.sites.items():
        place = os.path.join(folder, name)
        private(
            os.path.join(place, _LEAF),
            leaf_node(name, listens, plan.nodes, _keys(place), secure=plan.secure),
        )
        commands.append(start_command(place, _LEAF))
    told = {"nodes": plan.nodes, "sites": plan.sites, "secure": plan.secure}
    private(os.path.join(folder, _FILE), json.dumps(told, indent=1) + "\n")
    return Kit(commands, {name: os.path.join(folder, name) for name in (HUB, *plan.sites)})


def _copy_certificate(folder: str, certificate: Certificate) -> None:
    for source, name in zip(certificate, Secure(), strict=True):
        try:
            with open(source, "rb") as file:
                private(os.path.join(folder, name), file.read())
        except OSError as error:
            raise Refused(f"{source} cannot be read: {error.strerror}.", hint="Name a PEM file.") from error


def _put(folder: str, place: str, names: Sequence[str]) -> None:
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            private(os.path.join(place, name), file.read())


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be made: {error.strerror}.", hint="Choose another folder.") from error
