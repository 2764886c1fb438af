"""A log for one person or for a group: who may open the files beside it.

For one person files are 0600 and folders 0700. A shared log is 0660 in a folder of 2770, so that whatever is made there
belongs to the group too; SQLite gives the files of the write-ahead log the log's own mode.
"""

import os
import stat

from feedlog.errors import NotFound, Refused

_GROUP = 0o060
_BESIDE = {
    *("published", "warehouse", "backups.json", "erased.jsonl"),
    *("site.json", "site.seed", "sites.secret", "ca.pem"),
}


def new_file(path: str, log_path: str, flags: int = os.O_EXCL) -> int:
    """Makes a file that belongs to the log, with the log's rights whatever the umask is; returns its descriptor.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | flags, 0o600)
    if is_shared(log_path) and os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, 0o660)
    return descriptor


def new_folder(path: str, log_path: str) -> None:
    """Makes a folder that belongs to the log, with the log's rights, unless it is there. Raises OSError."""
    if os.path.isdir(path):
        return
    os.makedirs(path, mode=0o700, exist_ok=True)
    if is_shared(log_path):
        os.chmod(path, 0o2770)


def is_shared(log_path: str) -> bool:
    """Whether the log is open to its group."""
    try:
        return os.stat(log_path).st_mode & _GROUP == _GROUP
    except OSError:
        return False


def share(log_path: str, group: str | None) -> str:
    """Opens an existing log and its folder to a group, the folder's own unless one is named; returns its name.

    Raises Refused where the folder holds anything else, which the group would get to see, or the group may not be
    given; NotFound for a group there is not.
    """
    folder = os.path.dirname(log_path)
    others = sorted(name for name in os.listdir(folder) if not _ours(name, os.path.basename(log_path)))
    if others:
        raise Refused(
            f"The folder {folder} holds other things, such as {others[0]}, which the group would get to read.",
            hint="Give the shared log a folder of its own with --db.",
        )
    number = os.stat(folder).st_gid if group is None else _number(group)
    try:
        _open_to(folder, number)
    except OSError as error:
        raise Refused(
            f"The log cannot be given to the group {group or number}: {error.strerror}.",
            hint="You must own the folder and be a member of the group.",
        ) from error
    return _name(number)


def _ours(name: str, log_name: str) -> bool:
    return name.startswith(log_name) or name in _BESIDE


def _open_to(folder: str, group: int) -> None:
    for place, folders, files in os.walk(folder):
        os.chown(place, -1, group)
        os.chmod(place, 0o2770)  # after the owner: giving a file away takes its special bits
        for name in files:
            path = os.path.join(place, name)
            os.chown(path, -1, group)
            os.chmod(path, 0o660)
        folders.sort()


def _number(group: str) -> int:
    import grp  # here: only Unix has it

    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise NotFound(f"There is no group {group!r} on this machine.", hint="See yours with: id -Gn") from None


def _name(group: int) -> str:
    import grp

    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


def open_to_all(path: str) -> bool:
    """Whether everybody on this machine may read, write or enter it."""
    return bool(stat.S_IMODE(os.stat(path).st_mode) & 0o007)


def changed_by_all(folder: str) -> bool:
    """Whether everybody on this machine may remove and replace what others keep in a folder."""
    mode = os.stat(folder).st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX
