"""The door: `feedlog` in a shell, and `python -m feedlog`. A full disk may have cut short what lies behind it."""

import sys


def script() -> None:
    """What the shell calls."""
    _enter("script")


def _enter(name: str) -> None:
    try:
        try:
            from feedlog import cli
        except EOFError:  # before anything was done: the rest is loaded as if nothing had been
            from feedlog import bytecode

            cli = bytecode.loaded("feedlog.cli")
        getattr(cli, name)()
    except EOFError as error:
        from feedlog import bytecode

        path = bytecode.removed(error)
        if not path:
            raise
        sys.exit(f"feedlog: {bytecode.said(path)}\n{bytecode.HINT}")


if __name__ == "__main__":
    _enter("main")
