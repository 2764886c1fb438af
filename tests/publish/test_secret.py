"""The secret behind the pseudonyms: private, outside the files it protects, and not missed when it is lost."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feedlog.errors import FeedlogError
from feedlog.publish.publishing import place_beside, publish
from feedlog.publish.secret import BYTES, fingerprint, secret_beside
from feedlog.store import Log


def test_private_and_beside_the_log(log: Log, say: Callable[..., int]) -> None:
    """It has 32 random bytes in a file of its own that its owner alone reads, and stands in no other file."""
    say("Pakken", customer="K-1")
    publish(log, place_beside(log.path))
    path = Path(log.path + ".secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_bytes()
    assert len(secret) == BYTES and secret_beside(log.path) == secret
    for file in (Path(log.path), Path(log.path + "-wal"), Path(place_beside(log.path))):
        content = file.read_bytes()
        assert secret not in content and secret.hex().encode() not in content


def test_lost_secret_gives_everybody_one_new_pseudonym(log: Log, say: Callable[..., int]) -> None:
    """After a loss nobody has two pseudonyms: everything is written anew, although one note is new only."""
    path = place_beside(log.path)
    say("Pakken", customer="K-1")
    publish(log, path)
    before = pseudonyms(path)
    os.unlink(log.path + ".secret")
    say("Posen", customer="K-1")
    assert publish(log, path)["changed"] == 2
    after = pseudonyms(path)
    assert len(after) == 1 and after != before
    assert publish(log, path)["changed"] == 0


def pseudonyms(path: str) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {row[0] for row in connection.execute("select customer from notes")}


def test_fingerprint_tells_secrets_apart() -> None:
    """The fingerprint is the same for one secret, another for another, and no part of it."""
    one, other = b"a" * BYTES, b"b" * BYTES
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    assert fingerprint(one) not in one.hex()


def test_cut_short(log: Log) -> None:
    """A secret that is not whole is refused."""
    Path(log.path + ".secret").write_bytes(b"short")
    with pytest.raises(FeedlogError, match="is cut short") as refused:
        secret_beside(log.path)
    assert refused.value.hint == "Restore it, or remove it and publish --rebuild."


def test_no_room_to_make_it(log: Log) -> None:
    """On a full disk nothing is left behind that would stop publishing once there is room again."""
    script = (
        "import resource, signal, sys; from feedlog.publish.secret import secret_beside;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8));"
        "secret_beside(sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", script, log.path], capture_output=True, text=True, check=False)
    assert "NotStored: The secret for pseudonyms cannot be made at" in done.stderr
    assert [name for name in os.listdir(os.path.dirname(log.path)) if "secret" in name or ".part" in name] == []
    assert len(secret_beside(log.path)) == BYTES


def test_many_who_publish_first(log: Log) -> None:
    """Those who publish for the first time at one moment all get the same secret."""
    with ThreadPoolExecutor(8) as many:
        assert len(set(many.map(lambda _: secret_beside(log.path), range(40)))) == 1
