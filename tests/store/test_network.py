"""A log on a network drive is refused before anything is written to it."""

import os
from pathlib import Path

import pytest

from feedlog.errors import Refused
from feedlog.store import network, open_for_reading, open_for_writing

# As the kernel writes them: number, parent, device, root, place, options, optional fields, -, kind, source, options.
MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
61 22 0:52 / /srv/service rw,relatime shared:33 master:1 - nfs4 filer:/service rw,vers=4.2
62 22 0:53 / /mnt/with-a-dash - rw,relatime - cifs //filer/share rw
63 22 0:54 / /tmp rw,nosuid - tmpfs tmpfs rw
64 22 0:55 / /srv/far rw,nosuid,nodev - fuse.sshfs liv@far: rw
broken line
"""


@pytest.mark.parametrize(("minor", "kind"), [(52, "nfs4"), (55, "fuse.sshfs"), (54, None), (99, None)])
def test_kind_of_a_mount(minor: int, kind: str | None) -> None:
    """A device is looked up by its number, whatever the lines hold beside it."""
    assert network.kind_of(os.makedev(0, minor), MOUNTS) == kind


def test_disk_of_this_machine() -> None:
    """A numbered disk is never taken for a network drive, and a file that is not there yet is judged by its folder."""
    assert network.kind_of(os.makedev(254, 0), MOUNTS) is None
    assert network.network_of(__file__) is None
    assert network.network_of("/nowhere/at/all/feedlog.db") is None


def test_log_on_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither writing nor reading opens such a log, and no file is made."""
    device = os.stat(tmp_path).st_dev
    mounts = tmp_path / "mounts"
    mounts.write_text(f"61 22 {os.major(device)}:{os.minor(device)} / /srv rw - nfs4 filer:/service rw\n", "utf-8")
    monkeypatch.setattr(network, "_MOUNTS", str(mounts))
    monkeypatch.setattr(os, "major", lambda number: 0 if number == device else number >> 8)
    monkeypatch.setattr(os, "minor", lambda number: number)
    mounts.write_text(f"61 22 0:{device} / /srv rw - nfs4 filer:/service rw\n", "utf-8")
    path = tmp_path / "log" / "feedlog.db"
    with pytest.raises(Refused) as refused:
        open_for_writing(str(path), ("da",))
    assert refused.value.message == (
        f"The log lies on a network drive (nfs4), where SQLite's locks cannot be trusted: {path}."
    )
    assert refused.value.hint.startswith("Keep it on a disk of this machine")
    assert not path.parent.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(Refused, match="network drive"):
        open_for_reading(str(path))
