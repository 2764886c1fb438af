"""sqlite-utils' `Database`, loaded without pandas.

Where pandas and numpy are installed sqlite-utils loads them, to store their values, of which we have none. That would
take longer than publishing does.
"""

import sys

_NOT_NEEDED = [name for name in ("pandas", "numpy") if name not in sys.modules]

sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]  # None: taken for not installed
try:
    from sqlite_utils import Database
finally:
    for name in _NOT_NEEDED:
        sys.modules.pop(name, None)

__all__ = ["Database"]
