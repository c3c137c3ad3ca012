#!/usr/bin/env python3
"""D8: a body in the spool that can't be deleted (an immutable file, a folder that turned read-only) is stored once, told
once and counted once, and taken in again never; what comes meanwhile, to the listener and to the spool, is stored.
"""
import os
import time

from kept import reading, versions
from listener import Listener
from proof import Proof, arguments, need
from reports import body
from spooled import waiting


def main():
    options = arguments(__doc__)
    need("strace")
    proof = Proof("undeletable")
    store, spool = proof.path("store.db"), proof.path("spool")
    os.mkdir(spool, 0o700)
    names = [os.path.join(spool, "%020d-1-%d-unknown.json" % (1793527200000000 + n, n)) for n in range(3)]
    for name, content in zip(names, [body("stuck"), b"no report", body("free")]):
        with open(name, "wb") as file:
            file.write(content)
    # strace's own -f: the writer is a thread.
    before = ["strace", "-f", "-D", "-o", "/dev/null", "-P", names[0], "-P", names[1], "-e", "trace=unlink",
              "-e", "inject=unlink:error=EPERM"]
    listener = Listener(options.program, store, "--spool", spool, before=before)
    time.sleep(3.5)  # it looks again each second while something waits
    with listener.connect() as connection:
        proof.expect(connection.post(body("after"))[0] == 200, "not stored")
    time.sleep(1)
    code = listener.stop()
    said = listener.log()
    proof.expect(code == 0, "ended with %d" % code)
    proof.expect(said.count("can't delete") == 1, "told %d times: %s" % (said.count("can't delete"), said))
    taken = [line for line in said.splitlines() if "taken into the store" in line]
    proof.expect(len(taken) == 1 and "3 bodies" in taken[0], "taken: %s" % taken)
    there = versions(store)
    proof.expect(set(there) == {"stuck", "free", "after"}, "stored: %s" % there)
    with reading(store) as database:
        rejected = database.execute("SELECT count(*) FROM rejected").fetchone()[0]
    proof.expect(rejected == 1, "%d rejected" % rejected)
    proof.expect(len(waiting(spool)) == 2, "waiting: %s" % waiting(spool))
    proof.count("told", said.count("can't delete"))
    proof.count("notes of what was taken", len(taken))
    proof.end()


if __name__ == "__main__":
    main()
