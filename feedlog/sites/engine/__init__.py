"""The engine that carries entries: NATS JetStream. Nothing outside this package knows which one it is."""

from feedlog.sites.engine.carrier import LARGEST_MESSAGE_BYTES, Access, Arriving, Away, Carrier, Message, nodes_away
from feedlog.sites.engine.nodes import Keys, Node, Secure, hub_node, leaf_node, new_keys, start_command

__all__ = [
    "LARGEST_MESSAGE_BYTES",
    "Access",
    "Arriving",
    "Away",
    "Carrier",
    "Keys",
    "Message",
    "Node",
    "Secure",
    "hub_node",
    "leaf_node",
    "new_keys",
    "nodes_away",
    "start_command",
]
