#!/usr/bin/env python3
"""`jobtally ingest` killed in its middle: what is there is a beginning of the file, and the next run brings the rest.

3 rounds of 60,000 reports; --long: 100; --rounds N.
"""

import random
import subprocess
import time

from kept import damage, duplicates, versions
from listener import PATIENCE, environment
from proof import Proof, arguments
from reports import lines

REPORTS = 60000  # several commits


def ingest(program, store, file):
    return subprocess.Popen([program, "-q", "--db", store, "ingest", "--format", "json", file], env=environment(),
                            stdout=subprocess.PIPE)


def finished_tally(program, store, file):
    done = subprocess.run([program, "-q", "--db", store, "ingest", "--format", "csv", file], env=environment(),
                          stdout=subprocess.PIPE, timeout=PATIENCE, text=True)
    names, values = done.stdout.split()
    return done.returncode, dict(zip(names.split(","), map(int, values.split(","))))


def time_of_a_run(proof, program, file):
    began = time.monotonic()
    finished_tally(program, proof.path("whole.db"), file)
    return time.monotonic() - began


def one_round(proof, program, file, ids, seconds):
    """Kills twice, then lets it finish."""
    store = proof.path("store%d.db" % proof.counts.get("rounds", 0))
    kept = 0
    for _ in range(2):
        process = ingest(program, store, file)
        time.sleep(seconds())
        process.kill()
        proof.count("killed", int(process.wait() != 0))
        process.stdout.close()
        before, kept = kept, kept_beginning(proof, store, ids)
        proof.expect(kept >= before, "%d were there, now %d" % (before, kept))
        proof.count("killed between its commits", int(0 < kept < len(ids)))
    code, tally = finished_tally(program, store, file)
    proof.expect(code == 0 and tally["stored"] == len(ids) - kept and tally["unchanged"] == kept,
                 "exit status %d, %s with %d there" % (code, tally, kept))
    proof.expect(kept_beginning(proof, store, ids) == len(ids), "not all is there in the end")
    proof.count("rounds")


def kept_beginning(proof, store, ids):
    """How many of the file's reports are there, from its begin without a gap."""
    try:
        there = versions(store)
    except Exception as error:
        if "no such table" in str(error) or "unable to open" in str(error):
            return 0
        raise
    proof.expect(set(there) == set(ids[:len(there)]), "not a beginning of the file is there")
    proof.expect(not damage(store) and duplicates(store) == 0, "the store is damaged")
    return len(there)


def main():
    options = arguments(__doc__, ("--rounds", {"type": int}))
    chance = random.Random(options.seed)
    proof = Proof("ingest_killed")
    ids = ["i%d" % n for n in range(REPORTS)]
    file = proof.path("reports.ndjson")
    with open(file, "wb") as output:
        output.write(lines(ids))
    longest = time_of_a_run(proof, options.program, file)
    for _ in range(options.rounds or (100 if options.long else 3)):
        one_round(proof, options.program, file, ids, lambda: chance.uniform(0, longest))
    proof.end()


if __name__ == "__main__":
    main()
