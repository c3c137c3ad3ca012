#!/usr/bin/env python3
"""P1: SIGKILL under load. What was acknowledged is there after the next start, once, in its version or a newer one.

Four connections post reports and newer versions of them, one by one, pipelined and several in a body. Most rounds kill
at a random moment of that; some kill around the moment when the listener empties its log, some while it starts.
15 rounds; --long: 1,000; --rounds N. The control rolls back what it should commit and must be found to lose reports.
"""

import json
import random
import threading
import time

from breaking import broken
from kept import damage, duplicates, lost, versions
from listener import Listener, in_threads
from proof import Proof, arguments
from reports import body, report

CONNECTIONS = 4
LONGEST = 0.15  # seconds of load
SETTLES_AFTER = 1.0  # seconds without work
ROUNDS_A_STORE = 100  # then a new one, so that a round stays short


class Load:
    """Posts until the listener is gone. acknowledged is {id: the highest version that got a 2xx}."""

    def __init__(self, listener, name):
        self.listener = listener
        self.name = name
        self.acknowledged = {}
        self.sent = {}
        self.refused = []
        self.is_over = False
        self.lock = threading.Lock()
        self.threads = in_threads(self.work, CONNECTIONS)

    def work(self, number):
        ways = (self.one_by_one, self.one_by_one, self.pipelined, self.several)
        try:
            with self.listener.connect() as connection:
                turn = 0
                while not self.is_over:
                    ways[number](connection, "%s-%d-%d" % (self.name, number, turn))
                    turn += 1
        except OSError:
            pass

    def note(self, answer, reports):
        status, value = answer
        if status // 100 != 2:
            return self.refused.append((status, value))
        with self.lock:
            for id, version in reports:
                self.acknowledged[id] = max(version, self.acknowledged.get(id, 0))

    def will_send(self, id, version):
        with self.lock:
            self.sent[id] = max(version, self.sent.get(id, 0))

    def one_by_one(self, connection, id):
        for version in (1, 3, 2):  # stored, updated, stale
            self.will_send(id, version)
            self.note(connection.post(body(id, version)), [(id, version)])

    def pipelined(self, connection, id):
        reports = [("%s-%d" % (id, n % 4), 1 + n // 4) for n in range(8)]
        for each in reports:
            self.will_send(*each)
            connection.send(body(*each))
        for each in reports:
            self.note(connection.answer(), [each])

    def several(self, connection, id):
        reports = [("%s-%d" % (id, n), 1) for n in range(20)]
        for each in reports:
            self.will_send(*each)
        self.note(connection.post(json.dumps([report(*each) for each in reports]).encode()), reports)


def kill_while_it_starts(listener, chance):
    time.sleep(chance.uniform(0, 0.05))
    listener.kill()


def kill_under_load(listener, load, chance):
    time.sleep(chance.uniform(0, LONGEST))
    if chance.random() < 0.03:
        load.is_over = True
        time.sleep(SETTLES_AFTER + chance.uniform(-0.01, 0.03))
    listener.kill()
    for thread in load.threads:
        thread.join()


def check_round(proof, store, load):
    proof.count("acknowledged", len(load.acknowledged))
    missing = lost(store, load.acknowledged)
    proof.count("lost", len(missing))
    for id, (wanted, got) in missing.items():
        proof.wrong("%s: version %d was acknowledged, %s is there" % (id, wanted, got))
    for problem in damage(store):
        proof.wrong("integrity_check: " + problem)
    for status, value in load.refused:
        proof.wrong("answered %d %s" % (status, value))


def check_store(proof, store, acknowledged, sent):
    """At the end of a store: everything again, and nothing that was never sent."""
    there = versions(store)
    proof.count("stored", len(there))
    for id, version in acknowledged.items():
        proof.expect((there.get(id) or 0) >= version, "%s: version %d got lost later" % (id, version))
    for id, version in there.items():
        proof.expect(version is not None and version <= sent.get(id, 0),
                     "%s: version %s was never sent" % (id, version))
    found = duplicates(store)
    proof.count("duplicates", found)
    proof.expect(found == 0, "%d duplicates" % found)


def run_store(proof, program, number, rounds, chance):
    store = proof.path("store%d.db" % number)
    acknowledged, sent = {}, {}
    listener = Listener(program, store)
    for round in range(rounds):
        load = Load(listener, "s%d-%d" % (number, round))
        kill_under_load(listener, load, chance)
        proof.count("rounds")
        acknowledged.update(load.acknowledged)
        sent.update(load.sent)
        if chance.random() < 0.1:
            kill_while_it_starts(Listener(program, store, ready=False), chance)
            proof.count("killed at start")
        listener = Listener(program, store)
        check_round(proof, store, load)
    proof.expect(listener.stop() == 0, "the last listener did not end well")
    check_store(proof, store, acknowledged, sent)
    if not proof.problems:
        proof.clear()


def check_control(proof, program):
    """What is found when the same is done with a store that loses writes."""
    store = proof.path("control.db")
    listener = Listener(program, store, **broken(proof, "lie"))
    load = Load(listener, "control")
    time.sleep(2)
    listener.kill()
    for thread in load.threads:
        thread.join()
    Listener(program, store).stop()
    missing = lost(store, load.acknowledged)
    proof.count("of %d lost in the control" % len(load.acknowledged), len(missing))
    proof.expect(missing, "the control lost nothing")


def main():
    options = arguments(__doc__, ("--rounds", {"type": int}))
    chance = random.Random(options.seed)
    proof = Proof("p1")
    left = options.rounds or (1000 if options.long else 15)
    number = 0
    while left > 0:
        rounds = min(left, ROUNDS_A_STORE)
        run_store(proof, options.program, number, rounds, chance)
        left -= rounds
        number += 1
        print("%d rounds are done: %s" % (proof.counts["rounds"], proof.counts), flush=True)
    check_control(proof, options.program)
    proof.end()


if __name__ == "__main__":
    main()
