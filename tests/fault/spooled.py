"""What waits in a spool, and waiting until nothing does."""

import os
import time

from kept import lost


def waiting(folder):
    return [name for name in os.listdir(folder) if name.endswith(".json")] if os.path.isdir(folder) else []


def still_lost(store, acknowledged, spool, seconds):
    """As kept.lost(), once the spool is empty or the time is over."""
    end = time.monotonic() + seconds
    while waiting(spool) and time.monotonic() < end:
        time.sleep(0.1)
    return lost(store, acknowledged)
