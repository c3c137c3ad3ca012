#!/usr/bin/env python3
"""`export --cursor` and SIGKILL at the N-th call (open, write, sync, wait ...) of it or of its command: no gap.

Four ways to hand over: a pipe, a file of -o, --exec, --follow with --exec. Before and while each run goes on, several
writers store new and late reports, update old ones, and prune what is old, the newest row too. Whoever loses a run that
is killed loses everything that it had: what was handed over counts only where the cursor has moved. In the end the
reader must have every report in the version of the store.

The control is a program whose cursor moves though its output is lost.
A sample of N; --long: for each call every N from 1 until a run ends undisturbed.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

from injecting import counting, last_calls, strace
from kept import damage, duplicates, reading, versions
from listener import PATIENCE, environment
from proof import Proof, arguments, need, need_option
from reports import report
from subjects import was_killed

CALLS = ("openat", "pread64", "write", "pwrite64", "fdatasync", "fsync", "rename", "fcntl", "wait4", "clone", "close",
         "execve")
SAMPLE = 14  # of each way, in the short form
BEYOND = 40  # another run may make so many calls more than the first
OLD = "2020-01-01T00:00:00Z"


class Reader:
    """What the other side of the cursor has: {id: version}."""

    def __init__(self):
        self.has = {}

    def take(self, text):
        for line in text[:text.rfind(b"\n") + 1].splitlines():
            got = json.loads(line)
            self.has[got["id"]] = max(self.has.get(got["id"], 0), got["total_operations"])


class Writers:
    """Several processes that change the store; each run of a proof sees others."""

    def __init__(self, proof, program, store, chance):
        self.proof, self.program, self.store, self.chance = proof, program, store, chance
        self.sent = 0  # ids
        self.version = {}
        self.running = []

    def some(self):
        ids = ["r%d" % (self.sent + n) for n in range(self.chance.randint(1, 6))]
        self.sent += len(ids)
        known = list(self.version)
        ids += self.chance.sample(known, min(len(known), self.chance.randint(0, 4)))
        made = []
        for id in ids:
            self.version[id] = self.version.get(id, 0) + 1
            made.append(report(id, self.version[id]))
            if self.chance.random() < 0.3:
                made[-1]["created_at"] = OLD  # late, and soon pruned
        return "".join(json.dumps(one) + "\n" for one in made).encode()

    def start(self):
        self.begin("ingest", "-", text=self.some())
        self.begin("ingest", "-", text=self.some())
        if self.chance.random() < 0.3:
            self.begin("db", "prune", "--before", "2021-01-01")

    def begin(self, *words, text=b""):
        process = subprocess.Popen([self.program, "-q", "--db", self.store, *words], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
        process.stdin.write(text)
        process.stdin.close()
        self.running.append(process)

    def wait(self):
        for process in self.running:
            code = process.wait(PATIENCE)
            self.proof.expect(code == 0, "a writer ended with %d: %r" % (code, process.stderr.read()))
            process.stderr.close()
        self.running = []


class Way:
    """One way to hand over. run() returns the exit status and what was handed over, however it ended."""

    def __init__(self, proof, program, chance):
        self.proof, self.program = proof, program
        self.store = os.path.realpath(proof.path(self.name + ".db"))
        self.reader = Reader()
        self.writers = Writers(proof, program, self.store, chance)
        self.writers.begin("ingest", "-", text=self.writers.some())
        self.writers.wait()

    def start(self, before, *words):
        return subprocess.Popen([*before, self.program, "-q", "--db", self.store, "export", "--cursor", "c", *words],
                                env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)

    def moved(self):
        """The sequence and the time of the last complete run."""
        with reading(self.store) as database:
            known = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'cursor'").fetchone()
            return known and database.execute("SELECT sequence, moved_at FROM cursor").fetchone()

    def step(self, before=(), is_calm=False):
        if not is_calm:
            self.writers.start()
        stood = self.moved()
        code, text = self.run(before)
        self.writers.wait()
        self.proof.count("runs")
        if self.moved() != stood:
            self.proof.count("complete")
            self.reader.take(text)
        elif code == 0 and text:
            self.proof.wrong("%s: ended with 0, and the cursor stays" % self.name)
        self.look_behind(before)
        return code

    def look_behind(self, before):
        """What the cursor has passed must have been handed over."""
        with reading(self.store) as database:
            rows = database.execute("SELECT id, total_operations FROM report WHERE sequence <= "
                                    "(SELECT sequence FROM cursor)").fetchall() if self.moved() else []
        gaps = {id: (version, self.reader.has.get(id)) for id, version in rows if self.reader.has.get(id, 0) < version}
        self.proof.count("gaps", len(gaps))
        self.proof.expect(not gaps, "%s, %s: passed over: %s" % (self.name, before[-1:], gaps))

    def check(self, at):
        """Runs without any harm, the last without writers; then nothing may be missing."""
        self.proof.expect(self.step() == 0 and self.step(is_calm=True) == 0, "%s: a run without harm failed" % at)
        missing = [id for id, version in versions(self.store).items() if self.reader.has.get(id, 0) < version]
        self.proof.expect(not missing, "%s: not handed over: %s" % (at, missing))
        self.proof.expect(not damage(self.store) and not duplicates(self.store), "%s: the store is damaged" % at)


class Pipe(Way):
    name = "pipe"

    def run(self, before):
        process = self.start(before)
        text = process.communicate(timeout=PATIENCE)[0]
        return process.returncode, text


class File(Way):
    name = "file"

    def run(self, before):
        path = self.proof.path("handed.ndjson")
        if os.path.exists(path):
            os.remove(path)
        process = self.start(before, "-o", path)
        process.communicate(timeout=PATIENCE)
        return process.returncode, self.read(path)

    @staticmethod
    def read(path):
        if not os.path.exists(path):
            return b""
        with open(path, "rb") as file:
            return file.read()


class Exec(Way):
    """The command is all or nothing: it gives its file the name when it has all."""
    name = "exec"

    def __init__(self, *words):
        super().__init__(*words)
        self.folder = self.proof.path(self.name)
        os.makedirs(self.folder, exist_ok=True)
        self.command = "cd '%s' && cat > part.$$ && mv part.$$ whole.$$" % self.folder

    def run(self, before):
        process = self.start(before, "--exec", self.command)
        process.communicate(timeout=PATIENCE)
        return process.returncode, self.handed()

    def handed(self):
        """What the commands had. One whose caller was killed may still be at it."""
        text = b""
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name.startswith("whole"):
                text += File.read(path)
                os.remove(path)
        return text


class Follow(Exec):
    """Runs until it is killed, or until it has come along and is told to end."""
    name = "follow"

    def run(self, before):
        process = self.start(before, "--follow", "--exec", self.command)
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            if all(writer.poll() is not None for writer in self.writers.running) and self.is_along():
                process.send_signal(signal.SIGTERM)
                break
            time.sleep(0.02)
        process.communicate(timeout=PATIENCE)
        early = -signal.SIGTERM  # told to end before it knew how to
        return 0 if process.returncode == early else process.returncode, self.handed()

    def is_along(self):
        with reading(self.store) as database:
            known = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'cursor'").fetchone()
            return known and database.execute("SELECT sequence >= (SELECT value FROM state WHERE name = 'last_sequence')"
                                              " AND moved_at IS NOT NULL FROM cursor").fetchone() == (1,)


class Losing(Pipe):
    name = "losing"


class Deaf:
    """A proof that says nothing of what it finds: for the control."""

    def __init__(self, proof):
        self.path, self.found = proof.path, 0

    def count(self, what, number=1):
        self.found += number if what == "gaps" else 0

    def expect(self, holds, text):
        return holds

    wrong = expect


def control(proof, program, chance):
    """A program that moves the cursor though nobody has its reports must be found."""
    path = proof.path("losing.sh")
    with open(path, "w") as script:
        script.write("#!/bin/sh\ncase \" $* \" in *' export '*) '%s' \"$@\" >/dev/null ;; *) '%s' \"$@\" ;; esac\n"
                     % (program, program))
    os.chmod(path, 0o700)
    deaf = Deaf(proof)
    Losing(deaf, path, chance).step(is_calm=True)  # writers could replace or prune what it has passed over
    proof.count("found in the control", deaf.found)
    proof.expect(deaf.found > 0, "a program that loses reports is not found")


def killing(call, n):
    return [*strace("/dev/null"), "-e", "trace=" + call, "-e", "inject=%s:signal=SIGKILL:when=%d" % (call, n)]


def tracing(trace):
    before = counting(trace)
    return ["trace=" + ",".join(CALLS) if word.startswith("trace=") else word for word in before]


def one_run(proof, way, call, n):
    """True when it, or its command, was killed."""
    code = way.step(killing(call, n))
    proof.expect(code in (0, 1) or was_killed(code), "%s, %s %d: exit status %d" % (way.name, call, n, code))
    proof.count("killed", int(code != 0))
    return code != 0


def try_way(proof, way, is_long, chance):
    trace = proof.path("trace")
    proof.expect(way.step(tracing(trace)) == 0, "%s: a run without harm failed" % way.name)
    counts = last_calls(trace)
    if not is_long:
        steps = [(call, n + 1) for call in CALLS for n in range(counts[call])]
        for step in chance.sample(steps, min(SAMPLE, len(steps))):
            one_run(proof, way, *step)
        way.check(way.name)
    for call in CALLS if is_long else ():
        undisturbed = 0
        for n in range(1, counts[call] + BEYOND if counts[call] else 1):
            undisturbed = 0 if one_run(proof, way, call, n) else undisturbed + 1
            if undisturbed == 2:
                break
        way.check("%s, %s" % (way.name, call))
    print("%s is done: %s" % (way.name, dict(counts)), flush=True)


def main():
    options = arguments(__doc__, ("--way", {}))
    need("strace")
    need_option(options.program, "export", "--cursor")
    proof = Proof("cursor")
    chance = random.Random(options.seed)
    for kind in (Pipe, File, Exec, Follow):
        if options.way not in (None, kind.name):
            continue
        try_way(proof, kind(proof, options.program, chance), options.long, chance)
    control(proof, options.program, chance)
    proof.expect(not options.long or proof.counts["killed"] >= 500, "too few kills")
    proof.end()


if __name__ == "__main__":
    sys.exit(main())
