"""Whether a file lies on a network file system, where SQLite's locks cannot be trusted.

A write-ahead log keeps its index in memory that the processes of one machine share. Over NFS or SMB each machine has
its own, and the file is damaged without anybody noticing.
"""

import os

_NETWORKS = (
    *("9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs"),
    *("nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb2", "smb3", "smbfs"),
    *("fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.mfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
)
_MOUNTS = "/proc/self/mountinfo"


def network_of(path: str) -> str | None:
    """The kind of network file system `path` lies on or would be made on, such as 'nfs4'; None where it is local.

    Only Linux tells; elsewhere the answer is None.
    """
    device = _device(path)
    if device is None or os.major(device):  # a disk of this machine has a number; only the others need a look
        return None
    try:
        with open(_MOUNTS, encoding="utf-8", errors="replace") as file:
            return kind_of(device, file.read())
    except OSError:
        return None


def kind_of(device: int, mounts: str) -> str | None:
    """The network file system among `mounts`, lines as in /proc/self/mountinfo, that has this device number."""
    numbered = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) > 6 and fields[2] == numbered and "-" in fields:
            kind = fields[fields.index("-") + 1]
            return kind if kind in _NETWORKS else None
    return None


def _device(path: str) -> int | None:
    """The device of the file, or of the nearest folder above it that exists."""
    while True:
        try:
            return os.stat(path).st_dev
        except OSError:
            above = os.path.dirname(path)
            if above == path or not above:
                return None
            path = above
