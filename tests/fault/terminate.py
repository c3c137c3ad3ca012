#!/usr/bin/env python3
"""SIGTERM under load: the listener ends with 0, every report that got a 2xx is kept, and every request that had been
sent as a whole before the signal is answered. What was sent later may be cut off; how much of it was is counted.

10 rounds; --long: 300; --rounds N.
"""

import random
import signal
import threading
import time

from kept import damage, duplicates, lost, versions
from listener import Listener, in_threads
from proof import Proof, arguments
from reports import body

CONNECTIONS = 6


class Load:
    """Half of the connections stay, half are new for each report, as the platform's are."""

    def __init__(self, listener, name):
        self.listener = listener
        self.name = name
        self.acknowledged = {}
        self.cut_off = {}  # id: when it had been sent
        self.sent = set()
        self.refused = []
        self.lock = threading.Lock()
        self.threads = in_threads(self.work, CONNECTIONS)

    def work(self, number):
        turn = 0
        try:
            while True:
                with self.listener.connect() as connection:
                    for _ in range(1 if number % 2 else 1000000):
                        self.post(connection, "%s-%d-%d" % (self.name, number, turn))
                        turn += 1
        except OSError:
            pass  # cut off, or nobody listens any more

    def post(self, connection, id):
        with self.lock:
            self.sent.add(id)
        connection.send(body(id))
        at = time.monotonic()
        try:
            status, value = connection.answer()
        except OSError:
            with self.lock:
                self.cut_off[id] = at
            raise
        if status == 200:
            with self.lock:
                self.acknowledged[id] = 1
        else:
            self.refused.append((status, value))
        if connection.closes:
            raise ConnectionError("the listener ends")


def one_round(proof, program, store, name, chance):
    listener = Listener(program, store)
    load = Load(listener, name)
    time.sleep(chance.uniform(0.02, 0.2))
    signalled = time.monotonic()
    listener.process.send_signal(signal.SIGTERM)
    code = listener.wait()
    proof.expect(code == 0, "exit status %s" % code)
    for thread in load.threads:
        thread.join()
    missing = lost(store, load.acknowledged)
    there = versions(store)
    proof.count("acknowledged", len(load.acknowledged))
    proof.count("lost", len(missing))
    proof.count("cut off", len(load.cut_off))
    proof.count("of them kept", len(set(load.cut_off) & set(there)))
    proof.expect(not missing, "lost %s" % missing)
    proof.expect(not load.refused, "answered %s" % load.refused[:3])
    proof.expect({id for id in there if id.startswith(name + "-")} <= load.sent, "something was never sent")
    for id, at in load.cut_off.items():
        proof.expect(at > signalled, "%s was sent %.1f ms before the signal and not answered"
                     % (id, (signalled - at) * 1e3))


def main():
    options = arguments(__doc__, ("--rounds", {"type": int}))
    chance = random.Random(options.seed)
    proof = Proof("terminate")
    store = proof.path("store.db")
    for round in range(options.rounds or (300 if options.long else 10)):
        one_round(proof, options.program, store, "t%d" % round, chance)
        proof.count("rounds")
    proof.expect(not damage(store) and duplicates(store) == 0, "the store is damaged")
    proof.end()


if __name__ == "__main__":
    main()
