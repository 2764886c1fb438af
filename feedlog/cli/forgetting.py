"""Carries an erasure through every file it reaches and says what became of it; `erase` and `purge` share it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from feedlog import when
from feedlog.cli import printing
from feedlog.cli.session import Session
from feedlog.errors import FeedlogError, Refused
from feedlog.operations import erased_list, erasing, live_copy, reaching_backups
from feedlog.operations.erasing import Erased
from feedlog.operations.leftovers import Outside
from feedlog.operations.reaching import Counts
from feedlog.operations.shapes import By
from feedlog.publish import forgetting
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log, scrubbing
from feedlog.warehouse import forgetting as of_warehouses

_NOUNS = {
    "customer_rows": "customer key",
    "notes": "note",
    "facts": "fact",
    "promises": "promise",
    "responses": "response",
    "letters": "letter",
}
_ALWAYS = (
    "the shell history of whoever typed these words, the spool and outbox of other users of the machine, dossiers and"
    " exports that were written to files, copies made without feedlog, pages published elsewhere, and free blocks of"
    " the disk"
)


def outside(session: Session) -> Outside:
    """The folders beyond the log that an erasure looks through."""
    return Outside(session.config["spool"], session.config["outbox"])


def in_words(counts: Counts) -> str:
    """'1 customer key, 3 notes, 2 promises'; what there is none of is left out."""
    numbers: dict[str, Any] = {**counts}
    said = [
        f"{numbers[name]} {noun}{'' if numbers[name] == 1 else 's'}" for name, noun in _NOUNS.items() if numbers[name]
    ]
    return ", ".join(said) or "nothing"


def finish(session: Session, log: Log, erased: Erased, by: By) -> tuple[dict[str, Any], list[str]]:
    """Removes the traces from every file in reach; returns the receipt and, where any remain, why."""
    troubles = []
    try:
        erased_list.bring_up(log)
    except FeedlogError as error:
        troubles.append(error.message.rstrip("."))
    pages = forgetting.forget(log, place_beside(log.path), erased.wanted)
    troubles += [trouble for trouble in (pages, erasing.scrub(log, erased.wanted)) if trouble]
    backups = reaching_backups.forget(log, erased.wanted, by)
    warehouses = _warehouses(log, clean=pages is None)
    troubles += [*backups.troubles, *warehouses.troubles]
    if not troubles:
        erasing.verify(log, erasing.unverified(log), when.now())
    receipt = {
        **erased.counts,
        "verified": not troubles,
        "elsewhere": [*warehouses.out_of_reach, *_elsewhere(session, log, erased, backups)],
        "erasure": erased.erasure_id,
        "erased_at": erased.begun.started_at,
        "by": erased.begun.agent,
        "reason": erased.begun.reason,
        "files_removed": erased.swept.removed,
        "file_names_erased": erased.renamed,
        "backups": backups.clean,
        "warehouses": len(warehouses.clean),
        "looked_for": {
            "words": len(erased.wanted.words),
            "pieces": len(erased.wanted.pieces),
            "sampled": scrubbing.sampled(log.path, erased.wanted),
        },
        "troubles": troubles,
    }
    return receipt, troubles


def _warehouses(log: Log, *, clean: bool) -> of_warehouses.Reached:
    """Where there are warehouses, makes them anew from pages that have forgotten."""
    pages = place_beside(log.path)
    if not clean or not os.path.exists(of_warehouses.list_beside(log.path)):
        return of_warehouses.Reached([], [], [])  # what is wrong with the pages was told; the same command goes on
    if not os.path.exists(pages):  # gone by hand since: warehouses are made from them
        publish(log, pages)
    return of_warehouses.forget(log.path, pages, this_month=when.month(when.now()), now=when.now())


def _elsewhere(session: Session, log: Log, erased: Erased, backups: reaching_backups.Reached) -> list[str]:
    found = [*backups.out_of_reach, *erased.swept.left]
    target = live_copy.live_copy_of(log.path)
    if target:
        found.append(f"the live copy at {target}, until the days it keeps are over")
    if erased.named_by_others:
        numbers = " ".join(f"#{number}" for number in erased.named_by_others[:20])
        more = "" if len(erased.named_by_others) <= 20 else " and more"
        count = len(erased.named_by_others)
        notes = printing.many(count, "note")
        found.append(f"what others said of them, by name or key, in {notes}: {numbers}{more}")
    found += [f"their name or key in {place}" for place in erased.named_elsewhere]
    found += [f"the file {file}, from which notes were imported" for file in erased.files_imported]
    if erased.counts["letters"]:
        found.append("letters that were sent, printed, or written to a file with -o")
    return [*found, _ALWAYS]


def tell(session: Session, receipt: dict[str, Any], counts: Counts) -> None:
    """The receipt for people: numbers only, so that it may be filed."""
    printing.out(
        f"Erasure {receipt['erasure']}, {when.spoken(receipt['erased_at'], now=session.now)}, by {receipt['by']}"
    )
    printing.out(f"gone      {in_words(counts)}")
    if receipt["files_removed"]:
        printing.out(f"files     {receipt['files_removed']} removed from the spool and the outbox")
    if receipt["file_names_erased"]:
        count = receipt["file_names_erased"]
        printing.out(
            f"names     {count} imported file{' was' if count == 1 else 's were'} named after them; erased, too"
        )
    looked = receipt["looked_for"]
    beyond = f", and {receipt['backups']} of its backups" if receipt["backups"] else ""
    if receipt["verified"] and not looked["words"] and not looked["pieces"]:
        printing.out(f"verified  files written anew: the log, its index, its journal, its pages{beyond}")
    elif receipt["verified"]:
        sample = ", of which a sample was looked for," if looked["sampled"] else ""
        printing.out(
            f"verified  {printing.many(looked['words'], 'word')} and {looked['pieces']} sentences and keys{sample}"
            f" stand nowhere in the log, its index, its journal, its pages{beyond}"
        )
    for place in receipt["elsewhere"]:
        printing.out(f"elsewhere {place}")


@contextmanager
def refused_where_traces_remain(troubles: list[str]) -> Iterator[None]:
    """Runs the block that prints the receipt; ends the call loudly where traces remain, whoever reads the receipt."""
    try:
        yield
    finally:
        if troubles:
            raise Refused(
                f"It is erased, but traces remain: {'; '.join(troubles)}.",
                hint="End whoever reads it (feedlog serve, a live copy, another program) and run the same command"
                " again.",
            )
