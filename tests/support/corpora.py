"""Where the public torture sets are: they are no part of the project."""
import os
import sys

SKIPPED = 77


def corpus(name):
    """The path of a torture set. Where it is absent the program says so and ends as skipped."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "corpora")
    path = os.path.join(os.environ.get("JOBTALLY_CORPORA") or os.path.normpath(beside), name)
    if not os.path.exists(path):
        print("skipped: there is no %s (set JOBTALLY_CORPORA to the folder of the torture sets)" % path)
        sys.exit(SKIPPED)
    return path
