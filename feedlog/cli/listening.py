"""The place where the pages will be served: taken, or refused, before anything else is done."""

import ipaddress
import os
import socket

from feedlog.errors import Refused
from feedlog.publish import accounts


def listen(log_path: str, host: str, port: int) -> socket.socket:
    """A socket that listens at that place; port 0 takes a free one. Who connects waits until the pages are ready.

    Raises Refused where the place cannot be listened at, where it is open to others and nobody has a login, and where
    the file of logins cannot be read.
    """
    known = accounts.users(log_path)
    if not known and not _is_loopback(host):
        raise Refused(
            f"Others could reach the pages at {host}, and nobody has a login yet.",
            hint="Make one first: feedlog user add NAME --role manager",
        )
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Refused(
            f"There is no such place as {host}: {error.strerror}.", hint="Name an address of this machine."
        ) from error
    try:
        if os.name == "posix":  # elsewhere it would let two servers listen at one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise Refused(
            f"The pages cannot be served at {host} port {port}: {(error.strerror or str(error)).lower()}.",
            hint="Leave out --port for a free one, or stop whoever listens there.",
        ) from error
    return listening


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
