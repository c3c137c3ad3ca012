#!/usr/bin/env python3
"""`jobtally send` against a receiver of its own and against `jobtally listen`.

Usage: send.py PATH-OF-JOBTALLY [unittest arguments]
"""
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from datetime import datetime
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from full_queue import full_queue
from receiver import Receiver
from served import Served, bare_environment

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
PATIENCE = 300  # seconds
LINE = re.compile(r"(\d{3}) (\S+) (\d+(?:\.\d)?) ms (\S+)(?: \((.*)\))?$")
KEYS = ["id", "type", "status", "created_at", "updated_at", "total_operations", "total_succeeded", "total_failed",
        "definition_id", "definition_name"]


def report(id, **changes):
    return {"id": id, "type": "import", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:00:01.500Z", "total_operations": 3, "total_succeeded": 2, "total_failed": 1,
            "definition_id": "d1", "definition_name": "Kunden \u00fcber \"Nacht\"", **changes}


def ndjson(*reports):
    return "".join(json.dumps(one) + "\n" for one in reports)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="jobtally-test-"))
                           if hasattr(self, "enterContext") else self._folder())

    def _folder(self):
        folder = tempfile.TemporaryDirectory(prefix="jobtally-test-")
        self.addCleanup(folder.cleanup)
        return folder.name

    def run_program(self, *arguments, input="", store="none.db", environment=()):
        return subprocess.run([PROGRAM, "--db", str(self.folder / store), *map(str, arguments)], input=input, text=True,
                              capture_output=True, timeout=PATIENCE, env={**bare_environment(), **dict(environment)})

    def send(self, url, *arguments, code=0, **more):
        """The outcomes, a tuple each: status, word, id, reason."""
        done = self.run_program("send", url, *arguments, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.said = done.stderr
        lines = [LINE.match(line) for line in done.stdout.splitlines()]
        self.assertNotIn(None, lines, done.stdout)
        return [(found[1], found[2], found[4], found[5]) for found in lines]


class Requests(Case):
    def test_body_and_head(self):
        stored = report("one", unknown={"a": [1, 2.50]})
        listed = report("two", definition={"id": "d2", "name": "Two", "enabled": True})
        del listed["definition_id"], listed["definition_name"]
        bare = {"id": 7, "status": "FAILURE", "created_at": "2026-11-01T11:00:00+01:00", "total_failed": None}
        with Receiver() as receiver:
            outcomes = self.send(receiver.url + "/ok?a=b#c", "-", input=ndjson(stored, listed, bare))
            self.assertEqual(outcomes, [("200", "stored", id, None) for id in ("one", "two", "7")])
            first, second, third = receiver.requests
        self.assertEqual((first.method, first.target, first.version), ("POST", "/ok?a=b", "HTTP/1.1"))
        self.assertEqual(first.fields["host"], receiver.url[7:])
        self.assertEqual(first.fields["content-type"], "application/json")
        self.assertRegex(first.fields["user-agent"], r"^jobtally/\d")
        self.assertNotIn("authorization", first.fields)
        flat = {key: stored[key] for key in KEYS}
        self.assertEqual(first.body.decode(), json.dumps(flat, separators=(",", ":"), ensure_ascii=False))
        flat.update(id="two", definition_id="d2", definition_name="Two")
        self.assertEqual(second.body.decode(), json.dumps(flat, separators=(",", ":"), ensure_ascii=False))
        self.assertEqual(third.body, b'{"id":"7","status":"FAILURE","created_at":"2026-11-01T10:00:00Z"}')

    def test_ids_as_stored(self):
        stored = report("x1", unknown={"a": [1, 2.50]}, definition={"enabled": False})
        self.run_program("ingest", input=ndjson(report("x0"), stored), store="s.db")
        exported = self.run_program("export", store="s.db").stdout.splitlines()
        with Receiver() as receiver:
            self.send(receiver.url, "x1", "x0", "--as-stored", store="s.db")
            self.send(receiver.url, "x1", store="s.db")
            bodies = [request.body.decode() for request in receiver.requests]
            self.assertEqual(bodies[:2], exported[::-1])
            self.assertEqual(list(json.loads(bodies[2])), KEYS)
            for ids, said in ((["x1", "nobody"], 'no file and no report "nobody"'), ):
                done = self.run_program("send", receiver.url, *ids, store="s.db")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(said, done.stderr)
            self.assertEqual(len(receiver.requests), 3)  # nothing is sent where something is missing

    def test_files_before_ids_and_rejected(self):
        self.run_program("ingest", input=ndjson(report("kept")), store="s.db")
        files = [self.folder / "a.ndjson", self.folder / "b.json"]
        files[0].write_text(ndjson(report("a1"), {"id": "bad"}, report("a2")))
        files[1].write_text(json.dumps({"total": 1, "items": [report("b1")]}, indent=2))
        with Receiver() as receiver:
            outcomes = self.send(receiver.url, files[0], "kept", files[1], store="s.db", code=3)
        self.assertEqual([id for _, _, id, _ in outcomes], ["a1", "a2", "b1", "kept"])
        self.assertIn("a.ndjson:2: ", self.said)

    def test_authorization(self):
        secrets = self.folder / "secrets"
        secrets.write_text("# comment\nold: Bearer old\nnew: Bearer new value\n")
        secrets.chmod(0o600)
        environment = {"JOBTALLY_AUTHORIZATION": "Basic ZW52"}
        with Receiver() as receiver:
            for options, more in ((("--auth-file", secrets), {}), ((), {"environment": environment}),
                                  (("--auth-file", secrets), {"environment": environment})):
                self.send(receiver.url, *options, "-", input=ndjson(report("a")), **more)
                self.assertNotIn("Bearer", self.said)
            sent = [request.fields["authorization"] for request in receiver.requests]
        self.assertEqual(sent, ["Bearer new value", "Basic ZW52", "Bearer new value"])

    def test_streams(self):
        with Receiver() as receiver, subprocess.Popen([PROGRAM, "send", receiver.url, "-"], stdin=subprocess.PIPE,
                                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            for id in ("s1", "s2", "s3"):  # each is answered before the next is written
                process.stdin.write(ndjson(report(id)).encode())
                process.stdin.flush()
                self.assertTrue(process.stdout.readline().endswith(id.encode() + b"\n"))
            process.communicate()
            self.assertEqual(process.returncode, 0)


class Answers(Case):
    def check(self, path, expected, reason=None, code=1, **more):
        """Two reports: each comes out as expected, and each came once at most."""
        with self.subTest(path), Receiver() as receiver:
            outcomes = self.send(receiver.url + path, *more.pop("options", ()), "-",
                                 input=ndjson(report("r1"), report("r2")), code=code, **more)
            self.assertEqual(outcomes, [(*expected, id, reason) for id in ("r1", "r2")])
            sent = [json.loads(request.body)["id"] for request in receiver.requests]
            self.assertEqual(sent, ["r1", "r2"])
            return receiver.connections

    def test_successes(self):
        for path, expected, connections in (
                ("/ok", ("200", "stored"), 1), ("/accepted", ("202", "spooled"), 1), ("/plain", ("200", "accepted"), 1),
                ("/misnamed", ("200", "accepted"), 1),
                ("/no-content", ("204", "accepted"), 1), ("/chunked", ("200", "stored"), 1),
                ("/continue", ("200", "stored"), 1), ("/until-end", ("200", "stored"), 2),
                ("/closing", ("200", "stored"), 2), ("/behind", ("200", "stored"), 2)):
            self.assertEqual(self.check(path, expected, code=0), connections, path)

    def test_a_connection_that_was_closed_meanwhile(self):
        self.assertEqual(self.check("/closes", ("200", "stored"), code=0, options=("--rate", "1")), 2)

    def test_refusals(self):
        self.check("/moved", ("302", "refused"), "Found")
        hint = "jobtally: hint: give the Authorization value by --auth-file or JOBTALLY_AUTHORIZATION\n"
        self.check("/unauthorized", ("401", "refused"), "wrong\\u001b Authorization")
        self.assertTrue(self.said.endswith(hint), self.said)
        self.check("/unauthorized", ("401", "refused"), "wrong\\u001b Authorization", environment={"JOBTALLY_AUTHORIZATION": "other"})
        self.assertNotIn("hint", self.said)
        self.check("/error", ("500", "refused"), "Internal Server Error")
        self.assertRegex(self.said, r"^jobtally: 2 reports sent: 2 refused; .* a second; latency p50 ")

    def test_no_answers(self):
        cut = "the connection was closed before a whole answer"
        for path in ("/closed", "/half-head", "/half-body", "/half-chunk"):
            self.check(path, ("000", "no-answer"), cut)
        self.check("/too-large", ("000", "no-answer"), "the answer is too large")
        for path in ("/no-http", "/long-trailer"):
            with self.subTest(path), Receiver() as receiver:
                outcomes = self.send(receiver.url + path, "-", input=ndjson(report("r")), code=1)
                self.assertEqual(outcomes[0][:3], ("000", "no-answer", "r"))
                self.assertEqual(len(receiver.requests), 1)

    def test_timeouts(self):
        for path in ("/silent", "/drip"):
            self.check(path, ("000", "timeout"), options=("--timeout", "0.3"))
        self.assertNotIn("latency", self.said)

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            free = "http://127.0.0.1:%d/" % taken.getsockname()[1]
        for url, reason in ((free, "Connection refused"),
                            ("unix:%s" % (self.folder / "none.sock"), "No such file or directory")):
            outcomes = self.send(url, "-", input=ndjson(report("r1"), report("r2")), code=1)
            self.assertEqual(outcomes, [("000", "unreachable", id, reason) for id in ("r1", "r2")])

    def test_a_queue_that_is_full(self):
        """Who listens at a unix socket and accepts nobody is waited for, as long as an answer is."""
        path = str(self.folder / "full.sock")
        with full_queue(path):
            began = time.monotonic()
            outcomes = self.send("unix:" + path, "-", "--timeout", "0.5", input=ndjson(report("r1")), code=1)
            self.assertEqual(outcomes, [("000", "unreachable", "r1", "nobody accepts there: its queue is full")])
            self.assertLess(time.monotonic() - began, 5)

    def test_machine_formats(self):
        with Receiver() as receiver:
            done = self.run_program("send", receiver.url + "/error", "-", "--json", input=ndjson(report("a"), report("b")))
            answer = json.loads(done.stdout)
            self.assertEqual([(one["id"], one["status"], one["outcome"]) for one in answer["outcomes"]],
                             [("a", 500, "refused"), ("b", 500, "refused")])
            total = answer["total"]
            self.assertEqual((total["sent"], total["succeeded"], total["failed"], total["by_outcome"]), (2, 0, 2, {"refused": 2}))
            self.assertLessEqual(total["p50_seconds"], total["max_seconds"])
            self.assertEqual(total["max_seconds"], max(one["latency_seconds"] for one in answer["outcomes"]))
            done = self.run_program("send", receiver.url, "-", "-F", "csv", "--columns", "id,status", input=ndjson(report("a")))
            self.assertEqual(done.stdout, "id,status\na,200\n")


class Load(Case):
    def test_connections(self):
        with Receiver(together=4) as receiver:
            self.send(receiver.url + "/together", "--count", "40", "-c", "4")
            self.assertEqual((len(receiver.requests), receiver.connections), (40, 4))
            self.assertEqual(len({json.loads(request.body)["id"] for request in receiver.requests}), 40)

    def test_rate(self):
        for connections in (1, 3):
            with Receiver() as receiver:
                began = time.monotonic()
                self.send(receiver.url, "--count", "30", "--rate", "50", "-c", str(connections))
                last = max(request.at for request in receiver.requests)
            # What fell behind may be made up for, by a tenth of a second at most.
            self.assertGreaterEqual(last - began, 29 / 50 - 0.12)

    def interrupted(self, *arguments, input=""):
        with Receiver() as receiver, subprocess.Popen([PROGRAM, "send", receiver.url + "/ok", *arguments],
                                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                                      stderr=subprocess.PIPE, env=bare_environment()) as process:
            process.stdin.write(input)
            process.stdin.flush()
            first = [process.stdout.readline() for _ in range(3)]
            process.send_signal(signal.SIGINT)
            process.wait(timeout=PATIENCE)  # while stdin is open still
            rest, said = process.stdout.read(), process.stderr.read()  # communicate() forgets what readline() has read ahead
            self.assertEqual(process.returncode, 1, said)
            told = len(first) + len(rest.splitlines())
            self.assertEqual(told, len(receiver.requests))
            self.assertIn("stopped before all was sent", said)
            self.assertRegex(said, r"jobtally: %d reports? sent" % told)

    def test_interrupted(self):
        self.interrupted("--count", "100000", "--rate", "20", "-c", "2")
        self.interrupted("--count", "1000000", "-c", "2")

    def test_nobody_reads_its_lines(self):
        with Receiver() as receiver:
            with subprocess.Popen([PROGRAM, "send", receiver.url + "/ok", "--count", "1000000"], stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.PIPE, env=bare_environment()) as process:
                process.stdout.readline()
                process.stdout.close()
                process.wait(timeout=PATIENCE)
                said = process.stderr.read()
            self.assertEqual(process.returncode, 1, said)
            self.assertIn("stopped before all was sent", said)
            self.assertRegex(said, r"jobtally: %d reports sent" % len(receiver.requests))

    def test_interrupted_while_it_reads(self):
        self.interrupted("-", input=ndjson(*map(report, "abc")) + '{"id": "d", ')


class Listening(Case):
    def material(self):
        path = self.folder / "all.ndjson"
        made = self.run_program("send", "unix:x", "--dry-run", "--count", "1500", "--seed", "5", "--now", "2026-11-20",
                                "--definitions", "40").stdout
        messy = ndjson(report("m1", status="RUNNING"), report("m1", updated_at="2026-11-01T10:00:02Z"),
                       report("m1", updated_at="2026-11-01T10:00:01Z"), report("m2", type="sync", status="ODD"),
                       report("\u202e=cmd", definition_id=None), report("m4", extra=1))
        path.write_text(made + messy + (SAMPLES / "list.json").read_text() + (SAMPLES / "history.ndjson").read_text()[:200_000])
        return path

    def questions(self, store):
        answers = ["\n".join(sorted(self.run_program("export", store=store).stdout.splitlines()))]
        for question in ("rates", "failures", "durations"):
            done = self.run_program(question, "--json", store=store)
            self.assertEqual(done.returncode, 0, done.stderr)
            answers.append(done.stdout)
        return answers

    def test_a_store_fed_by_send_equals_one_fed_by_ingest(self):
        path = self.material()
        self.assertEqual(self.run_program("ingest", path, store="by-file.db").returncode, 3)  # the cut last line
        expected = self.questions("by-file.db")
        self.assertGreater(expected[0].count("\n"), 2000)
        for name, options in (("one", ("--as-stored",)), ("four", ("-c", "4", "--as-stored"))):
            store = str(self.folder / (name + ".db"))
            with Served(PROGRAM, store, unix=str(self.folder / (name + ".sock"))) as served:
                outcomes = self.send("unix:" + served.unix, path, *options, code=3,
                                     environment={"JOBTALLY_AUTHORIZATION": served.authorization})
                self.assertTrue(all(status == "200" for status, *_ in outcomes))
            if name == "one":
                words = [word for _, word, *_ in outcomes]
                self.assertEqual({word: words.count(word) for word in ("updated", "stale", "unchanged")},
                                 {"updated": 1, "stale": 1, "unchanged": 0})
            self.assertEqual(self.questions(name + ".db"), expected)
        with Served(PROGRAM, str(self.folder / "flat.db")) as served:
            self.send("http://localhost:%d" % served.port, path, code=3, environment={"JOBTALLY_AUTHORIZATION": served.authorization})
            to_tls = self.send("https://127.0.0.1:%d" % served.port, "m2", store="by-file.db", code=1)
            self.assertEqual(to_tls[0], ("000", "unreachable", "m2", "the receiver does not speak TLS there: its URL may begin with http:"))
            wrong = self.send("127.0.0.1:%d" % served.port, "m2", store="by-file.db", code=1)
            self.assertEqual(wrong[0][:3], ("401", "refused", "m2"))
            elsewhere = self.send("127.0.0.1:%d/other" % served.port, "m2", store="by-file.db", code=1,
                                  environment={"JOBTALLY_AUTHORIZATION": served.authorization})
            self.assertEqual(elsewhere[0][:3], ("404", "refused", "m2"))
        self.assertEqual(self.questions("flat.db")[1:], expected[1:])

    @unittest.skipUnless(shutil.which("openssl"), "there is no openssl to make certificates with")
    def test_tls(self):
        def pair(name, subject):
            paths = [str(self.folder / (name + ending)) for ending in (".crt", ".key")]
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=" + subject, "-keyout", paths[1],
                            "-out", paths[0]], check=True, capture_output=True, timeout=60)
            return paths

        cert, key = pair("right", "IP:127.0.0.1,DNS:localhost")
        other, _ = pair("other", "IP:127.0.0.1")
        made = ("--count", "200", "--now", "2026-11-20T00:00:00Z", "-c", "2")
        with Served(PROGRAM, str(self.folder / "tls.db"), "--tls-cert", cert, "--tls-key", key) as served:
            secret = {"JOBTALLY_AUTHORIZATION": served.authorization}
            url = "https://%s:%d/"
            for host in ("127.0.0.1", "localhost"):
                outcomes = self.send(url % (host, served.port), "--cacert", cert, *made, environment=secret)
                self.assertEqual(len(outcomes), 200)
            self.assertEqual({word for _, word, *_ in outcomes}, {"unchanged"})
            self.assertEqual(len(served.ids()), 200)
            one = ("--count", "1", "--now", "2026-11-20T00:00:00Z")
            for options, more in (((), {}), (("--cacert", other), {}), ((), {"SSL_CERT_FILE": other})):
                refused = self.send(url % ("127.0.0.1", served.port), *options, *one, code=1, environment={**secret, **more})
                self.assertEqual(refused[0][:2], ("000", "unreachable"))
                self.assertIn("certificate: self-signed", refused[0][3])
            self.send(url % ("127.0.0.1", served.port), *one, environment={**secret, "SSL_CERT_FILE": cert})
            plain = self.send("http://127.0.0.1:%d/" % served.port, *one, code=1, environment=secret)
            self.assertEqual(plain[0][0][0] in "04", True)
        cert, key = pair("elsewhere", "DNS:elsewhere.example")
        with Served(PROGRAM, str(self.folder / "tls2.db"), "--tls-cert", cert, "--tls-key", key) as served:
            refused = self.send(url % ("127.0.0.1", served.port), "--cacert", cert, *one, code=1)
            self.assertEqual(refused[0][:2], ("000", "unreachable"))
            self.assertIn("mismatch", refused[0][3])


class MadeUp(Case):
    def made(self, count, *options, now="2026-11-20T00:00:00Z"):
        done = self.run_program("send", "unix:x", "--dry-run", "--count", count, "--now", now, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def test_repeatable(self):
        first = self.made(1000, "--seed", "3")
        self.assertEqual(first, self.made(1000, "--seed", "3"))
        self.assertNotEqual(first, self.made(1000))
        self.assertLessEqual(set(self.made(600, "--seed", "3")), set(first))
        later = self.made(1000, "--seed", "3", now="2026-11-21T12:00:00Z")
        known = [line for line in later if json.loads(line)["updated_at"] <= "2026-11-20"]
        self.assertTrue(500 < len(known) < 1000)
        self.assertLessEqual(set(known), set(first))

    def test_shape(self):
        reports = [json.loads(line) for line in self.made(20000, "--definitions", "60")]
        self.assertEqual(len({one["id"] for one in reports}), 20000)
        self.assertEqual(len({one["definition_id"] for one in reports}), 60)
        self.assertEqual([one["updated_at"] for one in reports], sorted(one["updated_at"] for one in reports))
        self.assertLessEqual(reports[-1]["updated_at"], "2026-11-20")
        days = (at(reports[-1]["created_at"]) - at(reports[0]["created_at"])).total_seconds() / 86400
        self.assertAlmostEqual(days, 20000 / (2 * 91.43), delta=2)
        for one in reports:
            self.assertEqual(list(one), KEYS)
            self.assertEqual(one["total_operations"], one["total_succeeded"] + one["total_failed"])
            millis = int.from_bytes(base64.urlsafe_b64decode(one["id"][:8]), "big")
            self.assertEqual(millis, round(at(one["created_at"]).timestamp() * 1000))
            self.assertLess(one["created_at"], one["updated_at"])
        successes = [one for one in reports if one["status"] == "SUCCESS"]
        self.assertTrue(0.9 < len(successes) / 20000 < 0.999)
        self.assertTrue(any(one["total_failed"] for one in successes))
        self.assertTrue(any(one["total_operations"] == 0 for one in successes))
        by_definition = {}
        for one in reports:
            by_definition.setdefault(one["definition_id"], []).append(one)
        for runs in by_definition.values():
            for before, after in zip(runs, runs[1:]):
                self.assertLess(before["updated_at"], after["created_at"])
        weekdays = [runs for runs in by_definition.values() if "Store staff" in runs[0]["definition_name"]]
        self.assertTrue(weekdays)
        self.assertLess(max(at(one["created_at"]).weekday() for runs in weekdays for one in runs), 5)

    def test_failure_rate(self):
        for text, share in (("0", 0), ("0.25", 0.25), ("25%", 0.25), ("1", 1), ("100%", 1)):
            reports = [json.loads(line) for line in self.made(20000, "--failure-rate", text)]
            failed = sum(one["status"] == "FAILURE" for one in reports) / 20000
            self.assertAlmostEqual(failed, share, delta=0 if share in (0, 1) else 0.02)

    def test_extremes(self):
        self.assertEqual(len(self.made(1, "--definitions", "1")), 1)
        self.assertEqual(len(self.made(5, "--definitions", "1000")), 5)
        self.assertEqual(len(self.made(50, now="1950-01-01T00:00:00Z")), 50)
        done = self.run_program("send", "unix:x", "--dry-run", "--count", "100", "--now", "0001-01-02T00:00:00Z")
        self.assertEqual(done.returncode, 2)
        self.assertIn("before the year 1", done.stderr)


def at(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
