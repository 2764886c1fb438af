"""feedlog purge"""

from typing import Any

import click

from feedlog import when
from feedlog.cli import forgetting, printing
from feedlog.cli.options import agent_option, json_option, yes_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import erasing, purging, reaching


@click.command("purge")
@click.option("--older-than", "days", required=True, type=int, metavar="DAYS", help="Notes said longer ago than this.")
@click.option(
    "--keep-open/--no-keep-open", default=True, show_default=True, help="Whether notes with an open promise stay."
)
@yes_option
@agent_option
@json_option
@pass_session
def command(session: Session, days: int, keep_open: bool, yes: bool, agent: str | None, as_json: bool) -> None:
    """Erase what was said long ago. Without --yes it only shows what would go.

    Customers of whom neither a note nor a fact is left go, too. It is done and verified as `feedlog erase` does it.

    \b
    feedlog purge --older-than 1825
    feedlog purge --older-than 1825 --yes
    """
    session.set_agent(agent)
    log = session.change()
    by = session.by()
    before = purging.moment(days, by.at)
    planned = purging.reach_of(log, before, keep_open=keep_open)
    counts = reaching.counts(log, planned.reach)
    document: dict[str, Any] = {
        "dry_run": not yes,
        "before": before,
        "years": planned.years,
        "kept_open": planned.kept_open,
        **counts,
    }
    if not yes:
        if not as_json:
            _show(session, planned, before)
        _leave_it(document, counts, as_json=as_json)
        return
    waiting = bool(erasing.unverified(log))
    if not planned.reach.note_ids and not waiting:
        if as_json:
            printing.document({**document, "verified": True, "elsewhere": []})
        else:
            _show(session, planned, before)
            printing.talk("Nothing is that old.")
        return
    erased = erasing.erase(
        log,
        lambda log: purging.reach_of(log, before, keep_open=keep_open).reach,
        f"said more than {days} days ago",
        by,
        forgetting.outside(session),
    )
    receipt, troubles = forgetting.finish(session, log, erased, by)
    # Nothing is printed before this: who reads no further (`| head`) must not keep it from being done.
    with forgetting.refused_where_traces_remain(troubles):
        if as_json:
            printing.document({**document, **receipt})
        else:
            _show(session, planned, before)
            forgetting.tell(session, receipt, erased.counts)


def _show(session: Session, planned: purging.Purge, before: str) -> None:
    printing.talk(f"Said before {when.spoken(before, now=session.now)}:")
    for year in planned.years:
        kept, gone = year["kept_open"], year["notes"]
        stays = f", {kept} {'stays' if kept == 1 else 'stay'} with an open promise" if kept else ""
        printing.out(f"{year['year']}  {'1 note goes' if gone == 1 else f'{gone} notes go'}{stays}")


def _leave_it(document: dict[str, Any], counts: reaching.Counts, *, as_json: bool) -> None:
    if as_json:
        printing.document(document)
        return
    printing.out(f"would go  {forgetting.in_words(counts)}")
    printing.talk("Nothing was erased. To erase it for good, add --yes.")
