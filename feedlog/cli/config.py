"""feedlog config"""

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.config import SETTINGS, config_file


@click.command("config")
@json_option
@pass_session
def command(session: Session, as_json: bool) -> None:
    """Every setting, its value and where that comes from.

    Settings come from the command line, then the environment, then the config file, then the default. The config
    file is TOML, for example:

    \b
    agent = "mette"
    channel = "phone"

    \b
    feedlog config
    FEEDLOG_AGENT=jens feedlog config --json
    """
    values = {name: session.config.value(name) for name in SETTINGS}
    if as_json:
        rows = [
            {"name": name, "value": value.value, "origin": value.origin, "meaning": SETTINGS[name].meaning}
            for name, value in values.items()
        ]
        printing.document({"config_file": config_file(), "settings": rows})
        return
    longest, wide = max(map(len, values)), max(len(value.value) for value in values.values())
    for name, value in values.items():
        printing.out(f"{name:<{longest}}  {value.value:<{wide}}  {value.origin}".rstrip())
    printing.talk(f"Config file: {config_file()}")
