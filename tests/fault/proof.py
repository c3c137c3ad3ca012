"""How a proof begins and ends: its arguments, its folder, its last line, its exit status."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77


def arguments(text, *options):
    """`options` are (flag, keywords) of this proof alone; all have PROGRAM, --long and --seed."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PATH-OF-JOBTALLY", type=os.path.abspath)
    parser.add_argument("--long", action="store_true", help="as the bar asks for it; takes minutes")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what is random (default: the time)")
    for flag, keywords in options:
        parser.add_argument(flag, **keywords)
    return parser.parse_args()


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def need(*programs):
    if "strace" in programs and platform.machine() != "x86_64":
        skip("system calls have other names on this machine")
    for program in programs:
        if shutil.which(program) is None:
            skip(program + " is not installed")
    if "strace" in programs and subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
        skip("strace may not trace here")


def has_option(program, command, option):
    return option in subprocess.run([program, command, "--help"], capture_output=True, text=True).stdout


def need_option(program, command, option):
    if not has_option(program, command, option):
        skip("this program has no %s %s" % (command, option))


class Proof:
    """Collects counts and what went wrong; the folder goes away only where nothing did."""

    def __init__(self, name):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="jobtally-%s-" % name)
        self.counts = {}
        self.problems = []
        self.began = time.monotonic()

    def path(self, name):
        return os.path.join(self.folder, name)

    def clear(self):
        """Empties the folder."""
        for name in os.listdir(self.folder):
            shutil.rmtree(self.path(name)) if os.path.isdir(self.path(name)) else os.remove(self.path(name))

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def wrong(self, text, limit=20):
        self.problems.append(text)
        if len(self.problems) <= limit:
            print("WRONG: " + text[:500], flush=True)

    def expect(self, holds, text):
        if not holds:
            self.wrong(text)
        return holds

    def end(self):
        """Prints the last line and exits."""
        if not self.problems:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print("what it left is in " + self.folder)
        counts = ", ".join("%s %s" % (number if isinstance(number, int) else "%.1f" % number, what)
                           for what, number in self.counts.items())
        print("%s: %s, %d problems, in %d s" % (self.name, counts, len(self.problems), time.monotonic() - self.began))
        sys.exit(1 if self.problems else 0)
