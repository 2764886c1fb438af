"""python watched.py FILE COMMAND ...: runs a program, and writes to FILE the most memory it held, as the system counts.

A program begins as a copy of the one that starts it, and that counts as its own. So it must be started by a small one.
"""

import os
import sys

_, told, *command = sys.argv
_, waited, used = os.wait4(os.posix_spawnp(command[0], command, os.environ), 0)
with open(told, "w", encoding="ascii") as file:
    file.write(str(used.ru_maxrss))
status = os.waitstatus_to_exitcode(waited)
sys.exit(status if status >= 0 else 128 - status)
