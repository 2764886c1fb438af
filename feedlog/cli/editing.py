"""Writing a text in the person's own editor. The draft is a file, and stays one until its note is stored."""

import os

from feedlog.errors import NotStored, Refused, WrongUsage


def open_draft(folder: str, text: str) -> str:
    """A new draft file only its owner can read; returns its path."""
    import tempfile  # here: only for --edit

    from feedlog.operations.spool import DRAFT

    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, path = tempfile.mkstemp(prefix=DRAFT, suffix=".txt", dir=folder)
    except OSError as error:
        raise NotStored(
            f"A draft cannot be written to {folder}: {error.strerror}.", hint="Pipe the text in."
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def edited(path: str, *, begun: str = "") -> str:
    """The draft's text after the editor was closed; `begun` is what stood in it before.

    Raises Refused when the editor failed or an ID number is to be rejected, WrongUsage when the draft is empty; a draft
    with a word of its own in it is kept and named.
    """
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), path], check=False).returncode
    except (OSError, ValueError) as error:
        _discard_if_untouched(path, begun)
        raise Refused(f"The editor {editor!r} cannot be started: {error}.", hint=f"Set EDITOR.{_kept(path)}") from error
    with open(path, "rb") as file:
        raw = file.read()
    if status:
        _discard_if_untouched(path, begun)
        raise Refused(f"The editor ended with status {status}; nothing was logged.", hint=f"Try again.{_kept(path)}")
    if not raw.strip():
        os.unlink(path)
        raise WrongUsage("The text is empty.", hint="Nothing was logged.")
    from feedlog.language.decoding import decode
    from feedlog.operations import checks

    try:
        return checks.text(decode(raw).text, "text")
    except (WrongUsage, Refused) as error:
        raise type(error)(error.message, hint=f"{error.hint}{_kept(path)}") from error


def discard(path: str) -> None:
    """Removes a draft whose note is stored."""
    os.unlink(path)


def _discard_if_untouched(path: str, begun: str) -> None:
    with open(path, "rb") as file:
        untouched = file.read() in (b"", begun.encode())
    if untouched:
        os.unlink(path)


def _kept(path: str) -> str:
    return f" Your text is in {path}." if os.path.exists(path) else ""
