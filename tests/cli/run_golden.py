#!/usr/bin/env python3
"""Runs the golden tests of the command line: each case's output must be what its folder says, byte for byte.

Usage: run_golden.py [--update] JOBTALLY [COMMAND[/CASE]]...
A case is a folder tests/cli/COMMAND/CASE with a file `cmd` (bash text) and the expected `stdout`, `stderr` and `exit`;
a missing one means nothing, nothing and 0. `cmd` runs in an empty folder of its own with what support.sh defines,
$SAMPLES and the clock at 2026-11-22 08:30 UTC; it finds no store but the one it makes at store.db ($JOBTALLY_DB).
In the output, what differs from run to run is named: $TMP, $SAMPLES and $JOBTALLY.
"""

import argparse
import difflib
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent.parent / "data" / "samples"
NOW = "2026-11-22T08:30:00Z"
SANITIZERS = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
TIME_LIMIT_SECONDS = 600 if any(name in os.environ for name in SANITIZERS) else 60


def run_case(case, program):
    """What a case prints and returns: {file name: text}."""
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        folder = os.path.realpath(folder)
        environment = {
            "PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1",
            "BASH_ENV": str(HERE / "support.sh"), "JOBTALLY": program, "SAMPLES": str(SAMPLES), "JOBTALLY_NOW": NOW, "JOBTALLY_DB": folder + "/store.db",
            "JOBTALLY_CONFIG": "/dev/null",
        }
        for name in (*SANITIZERS, "LLVM_PROFILE_FILE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        process = subprocess.Popen(["bash", str(case / "cmd")], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            stdout, stderr = process.communicate(timeout=TIME_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what it left running as well
            stdout, stderr = process.communicate()
            stderr += f"\nstopped after {TIME_LIMIT_SECONDS} s\n".encode()

        def named(raw):
            text = raw.decode("utf-8", "backslashreplace")
            return text.replace(folder, "$TMP").replace(str(SAMPLES), "$SAMPLES").replace(program, "$JOBTALLY")

        return {"stdout": named(stdout), "stderr": named(stderr), "exit": f"{process.returncode}\n"}


def expected(case):
    """What the case's folder says: as run_case()."""
    silent = {"stdout": "", "stderr": "", "exit": "0\n"}
    return {name: (case / name).read_text() if (case / name).exists() else text for name, text in silent.items()}


def write_expected(case, got):
    for name, text in got.items():
        if text == ("0\n" if name == "exit" else ""):
            (case / name).unlink(missing_ok=True)
        else:
            (case / name).write_text(text)


def difference(case, got):
    lines = []
    for name, text in expected(case).items():
        lines += difflib.unified_diff(text.splitlines(True), got[name].splitlines(True), f"expected {name}", f"got {name}")
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def chosen_cases(names):
    cases = sorted(cmd.parent for cmd in HERE.glob("*/*/cmd"))
    if names:
        cases = [case for case in cases if {case.parent.name, f"{case.parent.name}/{case.name}"} & set(names)]
    return cases


def main():
    parser = argparse.ArgumentParser(description="golden tests of the command line")
    parser.add_argument("--update", action="store_true", help="write what the program does now into the folders")
    parser.add_argument("program")
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    program = os.path.realpath(options.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"run_golden: error: \"{program}\" is no program")
    cases = chosen_cases(options.case)
    if not cases:
        sys.exit(f"run_golden: error: no case matches {' '.join(options.case)}")
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = list(pool.map(lambda case: run_case(case, program), cases))
    failed = 0
    for case, got in zip(cases, results):
        name = f"{case.parent.name}/{case.name}"
        if got == expected(case):
            continue
        if options.update:
            write_expected(case, got)
            print(f"updated {name}")
        else:
            failed += 1
            print(f"FAILED {name}: {(case / 'cmd').read_text().strip()}\n{difference(case, got)}")
    print(f"golden: {len(cases) - failed} of {len(cases)} cases as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
