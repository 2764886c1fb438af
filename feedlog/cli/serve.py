"""feedlog serve"""

import sys

import click

from feedlog.cli import printing
from feedlog.cli.listening import listen
from feedlog.cli.options import json_option
from feedlog.cli.session import Session, pass_session
from feedlog.publish import publishing


@click.command("serve")
@click.option("--host", metavar="H", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="The port."
)
@click.option("--follow", is_flag=True, help="Keep step with the other sites, too: send, or as the hub take in.")
@json_option
@pass_session
def command(session: Session, host: str, port: int, follow: bool, as_json: bool) -> None:
    """Show the pages in the browser, until Ctrl-C.

    Prints a link that logs you in once. Others log in with a name and password (see `feedlog user`); a change of users
    counts at once. A new note is on the pages within two seconds. With --json, one document says where the pages are.
    With --follow, a log that is a site or a hub (see `feedlog site`) keeps sending, or taking in, beside the pages.

    \b
    feedlog serve
    feedlog serve --follow
    feedlog serve --host 0.0.0.0 --port 8001
    """
    if not follow:
        serve(session, host, port, as_json)
        return
    from feedlog.cli import siting  # here: it brings the engine

    with siting.following(session):
        serve(session, host, port, as_json)


def serve(session: Session, host: str, port: int, as_json: bool) -> None:
    """Publishes what is not published yet, then serves until it is told to stop."""
    log = session.read()
    path = publishing.place_beside(session.path)

    def announce(place: "serving.Place") -> None:
        if as_json:
            printing.document(place._asdict())
        else:
            printing.out(place.login_url)
            printing.talk("The link opens the pages once, in your browser. Ctrl-C ends.")
        sys.stdout.flush()

    with listen(session.path, host, port) as listening:  # before what may take minutes: publishing
        publishing.publish(log, path)
        log.close()
        # Here, because it brings Datasette and takes most of a second.
        from feedlog.cli import serving

        serving.serve(session.path, path, listening, host=host, announce=announce, told=printing.talk)
