"""Themes: the firm's codebook, put on notes and taken off again."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from feedlog.errors import NotFound
from feedlog.operations import checks
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid

# The rows that stand for a theme: itself and all that were merged into it. Links never chain: see `codebook.merge`.
MEANT = "select id from themes where ? in (id, merged_into_id)"


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


def require(log: Log, name: str) -> tuple[int, str]:
    """The number and name of the theme, or of the one it was merged into; raises NotFound where there is none."""
    code = checks.code(name, "theme")
    row = log.row("select id, name from themes where id = ?", [find(log, code)])
    if row is None:
        close = closest(log, code, "theme")
        hint = f"Did you mean {close!r}?" if close else "See them all with: feedlog theme list"
        raise NotFound(f"There is no theme {code!r}.", hint=hint)
    return int(row["id"]), str(row["name"])


def put_on(log: Log, note_id: int, theme_id: int, by: By) -> bool:
    """Puts a theme on a note inside the caller's `write`; False where it, or one merged into it, was on already."""
    merged = log.row(
        """select 1 from note_themes join themes on themes.id = note_themes.theme_id
            where note_id = ? and merged_into_id = ?""",
        [note_id, theme_id],
    )
    return merged is None and put_back(log, note_id, theme_id, by)


def put_back(log: Log, note_id: int, theme_id: int, by: By) -> bool:
    """The same for exactly this theme, whatever was merged into it: what undoing needs."""
    done = log.connection.execute(
        """insert or ignore into note_themes (note_id, theme_id, tagged_at, agent)
             select id, ?2, ?3, ?4 from notes where id = ?1""",  # a note that was erased gets nothing back
        [note_id, theme_id, by.at, by.agent],
    )
    return done.rowcount > 0


def tag(log: Log, note_ids: Sequence[int], names: Sequence[str], by: By) -> list[str]:
    """Puts themes on notes, all or none, as one change; returns warnings about themes that look misspelt.

    Raises NotFound for a note that does not stand.
    """
    return _tag(log, note_ids, names, by)[1]


def tag_together(log: Log, note_ids: Sequence[int], name: str, by: By) -> tuple[list[int], list[str]]:
    """Puts one theme on notes as `tag` does; returns the notes that did not have it yet, and warnings."""
    return _tag(log, note_ids, [name], by)


def _tag(log: Log, note_ids: Sequence[int], names: Sequence[str], by: By) -> tuple[list[int], list[str]]:
    codes = [checks.code(name, "theme") for name in names]
    put: list[_Tag] = []
    warnings = []
    with log.write():
        require_notes(log, note_ids)
        for code in codes:
            warning = did_you_mean(log, code, "theme")
            theme_id, new = find_or_make(log, code, by)
            warnings += [warning] if new and warning else []
            put += [_Tag(note_id, theme_id, {}) for note_id in note_ids if put_on(log, note_id, theme_id, by)]
        _record(log, "theme.tag", put, by)
    return list(dict.fromkeys(tag.note_id for tag in put)), warnings


def untag(log: Log, note_ids: Sequence[int], names: Sequence[str], by: By) -> None:
    """Takes themes off notes, all or none, as one change.

    Raises NotFound for a note or theme there is not, or that is not on it.
    """
    codes = [checks.code(name, "theme") for name in names]
    gone: list[_Tag] = []
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
                taken = take_all_off(log, note_id, theme_id, name)
                # Undoing must put the merged ones back, too; mostly there are none and nothing need be said.
                gone.append(_Tag(note_id, theme_id, {"theme_ids": taken} if taken != [theme_id] else {}))
        _record(log, "theme.untag", gone, by)


class _Tag(NamedTuple):
    """A theme put on a note or taken off it, and what undoing it needs to know beyond that."""

    note_id: int
    theme_id: int
    detail: dict[str, Any]


def _record(log: Log, action: str, tags: Sequence[_Tag], by: By) -> None:
    """One tag is one change; several are the parts of one, so that `undo` takes them back together."""
    whole: dict[str, Any] = {}
    if len(tags) > 1:
        themes = {tag.theme_id for tag in tags}
        detail = {"notes": len({tag.note_id for tag in tags}), "themes": len(themes)}
        theme_id = themes.pop() if len(themes) == 1 else None
        whole = {"part_of": record(log, f"{action}_together", by, theme_id=theme_id, detail=detail)}
    for tag in tags:
        record(log, action, by, note_id=tag.note_id, theme_id=tag.theme_id, detail={**tag.detail, **whole})


def take_off(log: Log, note_id: int, theme_id: int) -> bool:
    """Takes exactly this theme off a note inside the caller's `write`; False where it is not on it."""
    done = log.connection.execute("delete from note_themes where note_id = ? and theme_id = ?", [note_id, theme_id])
    return done.rowcount > 0


def take_all_off(log: Log, note_id: int, theme_id: int, name: str) -> list[int]:
    """Takes a theme and those merged into it off a note inside the caller's `write`; returns which were on it.

    Raises NotFound where none was.
    """
    rows = log.rows(
        f"select theme_id from note_themes where note_id = ? and theme_id in ({MEANT}) order by theme_id",
        [note_id, theme_id],
    )
    if not rows:
        raise missing(note_id, name)
    for row in rows:
        take_off(log, note_id, row["theme_id"])
    return [row["theme_id"] for row in rows]


def missing(note_id: int, name: str) -> NotFound:
    """The refusal for a note that does not bear a theme."""
    return NotFound(f"Note {note_id} does not have the theme {name!r}.", hint=f"See its themes: feedlog show {note_id}")


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
    close = closest(log, name, what)
    return f"The {what} {name!r} is new. Did you mean {close!r}?" if close else None


def closest(log: Log, name: str, what: str) -> str | None:
    """The theme or touchpoint that `name` is a slip of, or None where it is known or far off."""
    known = names(log) if what == "theme" else touchpoints(log)
    if name in known:
        return None
    from difflib import get_close_matches  # here: only for words not seen before

    return next(iter(get_close_matches(name, known, n=1, cutoff=0.75)), None)
