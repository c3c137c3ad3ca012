#!/usr/bin/env python3
"""P6: the store's file system is full. Reports are answered 202 or 503, the listener goes on, and once there is room
again it stores by itself all that it acknowledged, and acknowledges again.

Seven cases: the spool is beside the store, or on another file system; the space comes back only after SIGKILL; the
listener is started while there is none; the disk has no more inodes; and the store's own log takes the last room
while there is enough for the reports, and then another process the store; and another program's question does not let
the log go. On a tmpfs of 8 MiB, which holds the log as well in the second case; --long: on an ext4 in a file too,
which has blocks of 1 KiB, and on a btrfs, which copies on write, where its tools are, also while another program
fills it. A start without room and the lack of inodes are tried on an ext4 always where one can be mounted. Needs
root, to mount.
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager

from kept import damage, duplicates
from listener import Listener, NotStarted, in_threads
from locks import guard_held
from proof import Proof, arguments, need_option, skip
from reports import body
from spooled import still_lost, waiting

MIB = 1 << 20
TAKEN_IN = 60  # seconds for the spool to be emptied
BEFORE, WHILE_FULL, AFTER = 50, 400, 50  # reports
MOST_BY_RESERVE = 5000
WHILE_LOCKED = 50
STARTS = 4
MEANWHILE = 300  # reports
LAST_ROOM, LOAD = 2 * MIB, 500  # what is left, and how many reports each of four senders has


@contextmanager
def tmpfs(proof, folder):
    os.mkdir(folder)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "jobtally", folder], capture_output=True).returncode:
        skip("a tmpfs can't be mounted here: it takes root")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def disk(proof, folder, kind, size, *options):
    """A file system in a file."""
    image = folder + ".image"
    os.mkdir(folder)
    with open(image, "wb") as file:
        file.truncate(size)
    subprocess.run(["mkfs." + kind, "-q", *options, image], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)  # a listener that failed may be left
        os.remove(image)


def ext4(proof, folder):
    return disk(proof, folder, "ext4", 16 * MIB, "-m", "0")


def few_inodes(proof, folder):
    return disk(proof, folder, "ext4", 16 * MIB, "-N", "48")


def can_mount(proof):
    try:
        with ext4(proof, proof.path("trial")):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def btrfs(proof, folder):
    return disk(proof, folder, "btrfs", 128 * MIB)


def fill(path):
    """Takes all room, to the last block."""
    with open(path, "wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                pass
    subprocess.run(["sync", "-f", os.path.dirname(path)], stderr=subprocess.DEVNULL)  # where room is found late


def post(listener, name, count, acknowledged, more=0):
    """{status: how many}; each with `more` bytes that say nothing."""
    statuses = {}
    with listener.connect() as connection:
        for n in range(count):
            id = "%s-%d" % (name, n)
            status, _ = connection.post(body(id)[:-1] + b', "more": "%s"}' % (b"-" * more))
            statuses[status] = statuses.get(status, 0) + 1
            if status // 100 == 2:
                acknowledged[id] = 1
    return statuses


def post_until_full(listener, acknowledged):
    """The listener keeps some room for itself; how many reports, large ones first, that stores."""
    number = 0
    for size in (20000, 1000, 0):
        while number < MOST_BY_RESERVE and post(listener, "room%d" % number, 1, acknowledged, size) == {200: 1}:
            number += 1
    return number


def post_until_stored(listener, acknowledged):
    """The store works again when reports are answered 200; the ids that were posted count as well."""
    end = time.monotonic() + TAKEN_IN
    number = 0
    while post(listener, "again%d" % number, 1, acknowledged) != {200: 1} and time.monotonic() < end:
        number += 1
        time.sleep(0.2)
    return time.monotonic() < end


def health(admin):
    """The status that /healthz answers with."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(TAKEN_IN)
        peer.connect(admin)
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return int(peer.makefile("rb").readline().split()[1])


def try_case(proof, program, name, folder, spool, is_killed):
    store = os.path.join(folder, "store.db")
    admin = proof.path("admin-" + os.path.basename(folder))
    options = ["--admin", "unix:" + admin] + (["--spool", spool] if spool else [])
    spool = spool or store + "-spool"
    log = None if is_killed else proof.path("log")  # None: beside the store, so that it can't be written either
    listener = Listener(program, store, *options, log_path=log)
    acknowledged = {}
    proof.expect(post(listener, "before", BEFORE, acknowledged) == {200: BEFORE}, name + ": not stored at first")
    fill(os.path.join(folder, "filler"))
    within = post_until_full(listener, acknowledged)
    proof.count("answered 200 by the reserve", within)
    proof.expect(within < MOST_BY_RESERVE, name + ": it was never full")
    fill(os.path.join(folder, "filler2"))
    said = len(listener.log())
    while_full = post(listener, "full", WHILE_FULL, acknowledged)
    for status, count in while_full.items():
        proof.count("answered %d while full" % status, count)
    proof.expect(set(while_full) <= {200, 202, 503}, "%s: answered %s while full" % (name, while_full))
    for _ in range(3):
        proof.count("asked for health while full")
        proof.expect(health(admin) == 503, name + ": said to be well while full")
    # A commit that fits into what the failed ones have left of the log does work.
    said_again = listener.log()[said:].count("works again")
    proof.expect(said_again <= while_full.get(200, 0), name + ": said to work again while full")
    if is_killed:
        listener.kill()
    for filler in ("filler", "filler2"):
        os.remove(os.path.join(folder, filler))
    if is_killed:
        listener = Listener(program, store, *options, log_path=proof.path("log"))
    proof.expect(post_until_stored(listener, acknowledged), name + ": the store does not work again")
    proof.expect(post(listener, "after", AFTER, acknowledged) == {200: AFTER}, name + ": not stored in the end")
    turned_away = while_full.get(503, 0)
    told = "answered 503 or refused, and not kept" in listener.log()[0 if is_killed else said:]
    proof.expect(turned_away == 0 or told, "%s: %d requests answered 503, and nobody is told" % (name, turned_away))
    rejected = subprocess.run([program, "--db", store, "db", "rejected"], capture_output=True, text=True).stdout
    proof.expect(not told or "answered 503 or refused, and not kept" in rejected, name + ": no mail can tell what was answered 503")
    proof.expect(health(admin) == 200, name + ": not well in the end")
    missing = still_lost(store, acknowledged, spool, TAKEN_IN)
    proof.count("acknowledged", len(acknowledged))
    proof.count("lost", len(missing))
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(not waiting(spool), name + ": the spool is not emptied")
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.expect(not damage(store) and duplicates(store) == 0, name + ": the store is damaged")
    proof.count("cases")


def started_without_room(proof, program, name, folder, spool):
    """Whoever posts to a listener that is started while the disk is full is answered, and questions are."""
    store = os.path.join(folder, "store.db")
    acknowledged = {}
    listener = Listener(program, store, "--spool", spool, log_path=proof.path("log"))
    proof.expect(post(listener, "before", BEFORE, acknowledged) == {200: BEFORE}, name + ": not stored at first")
    proof.expect(listener.stop() == 0, name + ": the listener did not end well at first")
    fill(os.path.join(folder, "filler"))
    for start in range(STARTS):
        listener = Listener(program, store, "--spool", spool, log_path=proof.path("log"))
        answered = post(listener, "start%d" % start, BEFORE, acknowledged)
        proof.count("answered 202 after a start without room", answered.get(202, 0))
        proof.expect(answered == {202: BEFORE}, "%s: answered %s" % (name, answered))
        asked = subprocess.run([program, "--db", store, "summary"], capture_output=True, text=True)
        proof.expect(asked.returncode == 0, "%s: asked without room: %s" % (name, asked.stderr))
        listener.kill() if start % 2 == 0 else listener.stop()
    os.remove(os.path.join(folder, "filler"))
    listener = Listener(program, store, "--spool", spool, log_path=proof.path("log"))
    proof.expect(post_until_stored(listener, acknowledged), name + ": the store does not work again")
    missing = still_lost(store, acknowledged, spool, TAKEN_IN)
    proof.count("lost", len(missing))
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.count("cases")


def without_inodes(proof, program, name, folder):
    """A disk with room and without inodes: the store takes all, and what waits in the spool is not forgotten there."""
    store = os.path.join(folder, "store.db")
    admin = proof.path("admin-" + name)
    acknowledged = {}
    listener = Listener(program, store, log_path=proof.path("log"))
    proof.expect(post(listener, "before", BEFORE, acknowledged) == {200: BEFORE}, name + ": not stored at first")
    with guard_held(store):
        proof.expect(post(listener, "spooled", 5, acknowledged) == {202: 5}, name + ": not spooled")
        listener.stop()
    try:
        for number in range(1000):
            os.close(os.open(os.path.join(folder, "file%d" % number), os.O_CREAT | os.O_WRONLY))
    except OSError:
        proof.count("disks without inodes")
    listener = Listener(program, store, "--admin", "unix:" + admin, log_path=proof.path("log"))
    proof.expect(post(listener, "after", BEFORE, acknowledged) == {200: BEFORE}, name + ": not stored without inodes")
    proof.expect(health(admin) == 200, name + ": not well without inodes")
    missing = still_lost(store, acknowledged, store + "-spool", TAKEN_IN)
    proof.expect(not missing and not waiting(store + "-spool"), "%s: lost %s, waiting %s" % (name, missing, waiting(store + "-spool")))
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.count("cases")


def filled_meanwhile(proof, program, name, folder, spool):
    """Another program fills the disk between two reports, and again and again what has been written is taken to it."""
    store = os.path.join(folder, "store.db")
    listener = Listener(program, store, "--spool", spool, log_path=proof.path("log"))
    acknowledged, is_over = {}, threading.Event()

    def fill_slowly():
        with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
            while not is_over.wait(0.002):
                try:
                    file.write(os.urandom(256 << 10))
                except OSError:
                    is_over.wait(0.02)

    filler = threading.Thread(target=fill_slowly)
    filler.start()
    try:
        for number in range(MEANWHILE):
            answered = post(listener, "meanwhile%d" % number, 1, acknowledged)
            proof.expect(set(answered) <= {200, 202}, "%s: answered %s" % (name, answered))
            proof.count("answered 202 while it was filled", answered.get(202, 0))
            if number % 40 == 0:
                subprocess.run(["sync", "-f", folder], stderr=subprocess.DEVNULL)
            time.sleep(0.05)
    finally:
        is_over.set()
        filler.join()
        os.remove(os.path.join(folder, "filler"))
    proof.expect(post_until_stored(listener, acknowledged), name + ": the store does not work again")
    missing = still_lost(store, acknowledged, spool, TAKEN_IN)
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.count("cases")


def last_room(proof, program, name, folder, spool):
    """The store's log takes the last room under a load that never rests: nobody is turned away while there is room for
    reports, of which these take less than half."""
    store = os.path.join(folder, "store.db")
    listener = Listener(program, store, *(["--spool", spool] if spool else []), log_path=proof.path("log"))
    acknowledged, answered = {}, []
    post(listener, "before", BEFORE, acknowledged)
    time.sleep(2)  # a second of rest empties the log
    room = os.path.join(folder, "filler")
    fill(room)
    os.truncate(room, max(0, os.path.getsize(room) - LAST_ROOM))
    threads = in_threads(lambda number: answered.append(post(listener, "load%d" % number, LOAD, acknowledged)), 4)
    for thread in threads:
        thread.join()
    statuses = {code: sum(one.get(code, 0) for one in answered) for code in (200, 202, 503)}
    for status, count in statuses.items():
        proof.count("answered %d by the last room" % status, count)
    proof.expect(statuses[200] == 4 * LOAD, "%s: answered %s while there was room" % (name, statuses))
    fill(room + "2")
    time.sleep(3)  # a second of rest, and then the listener has its reserve again
    with guard_held(store):
        locked = post(listener, "locked", WHILE_LOCKED, acknowledged)
    proof.count("answered 202 while locked and full", locked.get(202, 0))
    proof.expect(locked == {202: WHILE_LOCKED}, "%s: answered %s while locked and full" % (name, locked))
    os.remove(room)
    os.remove(room + "2")
    proof.expect(post_until_stored(listener, acknowledged), name + ": the store does not work again")
    missing = still_lost(store, acknowledged, spool or store + "-spool", TAKEN_IN)
    proof.count("lost", len(missing))
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.expect(not damage(store) and duplicates(store) == 0, name + ": the store is damaged")
    proof.count("cases")


def held_by_a_reader(proof, program, name, folder):
    """Another program's question keeps the log from being emptied until it fills the disk; once it ends the store works
    again, though nobody makes room."""
    store = os.path.join(folder, "store.db")
    listener = Listener(program, store, log_path=proof.path("log"))
    acknowledged = {}
    proof.expect(post(listener, "before", BEFORE, acknowledged) == {200: BEFORE}, name + ": not stored at first")
    with closing(sqlite3.connect("file:%s?mode=ro" % store, uri=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM report").fetchone()
        number = 0
        while number < MOST_BY_RESERVE and post(listener, "held%d" % number, 1, acknowledged) == {200: 1}:
            number += 1
        proof.expect(number < MOST_BY_RESERVE, name + ": it was never full")
        proof.count("answered 200 before a reader's log was full", number)
        post(listener, "full", WHILE_FULL, acknowledged)
    for number in range(AFTER):
        answered = post(listener, "after%d" % number, 1, acknowledged)
        proof.expect(answered == {200: 1}, "%s: answered %s afterwards" % (name, answered))
    missing = still_lost(store, acknowledged, store + "-spool", TAKEN_IN)
    proof.count("lost", len(missing))
    proof.expect(not missing, "%s: lost %s" % (name, missing))
    proof.expect(listener.stop() == 0, name + ": the listener did not end well")
    proof.count("cases")


def guarded(proof, name, work, *arguments):
    """An exception is a problem of its case."""
    try:
        work(proof, *arguments)
    except (OSError, NotStarted) as error:
        proof.wrong("%s: %r" % (name, error))


def main():
    options = arguments(__doc__)
    if os.geteuid() != 0:
        skip("a file system can only be mounted by root")
    need_option(options.program, "listen", "--spool")
    proof = Proof("p6")
    has_disks = can_mount(proof)
    if options.long and not has_disks:
        skip("a file system in a file can't be made or mounted here")
    kinds = [tmpfs, ext4] if options.long else [tmpfs]
    if options.long and shutil.which("mkfs.btrfs"):
        kinds.append(btrfs)
    if has_disks:
        with few_inodes(proof, proof.path("inodes")):
            guarded(proof, "without inodes", without_inodes, options.program, "without inodes", proof.path("inodes"))
    for kind in (tmpfs, ext4) if has_disks else (tmpfs,):
        name = "%s, started" % kind.__name__
        with kind(proof, proof.path(name)):
            guarded(proof, name, started_without_room, options.program, name, proof.path(name), proof.path("spool of " + name))
    for kind in kinds:
        for case, is_elsewhere, is_killed in (("beside", False, False), ("beside, killed", False, True),
                                              ("elsewhere", True, False), ("killed", True, True)):
            name = "%s, %s" % (kind.__name__, case)
            spool = proof.path("spool of " + name) if is_elsewhere else None
            folder = proof.path("%s-%s" % (kind.__name__, case))
            with kind(proof, folder):
                guarded(proof, name, try_case, options.program, name, folder, spool, is_killed)
        if kind is btrfs:
            with kind(proof, proof.path("meanwhile")):
                guarded(proof, "meanwhile", filled_meanwhile, options.program, "meanwhile", proof.path("meanwhile"), proof.path("spool of it"))
            continue  # where its last room is, it finds out late
        name = "%s, last room" % kind.__name__
        with kind(proof, proof.path(name)):
            guarded(proof, name, last_room, options.program, name, proof.path(name), None)
        name = "%s, held by a reader" % kind.__name__
        with kind(proof, proof.path(name)):
            guarded(proof, name, held_by_a_reader, options.program, name, proof.path(name))
    proof.end()


if __name__ == "__main__":
    main()
