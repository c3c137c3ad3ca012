#!/usr/bin/env python3
"""P2: the order of system calls. Each 200 is sent after a sync of the log that began when the report and its commit
stood there in full; no page goes into the store before the log is synced, and the log is emptied after the store is.
While the store is locked, each 202 is sent after a sync of its file in the spool, its naming, and a sync of the folder.

300 POSTs from 8 connections, --long: 10,000; a fifth of that while the store is locked. The controls must be found
out: one commits with synchronous=NORMAL, in one the spool's syncs do nothing.
"""

import contextlib
import os
import threading

from breaking import broken
from kept import lost
from listener import Listener, in_threads, ingest_nothing
from locks import guard_held
from order import Order
from proof import Proof, arguments, has_option, need
from reports import body
from spool_order import SpoolOrder

CONNECTIONS = 8
CALLS = "pwrite64,fdatasync,fsync,ftruncate,sendto,sendmsg,recvfrom,write,writev,rename"
CONTROL = 100  # POSTs of a control
WHOLE_PAGE = 20000  # characters that a page of the store may need


def post_all(listener, count):
    """The ids that got a 2xx."""
    acknowledged = []

    def work(number):
        with listener.connect() as connection:
            for n in range(number, count, CONNECTIONS):
                id = "p2-%06d" % n
                if connection.post(body(id))[0] // 100 == 2:
                    acknowledged.append(id)

    for thread in in_threads(work, CONNECTIONS):
        thread.join()
    return acknowledged


def traced(proof, program, store, order, count, lock, **variables):
    """{id: version} of what was acknowledged; `order` has seen all calls."""
    Listener(program, store).stop()
    pipe = store + ".trace"
    os.mkfifo(pipe)

    def judge():
        with open(pipe, errors="replace") as lines:
            for line in lines:
                order.feed(line)

    judging = threading.Thread(target=judge)
    judging.start()
    strace = ["strace", "-D", "-f", "-y", "-s", str(WHOLE_PAGE), "-e", "trace=" + CALLS, "-e", "signal=none",
              "-o", pipe]
    with lock(store):
        listener = Listener(program, store, before=strace, **variables)
        acknowledged = post_all(listener, count)
        proof.expect(listener.stop() == 0, "the listener did not end well")
    judging.join()
    return {id: 1 for id in acknowledged}


def check_store(proof, program, count):
    store = os.path.realpath(proof.path("store.db"))
    order = Order(store)
    acknowledged = traced(proof, program, store, order, count, contextlib.nullcontext)
    proof.count("answers 200", order.answers)
    proof.count("syncs of the log", order.syncs)
    proof.count("times the log was emptied", order.emptied)
    check(proof, program, store, order, acknowledged, count)


def check_spool(proof, program, count):
    store = os.path.realpath(proof.path("locked.db"))
    order = SpoolOrder(store + "-spool")
    acknowledged = traced(proof, program, store, order, count, guard_held)
    proof.count("answers 202", order.answers)
    proof.count("syncs of the spool", order.syncs)
    check(proof, program, store, order, acknowledged, count)


def check(proof, program, store, order, acknowledged, count):
    proof.count("out of order", len(order.problems))
    for problem in order.problems:
        proof.wrong(problem)
    proof.expect(order.answers == len(acknowledged) == count, "%d acknowledged, %d answers seen, of %d"
                 % (len(acknowledged), order.answers, count))
    ingest_nothing(proof, program, store)
    proof.count("lost", len(lost(store, acknowledged)))


def check_control(proof, program, how, lock, order_of):
    store = os.path.realpath(proof.path(how + ".db"))
    order = order_of(store)
    traced(proof, program, store, order, CONTROL, lock, **broken(proof, how))
    proof.count("of %d out of order with %s" % (order.answers, how), len(order.problems))
    proof.expect(len(order.problems) > CONTROL // 2, "the control with %s was not found out" % how)


def main():
    options = arguments(__doc__)
    need("strace")
    proof = Proof("p2")
    count = 10000 if options.long else 300
    check_store(proof, options.program, count)
    check_control(proof, options.program, "normal", contextlib.nullcontext, Order)
    if has_option(options.program, "listen", "--spool"):
        check_spool(proof, options.program, count // 5)
        check_control(proof, options.program, "nosync", guard_held, lambda store: SpoolOrder(store + "-spool"))
    proof.end()


if __name__ == "__main__":
    main()
