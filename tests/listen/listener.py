#!/usr/bin/env python3
"""End-to-end tests of `jobtally listen`: one real process a class, raw sockets, a real store.

Usage: listener.py PATH-OF-JOBTALLY [unittest arguments]
"""
import glob
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import closing

for folder in ("support", "fault"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder))

import messages
from full_queue import full_queue
from locks import guard_held
from messages import SECRET, read_answer

PROGRAM = ""
ROUNDS_OF_KILLING = int(os.environ.get("JOBTALLY_KILL_ROUNDS", "20"))


def report(id, **changes):
    return messages.report(id, **changes).decode()


def wait(condition):
    """Until the condition holds, or for 20 s: what is expected is asked for afterwards."""
    deadline = time.time() + 20
    while not condition() and time.time() < deadline:
        time.sleep(0.05)


class Listener:
    """A running `jobtally listen` on a port of its own."""
    scheme = "http"

    def __init__(self, store, *options, authorization=SECRET, file_limit=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        if authorization:
            environment["JOBTALLY_AUTHORIZATION"] = authorization
        self.store = store
        self.log = []
        self.process = subprocess.Popen(
            [PROGRAM, "--db", store, "listen", "--bind", "127.0.0.1:0", *options],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, text=True, errors="replace",
            preexec_fn=file_limit and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))))
        self.port = None
        for line in self.process.stderr:
            found = re.search(r"listening on " + self.scheme + r"://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                break
            self.log.append(line)
        if self.port is None:
            raise RuntimeError("did not start: " + "".join(self.log))
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def connect(self, timeout=10):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def stop(self, signal_number=signal.SIGTERM):
        self.process.send_signal(signal_number)
        code = self.process.wait(timeout=30)
        self.reader.join(timeout=5)
        self.process.stderr.close()
        return code

    def ids(self):
        with sqlite3.connect("file:" + self.store + "?mode=ro", uri=True) as database:
            return [row[0] for row in database.execute("SELECT id FROM reports")]


def post(body, *fields, path="/", authorization=SECRET, version="1.1"):
    body = body if isinstance(body, bytes) else body.encode()
    lines = ["POST %s HTTP/%s" % (path, version), "Host: localhost", "Content-Length: %d" % len(body), *fields]
    if authorization:
        lines.append("Authorization: " + authorization)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def is_closed(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


class Served(unittest.TestCase):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.listener = Listener(os.path.join(cls.folder.name, "store.db"), *cls.options)

    @classmethod
    def tearDownClass(cls):
        code = cls.listener.stop()
        cls.folder.cleanup()
        assert code == 0, "exit code %d" % code

    def exchange(self, request, is_head=False):
        with self.listener.connect() as connection:
            connection.sendall(request)
            return read_answer(connection, is_head=is_head)[0]

    def send(self, body, *fields, **more):
        return self.exchange(post(body, *fields, **more))


class Answers(Served):
    def test_what_becomes_of_a_report(self):
        self.assertEqual(self.send(report("o1")).json(), {"result": "stored", "id": "o1"})
        self.assertEqual(self.send(report("o1")).json(), {"result": "unchanged", "id": "o1"})
        newer = report("o1", updated_at="2026-11-01T10:00:02Z", status="FAILURE")
        self.assertEqual(self.send(newer).json(), {"result": "updated", "id": "o1"})
        answer = self.send(report("o1"))
        self.assertEqual((answer.status, answer.json()), (200, {"result": "stale", "id": "o1"}))
        self.assertEqual(answer.fields["content-type"], "application/json")
        self.assertIn("date", answer.fields)

    def test_several_reports_are_counted(self):
        answer = self.send("[" + report("s1") + "," + report("s2") + ', {"id": "s3"}]')
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json(), {"read": 3, "stored": 2, "updated": 0, "unchanged": 0, "stale": 0,
                                         "rejected": 1})

    def test_bad_bodies_are_kept_as_rejected(self):
        for body, status in (("", 400), ("nonsense", 400), ('{"id": ', 400), ("[]", 422), ("{}", 422), ("17", 422),
                             (report("", status=3), 422)):
            with self.subTest(body):
                answer = self.send(body)
                self.assertEqual(answer.status, status)
                self.assertGreaterEqual(answer.json()["rejected"], 1)
                self.assertTrue(answer.json()["error"])

    def test_without_the_right_authorization_nothing_is_kept(self):
        for value in (None, "", "Bearer", SECRET + "x", SECRET[:-1], SECRET.lower()):
            with self.subTest(value):
                answer = self.send(report("never"), authorization=value)
                self.assertEqual(answer.status, 401)
                self.assertIn("Bearer", answer.fields["www-authenticate"])
        self.assertNotIn("never", self.listener.ids())
        self.assertNotIn(SECRET, "".join(self.listener.log))

    def test_other_paths_and_methods(self):
        self.assertEqual(self.send(report("p"), path="/other").status, 404)
        self.assertEqual(self.send(report("p1"), path="/?token=x").status, 200)
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            answer = self.exchange(("%s / HTTP/1.1\r\nHost: a\r\n\r\n" % method).encode())
            self.assertEqual(answer.status, 405)
            self.assertIn("POST", answer.fields["allow"])
            self.assertTrue(answer.json()["error"])
        options = self.exchange(b"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual((options.status, options.body), (204, b""))
        self.assertIn("POST", options.fields["allow"])

    def test_a_head_request_gets_no_body(self):
        with self.listener.connect() as connection:
            connection.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + post(report("h")))
            head, rest = read_answer(connection, is_head=True)
            self.assertEqual(head.status, 405)
            self.assertGreater(int(head.fields["content-length"]), 0)
            self.assertEqual(read_answer(connection, rest)[0].json()["id"], "h")

    def test_size_and_encoding(self):
        self.assertEqual(self.send(report("g"), "Content-Encoding: gzip").status, 415)
        self.assertEqual(self.send(report("g"), "Content-Encoding: identity").status, 200)
        self.assertEqual(self.send(report("g2"), "Content-Type: image/png").status, 200)
        exact = report("big", padding="x").encode()
        exact += b" " * (1048576 - len(exact))
        self.assertEqual(self.send(exact).status, 200)
        self.assertEqual(self.send(exact + b" ").status, 413)
        chunked = (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nAuthorization: " + SECRET.encode() +
                   b"\r\n\r\n100001\r\n")
        self.assertEqual(self.exchange(chunked).status, 413)

    def test_limits_of_the_head(self):
        self.assertEqual(self.exchange(b"GET /" + b"a" * 7999 + b" HTTP/1.1\r\nHost: a\r\n\r\n").status, 404)
        self.assertEqual(self.exchange(b"GET /" + b"a" * 8000 + b" HTTP/1.1\r\nHost: a\r\n\r\n").status, 414)
        self.assertEqual(self.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 100 + b"\r\n").status, 431)
        self.assertEqual(self.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"b" * 16384).status, 431)

    def test_framing_errors_close(self):
        for request, status in ((b"POST / HTTP/1.1\r\n\r\n", 400),
                                (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
                                (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
                                (b"POST / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
                                (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
                                (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405)):
            with self.subTest(request), self.listener.connect() as connection:
                connection.sendall(request + post(report("smuggled")))
                answer, _ = read_answer(connection)
                self.assertEqual(answer.status, status)
                self.assertEqual(answer.fields["connection"], "close")
                connection.shutdown(socket.SHUT_WR)
                self.assertTrue(is_closed(connection))
        self.assertNotIn("smuggled", self.listener.ids())


class Connections(Served):
    def test_pipelined_requests_are_answered_in_order(self):
        ids = ["p%d" % i for i in range(100)]
        with self.listener.connect() as connection:
            connection.sendall(b"".join(post(report(id)) for id in ids))
            rest, answers = b"", []
            for _ in ids:
                answer, rest = read_answer(connection, rest)
                answers.append(answer.json()["id"])
        self.assertEqual(answers, ids)

    def test_a_request_may_be_cut_anywhere(self):
        chunk = report("cut").encode()
        chunked = (b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: " + SECRET.encode() +
                   b"\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(chunk), chunk))
        self.send(report("cut"))
        for request in (post(report("cut")), chunked):
            with self.listener.connect() as connection:
                for cut in range(1, len(request)):
                    connection.sendall(request[:cut])
                    if cut % 16 == 0:
                        time.sleep(0.001)
                    connection.sendall(request[cut:])
                    answer, rest = read_answer(connection)
                    self.assertEqual((answer.json(), rest), ({"result": "unchanged", "id": "cut"}, b""), cut)

    def test_expect_100_continue(self):
        with self.listener.connect() as connection:
            body = report("e").encode()
            request = post(body, "Expect: 100-continue")
            connection.sendall(request[:-len(body)])
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(body)
            self.assertEqual(read_answer(connection)[0].json()["result"], "stored")
            connection.sendall(post(body, "Expect: 100-continue"))
            self.assertEqual(read_answer(connection)[0].json()["result"], "unchanged")
        self.assertEqual(self.send(report("e"), "Expect: 100-continue", authorization="wrong").status, 401)
        self.assertEqual(self.send(report("e"), "Expect: a-miracle").status, 417)

    def test_http_1_0_closes_unless_told(self):
        with self.listener.connect() as connection:
            connection.sendall(post(report("old"), version="1.0"))
            answer, _ = read_answer(connection)
            self.assertEqual((answer.status, answer.fields["connection"]), (200, "close"))
            self.assertTrue(is_closed(connection))
        with self.listener.connect() as connection:
            for _ in range(2):
                connection.sendall(post(report("old"), "Connection: keep-alive", version="1.0"))
                self.assertEqual(read_answer(connection)[0].fields["connection"], "keep-alive")

    def test_what_was_fully_read_is_kept_though_the_peer_is_gone(self):
        for i in range(50):
            connection = self.listener.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0" if i % 2 else b"\0" * 8)
            connection.sendall(post(report("gone%d" % i)))
            time.sleep(0.01)
            connection.close()
        half = self.listener.connect()
        half.sendall(post(report("half")))
        half.shutdown(socket.SHUT_WR)
        self.assertEqual(read_answer(half)[0].status, 200)
        half.close()
        unfinished = self.listener.connect()
        unfinished.sendall(post(report("unfinished"))[:-1])
        unfinished.close()
        deadline = time.time() + 5
        wanted = {"gone%d" % i for i in range(50)}
        while not wanted <= set(self.listener.ids()) and time.time() < deadline:
            time.sleep(0.05)
        self.assertEqual(wanted - set(self.listener.ids()), set())
        self.assertNotIn("unfinished", self.listener.ids())


class Deadlines(Served):
    options = ("--timeout", "1s", "--max-connections", "20")

    def check_408_in_time(self, first_bytes, drip):
        began = time.time()
        with self.listener.connect() as connection:
            connection.sendall(first_bytes)
            connection.settimeout(0.1)
            answer = b""
            while b"\r\n\r\n" not in answer and time.time() - began < 5:
                try:
                    connection.sendall(drip)
                    answer += connection.recv(1000)
                except socket.timeout:
                    pass
            self.assertIn(b" 408 ", answer)
        self.assertLess(time.time() - began, 2)

    def test_a_slow_head(self):
        self.check_408_in_time(b"POST / HTTP/1.1\r\n", b"A: b\r\n")

    def test_a_slow_body(self):
        self.check_408_in_time(post(b" " * 1000)[:-1000], b" ")

    def test_what_came_while_the_process_stood_still_is_read(self):
        ids = ["paused%d" % i for i in range(10)]
        connections = [self.listener.connect() for _ in ids]
        for connection, id in zip(connections, ids):
            connection.sendall(post(report(id))[:-20])
        time.sleep(0.3)
        self.listener.process.send_signal(signal.SIGSTOP)
        for connection, id in zip(connections, ids):
            connection.sendall(post(report(id))[-20:])
        time.sleep(2)
        self.listener.process.send_signal(signal.SIGCONT)
        for connection in connections:
            self.assertEqual(read_answer(connection)[0].status, 200)
            connection.close()

    def test_silent_connections_make_room_for_honest_ones(self):
        silent = [self.listener.connect() for _ in range(60)]
        began = time.time()
        self.assertEqual(self.send(report("honest")).status, 200)
        self.assertLess(time.time() - began, 4)
        for connection in silent:
            connection.close()


class Ends(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = os.path.join(self.folder.name, "store.db")

    def tearDown(self):
        self.folder.cleanup()

    def test_stopping_finishes_what_is_under_way(self):
        listener = Listener(self.store)
        idle = listener.connect()
        begun = listener.connect()
        request = post(report("begun"))
        begun.sendall(request[:-5])
        time.sleep(0.2)
        listener.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        begun.sendall(request[-5:])
        answer, _ = read_answer(begun)
        self.assertEqual((answer.status, answer.fields["connection"]), (200, "close"))
        self.assertEqual(listener.process.wait(timeout=10), 0)
        idle.close()
        begun.close()
        self.assertEqual(listener.ids(), ["begun"])
        listener.process.stderr.close()

    def dumps_core(self, *command, is_ready=lambda process: True):
        def allow_cores():
            resource.setrlimit(resource.RLIMIT_CORE, (1 << 26, resource.RLIM_INFINITY))

        with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=self.folder.name, preexec_fn=allow_cores,
                              env={**os.environ, "JOBTALLY_AUTHORIZATION": SECRET}) as process:
            is_ready(process)
            process.send_signal(signal.SIGABRT)
            status = os.waitpid(process.pid, 0)[1]
            process.returncode = 0
        self.assertEqual(os.WTERMSIG(status), signal.SIGABRT)
        return os.WCOREDUMP(status)

    def test_no_core_file_holds_the_secret(self):
        if not self.dumps_core("sleep", "60"):
            self.skipTest("nothing dumps core here")
        dumped = self.dumps_core(PROGRAM, "--db", self.store, "listen", "--bind", "127.0.0.1:0",
                                 is_ready=lambda process: process.stderr.readline())
        self.assertFalse(dumped)

    def test_uptime_is_recorded(self):
        def spans():
            with sqlite3.connect("file:" + self.store + "?mode=ro", uri=True) as database:
                return database.execute("SELECT begun_at, last_alive_at, has_ended FROM uptime ORDER BY span").fetchall()

        begun = time.time()
        self.assertEqual(Listener(self.store).stop(), 0)
        killed = Listener(self.store)
        with killed.connect() as connection:
            connection.sendall(post(report("a")))
            read_answer(connection)
        end = time.monotonic() + 10
        while len(spans()) < 2 and time.monotonic() < end:  # a report that waits at the start goes first
            time.sleep(0.01)
        killed.stop(signal.SIGKILL)
        first, second = spans()
        self.assertEqual([first[2], second[2]], [1, 0])
        self.assertTrue(begun * 1e6 - 1e6 < first[0] <= first[1] <= second[0] <= second[1] < time.time() * 1e6 + 1)

    def test_only_this_machine_without_authorization(self):
        refused = subprocess.run([PROGRAM, "--db", self.store, "listen", "--bind", "0.0.0.0:0"], text=True,
                                 capture_output=True, timeout=20,
                                 env={k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")})
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("--allow-anonymous", refused.stderr)

    def test_a_store_that_was_taken_away_is_waited_for_in_the_spool(self):
        listener = Listener(self.store)
        with listener.connect() as connection:
            connection.sendall(post(report("a")))
            self.assertEqual(read_answer(connection)[0].status, 200)
            os.rename(self.store, self.store + ".moved")
            connection.sendall(post(report("b")))
            answer = read_answer(connection)[0]
            self.assertEqual((answer.status, answer.json()), (202, {"result": "spooled"}))
        self.assertEqual(listener.process.wait(timeout=10), 1)
        listener.process.stderr.close()
        os.rename(self.store + ".moved", self.store)
        listener = Listener(self.store)
        deadline = time.time() + 20  # a file that has just changed is opened some seconds later
        while listener.ids() != ["a", "b"] and time.time() < deadline:
            time.sleep(0.1)
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(sorted(listener.ids()), ["a", "b"])

    def test_a_store_that_was_damaged_does_not_keep_the_listener_from_starting(self):
        """Where it has worked before; else it is somebody's file, and a mistake."""
        with open(self.store, "wb") as file:
            file.write(b"x" * 5000)
        refused = subprocess.run([PROGRAM, "--db", self.store, "listen", "--bind", "127.0.0.1:0"], text=True,
                                 capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("is not a jobtally store", refused.stderr)
        os.remove(self.store)
        self.assertEqual(Listener(self.store).stop(), 0)
        os.rename(self.store, self.store + ".good")
        shutil.copy(self.store + ".good", self.store)
        with open(self.store, "r+b") as file:
            file.write(b"x" * 50)
        listener = Listener(self.store)
        with listener.connect() as connection:
            connection.sendall(post(report("a")))
            self.assertEqual(read_answer(connection)[0].status, 202)
        self.assertEqual(listener.stop(), 0)
        os.rename(self.store + ".good", self.store)
        listener = Listener(self.store)
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(listener.ids(), ["a"])

    def test_what_waits_in_a_former_spool_is_not_forgotten(self):
        link = os.path.join(self.folder.name, "link.db")
        os.symlink(self.store, link)
        folders = [os.path.join(self.folder.name, name) for name in ("x", "y", "store.db-spool", "link.db-spool")]
        for place, (former, store, options) in enumerate((
                (folders[2], self.store, ["--spool", folders[0]]), (folders[0], self.store, ["--spool", folders[1]]),
                (folders[1], link, []), (folders[3], link, []))):
            os.makedirs(former, mode=0o700, exist_ok=True)
            with open(os.path.join(former, "0000179553417411836%d-30022-1-127.0.0.1.json" % place), "w") as file:
                file.write(report("r%d" % place))
            listener = Listener(store, *options)
            wait(lambda: "r%d" % place in listener.ids())
            self.assertEqual(listener.stop(), 0)
            self.assertEqual(sorted(listener.ids()), ["r%d" % i for i in range(place + 1)])

    def test_what_waits_in_a_former_spool_is_told_until_it_can_be_taken(self):
        former, now = (os.path.join(self.folder.name, name) for name in "xy")
        listener = Listener(self.store, "--spool", former)
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "a"), 202)
            listener.stop(signal.SIGKILL)
        os.chmod(former, 0o777)
        listener = Listener(self.store, "--spool", now)
        self.assertEqual(self.status(listener, "b"), 200)
        self.assertEqual(listener.stop(), 0)
        told = "can be written by others: 1 body waits there and is not taken"
        self.assertIn(told, " ".join(self.said("summary", "--only-problems").split()))
        os.chmod(former, 0o700)
        listener = Listener(self.store, "--spool", now)
        wait(lambda: "a" in listener.ids())
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(sorted(listener.ids()), ["a", "b"])
        self.assertEqual(os.path.realpath(self.store + "-spool"), os.path.realpath(now))

    def test_what_waits_is_told_though_a_former_spool_is_gone(self):
        former, away, now = (os.path.join(self.folder.name, name) for name in ("x", "away", "y"))
        Listener(self.store, "--spool", former).stop(signal.SIGKILL)
        os.rename(former, away)
        listener = Listener(self.store, "--spool", now)
        wait(lambda: "is gone or empty" in self.rejected())
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "waits"), 202)
            said = " ".join(self.said("summary", "--only-problems").split())
            self.assertIn("which this store used last, is gone or empty", said)
            self.assertIn("1 delivery waits in the spool since", said)
            listener.stop(signal.SIGKILL)
        os.rename(away, former)
        listener = Listener(self.store, "--spool", now)
        wait(lambda: "waits" in listener.ids())
        self.assertEqual(listener.stop(), 0)
        self.assertEqual([line for line in listener.log if "left alone" in line], [])
        self.assertFalse(os.path.lexists(self.store + "-spool-former"))
        self.assertEqual(self.rejected().count("is gone or empty"), 1)

    def test_what_waits_in_the_spool_of_a_store_that_was_copied_is_told(self):
        spool, copy = [os.path.join(self.folder.name, name) for name in ("x", "copy.db")]
        listener = Listener(self.store, "--spool", spool)
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "waits"), 202)
            listener.stop()
        self.said("db", "backup", copy)
        listener = Listener(copy, "--spool", spool)
        other = Listener(copy, "--spool", os.path.join(self.folder.name, "y"))
        for one in (listener, other):
            self.assertEqual(self.status(one, "new"), 200)
            self.assertEqual(one.stop(), 0)
            self.assertTrue(any("is that of the store" in line for line in one.log), one.log)
        for command in (["summary", "--only-problems"], ["check", "--metric", "failed"]):
            said = subprocess.run([PROGRAM, "--db", copy, *command], text=True, capture_output=True)
            self.assertIn("1 body waits there and is not taken", " ".join(said.stdout.split()))
        os.rename(self.store, self.store + ".old")
        listener = Listener(copy, "--spool", os.path.join(self.folder.name, "y"))
        wait(lambda: "waits" in listener.ids())
        self.assertEqual(sorted(listener.ids()), ["new", "waits"])
        self.assertEqual(listener.stop(), 0)

    def test_others_can_not_put_reports_into_the_spool(self):
        spool = self.store + "-spool"
        os.mkdir(spool)
        os.chmod(spool, 0o777)
        planted = "00001795534174118366-30022-1-127.0.0.1.json"
        with open(os.path.join(spool, planted), "w") as file:
            file.write(report("planted"))
        listener = Listener(self.store)
        self.assertEqual(self.status(listener, "a"), 200)
        time.sleep(1.5)  # it looks each second
        self.assertEqual(listener.ids(), ["a"])
        told = "can be written by others: 1 body waits there and is not taken"
        self.assertIn(told, " ".join(self.said("summary", "--only-problems").split()))
        self.assertTrue(self.said("check", "--metric", "failed", "-c", "0").startswith("JOBTALLY UNKNOWN"))
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(sum(told in line for line in listener.log), 1)
        loaded = subprocess.run([PROGRAM, "--db", self.store, "ingest", "-"], text=True, capture_output=True, timeout=20,
                                input=report("own"))
        self.assertIn("can be written by others", loaded.stderr)
        self.assertEqual(os.listdir(spool), [planted])

    def test_a_group_that_may_write_to_the_store_may_write_to_the_spool(self):
        """As that of a volume's fsGroup, of which the modes are set at each mount."""
        listener = Listener(self.store)
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "a"), 202)
            listener.stop(signal.SIGKILL)
        os.chmod(self.store + "-spool", 0o2770)
        for path in (self.store, *glob.glob(self.store + "-spool/*")):
            os.chmod(path, 0o660)
        listener = Listener(self.store)
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "b"), 202)
        wait(lambda: len(listener.ids()) >= 2)
        self.assertEqual(sorted(listener.ids()), ["a", "b"])
        self.assertEqual(listener.stop(), 0)

    def test_a_spool_that_is_opened_to_others_is_not_used_any_more(self):
        spool = self.store + "-spool"
        planted = os.path.join(spool, "00001795534174118366-30022-1-127.0.0.1.json")
        listener = Listener(self.store)

        def answer(id):
            return self.status(listener, id)

        with guard_held(self.store):
            self.assertEqual(answer("a"), 202)
            os.chmod(spool, 0o777)
            with open(planted, "w") as file:
                file.write(report("planted"))
            self.assertEqual([answer("b"), answer("c")], [503, 503])
        self.assertEqual(answer("d"), 200)
        time.sleep(2)  # it looks each second
        self.assertEqual(listener.ids(), ["d"])
        os.remove(planted)
        os.chmod(spool, 0o700)
        wait(lambda: len(listener.ids()) >= 2)
        self.assertEqual(sorted(listener.ids()), ["a", "d"])
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(sum("can be written by others" in line for line in listener.log), 1)

    def status(self, listener, id):
        with listener.connect() as connection:
            connection.sendall(post(report(id)))
            return read_answer(connection)[0].status

    def said(self, *words):
        return subprocess.run([PROGRAM, "--db", self.store, *words], capture_output=True, text=True).stdout

    def rejected(self):
        return subprocess.run([PROGRAM, "--db", self.store, "db", "rejected"], capture_output=True, text=True).stdout

    def test_a_spool_that_can_not_be_used_keeps_nobody_from_listening(self):
        """Nor does another's; it is used once it can be."""
        spool = self.store + "-spool"
        for is_foreign in (False, True):
            if is_foreign and os.geteuid() != 0:
                continue
            with open(spool, "w"):
                pass
            if is_foreign:
                os.remove(spool)
                os.mkdir(spool, 0o700)
                os.chown(spool, 12345, 12345)
            listener = Listener(self.store)
            self.assertEqual(self.status(listener, "stored"), 200)
            with guard_held(self.store):
                self.assertEqual(self.status(listener, "refused"), 503)
                os.rmdir(spool) if is_foreign else os.remove(spool)
                time.sleep(1.5)  # it tries each second
                self.assertEqual(self.status(listener, "spooled"), 202)
            wait(lambda: "spooled" in listener.ids())
            self.assertEqual(sorted(listener.ids()), ["spooled", "stored"])
            self.assertEqual(listener.stop(), 0)
            self.assertEqual(sum("the spool can't be used" in line for line in listener.log), 1, listener.log)
            self.assertEqual(sum('could not be stored' in line and '"refused"' in line for line in listener.log), 1)
            os.rmdir(spool)
            os.remove(self.store)

    def test_a_store_and_a_spool_that_can_not_be_used(self):
        """What comes is in the log, and told when the store works."""
        with open(self.store, "wb") as store:
            store.write(b"x" * 5000)
        with open(self.store + "-spool", "w"):
            pass
        listener = Listener(self.store)
        self.assertEqual(self.status(listener, "refused"), 503)
        with listener.connect() as connection:
            connection.sendall(post("a\0b, whole"))
            self.assertEqual(read_answer(connection)[0].status, 503)
        os.remove(self.store)
        os.remove(self.store + "-spool")
        deadline = time.time() + 20
        while "2 requests were answered 503 or refused, and not kept" not in self.rejected() and time.time() < deadline:
            time.sleep(0.1)
        self.assertIn("2 requests were answered 503 or refused, and not kept", self.rejected())
        self.assertEqual(listener.stop(), 0)
        self.assertTrue(any('could not be stored' in line and 'b, whole' in line for line in listener.log))
        self.assertTrue(any('could not be stored' in line and '"refused"' in line for line in listener.log))

    def test_what_a_listener_had_taken_is_no_sign_that_reports_come_without_it(self):
        def later(hours):
            return "--now", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + hours * 3600))

        listener = Listener(self.store)
        self.assertEqual(self.status(listener, "a"), 200)
        with listener.connect() as connection:
            connection.sendall(post(report("mistyped"), path="/mistyped"))
            self.assertEqual(read_answer(connection)[0].status, 404)
        with guard_held(self.store):
            self.assertEqual(self.status(listener, "spooled"), 202)
            listener.stop(signal.SIGKILL)
        self.said(*later(1), "ingest", "/dev/null")
        self.said(*later(2), "db", "rejected", "--retry")
        self.assertEqual(sorted(listener.ids()), ["a", "mistyped", "spooled"])
        self.assertIn("no listener is up", self.said(*later(5), "summary", "--only-problems"))
        listed = report("listed", created_at=later(3)[1], updated_at=later(3)[1])
        subprocess.run([PROGRAM, "--db", self.store, *later(3), "ingest"], input=listed, text=True, check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(self.said(*later(5), "summary", "--only-problems"), "")

    def test_what_was_answered_503_is_told_by_the_next_process(self):
        spool = self.store + "-spool"
        for number, ending in enumerate((signal.SIGTERM, signal.SIGKILL)):
            listener = Listener(self.store)
            self.assertEqual(self.status(listener, "before"), 200)
            with guard_held(self.store):
                os.chmod(spool, 0o777)
                self.assertEqual([self.status(listener, id) for id in ("a", "b")], [503, 503])
                told = "2 requests were answered 503 or refused, and not kept"
                self.assertIn(told, self.said("summary", "--only-problems"))
                self.assertIn(told, self.said("check", "--metric", "failure-streak", "-c", "0"))
                self.assertIn('"unkept": 2,', self.said("db", "status", "--json"))
                listener.stop(ending)
            os.chmod(spool, 0o700)
            self.assertEqual(self.rejected().count("answered 503"), number)
            listener = Listener(self.store)
            wait(lambda: self.rejected().count("answered 503") != number)
            time.sleep(1.5)  # it tells once
            self.assertEqual(self.rejected().count(told), number + 1)
            self.assertEqual(listener.stop(), 0)
        self.assertIn("2 rejected", self.said("summary", "--only-problems"))
        self.assertNotIn(told, self.said("summary", "--only-problems"))

    def test_who_may_read_the_store_hears_what_was_answered_503(self):
        subprocess.run([PROGRAM, "-q", "--db", self.store, "ingest", os.devnull], check=True, stdout=subprocess.DEVNULL)
        os.chmod(self.folder.name, 0o755)
        for ending in ("", "-wal", "-shm"):
            os.chmod(self.store + ending, 0o644)
        listener = Listener(self.store)
        self.assertEqual(os.stat(self.store + ".lock").st_mode & 0o777, 0o644)
        member = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

        def asked(*words):
            return subprocess.run([PROGRAM, "--db", self.store, *words], capture_output=True, text=True, **member).stdout

        with guard_held(self.store):
            os.chmod(self.store + "-spool", 0o777)
            self.assertEqual(self.status(listener, "a"), 503)
            os.chmod(self.store + "-spool", 0o700)
            for lock_mode, told, number in ((0o644, "1 request was answered 503 or refused, and not kept", "1"),
                                            (0, "not kept can't be read", "null")):
                os.chmod(self.store + ".lock", lock_mode)
                self.assertIn(told, " ".join(asked("summary", "--only-problems").split()))
                self.assertIn('"unkept_requests": %s,' % number, asked("summary", "--json"))
                self.assertIn('"unkept": %s,' % number, asked("db", "status", "--json"))
                check = asked("check", "--metric", "rejected", "-c", "0")
                self.assertIn("UNKNOWN", check)
                self.assertIn(told, check)
        os.chmod(self.store + ".lock", 0o600)
        self.assertEqual(listener.stop(), 0)

    def test_two_listeners_tell_once_what_was_answered_503(self):
        spool = self.store + "-spool"
        both = [Listener(self.store), Listener(self.store)]
        for number, listener in enumerate(both):
            self.assertEqual(self.status(listener, "before%d" % number), 200)
        refused = 0
        for round in range(3):
            with guard_held(self.store):
                os.chmod(spool, 0o777)
                statuses = [self.status(listener, "refused") for listener in both]
                senders = [threading.Thread(target=lambda at=at: statuses.append(self.status(both[at], "new%d%d" % (round, at))))
                           for at in range(2)]
                for sender in senders:
                    sender.start()
                time.sleep(0.1)
            for sender in senders:
                sender.join()
            os.chmod(spool, 0o700)
            refused += statuses.count(503)
            time.sleep(1.5)
        told = [int(number) for number in re.findall(r"(\d+) requests? (?:was|were) answered 503", self.rejected())]
        self.assertEqual(sum(told), refused)
        self.assertEqual([listener.stop() for listener in both], [0, 0])

    def test_a_store_that_can_not_be_reached_is_waited_for_in_the_spool(self):
        """Its folder leads to nothing, or in a circle, or can't be entered: a listener has worked here, so the next one starts."""
        home, away, spool = (os.path.join(self.folder.name, name) for name in ("home", "away", "elsewhere"))
        store = os.path.join(home, "store.db")
        ways = [lambda: os.symlink("nowhere", home), lambda: os.symlink("home", home)]
        if os.geteuid() != 0:
            ways.append(lambda: os.mkdir(home, 0))
        for number, hide in enumerate(ways):
            listener = Listener(store, "--spool", spool)
            self.assertEqual(self.status(listener, "before%d" % number), 200)
            self.assertEqual(listener.stop(), 0)
            os.rename(home, away)
            hide()
            listener = Listener(store, "--spool", spool)
            self.assertIn("jobtally: note: reports wait in the spool until the store works\n", listener.log)
            self.assertEqual(self.status(listener, "hidden%d" % number), 202)
            os.remove(home) if os.path.islink(home) else os.rmdir(home)
            os.rename(away, home)
            wait(lambda: "hidden%d" % number in listener.ids())
            self.assertIn("hidden%d" % number, listener.ids())
            self.assertEqual(listener.stop(), 0)

    def fill(self, listener):
        """With so much that damage can meet pages that a commit does not read."""
        with listener.connect() as connection:
            for number in range(1500):
                connection.sendall(post(report("r%d" % number, more="-" * 500)))
                self.assertEqual(read_answer(connection)[0].status, 200)

    def test_a_question_does_not_mend_a_damaged_store(self):
        admin = self.store + ".admin"
        options = ("-q", "--admin", "unix:" + admin)
        listener = Listener(self.store, *options)
        self.fill(listener)
        listener.stop()
        listener = Listener(self.store, *options)
        time.sleep(1)  # what is written while it writes itself can't be told apart
        with open(self.store, "r+b") as file:
            file.seek(2 * 4096)
            file.write(b"\xa5" * 4096)
        self.assertEqual(self.status(listener, "first"), 202)
        time.sleep(4)  # a file that was just written to is let be for 3 s
        self.assertEqual(self.status(listener, "second"), 202)
        for _ in range(3):
            self.said("check", "--metric", "failed")
            with socket.socket(socket.AF_UNIX) as asking:
                asking.connect(admin)
                asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual(read_answer(asking)[0].status, 503)
            time.sleep(1.1)
        listener.stop()
        self.assertFalse([line for line in listener.log if "works again" in line], listener.log)

    def test_what_another_program_damaged_is_not_believed(self):
        """Nor is anything stored into it, though the damage is on pages that no commit reads."""
        listener = Listener(self.store, "-q")
        self.fill(listener)
        wait(lambda: os.path.getsize(self.store + "-wal") == 0)
        time.sleep(1)  # what is written while it writes itself can't be told apart
        with open(self.store, "r+b") as file:
            file.seek(os.path.getsize(self.store) // 4096 // 2 * 4096)
            file.write(b"\xa5" * 4096)
        wait(lambda: any("was written to by another program" in line for line in listener.log))
        wait(lambda: any("is damaged" in line for line in listener.log))
        self.assertEqual(self.status(listener, "later"), 202)
        listener.stop()
        self.assertFalse([line for line in listener.log if "works again" in line], listener.log)

    def test_a_store_that_is_known_to_be_damaged_is_not_written_to(self):
        listener = Listener(self.store, "-q")
        self.fill(listener)
        listener.stop(signal.SIGKILL)
        os.truncate(self.store, os.path.getsize(self.store) // 2 // 4096 * 4096)
        listener = Listener(self.store)
        self.assertEqual(self.status(listener, "new"), 202)
        self.assertEqual(listener.stop(), 0)
        self.assertTrue(any("is damaged" in line for line in listener.log), listener.log)
        self.assertEqual(len([name for name in os.listdir(self.store + "-spool") if name.endswith(".json")]), 1)

    def test_what_waits_for_a_damaged_store_comes_into_the_backup(self):
        copy = self.store + ".copy"
        listener = Listener(self.store, "-q")
        self.fill(listener)
        self.said("db", "backup", copy)
        self.assertEqual(self.status(listener, "late"), 200)
        listener.stop()
        with closing(sqlite3.connect(self.store)) as database, database:
            database.executescript("DELETE FROM segment; DELETE FROM packed_column")  # all is read once more
        with open(self.store, "r+b") as file:
            pages = iter(lambda: file.read(4096), b"")
            of_rows = [number for number, page in enumerate(pages) if page[0] == 13 and b"-" * 500 in page]
            file.seek(of_rows[20] * 4096)
            file.write(b"\xa5" * 4096)
        listener = Listener(self.store)
        for id in ("a", "b"):
            self.assertEqual(self.status(listener, id), 202)
        done = subprocess.run([PROGRAM, "--db", self.store, "ingest", "/dev/null"], text=True, capture_output=True)
        self.assertIn("error: the spool is left alone: store ", done.stderr)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len([name for name in os.listdir(self.store + "-spool") if name.endswith(".json")]), 2)
        done = subprocess.run([PROGRAM, "--db", self.store, "db", "restore", copy], text=True, capture_output=True)
        self.assertIn("the store that was there is damaged", done.stderr)
        self.assertIn("1 report of the old store is missing in this one", done.stderr)
        command = re.search("`jobtally (.*) export [|] jobtally (.*)` brings it back", done.stderr)
        saving = '"$0" %s export | "$0" %s' % command.groups()
        subprocess.run(["sh", "-c", saving, PROGRAM], check=True, capture_output=True)
        wait(lambda: {"a", "b", "late"} <= set(listener.ids()))
        self.assertEqual(listener.stop(), 0)
        self.assertEqual(len(listener.ids()), 1503)

    def test_a_socket_whose_owner_does_not_accept_is_not_waited_for(self):
        path = self.store + ".socket"
        with full_queue(path):
            refused = subprocess.run([PROGRAM, "--db", self.store, "listen", "--bind", "unix:" + path], text=True,
                                     capture_output=True, timeout=5, stdin=subprocess.DEVNULL)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn('can\'t listen on "unix:%s": Address already in use' % path, refused.stderr)
        self.assertTrue(os.path.exists(path))

    def test_a_listener_with_another_spool_strands_nothing(self):
        first, second = [os.path.join(self.folder.name, name) for name in ("x", "y")]
        listener = Listener(self.store, "--spool", first)
        refused = subprocess.run([PROGRAM, "--db", self.store, "listen", "--bind", "127.0.0.1:0", "--spool", second],
                                 text=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn('another listener has the spool "%s"' % first, refused.stderr)
        self.assertEqual(Listener(self.store).stop(), 0)  # where the other's is
        self.assertEqual(listener.stop(signal.SIGKILL), -signal.SIGKILL)
        self.assertEqual(Listener(self.store, "--spool", second).stop(), 0)

    def test_closed_streams_do_not_end_up_in_the_store(self):
        """What is printed would go into the files that took the numbers of stdout and stderr."""
        command = 'exec "$0" --db "$1" listen --bind unix:"$1".socket <&- >&- 2>&-'
        process = subprocess.Popen(["sh", "-c", command, PROGRAM, self.store])
        deadline = time.time() + 20
        with socket.socket(socket.AF_UNIX) as connection:
            # The file is there a moment before anybody listens.
            while connection.connect_ex(self.store + ".socket") != 0 and time.time() < deadline:
                time.sleep(0.02)
            connection.sendall(post(report("a")))
            self.assertEqual(read_answer(connection)[0].status, 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20), 0)
        with open(self.store + ".lock", "rb") as lock:
            self.assertNotIn(b"listening", lock.read())

    def test_the_socket_of_another_listener_stays(self):
        path = self.store + ".socket"
        listener = Listener(self.store, "--bind", "unix:" + path)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(path + ".other")
            other.listen()
            os.rename(path + ".other", path)
            wait(lambda: any("nobody can come in there" in line for line in listener.log))
            self.assertEqual(listener.stop(), 0)
            self.assertTrue(os.path.exists(path))
        self.assertEqual(sum("nobody can come in there" in line for line in listener.log), 1, listener.log)

    def signs_of_life(self):
        with closing(sqlite3.connect(self.store)) as database:
            return database.execute("SELECT * FROM uptime").fetchall()

    def test_a_socket_whose_file_is_deleted_is_made_again(self):
        folder = os.path.join(self.folder.name, "run")
        path = os.path.join(folder, "socket")
        os.mkdir(folder)
        command = [PROGRAM, "--db", self.store, "listen", "--bind", "unix:" + path]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

        def posted(id):
            with socket.socket(socket.AF_UNIX) as connection:
                wait(lambda: connection.connect_ex(path) == 0)
                connection.sendall(post(report(id)))
                return read_answer(connection)[0].status

        self.assertEqual(posted("a"), 200)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        os.chmod(path, 0o660)
        time.sleep(1.5)  # it is looked at once a second
        os.remove(path)
        self.assertEqual(posted("b"), 200)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o660)
        shutil.rmtree(folder)
        time.sleep(2.5)
        os.mkdir(folder)
        self.assertEqual(posted("c"), 200)
        os.rename(path, path + ".moved")
        os.symlink(path + ".moved", path)
        time.sleep(1.5)
        self.assertTrue(os.path.islink(path))  # all come in through it
        self.assertEqual(posted("d"), 200)
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=20)[1]
        self.assertEqual(log.count("the file of unix:%s was gone and was made again" % path), 2, log)
        self.assertEqual(log.count("is gone, so nobody can come in there: "), 1, log)
        self.assertFalse(os.path.exists(path))

    def test_who_can_not_listen_does_not_count_as_up(self):
        listener = Listener(self.store)
        taken = "127.0.0.1:%d" % listener.port
        wait(self.signs_of_life)
        listener.stop(signal.SIGKILL)
        before = self.signs_of_life(), os.stat(self.store + "-spool").st_mtime_ns
        with socket.create_server(("127.0.0.1", listener.port)):
            for more in ([], ["--admin", taken], ["--bind", "127.0.0.1:0", "--path", "no-slash"]):
                refused = subprocess.run([PROGRAM, "--db", self.store, "listen", "--bind", taken, *more],
                                         capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
                self.assertIn(refused.returncode, (1, 2), refused.stderr)
        self.assertEqual(len(before[0]), 1)
        self.assertEqual((self.signs_of_life(), os.stat(self.store + "-spool").st_mtime_ns), before)

    def test_the_limit_of_a_file_s_size_is_a_full_disk(self):
        listener = Listener(self.store, file_limit=600 << 10)
        with listener.connect() as connection:
            answers = []
            for number in range(200):
                connection.sendall(post(report("r%d" % number, more="-" * 5000)))
                answers.append(read_answer(connection)[0].status)
        self.assertEqual(set(answers), {200, 202})
        self.assertEqual(listener.stop(), 0)
        listener = Listener(self.store)
        wait(lambda: len(listener.ids()) >= 200)
        self.assertEqual(len(listener.ids()), 200)
        self.assertEqual(listener.stop(), 0)

    def test_kill_9_after_an_answer_loses_nothing(self):
        acknowledged = set()
        for round in range(ROUNDS_OF_KILLING):
            listener = Listener(self.store, "-q", authorization=None)
            lock = threading.Lock()

            def load(worker):
                try:
                    with listener.connect() as connection:
                        for i in range(100_000):
                            id = "k%d-%d-%d" % (round, worker, i)
                            connection.sendall(post(report(id), authorization=None))
                            if read_answer(connection)[0].status == 200:
                                with lock:
                                    acknowledged.add(id)
                except OSError:
                    pass

            workers = [threading.Thread(target=load, args=(n,)) for n in range(4)]
            for worker in workers:
                worker.start()
            time.sleep(0.05 + 0.01 * (round % 7))
            listener.process.kill()
            for worker in workers:
                worker.join()
            listener.process.wait()
            listener.process.stderr.close()
        listener = Listener(self.store, "-q")
        self.assertEqual(listener.stop(), 0)
        ids = listener.ids()
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(acknowledged - set(ids), set())
        print("killed %d times: %d acknowledged, %d stored, 0 lost"
              % (ROUNDS_OF_KILLING, len(acknowledged), len(ids)))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
