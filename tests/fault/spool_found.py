#!/usr/bin/env python3
"""D9: what waits in a spool elsewhere is told by mails and taken by `ingest`, however the way there was lost: the link
beside the store deleted while the listener runs, the folder named by a link that leads elsewhere now, a folder with a
stray file where the link should be, or the spool not usable when it was started, without and with a former one. Each is
killed while a report waits. Then what no link shows: a start with another spool that is killed while it moves, and a
store that is not there when the listener starts, also with another spool then, or a full one, or with one that the
store's link calls empty; and a spool that can only be read, that never could be made, or that is another store's.
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
        proof.expect("is a volume not mounted?" in asked(program, store, "summary"), "the mail has another hint")
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


class Away:
    """A store's folder that is not there, as where its volume is not mounted."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        os.rename(self.folder, self.folder + ".away")
        os.mkdir(self.folder)

    def __exit__(self, *_):
        shutil.rmtree(self.folder)
        os.rename(self.folder + ".away", self.folder)


def keep_one(proof, program, store, spool, name, *, end="kill", log=None):
    listener = Listener(program, store, "--spool", spool, log_path=log)
    with listener.connect() as connection:
        proof.expect(connection.post(body(name))[0] == 202, "%s: not answered 202" % name)
        getattr(listener, end)()


def used_once(proof, program, name):
    """A store in a folder of its own, whose spool was left empty."""
    folder, spool = proof.path(name), proof.path(name + "-spool")
    os.mkdir(folder)
    store = os.path.join(folder, "store.db")
    proof.expect(Listener(program, store, "--spool", spool).stop() == 0, name + ": ended ill")
    return store, spool


def expect_stored(proof, program, store, names):
    stored = asked(program, store, "list", "-F", "csv", "--columns", "id").splitlines()[1:]
    proof.expect(sorted(stored) == sorted(names), "stored: %s, not %s" % (stored, names))


def try_other_spool_meanwhile(proof, program):
    """--spool is changed while the store is away, and back when it is there again."""
    store, first = used_once(proof, program, "meanwhile")
    with Away(os.path.dirname(store)):
        keep_one(proof, program, store, first, "one")
        keep_one(proof, program, store, proof.path("second"), "two")
    mail = asked(program, store, "summary", "--only-problems")
    proof.expect("2 deliveries wait in the spool" in mail, "another spool meanwhile: the mail says %r" % mail)
    proof.expect(Listener(program, store, "--spool", first).stop() == 0, "ended ill")
    ingest_nothing(proof, program, store)
    expect_stored(proof, program, store, ["one", "two"])
    proof.count("spools that were changed meanwhile")


def try_used_though_empty(proof, program):
    """The link says that nothing waits there, for the listener that kept something could not change it."""
    store, first = used_once(proof, program, "though-empty")
    with Away(os.path.dirname(store)):
        keep_one(proof, program, store, first, "waits")
    log = proof.path("log-though-empty")
    with Away(first):
        os.rmdir(first)  # which it makes again
        proof.expect(Listener(program, store, "--spool", proof.path("third"), log_path=log).stop() == 0, "ended ill")
        os.mkdir(first)
    with open(log) as text:
        proof.expect("in which nothing waited when a listener ended, is gone" in text.read(), "it is told by no line")
    proof.expect(Listener(program, store, "--spool", proof.path("third")).stop() == 0, "ended ill")
    ingest_nothing(proof, program, store)
    expect_stored(proof, program, store, ["waits"])
    proof.count("spools that were not empty")


def try_new_store(proof, program):
    """A store that was made meanwhile is told; one that is wanted is made when what the error names is deleted."""
    store, spool = used_once(proof, program, "new")
    log = proof.path("log-new")
    with Away(os.path.dirname(store)):
        asked(program, store, "ingest", "/dev/null")
        Listener(program, store, "--spool", spool, log_path=log).stop()
        with open(log) as text:
            proof.expect("goes into the wrong store" in text.read(), "the store that was made is not told")
    with Away(os.path.dirname(store)):
        listener = Listener(program, store, "--spool", spool, log_path=log)
        with listener.connect() as connection:
            proof.expect(connection.post(body("first"))[0] == 202, "a new store was made")
            hint = listener.log().rpartition("If a new store is wanted, delete ")[2].splitlines()[0]
            for name in hint.split(" and "):
                os.remove(name.strip('"'))
            end = time.monotonic() + CURE_SEEN_IN
            while waiting(spool) and time.monotonic() < end:
                time.sleep(0.1)
            proof.expect(connection.post(body("second"))[0] == 200, "the hint makes no new store: " + hint)
        proof.expect(listener.stop() == 0, "ended ill")
        expect_stored(proof, program, store, ["first", "second"])
    proof.count("new stores")


def try_former_disk(proof, program):
    """The spool's volume was away at one start, and is back at the next."""
    store, spool = used_once(proof, program, "disk")
    time.sleep(2.1)  # between the starts of a machine lies more
    os.rename(spool, spool + ".away")
    listener = Listener(program, store, "--spool", spool)
    with guard_held(store), listener.connect() as connection:
        proof.expect(connection.post(body("beneath"))[0] == 202, "not answered 202")
        listener.kill()
    os.rename(spool, spool + ".beneath")
    os.rename(spool + ".away", spool)
    log = proof.path("log-disk")
    proof.expect(Listener(program, store, "--spool", spool, log_path=log).stop() == 0, "ended ill")
    with open(log) as text:
        proof.expect("is not the folder that this store used last" in text.read(), "a former disk is not told")
    proof.count("former disks")


def try_full(proof, program):
    """The number of those that a full spool did not keep is told."""
    spool = proof.path("full-spool")
    os.mkdir(spool)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "jobtally", spool], capture_output=True)
    if mounted.returncode:
        return print("left out: a tmpfs can't be mounted here")
    try:
        log = proof.path("log-full")
        store, spool = used_once(proof, program, "full")
        with Away(os.path.dirname(store)):
            listener = Listener(program, store, "--spool", spool, log_path=log)
            fill(os.path.join(spool, "filler"))
            with listener.connect() as connection:
                kept = 0
                while kept < 100 and connection.post(body("kept-%d" % kept))[0] == 202:
                    kept += 1
                proof.expect(kept < 100, "a full spool takes all")
            listener.kill()
        os.remove(os.path.join(spool, "filler"))
        mail = " ".join(asked(program, store, "summary", "--only-problems").split())
        proof.expect("1 request was answered 503" in mail, "of what a full spool did not keep is told: %r" % mail)
        proof.count("full spools")
    finally:
        subprocess.run(["umount", spool], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


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


def try_never_usable(proof, program):
    """A spool that could not be made is not called gone, and nothing is noted once it can be."""
    store, log = proof.path("never.db"), proof.path("never.log")
    spool = os.path.join(proof.path("no folder"), "spool")
    with open(proof.path("no folder"), "w"):
        pass
    for is_mended in (False, True):
        if is_mended:
            os.remove(proof.path("no folder"))
            os.mkdir(proof.path("no folder"), 0o700)
        listener = Listener(program, store, "--spool", spool, log_path=log)
        with listener.connect() as connection:
            proof.expect(connection.post(body("n%d" % is_mended))[0] == 200, "never usable: not stored")
        said = asked(program, store, "summary") + asked(program, store, "check", "--metric", "rejected", "-c", "0")
        proof.expect("gone" not in said and "OK - 0 bodies rejected" in said, "never usable: " + said)
        proof.expect(listener.stop() == 0, "never usable: ended ill")
        proof.expect("gone or empty" not in listener.log(), "never usable: " + listener.log())
    proof.expect(os.path.exists(os.path.join(spool, "store")), "never usable: the mended one is not used")
    proof.count("spools that could not be made")


def try_spool_of_another(proof, program):
    """A new store that is given the spool of another one is made, and leaves that spool and its numbers alone."""
    store, other, spool = proof.path("new.db"), proof.path("other.db"), proof.path("others spool")
    owner = Listener(program, other, "--spool", spool)
    listener = Listener(program, store, "--spool", spool)
    with listener.connect() as connection:
        proof.expect(connection.post(body("mine"))[0] == 200, "of another: not stored")
        with guard_held(store):
            proof.expect(connection.post(body("lost"))[0] == 503, "of another: not refused")
    proof.expect("is that of the store" in listener.log(), "of another: not told: " + listener.log())
    proof.expect("there is no store" not in listener.log(), "of another: " + listener.log())
    said = asked(program, other, "summary") + asked(program, other, "db", "status")
    proof.expect("not kept         0" in said and "were not kept" not in said, "of another: the other one tells it: " + said)
    proof.expect(listener.stop() == 0 and owner.stop() == 0, "of another: ended ill")
    said = asked(program, store, "db", "rejected")
    proof.expect("1 request was answered 503" in said, "of another: no mail of its own tells it: " + said)
    proof.count("spools of another store")


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
    for case in (try_other_spool_meanwhile, try_used_though_empty, try_new_store, try_former_disk, try_full,
                 try_read_only, try_never_usable, try_spool_of_another):
        case(proof, options.program)
    proof.end()


if __name__ == "__main__":
    main()
