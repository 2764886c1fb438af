"""Themes: the firm's codebook, put on notes and taken off again."""

from collections.abc import Sequence

from feedlog.errors import NotFound
from feedlog.operations import checks
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


def find(log: Log, name: str) -> int | None:
    """The row number of the theme of this name (of the one it was merged into), or None."""
    found = log.value("select coalesce(merged_into_id, id) from themes where name = ?", [name])
    return None if found is None else int(found)


def find_or_make(log: Log, name: str, by: By) -> tuple[int, bool]:
    """The theme's row number and whether it is new; inside the caller's `write`."""
    found = find(log, name)
    if found is not None:
        return found, False
    made = log.insert("themes", uid=new_uid(), name=name, created_at=by.at, created_by=by.agent)
    return made, True


def put_on(log: Log, note_id: int, theme_id: int, by: By) -> bool:
    """Puts a theme on a note inside the caller's `write`; False where it was on already."""
    done = log.connection.execute(
        "insert or ignore into note_themes (note_id, theme_id, tagged_at, agent) values (?, ?, ?, ?)",
        [note_id, theme_id, by.at, by.agent],
    )
    return done.rowcount > 0


def tag(log: Log, note_ids: Sequence[int], names: Sequence[str], by: By) -> list[str]:
    """Puts themes on notes, all or none; returns warnings about themes that look misspelt.

    Raises NotFound for a note that does not stand.
    """
    codes = [checks.code(name, "theme") for name in names]
    with log.write():
        require_notes(log, note_ids)
        warnings = []
        for name in codes:
            warning = did_you_mean(log, name, "theme")
            theme_id, new = find_or_make(log, name, by)
            if new and warning:
                warnings.append(warning)
            tagged = [note_id for note_id in note_ids if put_on(log, note_id, theme_id, by)]
            for note_id in tagged:
                record(log, "theme.tag", by, note_id=note_id, theme_id=theme_id)
    return warnings


def untag(log: Log, note_ids: Sequence[int], names: Sequence[str], by: By) -> None:
    """Takes themes off notes, all or none. Raises NotFound for a note or theme there is not, or that is not on it."""
    codes = [checks.code(name, "theme") for name in names]
    with log.write():
        require_notes(log, note_ids)
        for name in codes:
            theme_id = find(log, name)
            if theme_id is None:
                raise NotFound(
                    f"There is no theme {name!r}.",
                    hint=did_you_mean(log, name, "theme") or "See the themes on the note with `feedlog show`.",
                )
            for note_id in note_ids:
                take_off(log, note_id, theme_id, name)
                record(log, "theme.untag", by, note_id=note_id, theme_id=theme_id)


def take_off(log: Log, note_id: int, theme_id: int, name: str) -> None:
    """Takes a theme off a note inside the caller's `write`; raises NotFound where it is not on it."""
    done = log.connection.execute("delete from note_themes where note_id = ? and theme_id = ?", [note_id, theme_id])
    if not done.rowcount:
        raise NotFound(
            f"Note {note_id} does not have the theme {name!r}.", hint=f"See its themes: feedlog show {note_id}"
        )


def require_notes(log: Log, note_ids: Sequence[int]) -> None:
    """Raises NotFound for the first of these notes that does not stand."""
    for note_id in note_ids:
        if log.row("select 1 from current_notes where id = ?", [note_id]) is None:
            raise NotFound(f"There is no note {note_id}.", hint="See the newest with: feedlog list")


def names(log: Log, beginning: str = "") -> list[str]:
    """The names of all themes that begin so, in alphabetical order."""
    rows = log.rows("select name from themes where merged_into_id is null order by name")
    return [row["name"] for row in rows if row["name"].startswith(beginning)]


def touchpoints(log: Log, beginning: str = "") -> list[str]:
    """The touchpoints in use that begin so. Walks the index from one distinct value to the next, not every note."""
    rows = log.rows(
        """with recursive used (touchpoint) as (
             select min(touchpoint) from notes where touchpoint is not null
             union all
             select (select min(touchpoint) from notes where touchpoint > used.touchpoint) from used
              where used.touchpoint is not null)
           select touchpoint from used where touchpoint is not null"""
    )
    return [row["touchpoint"] for row in rows if row["touchpoint"].startswith(beginning)]


def did_you_mean(log: Log, name: str, what: str) -> str | None:
    """A sentence naming the theme or touchpoint that `name` is a slip of, or None where it is known or far off."""
    known = names(log) if what == "theme" else touchpoints(log)
    if name in known:
        return None
    from difflib import get_close_matches  # here: only for words not seen before

    close = get_close_matches(name, known, n=1, cutoff=0.75)
    return f"The {what} {name!r} is new. Did you mean {close[0]!r}?" if close else None
