"""Makes the search tables anew: after a change of languages, or when `doctor` found them out of step."""

from collections.abc import Callable, Sequence

from feedlog.errors import WrongUsage
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import checks
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.vocabulary import LANGUAGES


def reindex(log: Log, languages: Sequence[str], by: By, progress: Callable[[int], object] = lambda _: None) -> int:
    """Stems every standing note anew under `languages`, as one change; returns how many notes there are."""
    if not languages:
        raise WrongUsage("No language was named.", hint=f"Languages are: {', '.join(LANGUAGES)}.")
    for language in languages:
        checks.one_of(language, LANGUAGES, "language")
    with log.write() as connection:
        connection.execute("update settings set value = ? where name = 'languages'", [" ".join(languages)])
        log.forget_languages()
        index = Index(connection, Stems(languages))
        # The triggers would tell the indexes every old word, and an index out of step calls that a damaged file.
        triggers = connection.execute(
            "select name, sql from sqlite_master where type = 'trigger' and tbl_name in ('wordings', 'words')"
        ).fetchall()
        for trigger in triggers:
            connection.execute(f"drop trigger {trigger['name']}")
        connection.execute("delete from words")
        standing = connection.execute("select id, verbatim, corrected from current_notes order by id").fetchall()
        for done, note in enumerate(standing, 1):
            index.reword(note["id"], note["verbatim"])
            progress(done)
        index.flush()
        connection.execute("insert into notes_fts (notes_fts) values ('rebuild')")
        connection.execute("insert into words_fts (words_fts) values ('rebuild')")
        for trigger in triggers:
            connection.execute(trigger["sql"])
        record(log, "log.reindex", by, detail={"languages": list(languages)})
    return len(standing)
