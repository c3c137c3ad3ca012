#!/usr/bin/env python3
"""D9: what waits in a spool elsewhere is told by mails and taken by `ingest`, however the way there was lost: the link
beside the store deleted while the listener runs, or the spool not usable when it was started, without and with a former
one. Each is killed while a report waits.
"""
import os
import subprocess
import time

from listener import Listener
from locks import guard_held
from proof import Proof, arguments
from reports import body

CURE_SEEN_IN = 20  # seconds; it is tried each second


def link_deleted(proof, program, store, spool):
    listener = Listener(program, store, "--spool", spool)
    os.remove(store + "-spool")
    return listener


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


def asked(program, store, *words):
    return subprocess.run([program, "--db", store, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def main():
    options = arguments(__doc__)
    proof = Proof("spool-found")
    for way in (link_deleted, not_usable_at_first, not_usable_after_another):
        try_way(proof, options.program, way)
    proof.end()


if __name__ == "__main__":
    main()
