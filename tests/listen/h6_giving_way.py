#!/usr/bin/env python3
"""H6: all places are taken, and one more peer comes with a report. It is answered 200, and who gave way is in the log.

Usage: h6_giving_way.py PATH-OF-JOBTALLY [--long]. Places are held by half heads, by peers that say nothing, or by answers
whose peers do not close; then, while the listener stands still, a whole report and one more silent peer arrive. Each with
and without TLS (without alone where there is no openssl). The control holds the places by requests that are under way:
nobody gives way, and the report is not answered. Last, a peer that has as many connections as it may have: it is refused
before anybody gives way to it, unless its own goes first; the half heads that went are counted as requests. A crowd that
holds all places by one unauthorised request after the other lets a report in; and at SIGTERM, while requests under way hold
all places, the reports that wait at the door are taken. --long: 100 reports a case, and the default of 1,024 places too.
"""
import argparse
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time

import listener
import tls
from admin import AdminListener
from listener import Listener, post, read_answer, report

# What holds the places: the bytes that each peer sends. Where there are none it is not even a handshake.
HOLDERS = {"half heads": b"POST / HT", "silent peers": b"", "answers": b"POST / HTTP/9.9\r\n\r\n",
           "requests": post(report("never"))[:-1]}
STALE = 1.3  # seconds until holders give way


class Case:
    def __init__(self, folder, places, context, cert):
        kind = tls.TlsListener if context else Listener
        more = ("--tls-cert", cert[0], "--tls-key", cert[1]) if context else ()
        self.context = context
        self.places = places
        self.running = kind(os.path.join(folder, "store.db"), "--max-connections", str(places), "--max-connections-per-peer",
                            str(places), "--timeout", "12s", "--log-format", "text", *more)

    def connect(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.running.port), timeout=8, source_address=(source, 0))

    def speak(self, connection, data):
        if self.context:
            connection = self.context.wrap_socket(connection, server_hostname="127.0.0.1")
        connection.sendall(data)
        return connection

    def hold(self, first_bytes):
        held = [self.connect() for _ in range(self.places)]
        return [self.speak(one, first_bytes) if first_bytes else one for one in held]

    def stand_still(self, still):
        self.running.process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def answered(self, ids):
        """Of reports that wait in their sockets when the listener goes on, those that are answered 200. Under TLS the
        hello waits. Behind each comes one more silent peer."""
        self.stand_still(True)
        honest, silent = [], []
        for id in ids:
            honest.append(self.connect())
            if not self.context:
                self.speak(honest[-1], post(report(id)))
            silent.append(self.connect())
        self.stand_still(False)
        found = []
        for id, connection in zip(ids, honest):
            try:
                if self.context:
                    connection = self.speak(connection, post(report(id)))
                if read_answer(connection)[0].status == 200:
                    found.append(id)
            except OSError:
                pass
            connection.close()
        for one in silent:
            one.close()
        return found

    def round(self, ids, holder):
        held = self.hold(HOLDERS[holder])
        time.sleep(STALE if holder == "half heads" else 0.3)
        answered = self.answered(ids)
        for one in held:
            one.close()
        return answered


def case(holder, places, count, context=None, cert=None):
    together = min(places // 4, 25)  # they and the silent ones take half of the places
    ids = ["r%d" % i for i in range(count)]
    answered = []
    with tempfile.TemporaryDirectory() as folder:
        one = Case(folder, places, context, cert)
        for first in range(0, count, together):
            answered += one.round(ids[first:first + together], holder)
        code = one.running.stop()
        stored = set(answered) & set(one.running.ids())
        told = sum("it gave way" in line for line in one.running.log)
    print("H6 %s%s: %d places, %d of %d reports answered, %d of them stored, %d lines of who gave way, exit code %d"
          % (holder, ", TLS" if context else "", places, len(answered), count, len(stored), told, code), flush=True)
    return len(stored) == count and told > 0 and code == 0


def is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(8)


def limit_of_a_peer():
    """16 places, 4 for each peer, all held by half heads; those of 127.0.0.3 are the oldest."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        running = AdminListener(os.path.join(folder, "store.db"), "--max-connections", "16", "--max-connections-per-peer", "4",
                                "--admin", "127.0.0.1:0")

        def connect(last_byte, data=b"POST / HT"):
            one = socket.create_connection(("127.0.0.1", running.port), timeout=8, source_address=("127.0.0.%d" % last_byte, 0))
            one.sendall(data)
            time.sleep(0.02)
            return one

        def expect(what, gone, refused):
            counted = running.metrics()
            found = [sum(not is_open(one) for one in held)] + [counted.get(("jobtally_" + name, *more), 0) for name, *more in (
                ("connections_closed_idle_total",), ("requests_total", "0"), ("connections_refused_total",))]
            if found != [gone, gone, gone, refused]:
                problems.append("%s: closed, counted as closed, as requests, as refused: %s" % (what, found))

        held = [connect(last_byte) for last_byte in (3, 4, 5, 2) for _ in range(4)]
        time.sleep(STALE)
        if is_open(connect(2)):
            problems.append("a fifth connection of a peer is not refused")
        expect("after a peer that has its share", 0, 1)
        for last_byte, gone in ((6, 1), (3, 2)):  # another peer; then one whose own goes first, when it has its share again
            one = connect(last_byte, post(report("limit-%d" % last_byte)))
            if read_answer(one)[0].status != 200:
                problems.append("the report of 127.0.0.%d is not answered" % last_byte)
            expect("after 127.0.0.%d" % last_byte, gone, 1)
            one.close()
            held.append(connect(3))
            time.sleep(0.1)
        code = running.stop()
    print("H6 limit of a peer: %s, exit code %d" % ("; ".join(problems) or "kept, and nobody gave way for nothing", code))
    return not problems and code == 0


def requests_without_end(running, until):
    """Sends unauthorised requests over one connection after the other, each as long as it is let, and always some ahead."""
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    while not until.is_set():
        try:
            with socket.create_connection(("127.0.0.1", running.port), timeout=8) as one:
                one.sendall(request * 50)
                while not until.is_set():
                    one.sendall(request * 50)
                    pending = b""
                    for _ in range(50):
                        pending = read_answer(one, pending)[1]
        except (OSError, EOFError):
            pass


def crowd_of_requests(count):
    """16 places, 16 peers that go on for ever: a report comes in all the same."""
    with tempfile.TemporaryDirectory() as folder:
        running = Case(folder, 16, None, None).running
        until = threading.Event()
        crowd = [threading.Thread(target=requests_without_end, args=(running, until)) for _ in range(16)]
        for one in crowd:
            one.start()
        time.sleep(0.5)
        answered = 0
        for n in range(count):
            try:
                with socket.create_connection(("127.0.0.1", running.port), timeout=8) as honest:
                    honest.sendall(post(report("through-%d" % n)))
                    answered += read_answer(honest)[0].status == 200
            except (OSError, EOFError):
                pass
        until.set()
        for one in crowd:
            one.join()
        code = running.stop()
    print("H6 a crowd that goes on for ever: %d of %d reports answered, exit code %d" % (answered, count, code), flush=True)
    return answered == count and code == 0


def waiting_at_the_end(count):
    """16 places, all held by requests under way; reports wait to be accepted when SIGTERM comes."""
    with tempfile.TemporaryDirectory() as folder:
        one = Case(folder, 16, None, None)
        held = one.hold(HOLDERS["requests"])
        time.sleep(0.3)
        honest = [one.speak(one.connect("127.0.0.2"), post(report("w%d" % n))) for n in range(count)]
        time.sleep(0.3)
        one.running.process.send_signal(signal.SIGTERM)
        answered = 0
        for connection in honest:
            try:
                answered += read_answer(connection)[0].status == 200
            except (OSError, EOFError):
                pass
        for connection in held + honest:
            connection.close()
        code = one.running.process.wait(20)
        stored = len(one.running.ids())
    print("H6 at the end: %d of %d reports that waited at the door answered, %d stored, exit code %d"
          % (answered, count, stored, code), flush=True)
    return answered == count == stored and code == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    listener.PROGRAM = os.path.abspath(options.program)
    count = 100 if options.long else 8
    sizes = (16, 64, 1024) if options.long else (16, 64)
    with tempfile.TemporaryDirectory() as folder:
        ways = [(None, None)]
        if shutil.which("openssl"):
            cert = tls.make_pair(folder, "giving-way")
            ways.append((ssl.create_default_context(cafile=cert[0]), cert))
        good = [case(holder, places, count, *way) for way in ways for places in sizes
                for holder in ("half heads", "silent peers", "answers")]
    good.append(not case("requests", 16, 1))
    good.append(limit_of_a_peer())
    good.append(crowd_of_requests(count))
    good.append(waiting_at_the_end(count))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
