"""What publishing reads from the working file: which notes changed, and everything that hangs on them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from feedlog.publish.privacy import Person
from feedlog.store import Log

Row = dict[str, Any]
# Notes written at a time: at every statement FTS5 writes what it holds in memory, so that small batches are slow.
BATCH = 5000
# So few notes are worth a look through all customers for the few whose name may stand in them.
FEW = 500


def newest_change(log: Log) -> int:
    """The number of the newest change."""
    return int(log.value("select coalesce(max(id), 0) from changes"))


def restored_after(log: Log, change: int) -> bool:
    """Whether a backup was restored since: then changes that were published may never have happened."""
    return log.row("select 1 from changes where id > ? and action = 'log.restore'", [change]) is not None


def newest_customer(log: Log) -> int:
    """The number of the newest customer."""
    return int(log.value("select coalesce(max(id), 0) from customers"))


_NAMED_BEFORE = """select customers.key, versions.name from customer_versions as versions
                     join customers on customers.id = versions.customer_id where versions.name is not null"""


def persons(log: Log) -> Iterator[Person]:
    """Every customer, as the sentences are searched for them; also by names that were theirs before."""
    sql = f"select key, name from customers union all {_NAMED_BEFORE}"
    for row in log.connection.execute(sql):
        yield Person(row["key"], row["name"])


def everybody(log: Log) -> str:
    """The same customers in one text: key and name, parted by `UNIT`; each from the next by `RECORD`."""
    # Neither a key nor a name may hold a control character.
    sql = f"""select group_concat(key || char(31) || coalesce(name, ''), char(30))
                from (select key, name from customers union all {_NAMED_BEFORE})"""
    return log.value(sql) or ""


def all_note_ids(log: Log) -> list[int]:
    """The numbers of all notes that stand."""
    return [row[0] for row in log.connection.execute("select note_id from wordings order by note_id")]


def touched_note_ids(log: Log, after: int) -> set[int]:
    """The notes that changes after number `after` may have altered, also by their import, customer or theme."""
    # What a merge moved hangs on the old row still. Each way is asked apart: with `or` SQLite would walk every note.
    statements = (
        "select note_id from changes where id > ? and note_id is not null",
        "select notes.id from changes join notes on notes.import_id = changes.import_id where changes.id > ?",
        # An import also brings replies to notes that were there before it.
        """select responses.note_id from changes
             join changes as brought on brought.id = coalesce(changes.undoes_id, changes.id)
              and brought.action = 'import'
             join responses on responses.id between json_extract(brought.detail, '$.first_response')
              and json_extract(brought.detail, '$.last_response') where changes.id > ?""",
        "select notes.id from changes join notes on notes.customer_id = changes.customer_id where changes.id > ?",
        """select notes.id from changes cross join customers on customers.merged_into_id = changes.customer_id
             join notes on notes.customer_id = customers.id where changes.id > ?""",
        # Keys that were merged into a key that was merged on: they moved along.
        """select notes.id from changes join customers as changed on changed.id = changes.customer_id
             join customers as moved on moved.merged_into_id = changed.merged_into_id
             join notes on notes.customer_id = moved.id where changes.id > ?""",
        # Only a merge and its undoing, here or at a site, give notes other themes without naming them. Themes merged
        # earlier move along.
        """select note_themes.note_id from changes
             join themes as changed on changed.id = changes.theme_id
             join themes as moved
               on moved.id = changed.id or moved.merged_into_id in (changed.id, changed.merged_into_id)
             join note_themes on note_themes.theme_id = moved.id
            where changes.id > ? and (changes.action = 'theme.receive' or 'theme.merge' in (
              changes.action, (select action from changes as undone where undone.id = changes.undoes_id)))""",
    )
    found: set[int] = set()
    for sql in statements:
        found.update(row[0] for row in log.connection.execute(sql, [after]))
    return found


def newly_known_persons(log: Log, after_customer: int, after_change: int) -> list[Person]:
    """Customers who are new, or whose name became known: older sentences may hold their names."""
    sql = f"""select key, name from customers where id > ?
             union
             select key, name from customers where id in (select customer_id from changes where id > ?)
             union
             {_NAMED_BEFORE} and versions.change_id > ?"""
    rows = log.connection.execute(sql, [after_customer, after_change, after_change])
    return [Person(row["key"], row["name"]) for row in rows]


def notes(log: Log, ids: Sequence[int]) -> list[Row]:
    """The notes among `ids` that stand, with their customer and themes."""
    rows = _rows(
        log,
        """select notes.id, said_at, logged_at, notes.agent, on_behalf_of, channel, touchpoint, kind, verbatim, reading,
                  satisfaction, source, corrected, customers.key, customers.name, customers.segment,
                  coalesce(nullif(given.name, customers.name), '') as merged_name,
                  (select group_concat(versions.name, ' ') from customer_versions as versions
                    where versions.customer_id in (given.id, customers.id)) as former_names
             from current_notes as notes
             left join customers as given on given.id = notes.customer_id
             left join customers on customers.id = coalesce(given.merged_into_id, given.id)
            where notes.id in (select value from json_each(?)) order by notes.id""",
        ids,
    )
    named = themes_of(log, ids)
    return [{**row, "themes": named.get(row["id"], [])} for row in rows]


def themes_of(log: Log, ids: Sequence[int]) -> dict[int, list[str]]:
    """The themes on these notes, in alphabetical order; a merged theme under the name it was merged into."""
    rows = _rows(
        log,
        """select distinct note_themes.note_id, coalesce(target.name, themes.name) as theme from note_themes
             join themes on themes.id = note_themes.theme_id
                  left join themes as target on target.id = themes.merged_into_id
            where note_themes.note_id in (select value from json_each(?)) order by theme""",
        ids,
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["note_id"], []).append(row["theme"])
    return found


def sentences(log: Log, ids: Sequence[int]) -> list[str]:
    """Every sentence that will be published with these notes."""
    found = [text for note in notes(log, ids) for text in (note["verbatim"], note["reading"]) if text]
    for promise in promises(log, ids):
        found += [promise["what"], *(event["why"] for event in promise["events"] if event["why"])]
    return found + [response["text"] for response in responses(log, ids) if response["text"]]


def promises(log: Log, ids: Sequence[int]) -> list[Row]:
    """The promises made on these notes, each with its `events`; those taken back are left out."""
    found = _rows(
        log,
        """select id, note_id, what, owner, promised_by, promised_at, due_on, outcome, ended_at from promises
            where note_id in (select value from json_each(?)) and outcome is not 'withdrawn' order by id""",
        ids,
    )
    events = by_number(
        _rows(
            log,
            """select promise_id, kind, happened_at, due_on, why, customer_told from promise_events
                where promise_id in (select value from json_each(?)) and removed_at is null order by id""",
            [promise["id"] for promise in found],
        ),
        "promise_id",
    )
    return [{**promise, "events": events.get(promise["id"], [])} for promise in found]


def responses(log: Log, ids: Sequence[int]) -> list[Row]:
    """The steps taken on these notes, the first first; those taken back are left out."""
    return _rows(
        log,
        """select id, note_id, kind, responded_at, agent, text, amount_minor, currency from responses
            where note_id in (select value from json_each(?)) and removed_at is null order by responded_at, id""",
        ids,
    )


def by_number(rows: Sequence[Row], column: str) -> dict[int, list[Row]]:
    """The rows apart by the number in a column, in their order."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def themes(log: Log) -> list[Row]:
    """The codebook."""
    sql = "select name, title, owner, measure, fixed_on from themes where merged_into_id is null order by name"
    return [dict(row) for row in log.connection.execute(sql)]


def _rows(log: Log, sql: str, ids: Sequence[int]) -> list[Row]:
    return [dict(row) for row in log.connection.execute(sql, [json.dumps(list(ids))])]
