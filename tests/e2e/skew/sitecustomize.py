"""Makes a process's wall clock wrong by the seconds in a file. Python imports a module of this name at its start.

When the file changes, the clock of the running process jumps. The monotonic clock is not changed.
"""

import os
import time

FILE = os.environ.get("SKEW_FILE")

if FILE:
    real, real_ns = time.time, time.time_ns

    def off():
        with open(FILE) as file:  # noqa: PTH123  pathlib would be imported before time is changed
            return float(file.read())

    time.time = lambda: real() + off()
    time.time_ns = lambda: real_ns() + int(off() * 1e9)
