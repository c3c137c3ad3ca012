#!/usr/bin/env python3
"""P11: foreign, newer, cut and bit-flipped store files; every command must answer or say in a line what is wrong.

Usage: p11_damaged.py JOBTALLY [--long | --flips N] [--seed S] [--keep FOLDER]
A case is a damaged copy of a sound store (sometimes with a log) and a command. The command must end in time by itself
with 0 or 1 (`check`: 0 to 3, `db sql`: 0 to 2), and with `jobtally: error: ...` where it is not 0. No crash, no hang, no message that speaks of
C++ or of a defect. What is not a store, is newer or has lost its head must be refused by every command; a file that was cut
gives an error or the answer of the whole one; a log that is cut or flipped must leave a sound store. The short form takes the commands in turn, the long one runs all on each file.
--keep saves the files of cases that went wrong.
"""
import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

NOW = "2026-11-22T08:30:00Z"
TIME_LIMIT_SECONDS = 60
NONSENSE = re.compile(r"std::|vector::|basic_string|terminate called|defect of jobtally|out of memory|bad_alloc|Assertion|"
                      r"AddressSanitizer|runtime error|cannot create std")
REPORT = json.dumps({"id": "late", "type": "import", "status": "SUCCESS", "created_at": "2026-11-22T08:00:00Z",
                     "updated_at": "2026-11-22T08:01:00Z", "total_operations": 1, "total_succeeded": 1, "total_failed": 0,
                     "definition_id": "d1", "definition_name": "one"})
COMMANDS = [["db", "status"], ["rates"], ["export"], ["ingest", "-"], ["db", "verify"], ["failures", "--recent", "5"],
            ["durations", "--plot"], ["missed"], ["list", "-n", "0"], ["show", "r7"], ["definitions", "--json"],
            ["summary", "-F", "html"], ["check"], ["db", "rejected"], ["db", "sql", "SELECT * FROM reports"],
            ["db", "backup", "BACKUP"], ["db", "prune", "--before", "2026-11-02"], ["listen"],
            ["rates", "--by", "status", "--every", "day", "--json"], ["db", "rejected", "--retry"], ["db", "verify", "--repack"]]
# Commands whose answer depends on nothing but the store.
ANSWERS = [command for command in COMMANDS if command[0] not in ("ingest", "listen", "db") or command[1:2] == ["sql"]]


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        self.environment.update(TZ="UTC", LC_ALL="C.UTF-8", JOBTALLY_NOW=NOW, HOME=folder)

    def run(self, store, command):
        """(exit status, stdout, stderr); a negative status is a signal, None means it did not end in time."""
        if command[0] == "listen":
            return self.listen(store)
        words = [os.path.join(os.path.dirname(store), "backup.db") if word == "BACKUP" else word for word in command]
        process = subprocess.Popen([self.program, "--db", store, *words], env=self.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(REPORT.encode() if "-" in command else b"", timeout=TIME_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "", ""
        return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def listen(self, store):
        process = subprocess.Popen([self.program, "--db", store, "listen", "--bind", "127.0.0.1:0"], env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        killer = None
        try:
            lines = []
            for line in process.stderr:
                lines.append(line.decode("utf-8", "replace"))
                place = re.search(r"listening on http://127\.0\.0\.1:(\d+)", lines[-1])
                if place:
                    post(int(place[1]))
                    process.send_signal(signal.SIGTERM)
            process.wait(TIME_LIMIT_SECONDS)
            return process.returncode, "", "".join(lines)
        except subprocess.TimeoutExpired:
            return None, "", ""
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


def post(port):
    body = REPORT.encode()
    with socket.create_connection(("127.0.0.1", port), 10) as peer:
        peer.settimeout(20)
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
                     b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        try:
            while peer.recv(4096):
                pass
        except OSError:
            pass


def make_reports(count):
    for i in range(count):
        status = ("SUCCESS", "FAILURE", "RUNNING", "SUCCESS")[i % 4]
        day, hour = 1 + i // 96 % 20, i // 4 % 24
        yield json.dumps({"id": f"r{i}", "type": "import" if i % 3 else "export", "status": status,
                          "created_at": f"2026-11-{day:02}T{hour:02}:{i % 60:02}:00Z",
                          "updated_at": f"2026-11-{day:02}T{hour:02}:{i % 60:02}:30Z", "total_operations": 10,
                          "total_succeeded": 9, "total_failed": 1, "definition_id": f"d{i % 5}",
                          "definition_name": f"name {i % 7}", "extra": {"n": i}})


def make_stores(bench):
    """A settled store, and one with a log of several commits: two folders with s.db, bytes by name."""
    settled = os.path.join(bench.folder, "settled.db")

    def ingest(store, text):
        subprocess.run([bench.program, "-q", "--db", store, "ingest", "-"], env=bench.environment, input=text.encode(),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    ingest(settled, "\n".join(make_reports(1500)) + '\n{"id": 7}\nnonsense\n')
    log = os.path.join(bench.folder, "log.db")
    ingest(log, "\n".join(make_reports(600)))
    reader = sqlite3.connect(log)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM report").fetchone()  # keeps the log from being emptied
    for step in range(5):
        ingest(log, "\n".join(line.replace('"r', f'"step{step}-') for line in make_reports(20 + step)))
    with open(settled, "rb") as file:
        plain = {"s.db": file.read()}
    with_log = {}
    for ending in ("", "-wal"):
        with open(log + ending, "rb") as file:
            with_log["s.db" + ending] = file.read()
    reader.close()
    assert len(with_log["s.db-wal"]) > 10000 and len(plain["s.db"]) > 100000
    return plain, with_log


def page_size_of(data):
    return int.from_bytes(data[16:18], "big")


def flipped(data, places):
    copy = bytearray(data)
    for byte, bit in places:
        copy[byte] ^= 1 << bit
    return bytes(copy)


def foreign_cases():
    def sqlite_file(statements):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.db")
            connection = sqlite3.connect(path)
            connection.executescript(statements)
            connection.close()
            with open(path, "rb") as file:
                return file.read()
    yield "text", {"s.db": b"these are notes\n" * 100}
    yield "zeros", {"s.db": bytes(8192)}
    yield "one byte", {"s.db": b"S"}
    yield "magic only", {"s.db": b"SQLite format 3\0"}
    yield "random", {"s.db": random.Random(5).randbytes(20000)}
    yield "other program", {"s.db": sqlite_file("CREATE TABLE t (x); INSERT INTO t VALUES (1);")}
    yield "other program with our tables", {"s.db": sqlite_file("CREATE TABLE report (x); PRAGMA user_version=3;")}
    yield "other program's id", {"s.db": sqlite_file("CREATE TABLE t (x); PRAGMA application_id=252006673;")}
    for version in (0, -2147483645):
        yield f"schema version {version}", {"s.db": sqlite_file(
            f"CREATE TABLE t (x); PRAGMA application_id=1785491577; PRAGMA user_version={version};")}
    yield "newer", {"s.db": sqlite_file("CREATE TABLE t (x); PRAGMA application_id=1785491577; PRAGMA user_version=99;")}


def lengths_of(data, chosen, rng):
    page = page_size_of(data)
    few = {1, 15, 16, 17, 18, 28, 47, 68, 99, 100, 101, 107, 108, 511, 512, 513, 1024}
    boundaries = {n * page + d for n in range(1, len(data) // page) for d in (-1, 0, 1)}
    all_lengths = sorted(few) + sorted(boundaries)
    return all_lengths if chosen is None else rng.sample(all_lengths, chosen)


def log_lengths(log, page, chosen, rng):
    frame = page + 24
    lengths = {1, 31, 32, 33, 55, 56, 57} | {32 + n * frame + d for n in range(1, (len(log) - 32) // frame)
                                           for d in (-1, 0, 1, 12, 24, 500)}
    lengths = sorted(length for length in lengths if length < len(log))
    return lengths if chosen is None else rng.sample(lengths, chosen)


def flip_places(data, rng):
    """Where it hurts: the head, the schema's page, page heads and cell pointers; or anywhere."""
    page = page_size_of(data)
    pages = len(data) // page
    kind = rng.randrange(6)
    if kind == 0:
        return [(rng.randrange(100), rng.randrange(8))]
    if kind == 1:
        return [(rng.randrange(100, page), rng.randrange(8)) for _ in range(rng.choice((1, 3)))]
    if kind == 2:
        return [(rng.randrange(pages) * page + rng.randrange(12), rng.randrange(8))]
    if kind == 3:
        return [(rng.randrange(pages) * page + rng.randrange(8, 200), rng.randrange(8)) for _ in range(4)]
    if kind == 4:
        return [(rng.randrange(len(data)), rng.randrange(8))]
    return [(rng.randrange(len(data)), rng.randrange(8)) for _ in range(rng.choice((10, 100, 1000)))]


def cases(plain, with_log, options):
    """(kind, name, files, what must come out: `error`, `sound` or `any`)"""
    rng = random.Random(options.seed)
    for name, files in foreign_cases():
        yield "foreign", name, files, "error"
    data, log = plain["s.db"], with_log["s.db-wal"]
    page = page_size_of(data)
    for length in lengths_of(data, None if options.long else 25, rng):
        yield "cut", f"at {length}", {"s.db": data[:length]}, "error" if length < 512 else "same"
    for length in log_lengths(log, page, None if options.long else 15, rng):
        yield "log cut", f"at {length}", {"s.db": with_log["s.db"], "s.db-wal": log[:length]}, "sound"
    for i in range(options.flips):
        if i % 5 == 4:
            places = [(rng.randrange(32, len(log)), rng.randrange(8)) for _ in range(rng.choice((1, 1, 10)))]
            yield "log flipped", f"{i}: {places[0]}", {"s.db": with_log["s.db"], "s.db-wal": flipped(log, places)}, "sound"
        else:
            places = flip_places(data, rng)
            yield "flipped", f"{i}: {places[0]}", {"s.db": flipped(data, places)}, "any"


def complaint(command, wanted, status, out, err, sound_answers=None):
    """What is wrong with an answer, or None."""
    if status is None:
        return "did not end in time"
    if status < 0:
        return f"ended by signal {-status}"
    if NONSENSE.search(err) or NONSENSE.search(out):
        return "a message that is none: " + err.strip()[-300:]
    # A view with a flipped letter makes the SQL one that names no column: exit 2.
    name = command[1] if command[0] == "db" else command[0]
    allowed = {"check": (0, 1, 2, 3), "sql": (0, 1, 2), "rejected": (0, 1, 3)}.get(name, (0, 1))
    if status not in allowed:
        return f"exit {status}"
    if any(not line.startswith("jobtally: ") for line in err.splitlines()) and command[0] != "listen":
        return "a strange line on stderr: " + err.strip()[-300:]
    if status == 1 and command[0] != "check" and "jobtally: error: " not in err:
        return "exit 1 without an error"
    if wanted == "error" and (status != 3 if command[0] == "check" else status != 1):
        return f"not refused: exit {status}"
    if wanted == "sound" and command[:2] == ["db", "verify"] and status != 0:
        return "the store is not sound: " + err.strip()[-300:]
    if wanted == "same" and status == 0 and sound_answers.get(str(command), out) != out:
        return "exit 0 and another answer than that of the whole file"
    return None


def answers_of(bench, files):
    """{command: stdout} of the sound store."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        for file, data in files.items():
            with open(os.path.join(folder, file), "wb") as to:
                to.write(data)
        return {str(command): bench.run(os.path.join(folder, "s.db"), command)[1] for command in ANSWERS}


def work(bench, number, case, commands, options, sound_answers):
    kind, name, files, wanted = case
    wrong = []
    for command in commands:
        with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
            for file, data in files.items():
                with open(os.path.join(folder, file), "wb") as to:
                    to.write(data)
            answer = bench.run(os.path.join(folder, "s.db"), command)
            problem = complaint(command, wanted, *answer, sound_answers)
            if problem:
                wrong.append(f"{kind} {name}: {' '.join(command)}: {problem}")
                if options.keep:
                    shutil.copytree(folder, os.path.join(options.keep, f"{number}-{'-'.join(command)[:20].replace('/', '_')}"))
    return kind, len(commands), wrong


def special_files(bench):
    """What is no regular file: refused by every command, at once."""
    folder = os.path.join(bench.folder, "special")
    os.mkdir(folder)
    place = lambda name: os.path.join(folder, name)
    os.mkdir(place("folder"))
    os.mkfifo(place("pipe"))
    server = socket.socket(socket.AF_UNIX)
    server.bind(place("socket"))
    os.symlink("/dev/zero", place("device"))
    os.symlink("loop", place("loop"))
    os.symlink(place("nowhere/x.db"), place("dangling"))
    wrong, runs = [], 0
    for name in ("folder", "pipe", "socket", "device", "loop", "dangling"):
        for command in COMMANDS:
            runs += 1
            problem = complaint(command, "error", *bench.run(place(name), command))
            if problem:
                wrong.append(f"{name}: {' '.join(command)}: {problem}")
    server.close()
    return runs, wrong


def main():
    parser = argparse.ArgumentParser(description="P11")
    parser.add_argument("program")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--flips", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    options = parser.parse_args()
    if options.flips is None:
        options.flips = 1000 if options.long else 120
    began = time.monotonic()
    counts, wrong, runs = {}, [], 0
    with tempfile.TemporaryDirectory(prefix="jobtally-p11-") as folder:
        bench = Bench(os.path.realpath(options.program), folder)
        runs, wrong = special_files(bench)
        plain, with_log = make_stores(bench)
        sound_answers = answers_of(bench, plain)
        assert all(sound_answers.values())

        def one(numbered):
            number, case = numbered
            in_turn = [COMMANDS[(number + k * 7) % len(COMMANDS)] for k in range(2)]
            if case[3] == "sound":
                in_turn[1] = ["db", "verify"]
            return work(bench, number, case, COMMANDS if options.long or case[0] == "foreign" else in_turn, options,
                        sound_answers)

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for kind, done, problems in pool.map(one, enumerate(cases(plain, with_log, options))):
                counts[kind] = counts.get(kind, 0) + 1
                runs += done
                wrong += problems
    for line in wrong[:40]:
        print("WRONG", line)
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    print(f"P11 files: {kinds}; runs {runs}, wrong {len(wrong)}, in {time.monotonic() - began:.0f} s")
    return 1 if wrong or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
