"""feedlog site"""

from typing import Any

import click

from feedlog.cli import printing
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session


@click.group("site")
def command() -> None:
    """Sites: carry the notes of many towns to one hub.

    Each town has a log of its own and goes on without a line. Needs: pip install "feedlog[sites]"

    \b
    feedlog site init hub hub/ --node 127.0.0.1:4222 --site aarhus=127.0.0.1:4322
    feedlog site push
    feedlog site status
    """


@command.group("init")
def init() -> None:
    """Write what the machines of a hub and its sites need, and join with a log.

    \b
    feedlog site init hub hub/ --node 127.0.0.1:4222 --site aarhus=127.0.0.1:4322
    feedlog site init leaf aarhus/
    """


@init.command("hub")
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--node", "nodes", multiple=True, metavar="HOST[:PORT]", help="A node of the hub: one, three or five.")
@click.option("--site", "sites", multiple=True, metavar="NAME[=HOST:PORT]", help="A site, and where its leaf listens.")
@click.option("--tls-cert", metavar="FILE", type=click.Path(dir_okay=False), help="The nodes' certificate, PEM.")
@click.option("--tls-key", metavar="FILE", type=click.Path(dir_okay=False), help="Its key, PEM.")
@click.option("--tls-ca", metavar="FILE", type=click.Path(dir_okay=False), help="Who signed it, PEM.")
@json_option
@pass_session
def hub_init(
    session: Session,
    folder: str,
    nodes: tuple[str, ...],
    sites: tuple[str, ...],
    tls_cert: str | None,
    tls_key: str | None,
    tls_ca: str | None,
    as_json: bool,
) -> None:
    """Write the configuration of a hub's nodes and of each site's leaf node, with keys; say how to start them.

    One folder for each machine: bring each to its machine on a way nobody else can read. Again with --site adds a site;
    then bring the nodes' new configuration to them, and nats-server --signal reload. A hub that others can reach needs
    TLS. A node listens at its port, and at 2000 and 3200 more.

    \b
    feedlog site init hub hub/ --node 127.0.0.1:4222 --site aarhus=127.0.0.1:4322
    feedlog site init hub hub/ --node n1.example --node n2.example --node n3.example --site aarhus --site malmo \\
        --tls-cert cert.pem --tls-key key.pem --tls-ca ca.pem
    """
    from feedlog.cli import siting

    made = siting.write_kit(folder, nodes, sites, (tls_cert, tls_key, tls_ca))
    if as_json:
        printing.document(made._asdict())
        return
    for line in made.commands:
        printing.out(line)
    printing.talk("These start the nodes, each on its own machine. Then let the logs join:")
    for place in made.folders.values():
        printing.talk(f"  feedlog site init leaf {place}")


@init.command("leaf")
@click.argument("folder", type=click.Path(file_okay=False))
@json_option
@pass_session
def leaf_init(session: Session, folder: str, as_json: bool) -> None:
    """Make this log the site that a folder was written for, or the hub's log; say how to start its leaf node.

    Run it again after the log was put back from a copy that feedlog did not restore: then everything is sent anew.

    \b
    feedlog site init leaf aarhus/
    feedlog --db hub.db site init leaf hub/hub/
    """
    from feedlog.cli import siting

    joined = siting.join(session, folder)
    if as_json:
        printing.document(joined)
        return
    printing.out(f"{session.path} is {joined['name']} now.")
    if joined["command"]:
        printing.talk("Start its leaf node, and keep it running:")
        printing.out(joined["command"])
        printing.talk("Then send what waits: feedlog site push --follow")
    else:
        printing.talk("Take in what the sites send: feedlog site hub --follow")


wait_option = click.option(
    "--wait",
    type=click.FloatRange(0, 3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the hub.",
)
follow_option = click.option("--follow", is_flag=True, help="Go on until Ctrl-C.")


@command.command("push")
@wait_option
@follow_option
@json_option
@pass_session
def push(session: Session, wait: float, follow: bool, as_json: bool) -> None:
    """Send the notes that have no receipt, and what became of them, until the hub's receipt is there.

    Also takes in receipts, and erases what was erased elsewhere. Ends when nothing waits any more, or after --wait;
    what has no receipt then is sent again later. Nothing is ever lost or doubled by calling it too often.

    \b
    feedlog site push
    feedlog site push --follow
    */5 * * * * feedlog site push --json
    """
    from feedlog.cli import siting

    if follow:
        siting.follow(session, hub=False)
        return
    _show(siting.push(session, wait), as_json, siting.pushed_in_words)


@command.command("hub")
@wait_option
@follow_option
@json_option
@pass_session
def hub(session: Session, wait: float, follow: bool, as_json: bool) -> None:
    """Take in what the sites sent, and give receipts for what stands in this log.

    Ends when nothing has come for --wait seconds. Any number of copies of the hub may run, each with a log of its own
    that joined with the hub's folder.

    \b
    feedlog site hub
    feedlog --db hub.db site hub --follow
    """
    from feedlog.cli import siting

    if follow:
        siting.follow(session, hub=True)
        return
    _show(siting.take_in(session, wait), as_json, siting.taken_in_words)


@command.command("verify")
@wait_option
@json_option
@pass_session
def verify(session: Session, wait: float, as_json: bool) -> None:
    """Ask the hub whether it still holds every row of this site, and send again what it misses.

    \b
    feedlog site verify
    feedlog site verify --wait 60 --json
    """
    from feedlog.cli import siting

    _show(siting.verify(session, wait), as_json, siting.verified_in_words)


@command.command("status")
@json_option
@pass_session
def status(session: Session, as_json: bool) -> None:
    """What is waiting, how old it is, and a sentence for everything that is wrong; at the hub, of each site.

    \b
    feedlog site status
    feedlog --db hub.db site status --json
    """
    from feedlog.cli import siting

    _show(siting.status(session), as_json, lambda found: siting.status_in_words(session, found))


def _show(found: dict[str, Any], as_json: bool, in_words: Any) -> None:
    if as_json:
        printing.document(found)
        return
    for line in in_words(found):
        printing.out(line)
