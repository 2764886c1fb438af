"""A live copy of the log, kept by Litestream: feedlog writes its configuration and says how it is started.

Litestream reads the write-ahead log through SQLite and sends every change on; feedlog replicates nothing itself.
https://litestream.io/reference/config/
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import NamedTuple

from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.store.drafts import write_text

DAYS_KEPT = 14
# A whole snapshot is made this often; changes in between are kept as long as the snapshot they follow.
_HOURS_BETWEEN_SNAPSHOTS = 24
_SECONDS_BEHIND = 1
_SCHEMES = ("s3", "gs", "abs", "sftp", "file")
# The form of the configuration changed with this version.
_OLDEST = (0, 5)
# With a bundle of certificates named here Litestream does not start on an object store.
_BUNDLE = "AWS_CA_BUNDLE"


class LiveCopy(NamedTuple):
    """A live copy: its configuration, where it goes, and the commands that start it and bring it back."""

    configuration: str
    target: str
    days_kept: int
    start: str
    bring_back: str


def configuration_beside(log_path: str) -> str:
    """Where Litestream's configuration for a log stands."""
    return f"{log_path}.litestream.yml"


def live_copy_of(log_path: str) -> str | None:
    """Where the log's live copy goes, a folder or a URL, or None where feedlog set none up."""
    try:
        with open(configuration_beside(log_path), encoding="utf-8") as file:
            found = re.search(r'^# target: (".*")$', file.read(), re.MULTILINE)
        return str(json.loads(found[1])) if found else None
    except (OSError, ValueError):
        return None


def set_up(log_path: str, target: str, days_kept: int = DAYS_KEPT) -> LiveCopy:
    """Writes the configuration that keeps a copy of the log at `target`, readable by the log's owner only.

    Raises NotFound without a log, Refused without Litestream, WrongUsage for a target that cannot be, NotStored where
    the configuration or the folder cannot be written.
    """
    if not os.path.exists(log_path):
        raise NotFound(f"There is no log yet: {log_path}.", hint="The first `feedlog add` makes it.")
    litestream = program()
    target = _checked(log_path, target)
    configuration = configuration_beside(log_path)
    write_text(configuration, text(log_path, target, days_kept))
    # umask: Litestream lets everybody into the folders it makes. No expansion: a path may hold a dollar sign.
    start = ["replicate", "-no-expand-env", "-config", configuration]
    back = ["restore", "-no-expand-env", "-config", configuration, "-o", "copy.db", log_path]
    return LiveCopy(
        configuration, target, days_kept, *(_typed([litestream, *words], target) for words in (start, back))
    )


def _typed(words: list[str], target: str) -> str:
    without = ["env", "-u", _BUNDLE] if target.startswith("s3://") else []
    return f"umask 077; {shlex.join([*without, *words])}"


def program() -> str:
    """Litestream's program: beside Python, where `pip install feedlog[live]` puts it, else on the path.

    Raises Refused where there is none, or one that is too old.
    """
    found = shutil.which("litestream", path=os.path.dirname(sys.executable)) or shutil.which("litestream")
    hint = "Install it with: pip install 'feedlog[live]'"
    if found is None:
        raise Refused("Litestream, which keeps the live copy, is not installed.", hint=hint)
    try:
        told = subprocess.run([found, "version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Refused(f"Litestream does not run here: {error}.", hint=hint) from error
    version = re.search(r"(\d+)\.(\d+)", told)
    if version and (int(version[1]), int(version[2])) < _OLDEST:
        raise Refused(f"This Litestream is too old: {told.strip()}.", hint=f"{hint} (0.5 or newer).")
    return found


def environment() -> dict[str, str]:
    """The environment Litestream runs in."""
    return {name: value for name, value in os.environ.items() if name != _BUNDLE}


def _checked(log_path: str, target: str) -> str:
    scheme, parted, rest = target.partition("://")
    if parted:
        if scheme not in _SCHEMES or not rest:
            known = ", ".join(f"{known}://" for known in _SCHEMES)
            raise WrongUsage(
                f"This is no place for a live copy: {target!r}.", hint=f"Name a folder, or begin with {known}."
            )
        return target
    folder = os.path.abspath(target)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise WrongUsage(f"This is not a folder: {folder}.", hint="Name a folder, best on another disk.")
    if os.path.realpath(folder) == os.path.realpath(os.path.dirname(log_path)):
        raise WrongUsage(f"This is the log's own folder: {folder}.", hint="Name another one, best on another disk.")
    return folder


def text(log_path: str, target: str, days_kept: int = DAYS_KEPT) -> str:
    """Litestream's configuration for a log. JSON's strings are YAML's, so a path may hold whatever it likes."""
    address = f"url: {_quoted(target)}" if "://" in target else f"type: file\n      path: {_quoted(target)}"
    longest = days_kept + _HOURS_BETWEEN_SNAPSHOTS // 24
    return f"""\
# Written by `feedlog backup --live`. Litestream keeps a live copy of this log with it.
# target: {_quoted(target)}
#
# The copy holds customers' words. What `feedlog erase` takes out of the log is still in the copy for up to {longest}
# days, until the snapshots of before are gone. Litestream reads the log all the time, so `erase` cannot clear the files
# beside it meanwhile: stop Litestream, erase, and start it again. To have the words gone from the copy at once, remove
# the copy and this folder before you start it again, and the copy begins anew:
# {_one_line(state_beside(log_path))}

snapshot:
  interval: {_HOURS_BETWEEN_SNAPSHOTS}h
  retention: {days_kept * 24}h

dbs:
  - path: {_quoted(log_path)}
    busy-timeout: 30s
    replica:
      {address}
      sync-interval: {_SECONDS_BEHIND}s
"""


def state_beside(log_path: str) -> str:
    """The folder in which Litestream keeps what it has not sent yet; it holds customers' words, too."""
    folder, name = os.path.split(log_path)
    return os.path.join(folder, f".{name}-litestream")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return _quoted(text)[1:-1]
