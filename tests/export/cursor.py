#!/usr/bin/env python3
"""End-to-end tests of `jobtally export --cursor`: what is handed over, and what counts as a receipt.

Usage: cursor.py PATH-OF-JOBTALLY [unittest arguments]
"""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
PATIENCE = 60  # seconds: the machine may be busy
MANY = 20000  # reports: far more bytes than a pipe holds


def environment():
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JOBTALLY_")}
    return {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def report(id, **changes):
    value = {"id": id, "type": "import", "status": "RUNNING", "created_at": "2026-11-01T10:00:00Z",
             "updated_at": "2026-11-01T10:00:00Z", "total_operations": 3, "total_succeeded": 3, "total_failed": 0,
             "definition_id": "d1", "definition_name": "Nightly"}
    value.update(changes)
    return json.dumps(value) + "\n"


def ids_of(text):
    return [json.loads(line)["id"] for line in text.splitlines()]


class Cursor(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.store = self.path("store.db")
        self.ingest(report("a") + report("b"))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_it(self, *words, **keywords):
        return subprocess.run([PROGRAM, "--db", self.store, *words], env=environment(), timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords)

    def ingest(self, text, store=None):
        subprocess.run([PROGRAM, "-q", "--db", store or self.store, "ingest", "-"], input=text.encode(), check=True,
                       stdout=subprocess.DEVNULL, env=environment())

    def export(self, *words, code=0):
        done = self.run_it("-q", "export", "--cursor", "c", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        self.said = done.stderr
        return done.stdout

    def new(self, *words):
        return ids_of(self.export(*words))

    def execute(self, command, code=0):
        return self.export("--exec", command, code=code)

    def cursors(self):
        return {cursor["cursor"]: cursor for cursor in json.loads(self.run_it("db", "status", "--json").stdout)["cursors"]}

    def test_each_report_comes_once_and_again_when_it_is_updated(self):
        self.assertEqual(self.new(), ["a", "b"])
        self.assertEqual(self.new(), [])
        self.ingest(report("c", created_at="2020-01-01T00:00:00Z") + report("b"))  # late; unchanged
        self.assertEqual(self.new(), ["c"])
        self.ingest(report("a", status="SUCCESS", updated_at="2026-11-01T10:00:05Z"))
        self.assertEqual(self.new(), ["a"])
        self.assertEqual(ids_of(self.run_it("-q", "export", "--cursor", "other").stdout), ["b", "c", "a"])

    def test_what_prune_takes_leaves_no_gap(self):
        self.ingest(report("old", created_at="2020-01-01T00:00:00Z"))
        self.assertEqual(self.new(), ["a", "b", "old"])
        self.run_it("db", "prune", "--before", "2021-01-01")  # the newest row goes
        self.ingest(report("after"))
        self.assertEqual(self.new(), ["after"])
        self.ingest(report("gone", created_at="2020-01-01T00:00:00Z"))
        self.run_it("db", "prune", "--before", "2021-01-01")
        self.assertEqual(self.new(), [])
        self.assertEqual(self.cursors()["c"]["waiting"], 0)

    def test_status_lists_the_cursors(self):
        self.assertEqual(self.cursors(), {})
        self.export("--now", "2026-11-02T00:00:00Z")
        self.ingest(report("c"))
        self.execute("exit 1", code=1)
        self.run_it("export", "--cursor", "none \"yet\"", "--exec", "false")
        self.assertEqual(self.cursors(), {"c": {"cursor": "c", "moved_at": "2026-11-02T00:00:00Z", "waiting": 1},
                                          "none \"yet\"": {"cursor": "none \"yet\"", "moved_at": None, "waiting": 3}})
        self.assertIn("c: 1 to come, moved 2026-11-02 00:00", self.run_it("db", "status").stdout)

    def test_a_new_cursor_is_told(self):
        done = self.run_it("export", "--cursor", "c")
        self.assertEqual(done.stderr, "jobtally: note: cursor \"c\" is new: it begins with the first report\n")
        self.assertEqual(self.run_it("export", "--cursor", "c").stderr, "")

    def test_it_can_be_forgotten(self):
        self.export()
        self.assertEqual(self.run_it("export", "--forget", "c").returncode, 0)
        self.assertEqual(self.cursors(), {})
        again = self.run_it("export", "--forget", "c")
        self.assertEqual((again.returncode, again.stderr),
                         (1, "jobtally: error: there is no cursor \"c\"\njobtally: hint: `jobtally db status` lists them\n"))
        self.assertEqual(self.new(), ["a", "b"])

    def test_no_store_is_made(self):
        self.store = self.path("none.db")
        self.assertEqual(self.run_it("export", "--cursor", "c").returncode, 1)
        self.assertEqual(self.run_it("export", "--forget", "c").returncode, 1)
        self.assertFalse(os.path.exists(self.store))

    def test_the_command_gets_the_stream_and_its_streams_are_ours(self):
        self.assertEqual(ids_of(self.execute("cat; echo done >&2; umask > %s" % self.path("umask"))), ["a", "b"])
        self.assertEqual(self.said, "done\n")
        with open(self.path("umask")) as file:
            self.assertEqual(int(file.read(), 8), os.umask(os.umask(0o022)) or 0o022)
        self.assertEqual(self.new(), [])

    def test_the_command_is_not_run_for_nothing(self):
        self.export()
        self.execute("exit 9")
        self.ingest(report("c", status="FAILURE"))
        self.export("-s", "RUNNING", "--exec", "exit 9")
        self.assertEqual(self.new(), [])

    def test_a_command_that_fails_is_no_receipt(self):
        for command, why in (("cat >/dev/null; exit 3", "ended with status 3"), ("kill -9 $$", "was ended by signal 9"),
                             ("no-such-command", "ended with status 127")):
            self.execute(command, code=1)
            self.assertIn(why, self.said)
            self.assertTrue(self.said.endswith("jobtally: hint: the cursor stays: the next run hands the same reports "
                                               "over again\n"), self.said)
        self.assertEqual(self.new(), ["a", "b"])

    def test_a_command_that_does_not_read_all_is_no_receipt(self):
        self.execute("true", code=1)  # the reports are in the pipe, and nobody has them
        self.assertIn("ended before it had read all reports", self.said)
        self.execute("head -c 5", code=1)
        self.ingest("".join(report("x%d" % n) for n in range(MANY)))
        self.execute("true", code=1)
        self.execute("head -n 1 >/dev/null", code=1)
        self.assertIn("ended before it had read all reports", self.said)
        self.assertEqual(len(self.new()), MANY + 2)

    def test_a_command_in_the_middle_of_a_pipe_ends_by_its_signal(self):
        self.execute("cat >/dev/null; yes | head -n 1 >/dev/null")  # SIGPIPE ends yes
        self.assertEqual(self.new(), [])

    def test_a_reader_that_goes_away_is_no_receipt(self):
        self.ingest("".join(report("x%d" % n) for n in range(MANY)))
        command = "'%s' -q --db '%s' export --cursor c | head -n 1" % (PROGRAM, self.store)
        done = subprocess.run(["bash", "-c", command + "; exit ${PIPESTATUS[0]}"], env=environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr, done.stdout.count(b"\n")), (0, b"", 1))
        self.assertEqual(len(self.new()), MANY + 2)

    def test_a_full_disk_is_no_receipt(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "-q", "--db", self.store, "export", "--cursor", "c"], stdout=full,
                                  stderr=subprocess.PIPE, env=environment(), timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.new(), ["a", "b"])

    def test_a_file_has_what_is_new(self):
        out = self.path("new.csv")
        self.assertEqual(self.export("-o", out, "--columns", "id"), "")
        with open(out) as file:
            self.assertEqual(file.read(), "id\na\nb\n")
        self.export("-o", out, "--columns", "id")
        with open(out) as file:
            self.assertEqual(file.read(), "id\n")
        self.assertEqual(self.new(), [])

    def test_files_are_on_disk_before_the_cursor_moves(self):
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        trace, out = self.path("trace"), self.path("out")
        unleaked = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}  # it can't be traced
        for words, synced in ((("-o", out), ["fsync file", "rename", "fsync folder"]), ((), ["fsync file"])):
            with open(self.path("stdout"), "w") as stdout:
                subprocess.run(["strace", "-f", "-y", "-qqq", "-o", trace, "-e", "trace=fsync,fdatasync,rename", PROGRAM,
                                "-q", "--db", self.store, "export", "--cursor", "c", *words], stdout=stdout, check=True,
                               env={**environment(), **unleaked}, timeout=PATIENCE)
            with open(trace) as lines:
                calls = [self.named(line) for line in lines]
            calls = [call for call in calls if call]
            last = calls[:max(at for at, call in enumerate(calls) if call == "commit")]
            self.assertEqual([call for call in last if call != "commit"][-len(synced):], synced)
            self.ingest(report("later"))

    def named(self, line):
        if "-wal>" in line:
            return "commit"
        if "rename(" in line:
            return "rename"
        if "fsync(" in line and (self.path("out") in line or self.path("stdout") in line):
            return "fsync file"
        return "fsync folder" if "fsync(" in line and line.split("<")[1].startswith(self.folder.name + ">") else None

    def test_a_store_put_back_during_the_run_is_noticed(self):
        self.execute("cat")
        self.run_it("db", "backup", self.path("backup.db"))
        swaps = {"by its name": "rm -f '{0}-wal' '{0}-shm'; mv '{1}' '{0}'".format(self.store, self.path("copy.db")),
                 "in its file": "python3 -c 'import sqlite3; sqlite3.connect(\"%s\").backup(sqlite3.connect(\"%s\"))'"
                 % (self.path("copy.db"), self.store)}
        for how, swap in swaps.items():
            with self.subTest(how):
                self.ingest("".join(report(how + str(n)) for n in range(10)))
                shutil.copy(self.path("backup.db"), self.path("copy.db"))
                self.execute("cat >/dev/null; " + swap, code=1)
                self.wait_for_the_store()
                after = [how + "after%d" % n for n in range(20)]  # they have the sequences of those before
                self.ingest("".join(report(id) for id in after))
                self.assertEqual(self.new(), after)

    # A file that another program has just written is opened some seconds later.
    def wait_for_the_store(self):
        end = time.monotonic() + 20
        while subprocess.run([PROGRAM, "-q", "--db", self.store, "ingest", "/dev/null"], env=environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            self.assertLess(time.monotonic(), end, "the store stays closed")
            time.sleep(0.2)

    def test_a_store_that_is_behind_its_cursor_begins_again(self):
        self.export()
        with sqlite3.connect(self.store) as database:
            database.execute("UPDATE cursor SET sequence = 1000")
        database.close()
        self.assertEqual(self.new(), ["a", "b"])
        self.assertIn("cursor \"c\" is ahead of the store", self.said)
        self.assertEqual(self.new(), [])

    def test_two_runs_at_once_lose_nothing(self):
        go = self.path("go")
        slow = subprocess.Popen([PROGRAM, "-q", "--db", self.store, "export", "--cursor", "c", "--exec",
                                 "cat >/dev/null; while ! test -e '%s'; do sleep 0.05; done" % go], env=environment())
        while "c" not in self.cursors():
            time.sleep(0.05)
        self.ingest(report("c"))
        self.assertEqual(self.new(), ["a", "b", "c"])
        open(go, "w").close()
        self.assertEqual(slow.wait(PATIENCE), 0)
        self.ingest(report("d"))
        self.assertEqual(self.new(), ["d"])

    def test_a_selection_holds_for_definitions_first_seen_later(self):
        self.export("-d", "New*")
        self.ingest(report("other", definition_id="d2", definition_name="Old")
                    + report("new", definition_id="d3", definition_name="New"))
        self.assertEqual(self.new("-d", "New*"), ["new"])

    def test_what_would_pass_reports_over_is_refused(self):
        for words in (["--last", "7d"], ["--since", "-2d"], ["--min-runs", "3"], ["--from", "-"], ["--forget", "c"],
                      ["--exec", "cat", "-o", self.path("x")], ["--follow", "-o", self.path("x")]):
            self.assertEqual(self.run_it("export", "--cursor", "c", *words).returncode, 2, words)
        self.assertEqual(self.run_it("export", "--exec", "cat").returncode, 2)
        self.assertEqual(self.run_it("export", "--follow").returncode, 2)

    def follow(self, *words):
        process = subprocess.Popen([PROGRAM, "-q", "--db", self.store, "export", "--cursor", "c", "--follow", *words],
                                   env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, waiting):
        end = time.monotonic() + PATIENCE
        while self.cursors().get("c", {}).get("waiting") != waiting:
            self.assertLess(time.monotonic(), end, "the cursor does not come along")
            time.sleep(0.1)

    def test_following_goes_on_as_reports_come(self):
        process = self.follow()
        self.assertEqual([json.loads(process.stdout.readline())["id"] for _ in range(2)], ["a", "b"])
        self.wait_for(0)
        self.ingest(report("c"))
        self.assertEqual(json.loads(process.stdout.readline())["id"], "c")
        self.wait_for(0)
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, ""))
        self.assertEqual(self.new(), [])

    def test_following_runs_the_command_batch_by_batch_until_it_fails(self):
        process = self.follow("-F", "csv", "--columns", "id", "--exec", "cat; ! test -e '%s'" % self.path("full"))
        self.assertEqual([process.stdout.readline() for _ in range(3)], ["id\n", "a\n", "b\n"])
        self.wait_for(0)
        self.ingest(report("c"))
        self.assertEqual([process.stdout.readline() for _ in range(2)], ["id\n", "c\n"])
        self.wait_for(0)
        open(self.path("full"), "w").close()
        self.ingest(report("d"))
        self.assertEqual(process.wait(PATIENCE), 1)
        self.assertEqual(self.new(), ["d"])

    def test_following_sees_a_store_that_was_put_back(self):
        self.run_it("db", "backup", self.path("backup.db"))
        process = self.follow()
        for _ in range(2):
            process.stdout.readline()
        self.wait_for(0)
        for ending in ("-wal", "-shm"):
            os.remove(self.store + ending)
        os.rename(self.path("backup.db"), self.store)
        self.ingest(report("c"))
        self.assertEqual([json.loads(process.stdout.readline())["id"] for _ in range(3)], ["a", "b", "c"])

    def test_following_ends_with_its_reader(self):
        process = self.follow()
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, ""))


if __name__ == "__main__":
    PROGRAM = os.path.realpath(sys.argv.pop(1))
    unittest.main()
