"""Runs programs, measures them as whole processes, and records and prints figures: `name value unit`, a line each.

Nothing here judges a time. What is compared runs interleaved (A B A B ...), so that what else happens on the machine
hits all alike; the figure is the median.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
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
    all its threads used, which tells more where other work goes on. memory is its peak in bytes, yet never below the 20 MB
    that this program has itself: a child begins with those. For less there is peak_of."""
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


def peak_of(arguments):
    """The peak of its memory in MB, by the word of GNU time, which is small itself; None where there is none."""
    if not shutil.which("time"):
        return None
    with tempfile.NamedTemporaryFile("r") as told:
        run(["time", "--format=%M", f"--output={told.name}", *arguments])
        return int(told.read()) * 1024e-6


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


class Figures:
    """What was measured: {name: {"unit", "values"}}; those of times also have "cpu", in the same unit, and "memory", in MB.
    Each is printed as it comes."""

    def __init__(self):
        self.recorded = {}

    def add(self, name, values, unit, more=""):
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        self.recorded[name] = {"unit": unit, "values": values}
        line = f"{name} {spelled(statistics.median(values))} {unit}"
        if len(values) > 1:
            line += f"   min {spelled(min(values))} max {spelled(max(values))} runs {len(values)}"
        print(line + more, flush=True)

    def add_times(self, name, runs, unit="s"):
        scale = {"s": 1, "ms": 1000}[unit]
        used = [done.cpu_seconds * scale for done in runs]
        memory = [done.memory * 1e-6 for done in runs]
        more = f"   cpu {spelled(statistics.median(used))}"
        self.add(name, [done.seconds * scale for done in runs], unit, more)
        self.recorded[name].update(cpu=used, memory=memory)

    def skip(self, name, missing):
        print(f"{name} skipped: {missing} is not there; tests/bench/setup.sh installs it", flush=True)


def spelled(value):
    if isinstance(value, int) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def note(text):
    print(text, file=sys.stderr, flush=True)
