"""Recognising customers: who is meant by a key that is not in the log, and who may be the same person twice."""

import json
from difflib import SequenceMatcher

from feedlog.operations import customers
from feedlog.operations.customers import Like
from feedlog.store import Log

# A name is compared with at most so many that begin alike; in a log of a million customers more would take seconds.
_COMPARED = 2000
_ALIKE = 0.8


def did_you_mean(log: Log, typed: str) -> str:
    """The customers who may be meant by a key that is not in the log, as a question; empty where nobody is like it."""
    named = [f"{one.key} ({one.name})" if one.name else one.key for one in closest(log, typed)]
    return f"Did you mean {' or '.join(named)}?" if named else ""


def closest(log: Log, typed: str, *, limit: int = 3) -> list[Like]:
    """The customers who may be meant, the likeliest first: a key written otherwise, a name, a slip of the finger.

    A digit in place of another is no slip worth naming: it is the next customer's number.
    """
    for look in (customers.like, _named, _named_so_far, _keyed_so_far, _slipped, _misspelt):
        found = look(log, typed)
        if found:
            return list({one.id: one for one in found}.values())[:limit]
    return []


def perhaps_same(log: Log, customer_id: int, *, limit: int = 5) -> list[Like]:
    """Customers who may be this one under another key: one of the keys is alike, or the name is the same."""
    found: list[Like] = []
    for row in log.rows(f"select key, name from customers where id in ({customers.SAME})", [customer_id]):
        found += customers.like(log, row["key"], limit=limit + 1)
        found += _named(log, row["name"]) if row["name"] else []
    others = {one.id: one for one in found if one.id != customer_id}
    return [*others.values()][:limit]


_SHOWN = "select coalesce(merged_into_id, id), key, name from customers"


def _named(log: Log, name: str) -> list[Like]:
    return [
        Like(*row) for row in log.rows(f"{_SHOWN} where name = ? collate nocase order by id limit 20", [name.strip()])
    ]


def _named_so_far(log: Log, typed: str) -> list[Like]:
    """Those whose name begins with what was typed: 'Anna' for Anna Holm."""
    if len(typed.strip()) < 2:
        return []
    rows = log.rows(
        f"{_SHOWN} where name >= ?1 collate nocase and name < ?2 collate nocase order by name limit 20",
        [typed.strip(), typed.strip() + "\U0010ffff"],
    )
    return [Like(*row) for row in rows]


def _keyed_so_far(log: Log, typed: str) -> list[Like]:
    """The one or two whose key begins with what was typed; among more, none is meant more than another."""
    rows = log.rows(
        f"{_SHOWN} where key >= ?1 collate nocase and key < ?2 collate nocase order by key limit 3",
        [typed, typed + "\U0010ffff"],
    )
    return [Like(*row) for row in rows] if len(typed) > 2 and len(rows) < 3 else []


def _slipped(log: Log, typed: str) -> list[Like]:
    """Those whose key has two letters turned, one too many, one too few, or another letter in its place."""
    key = typed.lower()
    if not 3 <= len(key) <= 80:
        return []
    letters = "abcdefghijklmnopqrstuvwxyzæøåäö@._-"
    slips = {key[:at] + key[at + 1 :] for at in range(len(key)) if not key[at].isdigit()}
    slips |= {key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(len(key) - 1)}
    for letter in letters:
        slips |= {key[:at] + letter + key[at:] for at in range(len(key) + 1)}
        slips |= {key[:at] + letter + key[at + 1 :] for at in range(len(key)) if not key[at].isdigit()}
    rows = log.rows(f"{_SHOWN} where key in (select value from json_each(?)) order by key", [json.dumps([*slips])])
    return [Like(*row) for row in rows]


def _misspelt(log: Log, typed: str) -> list[Like]:
    """Those with a name like the one typed; its first two letters are taken to be right."""
    name = typed.strip()
    if len(name) < 4 or any(letter.isdigit() for letter in name):
        return []
    rows = log.rows(
        f"{_SHOWN} where name >= ?1 collate nocase and name < ?2 collate nocase order by name, id limit ?3",
        [name[:2], name[:2] + "\U0010ffff", _COMPARED],
    )
    matcher = SequenceMatcher(b=name.lower())
    scored = []
    for row in rows:
        matcher.set_seq1(row["name"].lower())
        if matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            scored.append((-matcher.ratio(), row["key"], Like(*row)))
    return [one for *_, one in sorted(scored)]
