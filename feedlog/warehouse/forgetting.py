"""The list of a log's warehouses, beside it, so that an erasure reaches them, too."""

import json
import os
from contextlib import closing
from typing import NamedTuple

from feedlog.errors import FeedlogError, NotFound, Refused
from feedlog.store.drafts import write_text
from feedlog.store.sharing import is_shared
from feedlog.warehouse.exporting import export
from feedlog.warehouse.folder import Warehouse, is_warehouse
from feedlog.warehouse.source import Source


class Reached(NamedTuple):
    """The warehouses that hold no trace, why others still do, and which could not be reached at all."""

    clean: list[str]
    troubles: list[str]
    out_of_reach: list[str]


def list_beside(log_path: str) -> str:
    """Where the list of a log's warehouses is kept."""
    return f"{log_path}.warehouses.json"


def remembered(log_path: str) -> list[str]:
    """The folders of the log's warehouses. Raises Refused where the list cannot be read."""
    path = list_beside(log_path)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            folders = json.load(file)
        if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
            raise ValueError(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refused(
            f"The list of warehouses cannot be read from {path}: {error.strerror}.", hint="Call as the log's owner."
        ) from error
    except ValueError as error:
        raise Refused(f"The list of warehouses {path} is damaged.", hint="Mend it, or move it away.") from error
    return list(folders)


def remember(log_path: str, path: str) -> None:
    """Puts a warehouse on the list, before anything is written there. Raises NotStored where that cannot be."""
    known = remembered(log_path)
    if path not in known:
        _write(log_path, [*known, path])


def take_off(log_path: str, path: str) -> None:
    """Takes a warehouse off the list; its files stay. Raises NotFound where it is not on it."""
    known = remembered(log_path)
    if path not in known:
        told = ", ".join(known) or "none"
        raise NotFound(f"No warehouse is listed at {path}.", hint=f"Listed: {told}")
    _write(log_path, [other for other in known if other != path])


def _write(log_path: str, paths: list[str]) -> None:
    text = json.dumps(paths, ensure_ascii=False, indent=1) + "\n"
    write_text(list_beside(log_path), text, 0o660 if is_shared(log_path) else 0o600)


def forget(log_path: str, published: str, *, this_month: str, now: str) -> Reached:
    """Makes every warehouse on the list anew as far as it changed, from a published file that has forgotten already."""
    reached = Reached([], [], [])
    try:
        listed = remembered(log_path)
    except Refused as error:
        return Reached([], [error.message.rstrip(".")], [])
    for path in listed:
        if not os.path.isdir(path):
            reached.out_of_reach.append(f"the warehouse {path}, which is not there now")
            continue
        try:
            if _forgets(published, path, this_month, now):
                reached.clean.append(path)
        except FeedlogError as error:
            reached.troubles.append(f"the warehouse {path}: {error.message.rstrip('.')}")
    return reached


def _forgets(published: str, path: str, this_month: str, now: str) -> bool:
    """Whether there is a warehouse of this log; it has forgotten then. A folder may have come to hold other things."""
    if not is_warehouse(path):
        return False
    with closing(Source(published)) as source:
        log_uid = source.log_uid
    standing = Warehouse(path).listing()
    if standing is not None and standing["log"] != log_uid:
        return False
    open_month = standing is not None and standing["open_month"]
    export(published, path, this_month=this_month, made_at=now, open_month=open_month)
    return True
