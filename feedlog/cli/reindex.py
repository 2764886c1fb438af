"""feedlog reindex"""

import click

from feedlog.cli import printing
from feedlog.cli.options import agent_option, json_option
from feedlog.cli.session import Session, pass_session
from feedlog.operations import reindexing
from feedlog.vocabulary import LANGUAGES


@click.command("reindex")
@click.option("--languages", metavar="CODES", help=f"Search in these languages from now on ({' '.join(LANGUAGES)}).")
@agent_option
@json_option
@pass_session
def command(session: Session, languages: str | None, agent: str | None, as_json: bool) -> None:
    """Make the search index anew, for example after a change of languages.

    \b
    feedlog reindex --languages "da sv en"
    """
    session.set_agent(agent)
    log = session.change()
    named = log.languages if languages is None else languages.replace(",", " ").split()
    chosen = tuple(dict.fromkeys(named))
    count = reindexing.reindex(log, chosen, session.by())
    if as_json:
        printing.document({"notes": count, "languages": list(chosen)})
    else:
        printing.out(f"{printing.many(count, 'note')} indexed in {' '.join(chosen)}.")
