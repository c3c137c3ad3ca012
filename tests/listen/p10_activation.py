#!/usr/bin/env python3
"""P10: the listener is restarted under a socket that somebody else holds and passes (LISTEN_FDS), under load.

Usage: p10_activation.py PATH-OF-JOBTALLY [--rounds N] [--long] [--control]. Workers POST all the time, a connection a
request, as the platform does. No connection may be refused, no request may go unanswered, nothing acknowledged may be
lost. --control restarts a listener that binds by itself: there refusals must be seen.
"""
import argparse
import json
import os
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from activation import ServiceManager


class Load:
    """Workers that POST one report a connection until stopped."""

    def __init__(self, port, workers):
        self.port, self.stopping, self.lock = port, threading.Event(), threading.Lock()
        self.acknowledged, self.refused, self.unanswered, self.slowest = set(), 0, [], 0.0
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(workers)]
        for thread in self.threads:
            thread.start()

    def work(self, worker):
        number = 0
        while not self.stopping.is_set():
            number += 1
            id = "w%d-%d" % (worker, number)
            began = time.time()
            try:
                status = self.post(id)
            except ConnectionRefusedError:
                with self.lock:
                    self.refused += 1
                time.sleep(0.005)
                continue
            except OSError as error:
                with self.lock:
                    self.unanswered.append("%s: %r" % (id, error))
                continue
            with self.lock:
                self.slowest = max(self.slowest, time.time() - began)
                if status == 200:
                    self.acknowledged.add(id)
                else:
                    self.unanswered.append("%s: status %s" % (id, status))

    def post(self, id):
        body = json.dumps({"id": id, "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z"}).encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                               % (len(body), body))
            answer = b""
            while True:
                piece = connection.recv(4096)
                if not piece:
                    break
                answer += piece
        if not answer:
            raise OSError("closed without an answer")
        return int(answer.split(b" ", 2)[1])

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def stored(store):
    with sqlite3.connect("file:" + store + "?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT id FROM reports")]


def start(manager, arguments, control):
    """Of the control nobody holds the port between two services: a client that knocks there may get it as its own."""
    for _ in range(5 if control else 0):
        try:
            return manager.start(*arguments)
        except RuntimeError:
            time.sleep(0.1)
    return manager.start(*arguments)


def run(program, rounds, control):
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store.db")
        manager = ServiceManager()
        port = manager.ports[0]
        arguments = [program, "--db", store, "listen", "-q"]
        if control:
            manager.sockets.pop().close()
            arguments += ["--bind", "127.0.0.1:%d" % port]
        service = start(manager, arguments, control)
        load = Load(port, 8)
        codes = set()
        for round in range(rounds):
            time.sleep(0.2 + 0.05 * (round % 5))
            service.terminate()
            codes.add(service.wait(timeout=60))
            time.sleep(0.1 * (round % 3))  # nobody accepts meanwhile
            service = start(manager, arguments, control)
        time.sleep(0.2)
        load.stop()
        service.terminate()
        codes.add(service.wait(timeout=60))
        manager.close()
        ids = stored(store)
    lost = load.acknowledged - set(ids)
    for line in load.unanswered[:5]:
        print("unanswered:", line)
    print("P10%s: %d restarts, %d acknowledged, %d refused, %d unanswered, %d lost, %d duplicates, slowest answer %.2f s, "
          "exit codes %s" % (" control" if control else "", rounds, len(load.acknowledged), load.refused,
                             len(load.unanswered), len(lost), len(ids) - len(set(ids)), load.slowest, sorted(codes)))
    good = load.acknowledged and not (load.refused or load.unanswered or lost) and len(ids) == len(set(ids)) and codes == {0}
    if control:
        return 0 if load.refused and not lost else 1
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--long", action="store_true", help="200 restarts")
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    rounds = 200 if options.long else options.rounds
    if options.control:
        return run(program, rounds, True)
    # The control first: a test that can't see refusals proves nothing.
    return run(program, 3, True) or run(program, rounds, False)


if __name__ == "__main__":
    sys.exit(main())
