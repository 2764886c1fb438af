"""The files that stand at the project's top level and travel inside the package."""

import os

from feedlog.errors import Refused


def shipped_path(name: str) -> str:
    """The path of `schema.sql` or `metadata.yml`: in an installed package beside the code, in a checkout above it."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for folder in (package, os.path.dirname(package)):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    raise Refused(f"{name} is missing from this installation of feedlog.", hint="Install feedlog again.")


def shipped_text(name: str) -> str:
    """The text of `schema.sql` or `metadata.yml`."""
    with open(shipped_path(name), encoding="utf-8") as file:
        return file.read()
