"""feedlog user"""

import sys

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option, yes_option
from feedlog.cli.session import Session, pass_session, piped
from feedlog.errors import WrongUsage
from feedlog.publish import accounts


@click.group("user")
def command() -> None:
    """Who may log in to the pages: managers read them, analysts also write SQL.

    Kept beside the log, readable by its owner only, with hashes instead of passwords. A running `feedlog serve` takes a
    change up within two seconds.

    \b
    feedlog user add mia --role manager
    feedlog user password mia
    feedlog user list
    feedlog user remove mia
    """


@command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(accounts.ROLES), required=True, help="What they may do.")
@yes_option
@json_option
@pass_session
def add(session: Session, name: str, role: str, yes: bool, as_json: bool) -> None:
    """Give somebody a login, or somebody who has one a new password and role.

    Asks for the password twice, or reads one line that is piped in.

    \b
    feedlog user add mia --role manager
    feedlog user add otto --role analyst < password.txt
    """
    name = accounts.checked_name(name)
    known = next((user for user in accounts.users(session.path) if user.name == name), None)
    if known:
        printing.talk(f"{name} has a login as {known.role}: the role and password are changed, and older log-ins end.")
        if sys.stdin.isatty() and not yes:
            click.confirm("Go on?", abort=True, err=True)
    accounts.put(session.path, name, role, _password())
    if as_json:
        printing.document({"name": name, "role": role, "new": known is None})
    else:
        printing.out(f"{name} logs in as {role}.")


@command.command("password")
@click.argument("name")
@json_option
@pass_session
def password(session: Session, name: str, as_json: bool) -> None:
    """Give somebody a new password; the role stays, and older log-ins and feed addresses end.

    Asks for it twice, or reads one line that is piped in.

    \b
    feedlog user password mia
    feedlog user password otto < password.txt
    """
    user = accounts.user_named(session.path, name)  # before anything is typed
    accounts.put(session.path, user.name, user.role, _password())
    if as_json:
        printing.document({"name": user.name, "role": user.role, "new": False})
    else:
        printing.out(f"{user.name} has a new password, and logs in anew.")


@command.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """Everyone with a login.

    \b
    feedlog user list --json
    """
    known = accounts.users(session.path)
    if as_json:
        printing.document([{"name": user.name, "role": user.role} for user in known])
        return
    width = max((len(user.name) for user in known), default=0)
    for user in known:
        printing.out(f"{user.name:<{width}}  {user.role}")
    if not known:
        printing.talk("Nobody has a login yet. Make one with: feedlog user add NAME --role manager")


@command.command("remove")
@click.argument("name")
@json_option
@pass_session
def remove(session: Session, name: str, as_json: bool) -> None:
    """Take somebody's login away.

    \b
    feedlog user remove mia
    """
    accounts.remove(session.path, name)
    if as_json:
        printing.document({"name": name, "removed": True})
    else:
        printing.out(f"{name} can no longer log in.")


def _password() -> str:
    """The password: typed twice on a terminal, else the first line piped in."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
        return typed
    lines = piped().splitlines()
    if not lines:
        raise WrongUsage("No password was piped in.", hint="Pipe one line, or call it on a terminal and type.")
    return lines[0]
