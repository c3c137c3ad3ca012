#!/usr/bin/env python3
"""P9: 100,000 reports are ingested beside the listener, again and again until enough answers were timed: p99 < 50 ms.

So are large rejected bodies tried again and dropped. 300 timed answers; --long: 5,000. Times are printed; --assert-times holds them against the bar (on a quiet machine).
"""

import subprocess
import time

from kept import damage, duplicates, lost
from listener import Listener, environment, ingest_nothing
from pace import Pace, percentile
from proof import Proof, arguments
from reports import lines

REPORTS = 100000
RATE = 200  # posts a second
ALONE = 2  # seconds without an ingest, to compare
BAR = 0.050  # seconds
BODIES = 2000  # rejected ones


def first_file(proof):
    path = proof.path("first.ndjson")
    with open(path, "wb") as file:
        file.write(lines("f0-%d" % n for n in range(REPORTS)))
    return path


def next_file(first, number):
    """With ids of its own; by another process, for this one has answers to take."""
    path = first + ".next"
    with open(path, "wb") as file:
        subprocess.run(["sed", 's/"f0-/"f%d-/' % number, first], stdout=file, check=True)
    return path


def ingest(proof, program, store, file):
    """(begin, end) of it."""
    began = time.monotonic()
    done = subprocess.run([program, "-q", "--db", store, "ingest", file], env=environment(), stdout=subprocess.DEVNULL)
    proof.expect(done.returncode == 0, "ingest ended with %d" % done.returncode)
    proof.count("ingested", REPORTS)
    return began, time.monotonic()


def beside_rejected(proof, program):
    """Many large rejected bodies are tried again and dropped: nobody waits so long for that that a report is spooled."""
    store = proof.path("rejected.db")
    bad = b'{"id": "bad", "status": "SUCCESS", "created_at": "never", "more": "%s"}\n' % (b"-" * 60000)
    run = lambda *words: subprocess.run([program, "-q", "--db", store, *words], env=environment(), input=bad * BODIES,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    proof.expect(run("ingest", "-") == 3, "not rejected")
    listener = Listener(program, store)
    pace = Pace(listener, "r", 4, RATE, 10**9)
    proof.expect(run("db", "rejected", "--retry") == 3 and run("db", "rejected", "--drop") == 0, "not tried, or not dropped")
    pace.end()
    proof.expect(listener.stop() == 0, "the listener did not end well")
    proof.count("spooled beside db rejected", pace.count(202))
    proof.expect(pace.count(200) == len(pace.answers), "spooled %d beside db rejected" % pace.count(202))


def main():
    options = arguments(__doc__, ("--assert-times", {"action": "store_true"}))
    proof = Proof("p9")
    store = proof.path("store.db")
    first = first_file(proof)
    listener = Listener(options.program, store)
    pace = Pace(listener, "p", 4, RATE, 10**9)
    wanted = 5000 if options.long else 300
    time.sleep(ALONE)
    alone = pace.times()
    beside = []
    while len(beside) < wanted and not proof.problems:
        file = next_file(first, proof.counts.get("ingested", 0))
        timed = pace.times(*ingest(proof, options.program, store, file))
        proof.expect(timed, "nothing is answered any more")
        beside += timed
    pace.end()
    proof.expect(listener.stop() == 0, "the listener did not end well")
    ingest_nothing(proof, options.program, store)  # on a slow machine some wait in the spool yet
    missing = lost(store, pace.acknowledged)
    proof.count("acknowledged", len(pace.acknowledged))
    proof.count("spooled", pace.count(202))
    proof.count("lost", len(missing))
    proof.expect(not missing and not pace.unanswered, "lost %s, unanswered %s" % (missing, pace.unanswered))
    proof.expect(len(pace.acknowledged) == len(pace.answers), "not everything was answered 2xx")
    proof.expect(not damage(store) and duplicates(store) == 0, "the store is damaged")
    proof.count("timed answers", len(beside))
    proof.count("ms p99 without ingest", percentile(alone, 99) * 1e3)
    for percent in (50, 99, 100):
        proof.count("ms p%d" % percent, percentile(beside or [0], percent) * 1e3)
    if options.assert_times:
        proof.expect(percentile(beside, 99) < BAR, "p99 is over %d ms" % (BAR * 1e3))
    beside_rejected(proof, options.program)
    proof.end()


if __name__ == "__main__":
    main()
