"""feedlog doctor"""

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.errors import FeedlogError, NotFound
from feedlog.operations import doctor


@click.command("doctor")
@json_option
@pass_session
def command(session: Session, as_json: bool) -> int:
    """Check that the log is sound, private and in step with itself. Exit status 1 when something is not well.

    \b
    feedlog doctor
    feedlog --db /mnt/backup/feedlog.db doctor --json
    """
    try:
        log = session.change()
    except NotFound:
        raise
    except FeedlogError as error:  # a log that cannot be opened is a finding, too
        checks = doctor.examine_unopened(session.path, session.config["spool"], error)
    else:
        checks = doctor.examine(log, session.config["spool"])
    ok = all(check["ok"] for check in checks)
    if as_json:
        printing.document({"ok": ok, "checks": checks})
    else:
        for check in checks:
            printing.out(f"{'well' if check['ok'] else 'ILL ':<5} {check['name']:<14} {check['detail']}")
    return 0 if ok else 1
