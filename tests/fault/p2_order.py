#!/usr/bin/env python3
"""P2: the order of system calls. Each 2xx is sent after a sync of the log that began when the report and its commit
stood there in full; no page goes into the store before the log is synced, and the log is emptied after the store is.

300 POSTs from 8 connections; --long: 10,000. The control commits with synchronous=NORMAL and must be found out.
"""

import os
import threading

from breaking import broken
from kept import lost
from listener import Listener, in_threads
from order import CALLS, WHOLE_PAGE, Order
from proof import Proof, arguments, need
from reports import body

CONNECTIONS = 8


def post_all(listener, count):
    """The ids that got a 2xx."""
    acknowledged = []

    def work(number):
        with listener.connect() as connection:
            for n in range(number, count, CONNECTIONS):
                status, value = connection.post(body("p2-%06d" % n))
                if status == 200 and value["result"] == "stored":
                    acknowledged.append(value["id"])

    for thread in in_threads(work, CONNECTIONS):
        thread.join()
    return acknowledged


def traced(proof, program, name, count, **variables):
    """Its Order, and {id: version} of what was acknowledged."""
    store = os.path.realpath(proof.path(name + ".db"))
    Listener(program, store).stop()
    order = Order(store)
    pipe = proof.path(name + ".trace")
    os.mkfifo(pipe)

    def judge():
        with open(pipe, errors="replace") as lines:
            for line in lines:
                order.feed(line)

    judging = threading.Thread(target=judge)
    judging.start()
    strace = ["strace", "-D", "-f", "-y", "-s", str(WHOLE_PAGE), "-e", "trace=" + CALLS, "-e", "signal=none", "-o", pipe]
    listener = Listener(program, store, before=strace, **variables)
    acknowledged = post_all(listener, count)
    proof.expect(listener.stop() == 0, "the listener did not end well")
    judging.join()
    return order, {id: 1 for id in acknowledged}


def main():
    options = arguments(__doc__)
    need("strace")
    proof = Proof("p2")
    count = 10000 if options.long else 300
    order, acknowledged = traced(proof, options.program, "full", count)
    proof.count("answers 2xx", order.answers)
    proof.count("syncs of the log", order.syncs)
    proof.count("times the log was emptied", order.emptied)
    proof.count("out of order", len(order.problems))
    for problem in order.problems:
        proof.wrong(problem)
    proof.expect(order.answers == len(acknowledged) == count, "%d acknowledged, %d answers seen, of %d"
                 % (len(acknowledged), order.answers, count))
    proof.count("lost", len(lost(proof.path("full.db"), acknowledged)))
    control, _ = traced(proof, options.program, "normal", 300, **broken(proof, "normal"))
    proof.count("of %d out of order in the control" % control.answers, len(control.problems))
    proof.expect(len(control.problems) > control.answers // 2, "the control was not found out")
    proof.end()


if __name__ == "__main__":
    main()
