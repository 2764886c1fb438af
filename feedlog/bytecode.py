"""Compiled files that were cut short: what a Python that does not look at how much it wrote leaves on a full disk.

Every later import of such a module fails, until somebody removes the file; so feedlog does.
"""

import importlib
import os
from types import ModuleType

HINT = "It is removed now. Look what was done, and call again."


def said(path: str) -> str:
    """What happened to a call that met this file in the middle."""
    return f"Python's compiled file {path} was cut short, as happens on a full disk."


def loaded(name: str) -> ModuleType:
    """The module of that name. A compiled file cut short is removed, and the module compiled from its source again."""
    while True:
        try:
            return importlib.import_module(name)
        except EOFError as error:
            if not removed(error):
                raise


def removed(error: BaseException | None) -> str:
    """The compiled file that made an import fail, now removed; empty where the error has another reason."""
    if not isinstance(error, EOFError):
        return ""
    step = error.__traceback__
    while step is not None:
        # The importer says nowhere else which file it was reading.
        if step.tb_frame.f_code.co_filename.startswith("<frozen importlib"):
            path = step.tb_frame.f_locals.get("bytecode_path")
            if isinstance(path, str) and path.endswith(".pyc") and os.path.exists(path):
                os.remove(path)
                return path
        step = step.tb_next
    return ""
