"""The command line that the tests written as programs share, and their last line."""
import argparse
import os
import sys
import tempfile


def arguments(description, **more):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("program", help="the path of jobtally")
    parser.add_argument("--long", action="store_true", help="all of it; without it what takes seconds")
    for name, help in more.items():
        parser.add_argument("--" + name.replace("_", "-"), help=help)
    given = parser.parse_args()
    given.program = os.path.abspath(given.program)
    return given


def scratch():
    return tempfile.TemporaryDirectory(prefix="jobtally-test-")


class Findings:
    """What went wrong, told at once and counted."""

    def __init__(self, is_told=True):
        self.count = 0
        self.is_told = is_told

    def check(self, is_right, what):
        if not is_right:
            self.count += 1
            if self.is_told and self.count <= 40:
                print("WRONG: " + what, flush=True)
        return is_right

    def conclude(self, counts):
        """The final line, and the end of the program."""
        print("%s; %d wrong" % (counts, self.count))
        sys.exit(1 if self.count else 0)
