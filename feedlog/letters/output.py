"""Writes a letter to a file in the format its name asks for; the file is there whole or not at all."""

import os
import tempfile
from pathlib import Path

from feedlog.errors import NotStored, Refused, WrongUsage
from feedlog.letters import SUFFIXES
from feedlog.letters.sheet import Sheet


def check(path: str, *, force: bool) -> None:
    """Refuses, before anything is done, a name that asks for no format of ours, a file that is there, no folder."""
    _suffix(path)
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder.", hint="Name a file, such as letter.pdf inside it.")
    if os.path.lexists(path) and not force:
        raise Refused(f"{path} is there already.", hint="Name another file, or write over it with --force.")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise Refused(f"There is no folder {folder}.", hint="Make it first, or name another.")


def rendered(sheet: Sheet, path: str) -> bytes:
    """The letter's bytes in the format of the path's suffix."""
    suffix = _suffix(path)
    # Each is loaded only where it is asked for: the libraries behind them are large.
    if suffix == ".html":
        from feedlog.letters import html

        return html.drawn(sheet)
    if suffix == ".docx":
        from feedlog.letters import docx

        return docx.drawn(sheet)
    if suffix == ".pdf":
        from feedlog.letters import pdf

        return pdf.drawn(sheet)
    return f"{sheet.text}\n".encode()


def write(path: str, content: bytes, *, force: bool) -> None:
    """Writes a file only its owner can read; raises Refused where one is there, NotStored where none can be made."""
    unfinished = None
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".letter-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(unfinished, path)
        else:
            os.link(unfinished, path)  # unlike a rename it never takes the place of a file that came meanwhile
            os.unlink(unfinished)
    except FileExistsError:
        _discard(unfinished)
        raise Refused(f"{path} is there already.", hint="Name another file, or write over it with --force.") from None
    except OSError as error:
        _discard(unfinished)
        raise NotStored(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error


def _discard(path: str | None) -> None:
    if path and os.path.exists(path):
        os.unlink(path)


def _suffix(path: str) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        named = f"{suffix!r} files" if suffix else "a file without a suffix"
        raise WrongUsage(
            f"Letters are not written as {named}: {path}.", hint=f"The name ends in one of: {', '.join(SUFFIXES)}."
        )
    return suffix
