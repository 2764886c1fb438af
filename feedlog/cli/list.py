"""feedlog list"""

from typing import TYPE_CHECKING, Any

import click

from feedlog.cli import printing
from feedlog.cli.options import filter_options, filters, json_option
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session, pass_session
from feedlog.operations import notes

if TYPE_CHECKING:
    from feedlog.operations.filters import Filters


@click.command("list")
@click.option("--unanswered", is_flag=True, help="Only notes nobody has answered, those waiting longest first.")
@filter_options
@json_option
@pass_session
def command(session: Session, unanswered: bool, as_json: bool, limit: int, **given: Any) -> None:
    """The newest notes, by when they were said.

    With --unanswered each says how long it waits, in business hours (a day is a working day of the setting
    business_hours), and who sees to it: who owns an open promise on it, else its theme.

    \b
    feedlog list --theme delivery --since monday
    feedlog list -c K-1042 --json
    feedlog list --unanswered --kind complaint
    """
    if unanswered:
        _unanswered(session, filters(session, given), limit, as_json)
        return
    found = notes.listing(session.read(), filters(session, given), limit=limit)
    if as_json:
        printing.document(found)
        return
    note_rows(session, found)
    if not found:
        printing.talk("No notes.")


def _unanswered(session: Session, chosen: "Filters", limit: int, as_json: bool) -> None:
    from feedlog import when  # here: the plain list is waited for more often
    from feedlog.cli import responding
    from feedlog.operations import answering

    calendar = session.config.calendar
    found = answering.unanswered(session.read(), chosen, calendar, when.stored(session.now), limit=limit)
    if as_json:
        printing.document(found)
        return
    note_rows(session, found, responding.waiting_tails(found, calendar.hours))
    if not found:
        printing.talk("Nobody waits for an answer.")
    elif len(found) == limit:
        printing.talk("More may wait: a larger --limit shows them.")
