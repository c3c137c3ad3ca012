#!/usr/bin/env python3
"""P4: SIGKILL at the N-th call of a kind (write, sync, send, open, rename ...), for listen, for taking in the spool,
for ingest, db backup and the migration of a store of version 1. Whatever N is, all or nothing of each step is there,
what was acknowledged is there, the file is sound, and the next run works.

A sample of N; --long: every N from 1 until a run ends undisturbed. --subject NAME for one alone.
"""

import random
import re
import subprocess

from injecting import CALLS, counting, last_calls, words
from listener import environment
from proof import Proof, arguments, has_option, need
from subjects import Backup, Ingest, Listen, Migrate, TakeIn, was_killed

SAMPLE = 4  # of a subject's steps in the short form
BEYOND = 25  # another run may make so many calls more than the first


def can_back_up(program):
    told = subprocess.run([program, "db", "--help"], capture_output=True, env=environment()).stdout
    return re.search(rb"(?m)^ +backup\b", told) is not None


def one_run(proof, subject, call, n):
    """True when it was killed."""
    subject.at = "%s, %s %d" % (subject.name, call, n)
    subject.prepare()
    code = subject.run(words(call, "signal=SIGKILL", n))
    proof.count("runs")
    subject.expect(code == 0 or was_killed(code), "exit status %d" % code)
    subject.check(code)
    subject.check_again()
    proof.count("killed", int(was_killed(code)))
    return was_killed(code)


def every_n(proof, subject, call, last):
    for n in range(1, last + BEYOND if last else 1):
        if not one_run(proof, subject, call, n):
            return
    subject.expect(last == 0, "still killed")


def calls_of(proof, subject):
    subject.at = subject.name
    subject.prepare()
    trace = proof.path("trace")
    code = subject.run(counting(trace))
    subject.expect(code == 0, "exit status %d without any signal" % code)
    return last_calls(trace)


def try_subject(proof, subject, is_long, chance):
    counts = calls_of(proof, subject)
    if is_long:
        for call in CALLS:
            every_n(proof, subject, call, counts[call])
    else:
        steps = [(call, n + 1) for call in CALLS for n in range(counts[call])]
        for step in chance.sample(steps, min(SAMPLE, len(steps))):
            one_run(proof, subject, *step)
    print("%s is done: %s" % (subject.name, dict(counts)), flush=True)


def main():
    options = arguments(__doc__, ("--subject", {}))
    need("strace")
    proof = Proof("p4")
    chance = random.Random(options.seed)
    for kind in (Listen, TakeIn, Ingest, Migrate, Backup):
        if options.subject not in (None, kind.name):
            continue
        if kind is Backup and not can_back_up(options.program):
            print("backup is left out: this program has no `db backup`")
            continue
        if kind is TakeIn and not has_option(options.program, "listen", "--spool"):
            print("spool is left out: this program has none")
            continue
        try_subject(proof, kind(proof, options.program), options.long, chance)
    proof.end()


if __name__ == "__main__":
    main()
