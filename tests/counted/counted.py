#!/usr/bin/env python3
"""Counts what the program does for fixed inputs, and fails where it has become more than 5 % more than was accepted.

Counted are instructions (by callgrind) and system calls (by strace), which unlike times hardly differ from run to run: so a
regression shows on any machine. What compiler, options and libraries make of the sources differs, so figures are
accepted for a kind of build, in accepted.json; for one that has none the test is skipped (77).

Usage: counted.py --build KIND [--accept] JOBTALLY; `ninja accept_counts` in the folder of the build accepts what it has.
"""

import argparse
import json
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from counters import instructions, system_calls
from works import QUESTIONS, Works

ACCEPTED = Path(__file__).with_name("accepted.json")
MOST_GROWTH = 1.05
MOST_TRIES = 3
SKIPPED = 77


def read_arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("program", type=Path)
    parser.add_argument("--build", required=True, help="compiler, its version, build type and what else makes a difference")
    parser.add_argument("--accept", action="store_true", help="what is counted is what is right from now on")
    return parser.parse_args()


def kind_of(build):
    system = platform.freedesktop_os_release()
    return f"{system['ID']} {system.get('VERSION_ID', 'rolling')}, {platform.machine()}, {build}"


def count_all(program, accepted):
    """{figure: count}. Instructions of a work are those beyond what any start of the program takes."""
    counted = {}
    with tempfile.TemporaryDirectory(prefix="jobtally-test-") as folder:
        works = Works(program, Path(folder))
        questions = {question: works.ask(question) for question in QUESTIONS}
        start = instructions(program, works.folder, works.start)
        counted["start: instructions"] = start
        for name, work in {"ingest": works.ingest, "listen": works.listen, **questions}.items():
            counted.update(least(accepted, lambda: {
                f"{name}: instructions": instructions(program, works.folder, work) - start}))
        for name, work in {"ingest": works.ingest, "listen": works.listen, "rates": questions["rates"]}.items():
            counted.update(least(accepted, lambda: {
                f"{name}: {call}": count for call, count in system_calls(program, works.folder, work).items()}))
    return counted


def least(accepted, count):
    """A listener does some of its work by the clock, so on a busy machine there may be more, and never less, of it."""
    counted = count()
    for _ in range(MOST_TRIES - 1):
        if not accepted or not grown(counted, accepted):
            break
        again = count()
        counted = {name: min(value, again.get(name, value)) for name, value in counted.items()}
    return counted


def grown(counted, accepted):
    """The figures that are more than they may be. What nobody has accepted yet is more than nothing."""
    return [name for name, count in counted.items() if count > MOST_GROWTH * accepted.get(name, 0)]


def tell(counted, accepted, wrong):
    for name, count in counted.items():
        change = f"{100 * count / accepted[name] - 100:+.1f} %" if accepted.get(name) else "new"
        print(f"{name:24} {count:12}  {change}{'  WRONG' if name in wrong else ''}")


def accept(kind, counted, all_accepted):
    all_accepted[kind] = counted
    ACCEPTED.write_text(json.dumps(all_accepted, indent=1, sort_keys=True) + "\n")
    print("accepted for: " + kind)


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def main():
    arguments = read_arguments()
    for tool in ("valgrind", "strace"):
        if not shutil.which(tool):
            skip(tool + " is not there")
    kind = kind_of(arguments.build)
    all_accepted = json.loads(ACCEPTED.read_text())
    accepted = all_accepted.get(kind, {})
    if not accepted and not arguments.accept:
        skip("there are no accepted figures for: " + kind)
    if arguments.accept:
        counted = count_all(arguments.program.resolve(), {})
        tell(counted, accepted, [])
        return accept(kind, counted, all_accepted)
    counted = count_all(arguments.program.resolve(), accepted)
    wrong = grown(counted, accepted)
    tell(counted, accepted, wrong)
    unfound = len(counted) - len(grown(counted, {name: count / 1.06 for name, count in counted.items()}))
    print(f"{len(counted)} figures, {len(wrong)} have grown by more than 5 %; {len(wrong) + unfound} wrong")
    if wrong:
        print("hint: if that is meant, `ninja accept_counts` in the folder of the build accepts it")
    sys.exit(1 if wrong or unfound else 0)


if __name__ == "__main__":
    main()
