"""The codebook: what a theme is called, who owns it, and themes that turn out to be one or to be two."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import checks, themes
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid

FIELDS = ("title", "owner", "measure", "fixed_on")
_SPOKEN = {"title": "title", "owner": "owner", "measure": "measure", "fixed_on": "day it was fixed"}


class Moved(NamedTuple):
    """What a merge or split did: from which theme how many notes came to which."""

    name: str
    into: str
    notes: int


# --- what a theme is called, who owns it ---------------------------------------------------------------------


def describe(log: Log, name: str, by: By, *, term: tuple[str, str] | None = None, **given: str | None) -> str:
    """Sets the FIELDS of a theme that are given, an empty text clears one; returns the theme's name.

    `term` is our word and the customers' word for it; an empty word of theirs takes the terms of ours away. Raises
    NotFound for a theme there is not, WrongUsage for what is off.
    """
    wanted = {field: _checked(field, value, by) for field, value in given.items() if value is not None}
    ours = checks.label(term[0], "term of ours") if term else ""
    theirs = checks.label(term[1], "term of theirs") if term and term[1].strip() else ""
    with log.write():
        theme_id, name = themes.require(log, name)
        before = _row_of(log, theme_id)
        fields = {field: value for field, value in wanted.items() if before[field] != value}
        added = [[theme_id, ours, theirs]] if theirs and _add_term(log, theme_id, ours, theirs, by) else []
        removed = _remove_terms(log, theme_id, name, ours) if ours and not theirs else []
        if fields or added or removed:
            detail = {"fields": [*fields], "added": len(added), "removed": len(removed)}
            change_id = record(log, "theme.set", by, theme_id=theme_id, detail=detail)
            _keep(log, change_id, before, added or removed)
            _write(log, theme_id, fields)
    return name


def take_description_back(log: Log, change_id: int, theme_id: int, detail: dict[str, Any], by: By) -> None:
    """Undoes `describe` inside the caller's `write`; raises Refused where somebody set one of the fields since."""
    name = _row_of(log, theme_id)["name"]
    for field in detail["fields"]:
        if _is_set_since(log, change_id, theme_id, field):
            raise Refused(
                f"The {_SPOKEN[field]} of {name!r} was set again since.",
                hint=f"See it, and set it once more: feedlog theme show {_word(name)}",
            )
    [before] = log.rows("select * from theme_versions where change_id = ?", [change_id])
    _write(log, theme_id, {field: before[field] for field in detail["fields"]})
    terms = json.loads(before["terms"] or "[]")
    if detail["added"]:
        delete = "delete from theme_terms where theme_id = ? and our_word = ? and their_word = ?"
        log.connection.executemany(delete, terms)
    else:
        for of_theme, ours, theirs in terms:
            _add_term(log, of_theme, ours, theirs, by)


def what_was_set(detail: dict[str, Any]) -> str:
    """The fields that a change set, in words."""
    said = [_SPOKEN[field] for field in FIELDS if field in detail["fields"]]
    said += ["terms"] if detail["added"] or detail["removed"] else []
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _checked(field: str, value: str, by: By) -> str | None:
    """A field in its stored form; None for an empty one, which clears it."""
    if not value.strip():
        return None
    if field == "measure":
        return checks.text(value, "measure")
    if field != "fixed_on":
        return checks.label(value, field)
    if value > when.local(by.at).date().isoformat():
        spoken = when.spoken(value, now=when.local(by.at))
        raise WrongUsage(f"{spoken} is still to come.", hint="--fixed is the day since when it has been mended.")
    return value


def _row_of(log: Log, theme_id: int) -> sqlite3.Row:
    [row] = log.rows("select * from themes where id = ?", [theme_id])
    return row


def _keep(log: Log, change_id: int, before: sqlite3.Row, terms: list[list[Any]]) -> None:
    """Keeps what was said of a theme before a change, and the terms that the change added or took away."""
    log.insert(
        "theme_versions",
        change_id=change_id,
        theme_id=before["id"],
        **{field: before[field] for field in FIELDS},
        terms=json.dumps(terms, ensure_ascii=False) if terms else None,
    )


def _is_set_since(log: Log, change_id: int, theme_id: int, field: str) -> bool:
    """Whether a later change that still stands set the field."""
    sql = """select 1 from changes as later where theme_id = ? and id > ? and action = 'theme.set'
                and ? in (select value from json_each(later.detail, '$.fields'))
                and not exists (select 1 from changes where undoes_id = later.id)"""
    return log.row(sql, [theme_id, change_id, field]) is not None


def _write(log: Log, theme_id: int, fields: dict[str, str | None]) -> None:
    for field, value in fields.items():  # names from FIELDS only
        log.connection.execute(f"update themes set {field} = ? where id = ?", [value, theme_id])


def _add_term(log: Log, theme_id: int, ours: str, theirs: str, by: By) -> bool:
    done = log.connection.execute(
        """insert or ignore into theme_terms (uid, theme_id, our_word, their_word, agent, added_at)
           values (?, ?, ?, ?, ?, ?)""",
        [new_uid(), theme_id, ours, theirs, by.agent, by.at],
    )
    return done.rowcount > 0


def _remove_terms(log: Log, theme_id: int, name: str, ours: str) -> list[list[Any]]:
    """Takes the terms beside our word away; returns them with the theme each belonged to."""
    where = f"theme_id in ({themes.MEANT}) and our_word = ?"
    found = log.rows(
        f"select theme_id, our_word, their_word from theme_terms where {where} order by id", [theme_id, ours]
    )
    if not found:
        raise NotFound(
            f"The theme {name!r} has no term beside {ours!r}.", hint=f"See its terms: feedlog theme show {_word(name)}"
        )
    log.connection.execute(f"delete from theme_terms where {where}", [theme_id, ours])
    return [list(row) for row in found]


# --- two themes that are one ---------------------------------------------------------------------------------


def merge(log: Log, name: str, into: str, by: By) -> Moved:
    """Lets the notes of one theme appear under another; the notes keep their own rows, so it can be taken back.

    Raises NotFound for a theme there is not, Refused for one that is merged already or is the same.
    """
    code = checks.code(name, "theme")
    with log.write():
        root_id, root = themes.require(log, code)
        into_id, into_name = themes.require(log, into)
        if root_id == into_id:
            same = root == code and checks.code(into, "theme") == code
            raise Refused(
                "A theme cannot be merged into itself." if same else f"{name!r} and {into!r} are one theme already.",
                hint="Name two themes; see them with: feedlog theme list",
            )
        if root != code:
            raise Refused(
                f"The theme {code!r} is merged into {root!r}.",
                hint=f"Merge that one: feedlog theme merge {_word(root)} {_word(into_name)}",
            )
        moved = _notes_under(log, root_id)
        # What was merged into it moves on with it: a link always names the theme that is shown, never another link.
        log.connection.execute(
            "update themes set merged_into_id = ?1 where ?2 in (id, merged_into_id)", [into_id, root_id]
        )
        record(log, "theme.merge", by, theme_id=root_id, detail={"into": into_id})
    return Moved(root, into_name, moved)


def take_merge_back(log: Log, change_id: int, theme_id: int) -> None:
    """Undoes one merge inside the caller's `write`; later and earlier merges stand."""
    merged = """select theme_id, json_extract(detail, '$.into') as target from changes as done
                 where action = 'theme.merge' and not exists (select 1 from changes where undoes_id = done.id)"""
    standing = {row["theme_id"]: row["target"] for row in log.rows(f"{merged} and id <> ? order by id", [change_id])}
    shown = log.value("select merged_into_id from themes where id = ?", [theme_id])
    for row in log.rows("select id from themes where merged_into_id = ?", [shown]):
        way = [row["id"]]
        while way[-1] in standing:
            way.append(standing[way[-1]])
        if theme_id in way:
            target = way[-1] if len(way) > 1 else None
            log.connection.execute("update themes set merged_into_id = ? where id = ?", [target, row["id"]])


# --- one theme that is two -----------------------------------------------------------------------------------


def split(log: Log, name: str, new: str, note_ids: Sequence[int], by: By) -> Moved:
    """Moves these notes from one theme to another, which is made where it is new: all of them or none.

    Raises NotFound for a theme or note there is not, or a note without the theme; Refused where both are the same.
    """
    code = checks.code(new, "theme")
    wanted = list(dict.fromkeys(note_ids))
    with log.write():
        theme_id, name = themes.require(log, name)
        themes.require_notes(log, wanted)
        new_id, _ = themes.find_or_make(log, code, by)
        if new_id == theme_id:
            same = "A theme cannot be split from itself." if code == name else f"{code!r} and {name!r} are one theme."
            raise Refused(same, hint="Give the notes a theme of another name.")
        whole = record(log, "theme.split", by, theme_id=theme_id, detail={"into": new_id, "notes": len(wanted)})
        for note_id in wanted:
            taken = themes.take_all_off(log, note_id, theme_id, name)
            put = themes.put_on(log, note_id, new_id, by)
            detail = {"part_of": whole, "from": taken, "put": put}
            record(log, "theme.move", by, note_id=note_id, theme_id=new_id, detail=detail)
        into = log.value("select name from themes where id = ?", [new_id])
    return Moved(name, into, len(wanted))


def _notes_under(log: Log, theme_id: int) -> int:
    sql = f"""select count(*) from wordings
               where note_id in (select note_id from note_themes where theme_id in ({themes.MEANT}))"""
    return int(log.value(sql, [theme_id]))


def _word(name: str) -> str:
    """A theme's name as one word of a shell."""
    import shlex  # here: only for a refusal

    return shlex.quote(name)
