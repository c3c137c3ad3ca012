#!/usr/bin/env python3
"""P7: the store is locked by another process while reports come in: each is acknowledged, in time, and none is lost.

Three listeners at once. Either the write guard is held or SQLite's own lock; and the spool is taken in by the listener
itself when the lock is gone, by `jobtally ingest` after SIGTERM, or by the next listener after SIGKILL.
8 s and 150 POSTs each; --long: 60 s and 1,000 POSTs.
"""

import subprocess
import threading

from kept import damage, duplicates
from listener import Listener, environment, ingest_nothing
from locks import guard_held, sqlite_held
from pace import Pace, percentile
from proof import Proof, arguments, need_option
from spooled import still_lost, waiting

BAR = 2.0  # seconds
TAKEN_IN = 60  # seconds for the spool to be emptied


def post_while_locked(listener, name, lock, count, seconds, end):
    """The Pace; `end` is called while the lock is still held."""
    with lock(listener.store):
        pace = Pace(listener, name, 4, count / seconds, count)
        pace.join()
        end(listener)
    return pace


def others_wait(proof, program, store):
    """Commands that wait for the guard say so once, but for those that are told to be quiet."""
    commands = [["ingest", "-"], ["db", "prune", "--before", "2001"], ["db", "verify", "--repack"], ["-q", "ingest", "-"]]
    subprocess.run([program, "--db", store, "ingest", "-"], input=b"", capture_output=True, env=environment())
    with guard_held(store):
        waiting = [subprocess.Popen([program, "--db", store, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE, env=environment(), text=True) for words in commands]
        for process in waiting[:-1]:
            line = process.stderr.readline()
            proof.expect('waiting for its lock "%s.lock"' % store in line, "%s: %r" % (process.args[3:], line))
    for process in waiting:
        said = process.communicate()[1]
        proof.expect(process.returncode == 0 and not said, "%s: %s %s" % (process.args[3:], process.returncode, said))


def check(proof, name, store, pace, count):
    missing = still_lost(store, pace.acknowledged, store + "-spool", TAKEN_IN)
    proof.count("posted", len(pace.answers))
    proof.count("acknowledged", len(pace.acknowledged))
    proof.count("spooled", pace.count(202))
    proof.count("lost", len(missing))
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(len(pace.acknowledged) == count, "%s: %d of %d acknowledged" % (name, len(pace.acknowledged), count))
    proof.expect(pace.count(202) > count // 2, "%s: only %d were spooled" % (name, pace.count(202)))
    proof.expect(not waiting(store + "-spool"), "%s: the spool is not emptied" % name)
    proof.expect(not damage(store) and duplicates(store) == 0, "%s: the store is damaged" % name)
    p99 = percentile(pace.times(), 99)
    proof.count("ms p99 of " + name, p99 * 1e3)
    proof.expect(p99 < BAR, "%s: p99 is over %d s" % (name, BAR))


def goes_on(proof, program, count, seconds):
    listener = Listener(program, proof.path("guard.db"))
    pace = post_while_locked(listener, "guard", guard_held, count, seconds, lambda _: None)
    check(proof, "guard", listener.store, pace, count)
    proof.expect(listener.stop() == 0, "the listener did not end well")


def ends_then_ingest(proof, program, count, seconds):
    codes = []
    listener = Listener(program, proof.path("sqlite.db"))
    pace = post_while_locked(listener, "sqlite", sqlite_held, count, seconds, lambda it: codes.append(it.stop()))
    proof.expect(codes == [0], "SIGTERM while locked: exit status %s" % codes)
    ingest_nothing(proof, program, listener.store)
    check(proof, "sqlite", listener.store, pace, count)


def is_killed_then_starts(proof, program, count, seconds):
    listener = Listener(program, proof.path("killed.db"))
    pace = post_while_locked(listener, "killed", guard_held, count, seconds, lambda it: it.kill())
    listener = Listener(program, listener.store)
    check(proof, "killed", listener.store, pace, count)
    proof.expect(listener.stop() == 0, "the next listener did not end well")


def guarded(proof, work, *arguments):
    """An exception in a thread is a problem too."""
    try:
        work(proof, *arguments)
    except Exception as error:
        proof.wrong("%s: %r" % (work.__name__, error))


def main():
    options = arguments(__doc__)
    need_option(options.program, "listen", "--spool")
    proof = Proof("p7")
    count, seconds = (1000, 60) if options.long else (150, 8)
    threads = [threading.Thread(target=guarded, args=(proof, work, options.program, count, seconds))
               for work in (goes_on, ends_then_ingest, is_killed_then_starts)]
    for thread in threads:
        thread.start()
    guarded(proof, others_wait, options.program, proof.path("others.db"))
    for thread in threads:
        thread.join()
    proof.end()


if __name__ == "__main__":
    main()
