#!/usr/bin/env python3
"""Where no further descriptor is left when the spool's folder is to be synced, bodies are kept and answered 202, not 503."""
import os
import subprocess
import time

from kept import versions
from listener import Listener, ingest_nothing
from locks import guard_held
from proof import Proof, arguments, need, skip
from reports import body

POSTS = 5


def main():
    options = arguments(__doc__)
    need("strace")
    if os.geteuid() != 0:
        skip("only root may trace a listener that runs")
    proof = Proof("no_descriptor")
    store = proof.path("store.db")
    listener = Listener(options.program, store)
    with subprocess.Popen(["strace", "-f", "-p", str(listener.process.pid), "-o", "/dev/null", "-P", store + "-spool", "-e",
                           "trace=openat", "-e", "inject=openat:error=EMFILE"], stderr=subprocess.DEVNULL) as tracer:
        time.sleep(1)
        with guard_held(store), listener.connect() as connection:
            statuses = [connection.post(body("report-%d" % number))[0] for number in range(POSTS)]
        tracer.terminate()
    proof.expect(statuses == [202] * POSTS, "answered %s" % statuses)
    proof.expect(listener.stop() == 0, "did not end well")
    ingest_nothing(proof, options.program, store)
    proof.expect(len(versions(store)) == POSTS, "stored: %s" % versions(store))
    proof.count("answered 202", statuses.count(202))
    proof.end()


if __name__ == "__main__":
    main()
