#!/usr/bin/env python3
"""D5: a wrong bit in the log of a store whose listener was killed. SQLite leaves out what stands behind it and says nothing;
jobtally says so once, and keeps the log as it was before it writes. What crashes and power cuts leave is no damage: no
alarm after SIGKILL under load, for a last commit that is torn, for what follows the end of the log, for one that began anew.

12 damages and 20 kills; --long: 64 and 200.
"""
import glob
import json
import os
import random
import re
import struct
import subprocess
import time

from kept import damage, reading, versions
from listener import PATIENCE, Listener, environment
from proof import Proof, arguments
from reports import body, lines

QUESTIONS = ("rates", "failures", "durations", "list", "show r1", "definitions", "missed", "incidents", "summary",
             "check --metric failed", "export", "ingest --dry-run", "db status", "db verify", "db rejected", "db sql",
             "db prune --before 2000-01-01 --dry-run")
HEAD, FRAME = 32, 24 + 4096  # bytes


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def write_at(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def ends_of_commits(log):
    """The numbers of the frames that end one, of the log's own."""
    data = bytes_of(log)
    ends = []
    for number in range((len(data) - HEAD) // FRAME):
        page, pages = struct.unpack_from(">II", data, HEAD + number * FRAME)
        if pages and data[HEAD + number * FRAME + 8:][:8] == data[16:24]:
            ends.append(number)
    return ends


class Case:
    def __init__(self, proof, program, name):
        self.proof, self.program, self.name = proof, program, name
        self.store = proof.path("store.db")
        self.log = self.store + "-wal"

    def expect(self, holds, text):
        return self.proof.expect(holds, "%s: %s" % (self.name, text))

    def crash(self, reports=40):
        """A store whose log has a commit for each of some reports."""
        while True:
            listener = Listener(self.program, self.store)
            with listener.connect() as connection:
                for number in range(reports):
                    self.expect(connection.post(body("r%d" % number))[0] == 200, "not stored")
            listener.kill()
            if len(ends_of_commits(self.log)) >= reports // 2:
                return
            self.proof.clear()  # the listener had rested and emptied the log

    def open(self):
        """Starts and ends a listener; what it said, and the logs that were kept."""
        listener = Listener(self.program, self.store)
        self.expect(listener.stop() == 0, "the listener did not end well")
        return listener.log(), glob.glob(self.log + ".damaged-*")

    def expect_alarm(self, log_as_it_was):
        said, kept = self.open()
        found = re.findall(r"warning: the log of store .* was damaged", said)
        self.proof.count("told", len(found))
        self.expect(len(found) == 1, "told %d times: %s" % (len(found), said))
        self.expect(len(kept) == 1 and bytes_of(kept[0]) == log_as_it_was, "the log is not kept: %s" % kept)
        self.expect(all(os.stat(name).st_mode & 0o777 == 0o600 for name in kept), "the copy is open to others")
        self.expect(not damage(self.store), "the store is damaged")
        noted = self.notes().count("was damaged after a crash")
        self.proof.count("noted for the mail", noted)
        self.expect(noted == 1, "noted %d times for the mail" % noted)
        said, again = self.open()
        self.expect("was damaged" not in said and again == kept, "told again: " + said)

    def ask(self, *arguments):
        """What a command that only asks says on stderr."""
        done = subprocess.run([self.program, "--db", self.store, *arguments], env=environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
        return done.stderr.decode()

    def notes(self):
        """What the mail counts as rejected, and where it says why."""
        return subprocess.run([self.program, "--db", self.store, "db", "rejected", "-F", "tsv"], env=environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60).stdout.decode()

    def expect_silence(self):
        asked = self.ask("db", "status")
        self.proof.count("false alarms", int("damaged" in asked))
        self.expect("damaged" not in asked, "a false alarm: %s" % asked)
        said, kept = self.open()
        self.proof.count("false alarms", int("damaged" in said or bool(kept)))
        self.expect("damaged" not in said and not kept, "a false alarm: %s" % said)


def damaged(proof, program, rounds):
    """A bit anywhere but in the last three commits; the first rounds take the head of the log, and of a frame."""
    for round_ in range(rounds):
        case = Case(proof, program, "bit %d" % round_)
        case.crash()
        last = HEAD + ends_of_commits(case.log)[-4] * FRAME
        place = {0: 5, 1: 17, 2: 29, 3: last + 9, 4: last + 17}.get(round_, random.randrange(last))
        write_at(case.log, place, bytes([bytes_of(case.log)[place] ^ 1 << random.randrange(8)]))
        if round_ % 2:  # as after a power cut
            os.utime(case.log, (1_700_000_000, 1_700_000_000))
        proof.count("damages")
        case.name += " at %d" % place
        case.expect_alarm(bytes_of(case.log))
        proof.clear()


def head_gone(proof, program):
    """The first sector, block and sixteen blocks read as zeros, the first block as noise: neither the head nor the first
    frames say whose the others are."""
    for data in (bytes(512), bytes(4096), bytes(16 * 4096), os.urandom(4096)):
        case = Case(proof, program, "%d bytes of the head gone" % len(data))
        case.crash()
        write_at(case.log, 0, data)
        proof.count("damages")
        case.expect_alarm(bytes_of(case.log))
        proof.clear()


def file_ahead(proof, program):
    """A reader kept the log from being emptied, though all of it is in the file: read in part, it would undo the file."""
    case = Case(proof, program, "file ahead")
    listener = Listener(program, case.store)
    ids = {"r%d" % number for number in range(40)}
    with listener.connect() as connection, reading(case.store) as reader:
        for id in sorted(ids):
            case.expect(connection.post(body(id))[0] == 200, "not stored")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM report").fetchall()
        end = time.monotonic() + PATIENCE
        while os.path.getsize(case.store) < 5 * 4096 and time.monotonic() < end:
            time.sleep(0.1)  # until the listener rests
        time.sleep(2.5)  # it looks at the file
        listener.kill()
    ends = ends_of_commits(case.log)
    if not case.expect(len(ends) > 20, "the log was emptied"):
        return
    write_at(case.log, HEAD + ends[10] * FRAME + 500, b"\xff\xfe\xfd")
    before = [bytes_of(case.store), bytes_of(case.log)]
    listener = Listener(program, case.store)
    with listener.connect() as connection:
        case.expect(connection.post(body("late"))[0] == 202, "not spooled")
    listener.kill()
    case.expect("would undo" in listener.log(), "not told: " + listener.log())
    case.expect([bytes_of(case.store), bytes_of(case.log)] == before, "the store was written to")
    for ending in ("-wal", "-shm"):
        os.rename(case.store + ending, proof.path("away" + ending))
    listener = Listener(program, case.store)
    time.sleep(1.5)
    case.expect(listener.stop() == 0, "the listener did not end well: " + listener.log())
    case.expect(set(versions(case.store)) == ids | {"late"}, "lost")
    case.expect(not damage(case.store), "the store is damaged")
    proof.clear()


def loaded(proof, program):
    """Another command that writes tells it too."""
    case = Case(proof, program, "ingest")
    case.crash()
    write_at(case.log, HEAD + 24 + 100, b"\xff\xfe\xfd")
    done = subprocess.run([program, "--db", case.store, "ingest", "-"], input=lines(["new"]), env=environment(),
                          capture_output=True, timeout=60)
    case.expect(done.returncode == 0 and done.stderr.count(b"was damaged") == 1, "ingest said " + done.stderr.decode())
    case.expect("new" in versions(case.store), "not stored")
    proof.clear()


def asked(proof, program):
    """Whatever is asked, it says so by one line and leaves the log as it is; the next command that writes tells and keeps."""
    case = Case(proof, program, "asked")
    case.crash()
    write_at(case.log, HEAD + 24 + ends_of_commits(case.log)[20] * FRAME, b"\xff\xfe\xfd")
    before = bytes_of(case.log)
    for question in QUESTIONS:
        said = case.ask(*question.split(), *(["SELECT 1"] if question == "db sql" else []))
        proof.count("questions")
        case.expect(said.count("is damaged since a crash") == 1, "%s said %s" % (question, said))
    said = case.ask("db", "backup", proof.path("copy.db"))
    case.expect(said.count("is damaged since a crash") == 1, "db backup said " + said)
    case.expect(bytes_of(case.log) == before, "a question changed the log")
    said = case.ask("db", "prune", "--before", "2000-01-01")
    case.expect(said.count("warning: the log") == said.count("was damaged") == 1, "db prune said " + said)
    case.expect("damage" not in case.ask("db", "status"), "told again")
    proof.clear()


def restored(proof, program):
    """`db restore` puts the store aside with the log as it was."""
    case = Case(proof, program, "db restore")
    copy = proof.path("copy.db")
    subprocess.run([program, "-q", "--db", copy, "ingest", "-"], input=lines(["copied"]), env=environment(), check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    case.crash()
    write_at(case.log, HEAD + 24 + 100, b"\xff\xfe\xfd")
    before = bytes_of(case.log)
    done = subprocess.run([program, "--db", case.store, "--json", "db", "restore", copy], env=environment(),
                          capture_output=True, timeout=60)
    if case.expect(done.returncode == 0, "ended with %d: %s" % (done.returncode, done.stderr.decode())):
        kept = json.loads(done.stdout)["replaced"] + "-wal"
        case.expect(os.path.exists(kept) and bytes_of(kept) == before, "the log is not kept")
        case.expect(set(versions(case.store)) == {"copied"}, "not restored")
    proof.clear()


def torn(case):
    """The last commit after a power cut: its first frame did not come to the disk."""
    ends = ends_of_commits(case.log)
    write_at(case.log, HEAD + (ends[-2] + 1) * FRAME, bytes(512))
    os.utime(case.log, (1_700_000_000, 1_700_000_000))


def cut_short(case):
    os.truncate(case.log, HEAD + ends_of_commits(case.log)[-1] * FRAME + 1000)


def followed(case):
    data = bytes_of(case.log)
    write_at(case.log, len(data), bytes(3 * FRAME) + os.urandom(3 * FRAME))


def began_anew(case):
    """What stands behind the end are commits with older salts."""
    data = bytes_of(case.log)
    case.open()  # empties the log
    case.crash(4)
    write_at(case.log, len(bytes_of(case.log)), data[HEAD:])


def rolled_back(case):
    """Frames with the log's salts behind its end, the checksums right, but without a commit."""
    ends = ends_of_commits(case.log)
    data = bytes_of(case.log)
    write_at(case.log, HEAD + (ends[-2] + 1) * FRAME + 4, struct.pack(">I", 0))
    write_at(case.log, len(data), data[HEAD + (ends[-3] + 1) * FRAME:HEAD + ends[-2] * FRAME])


def innocent(proof, program):
    for act in (torn, cut_short, followed, began_anew, rolled_back):
        case = Case(proof, program, act.__name__)
        case.crash()
        act(case)
        proof.count("innocent logs")
        case.expect_silence()
        proof.clear()


def killed(proof, program, rounds):
    case = Case(proof, program, "killed")
    for round_ in range(rounds):
        if round_ % 2:
            case.expect("damaged" not in case.ask("db", "status"), "a false alarm of a question")
        listener = Listener(program, case.store)
        case.expect("damaged" not in listener.log(), "a false alarm: " + listener.log())
        with listener.connect() as connection:
            connection.send_all([body("k%d-%d" % (round_, n)) for n in range(300)])
            time.sleep(random.uniform(0, 0.15))
        listener.kill()
        proof.count("kills")
    case.expect_silence()
    proof.clear()


def main():
    options = arguments(__doc__)
    random.seed(options.seed)
    proof = Proof("damaged_log")
    damaged(proof, options.program, 60 if options.long else 8)
    head_gone(proof, options.program)
    file_ahead(proof, options.program)
    loaded(proof, options.program)
    asked(proof, options.program)
    restored(proof, options.program)
    innocent(proof, options.program)
    killed(proof, options.program, 200 if options.long else 20)
    proof.end()


if __name__ == "__main__":
    main()
