#!/usr/bin/env python3
"""The admin address of `jobtally listen`: /healthz and /metrics, and who may see them.

Usage: admin.py PATH-OF-JOBTALLY [unittest arguments]
"""
import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import listener
import prometheus
from listener import SECRET, Listener, post, read_answer, report


class AdminListener(Listener):
    def admin_port(self):
        return next(int(found.group(1)) for line in self.log
                    for found in [re.search(r"admin address http://127\.0\.0\.1:(\d+)/", line)] if found)

    def ask(self, path, method="GET", timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port(), timeout=timeout)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def send(self, body, **more):
        with self.connect() as connection:
            connection.sendall(post(body, **more))
            return read_answer(connection)[0].status

    def metrics(self):
        """{(name, labels...): value}"""
        families = prometheus.parse(self.ask("/metrics")[2])
        return {(name + suffix, *sorted(labels.values())): value
                for name, (_, samples) in families.items() for suffix, labels, value in samples}


class Admin(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = os.path.join(self.folder.name, "store.db")
        self.running = []

    def tearDown(self):
        for one in self.running:
            if one.process.poll() is None:
                one.stop()
        self.folder.cleanup()

    def listen(self, *options, **more):
        self.running.append(AdminListener(self.store, "--admin", "127.0.0.1:0", *options, **more))
        return self.running[-1]

    def test_pages_and_others(self):
        running = self.listen()
        status, fields, body = running.ask("/healthz")
        self.assertEqual((status, json.loads(body)["status"]), (200, "ok"))
        self.assertEqual(fields["Content-Type"], "application/json")
        status, fields, body = running.ask("/metrics?x=1")
        self.assertEqual((status, fields["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertEqual(running.ask("/metrics", "HEAD")[::2], (200, ""))
        for path, method, wanted in (("/", "GET", 404), ("/", "POST", 404), ("/healthz", "POST", 405),
                                     ("/metrics", "DELETE", 405), ("/healthz/", "GET", 404), ("/metrics", "OPTIONS", 204)):
            self.assertEqual(running.ask(path, method)[0], wanted, (path, method))
        with running.connect() as connection:  # never on the public address, whoever asks
            for path in (b"/healthz", b"/metrics"):
                connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nAuthorization: " + SECRET.encode() + b"\r\n\r\n")
                self.assertEqual(read_answer(connection)[0].status, 404)
        with socket.create_connection(("127.0.0.1", running.admin_port()), timeout=10) as connection:
            connection.sendall(post(report("admin")))  # reports don't come in here
            self.assertEqual(read_answer(connection)[0].status, 404)
        self.assertEqual(running.metrics()["jobtally_requests_total", "404"], 3)  # and is told
        self.assertEqual(running.stop(), 0)
        self.assertEqual(len([line for line in running.log if "POST" in line and "sent to the admin address, which takes no reports" in line]), 1)
        self.assertEqual(running.ids(), [])
        self.assertEqual([line for line in running.log if "healthz" in line and " 127.0.0.1 GET /healthz 200" in line], [])

    def test_metrics_count(self):
        secrets = os.path.join(self.folder.name, "secrets")
        with open(secrets, "w") as file:
            file.write('plain: %s\no"d\\d: Bearer other\n' % SECRET)
        os.chmod(secrets, 0o600)
        began = time.time()
        running = self.listen("--auth-file", secrets, "--max-connections", "77", authorization=None)
        before = running.metrics()
        while ("jobtally_jobs_computed_timestamp_seconds",) not in before:  # until then files are being opened
            time.sleep(0.05)
            before = running.metrics()
        self.assertEqual(before["jobtally_requests_total", "200"], 0)
        self.assertEqual(before["jobtally_spooled_bodies",], 0)
        self.assertNotIn(("jobtally_last_commit_timestamp_seconds",), before)
        self.assertEqual(running.send(report("a")), 200)
        self.assertEqual(running.send(report("a")), 200)
        self.assertEqual(running.send(report("b"), authorization="Bearer other"), 200)
        self.assertEqual(running.send("[%s, {}]" % report("a", updated_at="2026-11-01T10:00:00Z")), 200)
        self.assertEqual(running.send(report("c"), authorization="wrong"), 401)
        self.assertEqual(running.send("nonsense"), 400)
        held = running.connect()
        after = running.metrics()
        for key, wanted in ((("jobtally_requests_total", "200"), 4), (("jobtally_requests_total", "401"), 1),
                            (("jobtally_requests_total", "400"), 1),
                            (("jobtally_authorized_requests_total", "plain"), 4),
                            (("jobtally_authorized_requests_total", 'o"d\\d'), 1),
                            (("jobtally_source_results_total", "plain", "stored"), 1),
                            (("jobtally_source_results_total", "plain", "rejected"), 2),
                            (("jobtally_source_results_total", 'o"d\\d', "stored"), 1),
                            (("jobtally_results_total", "stored"), 2), (("jobtally_results_total", "unchanged"), 1),
                            (("jobtally_results_total", "stale"), 1), (("jobtally_results_total", "updated"), 0),
                            (("jobtally_results_total", "rejected"), 2), (("jobtally_results_total", "lost"), 0),
                            (("jobtally_results_total", "spooled"), 0),
                            (("jobtally_request_duration_seconds_count",), 6),
                            (("jobtally_request_duration_seconds_bucket", "+Inf"), 6),
                            (("jobtally_connections",), 1), (("jobtally_connections_max",), 77),
                            (("jobtally_connections_total",), 7), (("jobtally_bodies_reserved_bytes",), 0)):
            self.assertEqual(after[key], wanted, key)
        bodies = 3 * len(report("a")) + len("[, {}]") + len(report("a", updated_at="2026-11-01T10:00:00Z")) + len("nonsense")
        self.assertEqual(after["jobtally_request_body_bytes_total",], bodies)
        self.assertTrue(began - 1 < after["jobtally_start_time_seconds",] < after["jobtally_last_commit_timestamp_seconds",]
                        < time.time() + 1)
        self.assertTrue(0 < after["jobtally_request_duration_seconds_sum",] < 60)
        self.assertGreater(after["jobtally_open_descriptors",], 5)
        if os.geteuid() == 0:  # nobody else may look
            open_files = len(os.listdir("/proc/%d/fd" % running.process.pid))
            self.assertTrue(abs(after["jobtally_open_descriptors",] - open_files) <= 1, (after, open_files))
        self.assertTrue(all(name.startswith(("jobtally_", "process_")) for name, *_ in after))
        self.assertEqual(after["process_open_fds",], after["jobtally_open_descriptors",])
        self.assertTrue(0 < after["process_cpu_seconds_total",] < 60)
        self.assertTrue(1 << 20 < after["process_resident_memory_bytes",] < after["process_virtual_memory_bytes",])
        self.assertIn("jobtally_build_info", [name for name, *_ in after])
        held.close()

    def test_a_probe_notices_that_the_store_was_taken_away(self):
        running = self.listen("-q")
        self.assertEqual(running.ask("/healthz")[0], 200)
        os.rename(self.store, self.store + ".away")
        status, _, body = running.ask("/healthz")
        self.assertEqual((status, json.loads(body)["status"]), (503, "failing"))
        self.assertEqual(running.process.wait(timeout=10), 1)
        running.process.stderr.close()

    def test_health_waits_no_longer_than_the_timeout_and_many_share_a_commit(self):
        running = self.listen("--timeout", "1s")
        self.assertEqual(running.ask("/healthz")[0], 200)
        blocker = sqlite3.connect(self.store, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        began = time.time()
        answers = []
        askers = [threading.Thread(target=lambda: answers.append(running.ask("/healthz"))) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        took = time.time() - began
        self.assertEqual({status for status, _, _ in answers}, {503})
        self.assertTrue(all(json.loads(body)["status"] == "failing" for _, _, body in answers))
        self.assertLess(took, 4)
        blocker.execute("ROLLBACK")
        blocker.close()
        deadline = time.time() + 10
        while running.ask("/healthz")[0] != 200:
            self.assertLess(time.time(), deadline)
            time.sleep(0.05)

    def test_only_this_machine(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        environment["JOBTALLY_AUTHORIZATION"] = SECRET
        for bind in ("0.0.0.0:0", "[::]:0"):
            refused = subprocess.run([listener.PROGRAM, "--db", self.store, "listen", "--bind", "127.0.0.1:0", "--admin", bind],
                                     capture_output=True, text=True, timeout=20, env=environment)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("--allow-anonymous", refused.stderr)
        running = AdminListener(self.store, "--admin", "0.0.0.0:0", "--allow-anonymous")
        self.assertEqual(running.stop(), 0)

    def test_a_unix_socket(self):
        path = os.path.join(self.folder.name, "admin")
        running = AdminListener(self.store, "--admin", "unix:" + path)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(read_answer(connection)[0].json()["status"], "ok")
        self.assertEqual(running.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_heads_that_stall_give_way_to_who_waits(self):
        running = self.listen("--max-connections", "3", "--timeout", "20s")
        stalled = [running.connect() for _ in range(3)]
        for connection in stalled:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        time.sleep(0.2)
        began = time.time()
        for number in range(3):
            with running.connect() as connection:
                connection.sendall(post(report("honest-%d" % number)))
                self.assertEqual(read_answer(connection)[0].status, 200)
        self.assertLess(time.time() - began, 10)
        for connection in stalled:
            connection.close()

    def test_admin_answers_though_the_door_is_full(self):
        running = self.listen("--max-connections", "3", "--timeout", "5s")
        busy = []
        for _ in range(3):
            busy.append(running.connect())
            busy[-1].sendall(post(report("busy"))[:-3])
        time.sleep(0.2)
        waiting = running.connect()
        began = time.time()
        self.assertEqual(running.ask("/healthz")[0], 200)
        self.assertEqual(running.metrics()["jobtally_connections",], 3)
        self.assertLess(time.time() - began, 2)
        for connection in (*busy, waiting):
            connection.close()


class PerPeer(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.folder.cleanup()

    def test_a_peer_over_its_limit_is_closed_at_once_and_others_are_served(self):
        unix = os.path.join(self.folder.name, "socket")
        running = AdminListener(os.path.join(self.folder.name, "s.db"), "--admin", "127.0.0.1:0", "--bind", "unix:" + unix,
                                "--max-connections-per-peer", "5")
        held = [running.connect() for _ in range(5)]
        for connection in held:
            connection.sendall(post(report("first")))
            self.assertEqual(read_answer(connection)[0].status, 200)
        for _ in range(20):
            began = time.time()
            with running.connect() as connection:
                self.assertTrue(listener.is_closed(connection))
            self.assertLess(time.time() - began, 1)
        other = socket.socket()  # 127.0.0.2 is another peer
        other.bind(("127.0.0.2", 0))
        other.connect(("127.0.0.1", running.port))
        other.sendall(post(report("other")))
        self.assertEqual(read_answer(other)[0].status, 200)
        other.close()
        for _ in range(10):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(unix)
                connection.sendall(post(report("unix")))
                self.assertEqual(read_answer(connection)[0].status, 200)
        self.assertEqual(running.metrics()["jobtally_connections_refused_total",], 20)
        held.pop().close()
        time.sleep(0.2)
        self.assertEqual(running.send(report("again")), 200)
        for connection in held:
            connection.close()
        self.assertEqual(running.stop(), 0)
        self.assertEqual(len([line for line in running.log if "was closed at once" in line]), 1)


if __name__ == "__main__":
    print("prometheus.py refuses %d malformed pages" % prometheus.self_test())
    listener.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
