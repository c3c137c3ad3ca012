#!/usr/bin/env python3
"""Another SQLite program opens and closes the store while the listener runs: the log stays the listener's, and nothing that
it acknowledged before or afterwards is lost when it is killed. The same with what `jobtally ingest` stores meanwhile.

10 rounds on a store that is new and 10 on one that was there; --long: 200 each.
"""
import sqlite3
import subprocess
from contextlib import closing

from kept import damage, lost
from listener import Listener, environment
from proof import Proof, arguments
from reports import body

REPORTS = 5  # of each kind a round


def look(store, writes):
    """As sqlite3's shell does: a connection that may write, so that closing it takes the log away if it seems to be the last."""
    with closing(sqlite3.connect(store)) as database:
        if writes:
            database.execute("CREATE TABLE IF NOT EXISTS notes (text)")
            database.execute("INSERT INTO notes VALUES ('seen')")
            database.commit()
        return database.execute("SELECT count(*) FROM report").fetchone()[0]


def ingest(proof, program, store, ids):
    done = subprocess.run([program, "-q", "--db", store, "ingest", "-"], input=b"\n".join(map(body, ids)),
                          env=environment(), stdout=subprocess.DEVNULL, timeout=60)
    proof.expect(done.returncode == 0, "ingest ended with %d" % done.returncode)


def play(proof, program, store, round_, acknowledged):
    listener = Listener(program, store)
    for part in range(3):
        ids = ["o%d-%d-%d" % (round_, part, n) for n in range(REPORTS)]
        with listener.connect() as connection:
            for id in ids:
                status, _ = connection.post(body(id))
                if proof.expect(status == 200, "%s: answered %d" % (id, status)):
                    acknowledged[id] = 1
        loaded = ["i" + id for id in ids]
        ingest(proof, program, store, loaded)
        acknowledged.update(dict.fromkeys(loaded, 1))
        seen = look(store, writes=part == 1)
        proof.expect(seen == len(acknowledged), "another program counts %d of %d reports" % (seen, len(acknowledged)))
        proof.count("looks")
    listener.kill()


def main():
    options = arguments(__doc__)
    proof = Proof("other_program")
    rounds = 200 if options.long else 10
    for is_new in (True, False):
        for round_ in range(rounds):
            store, acknowledged = proof.path("store.db"), {}
            if not is_new:
                ingest(proof, options.program, store, ["old"])  # it ends well: its log is empty
                acknowledged["old"] = 1
            try:
                play(proof, options.program, store, round_, acknowledged)
            except OSError as error:
                proof.wrong("round %d: the listener ended: %s" % (round_, error))
            missing, wrong = lost(store, acknowledged), damage(store)
            proof.expect(not missing, "round %d: %d are lost: %s" % (round_, len(missing), list(missing)[:3]))
            proof.expect(not wrong, "round %d: damaged: %s" % (round_, wrong[:3]))
            proof.count("acknowledged", len(acknowledged))
            proof.count("lost", len(missing))
            proof.clear()
    proof.end()


if __name__ == "__main__":
    main()
