"""The folders where a program keeps its files on this platform.

platformdirs knows them everywhere, but importing it costs `feedlog add` a tenth of its time. So the rule of Linux and
other desktops that follow the XDG Base Directory Specification stands here, and a test holds it equal to
platformdirs; every other platform asks the library.
"""

import os
import sys

_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", os.path.join(".local", "share")),
    "state": ("XDG_STATE_HOME", os.path.join(".local", "state")),
}


def user_folder(kind: str) -> str:
    """The user's folder for feedlog's 'config', 'data' or 'state'; it need not exist."""
    if not sys.platform.startswith("linux") or "ANDROID_DATA" in os.environ:
        import platformdirs

        where: str = getattr(platformdirs, f"user_{kind}_dir")("feedlog", appauthor=False)
        return where
    variable, beneath = _XDG[kind]
    base = os.environ.get(variable, "").strip()
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), beneath)
    return os.path.join(base, "feedlog")
