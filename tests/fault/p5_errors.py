#!/usr/bin/env python3
"""P5: EIO and ENOSPC at the N-th write or sync, once or from then on, of the store and (while that is locked) of the
spool. No 2xx is false: what was acknowledged is in the store after the next start. After a failed sync of the store a
listener that has stored something ends, with an error, and one that has not goes on with the spool; where there is no
room it answers 202 or 503 and goes on.

A sample of N; --long: every N from 1 until a run ends without an injected error.
"""

import contextlib
import itertools
import os
import random

from calls import Calls
from injecting import counting, last_calls, words
from kept import damage, duplicates
from listener import Listener, NotStarted
from locks import guard_held
from proof import Proof, arguments, need, need_option
from spooled import still_lost
from subjects import Listen

STORE_CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate")
SPOOL_CALLS = ("fsync", "rename", "unlink", "openat")
SAMPLE = 5  # of the cases in the short form
BEYOND = 25  # another run may make so many calls more than the first
ENDS_IN = 20  # seconds, after a failed sync
TAKEN_IN = 30  # seconds for the spool to be emptied
LOADER_FAILED = 127  # the program's libraries could not be opened


class Injected(Calls):
    def __init__(self):
        super().__init__()
        self.calls = []

    def begin(self, name, file, rest):
        pass

    def end(self, name, file, rest, begun, result):
        if "(INJECTED)" in rest:
            self.calls.append((name, file))


class Disturbed(Listen):
    """`lock` is held around the run; what was injected is told by strace."""

    def __init__(self, proof, program, lock):
        super().__init__(proof, program)
        self.lock = lock
        self.trace = proof.path("trace")
        self.spool = self.store + "-spool"

    def prepare(self):
        """A store that is there already, so that the first calls are those of the listener's work."""
        self.proof.clear()
        Listener(self.program, self.store).stop()

    def injected(self):
        """The calls that failed, each as (name, the path of its descriptor)."""
        found = Injected()
        with open(self.trace, errors="replace") as lines:
            for line in lines:
                found.feed(line)
        return found.calls

    def failed_syncs(self):
        """Of the store, and of the folder that has its names. SQLite syncs that folder too, without a look at what
        becomes of it, which is why jobtally does it once more (fsync)."""
        folder = os.path.dirname(self.store)
        return [(name, path) for name, path in self.injected()
                if name == "fdatasync" and path.startswith(self.store) or name == "fsync" and path == folder]

    def must_end(self):
        return self.failed_syncs() and 200 in [status for status, _ in self.answers]

    def run(self, before):
        self.acknowledged, self.answers = {}, []
        with self.lock(self.store):
            try:
                listener = Listener(self.program, self.store, before=before)
            except NotStarted as error:
                return error.code
            with contextlib.suppress(OSError):
                self.post_all(listener)
            if self.must_end() and listener.wait(ENDS_IN) is None:
                self.expect(False, "it goes on after a failed sync")
            return listener.process.returncode if listener.process.returncode is not None else listener.stop()

    def post_all(self, listener):
        with listener.connect() as connection:
            for text, reports in self.steps():
                self.answers.append(connection.post(text))
                if self.answers[-1][0] // 100 == 2:
                    self.acknowledged.update(reports)


def check_run(proof, subject, error, code):
    statuses = [status for status, _ in subject.answers]
    proof.count("runs")
    proof.count("errors injected", len(subject.injected()))
    for status in (200, 202, 503):
        proof.count("answered %d" % status, statuses.count(status))
    subject.expect(set(statuses) <= {200, 202, 400, 503}, "answered %s" % statuses)
    subject.expect(code in (0, 1) or code == LOADER_FAILED and not statuses, "exit status %d" % code)
    if subject.must_end():
        subject.expect(code == 1, "exit status %d after a failed sync" % code)
    elif error == "ENOSPC" and not subject.failed_syncs():
        subject.expect(len(statuses) == 8 and code == 0 or not statuses, "it did not go on: %s, exit status %d"
                       % (statuses, code))


def check_next(proof, subject):
    """Without errors: what was acknowledged comes out of the store or of the spool, and all works."""
    acknowledged = subject.acknowledged
    listener = Listener(subject.program, subject.store)
    missing = still_lost(subject.store, acknowledged, subject.spool, TAKEN_IN)
    proof.count("acknowledged", len(acknowledged))
    proof.count("lost", len(missing))
    subject.expect(not missing, "lost %s" % missing)
    subject.expect(not damage(subject.store) and duplicates(subject.store) == 0, "the store is damaged")
    with listener.connect() as connection:
        statuses = [connection.post(text)[0] for text, _ in subject.steps()]
    subject.expect(statuses == [200] * 6 + [400, 200], "answered %s in the next run" % statuses)
    subject.expect(listener.stop() == 0, "the next listener ended badly")


def one_run(proof, subject, call, error, when):
    """True where an error was injected."""
    subject.at = "%s %s at %s" % (error, call, when)
    subject.prepare()
    before = words(call, "error=" + error, when, trace=subject.trace)
    code = subject.run(before)
    check_run(proof, subject, error, code)
    was_injected = bool(subject.injected())
    check_next(proof, subject)
    return was_injected


def every_n(proof, subject, call, error, more, last):
    for n in range(1, last + BEYOND):
        if not one_run(proof, subject, call, error, "%d%s" % (n, more)):
            return
    subject.expect(False, "still injected")


def calls_of(subject):
    subject.at = "undisturbed"
    subject.prepare()
    code = subject.run(counting(subject.trace))
    subject.expect(code == 0, "exit status %d" % code)
    return last_calls(subject.trace)


def try_place(proof, subject, calls, is_long, chance):
    counts = calls_of(subject)
    cases = [case for case in itertools.product(calls, ("EIO", "ENOSPC"), ("", "+")) if counts[case[0]]]
    for call, error, more in cases if is_long else chance.sample(cases, SAMPLE):
        if is_long:
            every_n(proof, subject, call, error, more, counts[call])
        else:
            one_run(proof, subject, call, error, "%d%s" % (chance.randint(1, counts[call]), more))
    print("%s: %s" % (", ".join(calls), dict(counts)), flush=True)


def main():
    options = arguments(__doc__)
    need("strace")
    need_option(options.program, "listen", "--spool")
    proof = Proof("p5")
    chance = random.Random(options.seed)
    store = Disturbed(proof, options.program, contextlib.nullcontext)
    one_run(proof, store, "fdatasync", "EIO", "1+")
    store.expect([status for status, _ in store.answers] == [202] * 8, "a store without a sync: %s" % store.answers)
    try_place(proof, store, STORE_CALLS, options.long, chance)
    try_place(proof, Disturbed(proof, options.program, guard_held), SPOOL_CALLS, options.long, chance)
    proof.end()


if __name__ == "__main__":
    main()
