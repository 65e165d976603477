"""Python imports this by its name at a process's start: the wall clock is then off by the seconds that stand in a file.

The file may change while the process runs, which is a step of its clock. Only what time the machine says it is changes; what
elapses does not.
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
