#!/usr/bin/env python3
"""P12: another hand at the store while the listener runs under load: it is cut, copied over, written to in place, renamed,
deleted, put in its place by `db restore`, given a trigger, moved without its log, or its volume turns read-only. Within 2 s
nothing is acknowledged as stored any more (202 by the spool, or an end with status 1), what was acknowledged afterwards is in
the store, the spool or the store that was put aside, and not a byte of what was put there is changed. The same without any
traffic: /healthz says so. A file without a log that was put there is opened anew without a restart. And the innocent: touch,
chmod, a program that reads, another SQLite program that checkpoints, `ingest` beside it, disturb nothing.

--long: 20 rounds. The volume takes root and a loop device.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing

from kept import damage, versions
from listener import Listener, environment
from p6_full import health
from pace import Pace
from proof import Proof, arguments
from reports import body, lines
from spooled import waiting

NOTICED_IN = 2.0  # seconds
LOAD = {"connections": 4, "rate": 400, "most": 100_000}


def call(program, store, *words, input=b""):
    return subprocess.run([program, "--db", store, *words], input=input, env=environment(), capture_output=True, timeout=60)


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


class Case:
    """A store of some reports with a backup of fewer, and a listener."""

    def __init__(self, proof, program, name):
        self.proof, self.program, self.name = proof, program, name
        self.folder = proof.path(name.replace(" ", "-"))
        os.mkdir(self.folder)
        self.store = os.path.join(self.folder, "store.db")
        self.backup = proof.path("backup.db")
        self.spool = proof.path("spool")
        self.admin = proof.path("admin")

    def expect(self, holds, text):
        return self.proof.expect(holds, "%s: %s" % (self.name, text))

    def begin(self):
        call(self.program, self.store, "ingest", "-", input=lines(["old%d" % n for n in range(300)]))
        self.expect(call(self.program, self.store, "db", "backup", self.backup).returncode == 0, "no backup")
        call(self.program, self.store, "ingest", "-", input=lines(["new%d" % n for n in range(300)]))
        self.listen()

    def listen(self):
        self.listener = Listener(self.program, self.store, "--spool", self.spool, "--admin", "unix:" + self.admin,
                                 log_path=self.proof.path("log"))

    def end(self):
        self.proof.count("cases")
        if self.listener.process.poll() is None:
            self.listener.kill()
        self.proof.clear()

    def stored(self, store):
        """The ids in a store, or none where it is no store (any more)."""
        try:
            return set(versions(store)) if os.path.exists(store) else set()
        except sqlite3.Error:
            return set()

    def spooled(self):
        return {json.loads(bytes_of(os.path.join(self.spool, name)))["id"] for name in waiting(self.spool)}

    def is_well(self):
        try:
            return self.listener.process.poll() is None and health(self.admin) == 200
        except OSError:
            return False

    def noticed_by(self, end):
        while self.is_well() and time.monotonic() < end:
            time.sleep(0.1)
        return not self.is_well()


# What the hand does; each returns where the store that was there is now, and how the file is now (None: any way).
def cut(case):
    os.truncate(case.store, os.path.getsize(case.store) // 2 // 4096 * 4096)
    return [], bytes_of(case.store)


def emptied(case):
    os.truncate(case.store, 0)
    return [], b""


def copied_over(case):
    shutil.copyfile(case.backup, case.store)
    return [], bytes_of(case.store)


def copied_with_times(case):
    shutil.copyfile(case.backup, case.store)
    shutil.copystat(case.backup, case.store)
    return [], bytes_of(case.store)


def copied_after(case, checkpoint):
    with closing(sqlite3.connect(case.store)) as database:
        database.execute("PRAGMA wal_checkpoint(%s)" % checkpoint).fetchall()
    return copied_over(case)


def copied_after_passive(case):
    return copied_after(case, "PASSIVE")


def copied_after_truncate(case):
    return copied_after(case, "TRUNCATE")


def written_in_place(case):
    middle = os.path.getsize(case.store) // 2 // 4096 * 4096
    subprocess.run(["dd", "if=/dev/zero", "of=" + case.store, "conv=notrunc", "oflag=seek_bytes", "seek=%d" % middle,
                    "bs=512", "count=1", "status=none"], check=True)
    return [], bytes_of(case.store)


def renamed(case):
    os.rename(case.store, case.store + ".away")
    return [case.store + ".away"], None


def replaced(case):
    os.rename(case.store, case.store + ".away")
    shutil.copyfile(case.backup, case.store)
    return [case.store + ".away"], bytes_of(case.store)


def deleted(case):
    os.remove(case.store)
    return [], None


def lock_deleted(case):
    os.remove(case.store + ".lock")
    return [case.store], None


def index_cut(case):
    os.truncate(case.store + "-shm", 0)


HANDS = [cut, emptied, copied_over, copied_with_times, copied_after_passive, copied_after_truncate,
         written_in_place, renamed, replaced, deleted, lock_deleted]


def play(case, hand):
    case.begin()
    load = Pace(case.listener, "load", **LOAD)
    time.sleep(0.5)
    old, content = hand(case)
    happened = time.monotonic()
    noticed = case.noticed_by(happened + NOTICED_IN)
    case.expect(noticed, "not noticed within %g s" % NOTICED_IN)
    time.sleep(0.5)
    load.end()
    code = case.listener.process.poll()
    late = [sent for sent, _, status in load.answers if status == 200 and sent > happened]
    case.expect(not late, "%d were answered 200 afterwards" % len(late))
    case.proof.count("answered 202", sum(status == 202 for _, _, status in load.answers))
    case.expect(code in (None, 1), "the listener ended with %s" % code)
    case.expect(case.listener.log().count("error: ") > 0, "the log is silent")
    if code is not None and content is not None:  # the service manager starts it again
        log = bytes_of(case.proof.path("log"))
        try:
            case.listen()
            time.sleep(1.5)
        except Exception as error:
            case.expect("replaced by another" in log.decode() or "lock" in log.decode(), "does not start again: %s" % error)
    if content is not None and hand is not replaced:
        case.expect(bytes_of(case.store) == content, "what was put there was written over")
    kept = case.spooled().union(*map(case.stored, old))
    acknowledged = {id for id, sent in load.sent.items() if id in load.acknowledged and sent > happened}
    lost = acknowledged - kept
    case.proof.count("acknowledged afterwards", len(acknowledged))
    case.proof.count("lost", len(lost))
    case.expect(not lost, "%d of %d are lost: %s" % (len(lost), len(acknowledged), sorted(lost)[:3]))
    if content is not None and hand is not replaced:
        cure(case, acknowledged)


def cure(case, acknowledged):
    """`db restore` brings the listener back to work, and the spool is emptied."""
    if case.listener.process.poll() is not None:
        case.listen()
    done = call(case.program, case.store, "db", "restore", case.backup)
    case.expect(done.returncode == 0, "db restore ended with %d: %s" % (done.returncode, done.stderr.decode()))
    end = time.monotonic() + 20
    while (not case.is_well() or waiting(case.spool)) and time.monotonic() < end:
        time.sleep(0.1)
    case.expect(case.is_well(), "not well after db restore")
    lost = acknowledged - case.stored(case.store)
    case.expect(not lost, "%d are lost after db restore" % len(lost))
    case.expect(case.listener.stop() == 0, "did not end well after db restore")
    case.expect(not damage(case.store), "the restored store is damaged")


def play_restore(case):
    case.begin()
    load = Pace(case.listener, "load", **LOAD)
    time.sleep(0.5)
    olds = []
    for _ in range(3):
        done = call(case.program, case.store, "--json", "db", "restore", case.backup)
        if not case.expect(done.returncode == 0, "ended with %d: %s" % (done.returncode, done.stderr.decode())):
            return
        olds.append(json.loads(done.stdout)["replaced"])
        time.sleep(0.3)
    load.end()
    time.sleep(2)
    statuses = {status for _, _, status in load.answers}
    case.expect(statuses <= {200, 202}, "answered %s" % statuses)
    case.expect(not waiting(case.spool), "the spool is not emptied")
    kept = case.stored(case.store).union(*map(case.stored, olds))
    lost = set(load.acknowledged) - kept
    case.proof.count("acknowledged around db restore", len(load.acknowledged))
    case.proof.count("lost", len(lost))
    case.expect(not lost, "%d of %d are lost" % (len(lost), len(load.acknowledged)))
    case.expect(case.listener.stop() == 0, "the listener did not end well")
    for store in [case.store, *olds]:
        case.expect(not damage(store), "%s is damaged" % store)
    case.expect("new0" in case.stored(olds[0]) and "new0" not in case.stored(case.store), "not the backup's reports")


def play_idle(case, hand):
    case.begin()
    time.sleep(1.6)  # it has settled
    hand(case)
    time.sleep(NOTICED_IN)
    case.expect(case.listener.process.poll() == 1 or "error: " in case.listener.log(), "not noticed without traffic")


def play_without_log(case, hand):
    """A file that was put in the place of a store without a log, or whose log was moved away as the error advises, is
    opened anew without a restart, whoever reads it meanwhile: /metrics of the listener itself, and `list --follow`."""
    case.begin()
    if hand is not copied_over_idle:
        with case.listener.connect() as connection:
            for number in range(30):
                connection.post(body("gone%d" % number))
    reader = subprocess.Popen([case.program, "--db", case.store, "list", "--follow"], env=environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.6)  # it has settled
    hand(case)
    case.expect(case.noticed_by(time.monotonic() + NOTICED_IN), "not noticed")
    for ending in ("-wal", "-shm"):
        if hand is not copied_over_idle:
            os.rename(case.store + ending, case.proof.path("away" + ending))
    slowest, end = 0.0, time.monotonic() + 20
    while not case.is_well() and time.monotonic() < end:
        began = time.monotonic()
        with case.listener.connect() as connection:
            case.expect(connection.post(body("kept%d" % began))[0] in (200, 202), "not kept")
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.2)
    case.expect(case.is_well(), "not well again: " + case.listener.log()[-300:])
    case.expect(slowest < 5, "an answer took %.1f s" % slowest)
    case.expect(reader.poll() is None, "list --follow has ended")
    reader.terminate()
    case.expect(reader.wait(10) == 0, "list --follow ends with %s" % reader.returncode)
    case.expect(case.listener.stop() == 0, "does not end well: " + case.listener.log()[-300:])
    case.expect(not damage(case.store), "the store is damaged")


def copied_over_idle(case):
    """What jobtally left is all in the file."""
    case.expect(os.path.getsize(case.store + "-wal") == 0, "the log is not empty")
    copied_over(case)


def live_copied_over(case):
    """A copy of the store's file as it was, which has a log, as a snapshot has."""
    shutil.copyfile(case.store, case.backup)
    copied_over(case)


def innocent_sql(case):
    with closing(sqlite3.connect(case.store)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS notes (text)")
        database.execute("INSERT INTO notes VALUES (zeroblob(100000))")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


INNOCENT = {
    "touch": lambda case: os.utime(case.store),
    "old times": lambda case: os.utime(case.store, (1_000_000_000, 1_000_000_000)),
    "chmod": lambda case: (os.chmod(case.store, 0o640), os.chmod(case.store, 0o600)),
    "read": lambda case: bytes_of(case.store),
    "copied away": lambda case: shutil.copy2(case.store, case.store + ".copy"),
    "backup": lambda case: call(case.program, case.store, "db", "backup", case.backup),
    "sql": innocent_sql,
    "ingest": lambda case: call(case.program, case.store, "ingest", "-", input=lines(["in%d" % n for n in range(3000)])),
    "prune": lambda case: call(case.program, case.store, "db", "prune", "--before", "2020-01-01"),
}


def play_innocent(case):
    case.begin()
    load = Pace(case.listener, "load", **LOAD)
    for name, act in INNOCENT.items():
        for pause in (0.1, 1.2):
            time.sleep(pause)
            act(case)
            touched = call(case.program, case.store, "ingest", "-", input=lines(["one"]))
            case.expect(touched.returncode == 0, "%s: ingest ended with %d" % (name, touched.returncode))
            case.proof.count("innocent acts")
            case.expect(case.is_well(), "%s: the listener is not well: %s" % (name, case.listener.log()[-300:]))
    load.end()
    for name, act in INNOCENT.items():
        time.sleep(1.2)  # without traffic
        act(case)
    time.sleep(1.2)
    odd = [status for _, _, status in load.answers if status != 200]
    case.expect(not odd, "%d were not answered 200" % len(odd))
    case.expect(case.listener.stop() == 0, "the listener did not end well: " + case.listener.log()[-300:])
    lost = set(load.acknowledged) - case.stored(case.store)
    case.expect(not lost, "%d are lost" % len(lost))
    case.expect(not damage(case.store), "the store is damaged")


def play_trigger(case):
    """A trigger that takes away what is stored is noticed with the next commit, and the listener works once it is gone."""
    case.begin()
    load = Pace(case.listener, "load", **LOAD)
    time.sleep(0.5)
    with closing(sqlite3.connect(case.store, timeout=20)) as database:
        database.execute("CREATE TRIGGER undo AFTER INSERT ON report BEGIN DELETE FROM report WHERE id = NEW.id; END")
    happened = time.monotonic()
    time.sleep(1)
    load.end()
    late = [sent for sent, _, status in load.answers if status == 200 and sent > happened]
    case.expect(not late, "%d were answered 200 afterwards" % len(late))
    case.expect("has the trigger" in case.listener.log(), "the log is silent: " + case.listener.log()[-300:])
    with closing(sqlite3.connect(case.store, timeout=20)) as database:
        database.execute("DROP TRIGGER undo")
    end = time.monotonic() + 20
    while (not case.is_well() or waiting(case.spool)) and time.monotonic() < end:
        time.sleep(0.1)
    lost = set(load.acknowledged) - case.stored(case.store)
    case.proof.count("acknowledged around a trigger", len(load.acknowledged))
    case.proof.count("lost", len(lost))
    case.expect(not lost, "%d of %d are lost" % (len(lost), len(load.acknowledged)))
    case.expect(case.listener.stop() == 0, "the listener did not end well: " + case.listener.log()[-300:])


def play_moved(case):
    """The store is moved to another disk after a crash, a link left in its place, the log forgotten: no start goes on
    without the log, and all is there once it is moved too."""
    case.begin()
    with case.listener.connect() as connection:
        for number in range(50):
            case.expect(connection.post(body("late%d" % number))[0] == 200, "not stored")
    case.listener.kill()
    if os.path.getsize(case.store + "-wal") == 0:
        return print("the store is moved in vain: the log was empty")
    moved = case.proof.path("moved.db")
    os.rename(case.store, moved)
    os.symlink(moved, case.store)
    case.listen()
    with case.listener.connect() as connection:
        case.expect(connection.post(body("spooled"))[0] == 202, "not spooled")
    case.listener.kill()
    for words in (["summary"], ["db", "status"], ["ingest", "-"]):
        done = call(case.program, case.store, *words)
        case.expect(done.returncode == 1 and b"stands beside the link" in done.stderr, "%s: %s" % (words, done.stderr))
    os.rename(case.store + "-wal", moved + "-wal")
    done = call(case.program, case.store, "--json", "ingest", "-")
    wanted = {"late%d" % number for number in range(50)}
    case.expect(done.returncode == 0 and wanted <= case.stored(moved), "lost once the log is moved: %s" % done.stderr)
    case.listen()
    case.expect(case.listener.stop() == 0, "does not end well: " + case.listener.log()[-300:])
    case.expect("spooled" in case.stored(moved), "what waited is lost")
    case.expect(not damage(moved), "the store is damaged")
    for ending in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(moved + ending):
            os.remove(moved + ending)


def play_while_down(case, copy):
    """A copy comes in the place of the store while no listener runs, and the log of a crash is left: it is not played back
    into the copy, and who starts hears whose it is. What comes waits in the spool until `db restore`."""
    case.begin()
    if copy == "of its file":
        shutil.copyfile(case.store, case.backup)
        call(case.program, case.store, "ingest", "-", input=lines(["more%d" % number for number in range(500)]))
    with case.listener.connect() as connection:
        for number in range(60):
            case.expect(connection.post(body("late%d" % number))[0] == 200, "not stored")
    case.listener.kill()
    if os.path.getsize(case.store + "-wal") == 0:
        return print("the copy comes in vain: the log was empty")
    copied_over(case)
    content = bytes_of(case.store)
    case.listen()
    with case.listener.connect() as connection:
        case.expect(connection.post(body("kept"))[0] == 202, "not spooled")
    case.expect("while nobody had it open" in case.listener.log(), "not told: " + case.listener.log()[-300:])
    done = call(case.program, case.store, "ingest", "-", input=lines(["refused"]))
    case.expect(done.returncode == 1 and b"with the log beside it" in done.stderr, "ingest: %s" % done.stderr)
    case.expect(bytes_of(case.store) == content, "the copy was written over")
    cure(case, {"kept"})


def play_read_only(case):
    """ext4 as it is after an error of the disk."""
    image = case.proof.path("image")
    with open(image, "wb") as file:
        file.truncate(32 << 20)
    mounted = subprocess.run(["mkfs.ext4", "-q", image], capture_output=True).returncode == 0 and subprocess.run(
        ["mount", "-o", "loop", image, case.folder], capture_output=True).returncode == 0
    if not mounted:
        print("the read-only volume is left out: it takes root and a loop device")
        return
    try:
        case.begin()
        load = Pace(case.listener, "load", **LOAD)
        time.sleep(0.5)
        subprocess.run(["mount", "-o", "remount,abort", case.folder], capture_output=True)
        happened = time.monotonic()
        case.expect(case.noticed_by(happened + NOTICED_IN), "not noticed")
        time.sleep(0.5)
        load.end()
        case.expect(case.listener.process.poll() in (None, 1), "the listener ended otherwise")
        late = sum(status == 200 and sent > happened for sent, _, status in load.answers)
        case.expect(not late, "%d were answered 200 afterwards" % late)
        lost = {id for id, sent in load.sent.items() if id in load.acknowledged and sent > happened} - case.spooled()
        case.proof.count("lost", len(lost))
        case.expect(not lost, "%d are lost" % len(lost))
        if case.listener.process.poll() is None:
            case.listener.kill()
        subprocess.run(["mount", "-o", "remount,ro", case.folder], capture_output=True)
        case.listen()  # the service manager starts it again
        load = Pace(case.listener, "again", **LOAD)
        time.sleep(0.5)
        load.end()
        statuses = {status for _, _, status in load.answers}
        case.expect(statuses == {202}, "answered %s on a read-only volume" % statuses)
    finally:
        if case.listener.process.poll() is None:
            case.listener.kill()
        subprocess.run(["umount", case.folder], check=True)


def main():
    options = arguments(__doc__)
    proof = Proof("p12")
    for round_ in range(20 if options.long else 1):
        plays = [("restored", play_restore), ("innocent", play_innocent), ("trigger", play_trigger), ("moved", play_moved)]
        plays += [(hand.__name__, lambda case, hand=hand: play(case, hand)) for hand in HANDS]
        plays += [("idle " + hand.__name__, lambda case, hand=hand: play_idle(case, hand)) for hand in [*HANDS, index_cut]]
        plays += [("while down, a copy " + copy, lambda case, copy=copy: play_while_down(case, copy))
                  for copy in ("by db backup", "of its file")]
        plays += [("without a log, " + hand.__name__, lambda case, hand=hand: play_without_log(case, hand))
                  for hand in (copied_over_idle, copied_over, live_copied_over, emptied)]
        if os.geteuid() == 0:
            plays.append(("read-only", play_read_only))
        for name, play_it in plays:
            case = Case(proof, options.program, name)
            try:
                play_it(case)
            except (OSError, sqlite3.Error, subprocess.SubprocessError) as error:
                case.expect(False, repr(error))
            case.end()
    proof.end()


if __name__ == "__main__":
    main()
