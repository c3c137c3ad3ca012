#!/usr/bin/env python3
"""The controls: the proofs against a program whose store or spool is broken. Each must find that reports were lost, or,
where jobtally notices before any is, that it could not go on.

P1 and P2 have controls of their own, in every run. --long asks for nothing more.
"""

import os
import re
import subprocess
import sys

from breaking import broken
from proof import SKIPPED, Proof, arguments

HERE = os.path.dirname(os.path.abspath(__file__))
# How the program is broken (see broken_store.c), and the proof.
CONTROLS = (("lie", "p4_kill_at.py", "--subject", "listen"), ("spool", "p4_kill_at.py", "--subject", "spool"),
            ("lie", "p5_errors.py"), ("spool", "p6_full.py"), ("spool", "p7_locked.py"),
            ("lie", "../store/p8_crowd.py"), ("lie", "p9_ingest.py"),
            ("unlock", "other_program.py"))
# Those that the program itself notices before anything is lost: the proof fails all the same.
NOTICED = ("unlock",)
PATIENCE = 300  # seconds
SEEDS = 40  # of which one in three is enough: what P4 and P5 do is drawn by chance: not each draw comes to where something is lost


def broken_program(proof, program, how):
    """A script that runs the program with its store broken."""
    variables = " ".join('%s="%s"' % pair for pair in broken(proof, how).items())
    path = proof.path("jobtally")
    with open(path, "w") as script:
        script.write('#!/bin/sh\nexport %s\nexec "%s" "$@"\n' % (variables, program))
    os.chmod(path, 0o700)
    return path


def run(proof, program, how, name, *options):
    """How it ended, its last line, and how many it found to be lost."""
    words = [sys.executable, os.path.join(HERE, name), broken_program(proof, program, how), *options]
    # What they leave, for they find something, goes away with this folder.
    variables = {**os.environ, "TMPDIR": proof.folder}
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, env=variables)
    told = (done.stdout.strip().splitlines() or [done.stderr])[-1]
    found = re.search(r"(\d+) lost|lost (\d+)", told)
    return done.returncode, told, int(found[1] or found[2]) if found else 0


def check(proof, program, seed, how, name, *options):
    is_drawn = "/" not in name
    for n in range(SEEDS if is_drawn else 1):
        seeded = ("--seed", str(seed + n)) if is_drawn else ()
        code, told, lost = run(proof, program, how, name, *options, *seeded)
        if code == SKIPPED:
            return print("%s, %s: %s" % (name, how, told), flush=True)
        is_found = code == 1 and (lost > 0 or how in NOTICED)
        if is_found:
            break
    print("%s, %s: %s" % (name, how, told), flush=True)
    proof.count("controls")
    proof.count("lost in them", lost)
    return proof.expect(is_found, "%s finds nothing with %s: %s" % (name, how, told))


def main():
    options = arguments(__doc__)
    proof = Proof("controls")
    for control in CONTROLS:
        check(proof, options.program, options.seed, *control)
    proof.end()


if __name__ == "__main__":
    main()
