#!/usr/bin/env python3
"""D9: what waits in a spool elsewhere is told by mails and taken by `ingest`, however the way there was lost: the link
beside the store deleted while the listener runs, the folder named by a link that leads elsewhere now, a folder with a
stray file where the link should be, or the spool not usable when it was started, without and with a former one. Each is
killed while a report waits. Then what no link shows: a start with another spool that is killed while it moves, and a
store that is not there when the listener starts; and a spool that can only be read.
"""
import os
import shutil
import subprocess
import time

from listener import Listener, ingest_nothing
from locks import guard_held
from proof import Proof, arguments, need
from reports import body
from spooled import waiting

MOVED = 20  # bodies
CURE_SEEN_IN = 20  # seconds; it is tried each second


def link_deleted(proof, program, store, spool):
    listener = Listener(program, store, "--spool", spool)
    os.remove(store + "-spool")
    return listener


def link_turned(proof, program, store, spool):
    for name in ("one", "two"):
        os.mkdir(spool + name, 0o700)
    os.symlink(spool + "one", spool)
    listener = Listener(program, store, "--spool", spool)
    os.remove(spool)
    os.symlink(spool + "two", spool)
    return listener


def stray_file_in_the_way(proof, program, store, spool):
    os.mkdir(store + "-spool", 0o700)
    with open(os.path.join(store + "-spool", "README"), "w"):
        pass
    return Listener(program, store, "--spool", spool)


def is_found(store, spool):
    return os.path.exists(os.path.join(spool, "store")) and os.path.realpath(store + "-spool") == spool


def not_usable_at_first(proof, program, store, spool):
    os.mkdir(spool)
    os.chmod(spool, 0o777)
    listener = Listener(program, store, "--spool", spool)
    os.chmod(spool, 0o700)
    end = time.monotonic() + CURE_SEEN_IN
    while not is_found(store, spool) and time.monotonic() < end:
        time.sleep(0.05)
    return listener


def not_usable_after_another(proof, program, store, spool):
    proof.expect(Listener(program, store, "--spool", proof.path("former")).stop() == 0, "the former one ended ill")
    return not_usable_at_first(proof, program, store, spool)


def try_way(proof, program, way):
    name = way.__name__
    store, spool = proof.path(name + ".db"), proof.path(name)
    listener = way(proof, program, store, spool)
    with guard_held(store), listener.connect() as connection:
        proof.expect(connection.post(body("waits"))[0] == 202, name + ": not answered 202")
        mail = asked(program, store, "summary", "--only-problems")
        proof.expect("1 delivery waits in the spool" in mail, "%s: the mail says %r" % (name, mail))
        listener.kill()
    proof.expect("1 body from the spool was taken" in asked(program, store, "ingest", "/dev/null"), name + ": not taken")
    proof.expect(asked(program, store, "list", "-F", "csv", "--columns", "id") == "id\nwaits\n", name + ": not stored")
    proof.count("ways")


def try_killed_move(proof, program):
    """There and back again: what had been moved is not forgotten."""
    store, first, second = (proof.path("moved" + end) for end in (".db", "-1", "-2"))
    listener = Listener(program, store, "--spool", first)
    with guard_held(store), listener.connect() as connection:
        for n in range(MOVED):
            proof.expect(connection.post(body("moved-%d" % n))[0] == 202, "not answered 202")
        listener.kill()
    # The move begins with the last sync of the new folder's note: each rename after that is one body.
    before = ["strace", "-f", "-D", "-o", "/dev/null", "-e", "trace=rename",
              "-e", "inject=rename:signal=KILL:when=%d" % (MOVED // 2)]
    mover = Listener(program, store, "--spool", second, before=before, ready=False)
    mover.process.wait(60)
    for spool in (first, second):
        proof.count("bodies where they were when the move was killed", len(waiting(spool)))
    proof.expect(0 < len(waiting(second)) < MOVED, "the move was not killed on its way")
    mail = asked(program, store, "summary", "--only-problems")
    proof.expect("%d deliveries wait in the spool" % MOVED in mail, "while it is moved the mail says %r" % mail)
    proof.expect(Listener(program, store, "--spool", first).stop() == 0, "ended ill")
    ingest_nothing(proof, program, store)
    stored = asked(program, store, "list", "-F", "csv", "--columns", "id").splitlines()[1:]
    proof.expect(len(stored) == MOVED, "%d of %d stored" % (len(stored), MOVED))


def try_missing_store(proof, program):
    """Its volume is missing at a start: nothing goes into a new store beneath it."""
    folder, spool = proof.path("volume"), proof.path("missing")
    store = os.path.join(folder, "store.db")
    os.mkdir(folder)
    listener = Listener(program, store, "--spool", spool)
    with guard_held(store), listener.connect() as connection:
        proof.expect(connection.post(body("before"))[0] == 202, "not answered 202")
        listener.kill()
    os.rename(folder, folder + ".away")
    os.mkdir(folder)
    listener = Listener(program, store, "--spool", spool, log_path=proof.path("log"))
    with listener.connect() as connection:
        proof.expect(connection.post(body("meanwhile"))[0] == 202, "a new store was made")
        proof.expect("there is no store" in listener.log(), "not told: " + listener.log())
        for words in (("ingest", "/dev/null"), ("db", "rejected", "--retry"), ("ingest", "--spool", spool, "/dev/null")):
            proof.expect("there is no store" in asked(program, store, *words), "%s made a store" % words[0])
        proof.expect(os.listdir(folder) == ["store.db-spool"], "made there: %s" % os.listdir(folder))
        shutil.rmtree(folder)
        os.rename(folder + ".away", folder)
        end = time.monotonic() + CURE_SEEN_IN
        while waiting(spool) and time.monotonic() < end:
            time.sleep(0.1)
        proof.expect(connection.post(body("after"))[0] == 200, "the store is not found again")
    proof.expect(listener.stop() == 0, "ended ill")
    stored = asked(program, store, "list", "-F", "csv", "--columns", "id").splitlines()[1:]
    proof.expect(sorted(stored) == ["after", "before", "meanwhile"], "stored: %s" % stored)
    proof.count("stores that were away")


def try_read_only(proof, program):
    """What is stored and can't be deleted is not told as waiting."""
    store, volume = proof.path("read-only.db"), proof.path("volume-2")
    os.mkdir(volume)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "jobtally", volume], capture_output=True).returncode:
        return print("left out: a tmpfs can't be mounted here")
    try:
        spool = os.path.join(volume, "spool")
        listener = Listener(program, store, "--spool", spool)
        with guard_held(store), listener.connect() as connection:
            proof.expect(connection.post(body("lies"))[0] == 202, "not answered 202")
            listener.kill()
        subprocess.run(["mount", "-o", "remount,ro", volume], check=True)
        mail = " ".join(asked(program, store, "summary", "--only-problems").split())
        proof.expect("1 body lies there, which the store may have already" in mail, "the mail says %r" % mail)
        proof.count("spools that can only be read")
    finally:
        subprocess.run(["umount", volume], check=True)


def asked(program, store, *words):
    return subprocess.run([program, "--db", store, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def main():
    options = arguments(__doc__)
    need("strace")
    proof = Proof("spool-found")
    for way in (link_deleted, link_turned, stray_file_in_the_way, not_usable_at_first, not_usable_after_another):
        try_way(proof, options.program, way)
    try_killed_move(proof, options.program)
    try_missing_store(proof, options.program)
    try_read_only(proof, options.program)
    proof.end()


if __name__ == "__main__":
    main()
