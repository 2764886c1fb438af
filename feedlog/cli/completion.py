"""feedlog completion"""

import click
from click.shell_completion import get_completion_class

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.errors import Refused

WHERE = {
    "bash": 'eval "$(feedlog completion bash)"     in ~/.bashrc',
    "zsh": 'eval "$(feedlog completion zsh)"      in ~/.zshrc',
    "fish": "feedlog completion fish | source      in ~/.config/fish/config.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(WHERE)))
@json_option
@click.pass_context
def command(context: click.Context, shell: str, as_json: bool) -> None:
    """Tab completion of commands, options, customers, themes and touchpoints.

    Put one line into your shell's start file:

    \b
    eval "$(feedlog completion bash)"        in ~/.bashrc
    eval "$(feedlog completion zsh)"         in ~/.zshrc
    feedlog completion fish | source         in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise Refused(f"There is no completion for {shell}.", hint="There is for bash, zsh and fish.")
    script = kind(context.find_root().command, {}, "feedlog", "_FEEDLOG_COMPLETE").source()
    if as_json:
        printing.document({"shell": shell, "script": script, "where": WHERE[shell]})
    else:
        click.echo(script)
