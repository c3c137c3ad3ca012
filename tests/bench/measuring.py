"""Runs programs, measures them as whole processes, and prints figures: `name value unit`, a line each.

Nothing here judges a time. What is compared runs interleaved (A B A B ...), so that what else happens on the machine
hits all alike; the figure is the median.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

NOW = "2026-11-20T00:00:00Z"  # where the made-up history ends


def environment():
    """The caller's, without what would change jobtally's answers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JOBTALLY_")}
    return {**kept, "TZ": "UTC", "NO_COLOR": "1", "JOBTALLY_NOW": NOW}


@dataclass
class Run:
    """seconds pass on the clock, from before the program is started until it has been waited for; cpu_seconds are what
    all its threads used, which tells more where other work goes on. memory is its peak, in bytes."""
    seconds: float
    cpu_seconds: float
    memory: int = 0


def run(arguments, expected=0):
    """Runs a program with its output thrown away; raises when it doesn't exit as expected."""
    arguments = [str(argument) for argument in arguments]
    path = shutil.which(arguments[0])
    if path is None:
        raise FileNotFoundError(arguments[0])
    null = os.open(os.devnull, os.O_RDWR)
    try:
        actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
        begun = time.perf_counter()
        child = os.posix_spawn(path, arguments, environment(), file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begun
    finally:
        os.close(null)
    code = os.waitstatus_to_exitcode(status)
    if code != expected:
        raise RuntimeError(f"{' '.join(arguments)}: exited with {code}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def text_of(arguments):
    """What a program prints, without the newline at the end."""
    done = subprocess.run([str(argument) for argument in arguments], env=environment(), check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.rstrip("\n")


def interleaved(rounds, works):
    """{name: work} -> {name: results}; each round does each work once. A work returns what it measured."""
    results = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            results[name].append(work())
    return results


def settle_disk():
    """What earlier work left to be written must not be paid for by the next."""
    os.sync()


def remove_store(path):
    for beside in ("", "-wal", "-shm", ".lock", ".wal"):
        Path(f"{path}{beside}").unlink(missing_ok=True)


def figure(name, values, unit, scale=1, more=""):
    """Prints the median of the values, with the range where there are several, and returns it unscaled."""
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    middle = statistics.median(values)
    line = f"{name} {spelled(middle * scale)} {unit}"
    if len(values) > 1:
        line += f"   min {spelled(min(values) * scale)} max {spelled(max(values) * scale)} runs {len(values)}"
    print(line + more, flush=True)
    return middle


def time_figure(name, runs, unit="s"):
    """Prints the median of the seconds on the clock, and that of the processor's, and returns the former in seconds."""
    scale = {"s": 1, "ms": 1000}[unit]
    used = statistics.median(done.cpu_seconds for done in runs) * scale
    return figure(name, [done.seconds for done in runs], unit, scale, f"   cpu {spelled(used)}")


def spelled(value):
    if isinstance(value, int) or value >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.1f}"


def ratio(name, value, other):
    """Prints value / other, both medians; nothing where one of them is missing."""
    if value is not None and other:
        print(f"{name} {value / other:.3f} x", flush=True)


def skipped(name, missing):
    print(f"{name} skipped: {missing} is not there; tests/bench/setup.sh installs it", flush=True)


def note(text):
    print(text, file=sys.stderr, flush=True)
