#!/usr/bin/env python3
"""P13: what another user planted beside the store, in a sticky folder such as /tmp, is neither accepted nor followed, and
nothing waits for it: journals, logs, indexes and lock files, FIFOs, links and hard links of those names, the spool, and what
-o, `db backup` and `db restore` are given. Root plays both users; otherwise it is skipped. Nor is a store written that is
mounted without its folder, in which the log would be.

Each planting is tried by readers and writers, run as the owner of the store. --long: by every command.
"""
import grp
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))

from listener import Listener, environment
from proof import Proof, arguments, skip
from reports import body, lines

OWNER, OTHER = 12345, 12346
SERVICE = 1  # the oldest of users with a name
PATIENCE = 60  # seconds
SECRET = b"this file is the owner's\n"
READERS = [["list"], ["db", "verify"], ["rates"], ["db", "status"], ["export"], ["missed"], ["show", "a1"], ["summary"],
           ["db", "sql", "SELECT 1"], ["db", "backup", "copy.db"]]
WRITERS = [["ingest", "-"], ["listen", "--bind", "127.0.0.1:0"], ["db", "rejected", "--retry"],
           ["db", "prune", "--before", "2001-01-01"], ["db", "restore", "backup.db"], ["db", "verify", "--repack"]]


def run_as(user, words, folder, input=b""):
    """The exit status, None where it hangs, and what was said. A listener that is ready is told to end."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
        def said():
            return os.pread(output.fileno(), 1 << 20, 0).decode(errors="replace")  # its offset is the process's

        given.write(input)
        given.seek(0)
        process = subprocess.Popen(words, cwd=folder, env=environment(HOME=folder), stdin=given, user=user, group=user,
                                   extra_groups=[], stdout=output, stderr=subprocess.STDOUT)
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            if "listening on" in said():
                process.terminate()
            time.sleep(0.01)
        if process.poll() is None:
            process.kill()
            process.wait()
            return None, "it hangs"
        return process.returncode, said()


def as_other(act):
    """Runs act() in a child as the other user."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(OTHER)
        os.setuid(OTHER)
        os.umask(0)
        try:
            act()
            os._exit(0)
        except OSError as error:
            print(error, flush=True)
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def write(path, bytes=b""):
    with open(path, "wb") as file:
        file.write(bytes)


def journal(store):
    """A journal that, played back, makes another store of the file."""
    page = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + (1).to_bytes(4, "big") + bytes(4) + (1).to_bytes(4, "big") + (512).to_bytes(
        4, "big") + (4096).to_bytes(4, "big")
    return page.ljust(512, b"\0") + (1).to_bytes(4, "big") + b"SQLite format 3\0".ljust(4096, b"\1") + bytes(4)


def plantings(folder):
    store, secret = os.path.join(folder, "store.db"), os.path.join(folder, "secret")
    for ending in ("-journal", "-wal", "-shm", ".lock"):
        name = store + ending
        yield "file " + ending, lambda name=name, ending=ending: write(name, journal(store) if ending == "-journal" else b"")
        yield "fifo " + ending, lambda name=name: os.mkfifo(name)
        yield "link " + ending, lambda name=name: os.symlink(secret, name)
        yield "folder " + ending, lambda name=name: os.mkdir(name)
    yield "socket -shm", lambda: socket.socket(socket.AF_UNIX).bind(store + "-shm")
    yield "dangling link -journal", lambda: os.symlink(folder + "/nothing", store + "-journal")


class Place:
    """A sticky folder with the owner's store, a backup of it and a file that nobody may touch."""

    def __init__(self, proof, program):
        self.proof, self.program = proof, program
        self.folder = tempfile.mkdtemp(dir=proof.folder)
        os.chmod(proof.folder, 0o755)
        os.chmod(self.folder, 0o1777)
        self.store = os.path.join(self.folder, "store.db")
        for _ in range(2):  # all in the file
            self.call("ingest", "-")
        self.call("db", "backup", "backup.db")
        write(os.path.join(self.folder, "secret"), SECRET)
        os.chown(os.path.join(self.folder, "secret"), OWNER, OWNER)
        os.chmod(os.path.join(self.folder, "secret"), 0o600)
        for ending in ("-wal", "-shm", ".lock"):  # as after a restart of the machine
            if os.path.exists(self.store + ending):
                os.remove(self.store + ending)

    def call(self, *words, user=OWNER):
        return run_as(user, [self.program, "--db", self.store, *words], self.folder,
                      lines(["a%d" % n for n in range(50)]))

    def reports(self):
        with sqlite3.connect("file:%s?mode=ro&immutable=1" % self.store, uri=True) as database:
            try:
                return database.execute("SELECT count(*) FROM report").fetchone()[0]
            except sqlite3.DatabaseError:
                return -1

    def secret_is_whole(self):
        with open(os.path.join(self.folder, "secret"), "rb") as file:
            return file.read() == SECRET

    def end(self):
        shutil.rmtree(self.folder)


def beside(proof, program, name, plant, commands):
    place = Place(proof, program)
    if not proof.expect(as_other(dict(plantings(place.folder))[name]), name + ": not planted"):
        return
    before = sorted(os.listdir(place.folder))
    for words in commands:
        code, said = place.call(*words)
        what = "%s: %s" % (name, " ".join(words))
        proof.count("tries")
        if not proof.expect(code is not None, what + ": hangs"):
            proof.count("hangs")
            continue
        if not proof.expect(code != 0 and "error: " in said, "%s: accepted (%s): %s" % (what, code, said[-200:])):
            proof.count("accepted")
    # A listener that could have made its spool before leaves none, or one of its own.
    after = [file for file in sorted(os.listdir(place.folder)) if not file.endswith("-spool")]
    proof.expect(after == before, "%s: made %s" % (name, set(after) - set(before)))
    proof.expect(place.secret_is_whole(), name + ": the owner's file was followed")
    proof.expect(place.reports() == 50, name + ": the store has %d reports" % place.reports())
    proof.count("plantings")
    place.end()


def spool(proof, program):
    """A link and a folder of the other user in the place of the spool."""
    for name, act in (("link", lambda place: os.symlink("/", place.store + "-spool")),
                      ("folder", lambda place: os.mkdir(place.store + "-spool", 0o777))):
        place = Place(proof, program)
        as_other(lambda: act(place))
        code, said = place.call("listen", "--bind", "127.0.0.1:0")
        # It says so, listens and does not use it.
        proof.expect(code == 0 and "the spool can't be used" in said, "spool %s: listen: %s %s" % (name, code, said[-200:]))
        for words in (["ingest", "-"], ["db", "status"], ["list"]):
            code, said = place.call(*words)
            proof.expect(code == 0, "spool %s: %s ended with %s: %s" % (name, words, code, said[-200:]))
            proof.expect(words == ["list"] or "warning" in said, "spool %s: %s says nothing" % (name, words))
        proof.count("plantings")
        place.end()


def losses(proof, program):
    """The number of those that were not kept is noted in no folder of the other user, and not read there."""
    place = Place(proof, program)
    theirs = os.path.join(place.folder, "theirs")
    as_other(lambda: (os.mkdir(theirs), os.chmod(theirs, 0o777), os.symlink(theirs, place.store + "-spool")))
    listener = Listener(program, place.store, log_path=proof.path("log"))  # root's, who writes nothing there
    with listener.connect() as connection:
        status = connection.post(body("late"))[0]
    proof.expect(status == 503, "losses: answered %s" % status)
    proof.expect(listener.stop() == 0, "losses: the listener ended otherwise: " + listener.log())
    proof.expect("gone or empty" not in listener.log(), "losses: their folder is taken for the spool: " + listener.log())
    proof.expect("no mail will tell of 1 request" in listener.log(), "losses: not told: " + listener.log())
    proof.expect(os.listdir(theirs) == [], "losses: made in their folder: %s" % os.listdir(theirs))
    as_other(lambda: os.symlink(place.folder + "/nothing", theirs + "/lost.lock"))
    code, said = place.call("db", "status")
    proof.expect(code == 0 and "not kept         0" in said and "can't be read" not in said, "losses: %s %s" % (code, said))
    place.end()



def output(proof, program):
    """-o, db backup and db restore through another's link; a FIFO as -o."""
    link = lambda place: os.symlink(os.path.join(place.folder, "secret"), os.path.join(place.folder, "out"))
    pipe = lambda place: os.mkfifo(os.path.join(place.folder, "out"), 0o666)
    backup = lambda place: os.symlink(os.path.join(place.folder, "backup.db"), os.path.join(place.folder, "out"))
    for name, act, words in (("-o link", link, ["list", "-o", "out"]), ("-o pipe", pipe, ["list", "-o", "out"]),
                             ("backup link", backup, ["db", "backup", "out"]),
                             ("restore link", backup, ["db", "restore", "out"])):
        place = Place(proof, program)
        proof.expect(as_other(lambda: act(place)), name + ": not planted")
        code, said = place.call(*words)
        if not proof.expect(code == 1 and "another user" in said, "%s: %s %s" % (name, code, said[-200:])):
            proof.count("accepted" if code is not None else "hangs")
        proof.expect(place.secret_is_whole(), name + ": followed")
        proof.count("plantings")
        place.end()


def modes(proof, program):
    """What root writes with -o in place of another's file is root's, and nobody else's to write or to run as root."""
    place = Place(proof, program)
    out = os.path.join(place.folder, "out.csv")
    proof.expect(as_other(lambda: (write(out), os.chmod(out, 0o4777))), "-o mode: not planted")
    code, said = place.call("rates", "-o", "out.csv", user=0)
    found = os.stat(out)
    proof.expect(code == 0 and found.st_uid == 0 and found.st_mode & 0o7022 == 0,
                 "-o mode: %s %o %s" % (code, found.st_mode, said[-200:]))
    proof.count("plantings")
    place.end()


def empty_store(proof, program):
    """An empty file of another user in the place of a store that root is about to make."""
    place = Place(proof, program)
    store = os.path.join(place.folder, "new.db")
    proof.expect(as_other(lambda: write(store)), "empty store: not planted")
    for words in (["ingest", "-"], ["listen", "--bind", "127.0.0.1:0"]):
        code, said = run_as(0, [program, "--db", store, *words], place.folder, lines(["a"]))
        if not proof.expect(code == 1 and "belongs to user %d" % OTHER in said, "empty store: %s %s" % (code, said[-200:])):
            proof.count("accepted")
    proof.expect(os.stat(store).st_size == 0, "empty store: written to")
    proof.count("plantings")
    place.end()


def folders(proof, program):
    """A folder without the sticky bit; a sticky one is warned about; what others see of a reader."""
    place = Place(proof, program)
    code, said = place.call("ingest", "-")
    proof.expect(code == 0 and "every user may write" in said, "sticky: %s %s" % (code, said))
    code, said = place.call("list", user=OTHER)
    proof.expect(code == 1, "another user reads a private store")
    os.chmod(place.store, 0o644)
    for ending in ("-wal", "-shm"):
        if os.path.exists(place.store + ending):
            os.remove(place.store + ending)
    code, said = place.call("list", user=OTHER)
    proof.expect(code == 0, "another user can't read an open store: %s" % said)
    code, said = place.call("ingest", "-")
    proof.expect(code == 0, "a reader shuts the owner out: %s" % said)
    os.chmod(place.folder, 0o777)
    for words in (["list"], ["ingest", "-"]):
        code, said = place.call(*words)
        proof.expect(code == 1 and "JOBTALLY_SHARED_FOLDER" in said, "not sticky: %s: %s %s" % (words, code, said))
    os.environ["JOBTALLY_SHARED_FOLDER"] = "allow"
    run = subprocess.run([program, "--db", place.store, "list"], capture_output=True)
    proof.expect(run.returncode == 0, "not sticky, but allowed: %s" % run.stderr)
    del os.environ["JOBTALLY_SHARED_FOLDER"]
    place.end()


def root_makes(proof, program):
    """What root makes belongs to the owner of the store, so that the owner can go on."""
    place = Place(proof, program)
    os.chmod(place.folder, 0o755)
    os.chown(place.folder, OWNER, OWNER)
    elsewhere = os.path.join(place.folder, "elsewhere")
    code, said = place.call("listen", "--bind", "127.0.0.1:0", "--spool", elsewhere, user=0)
    proof.expect(code == 0, "root can't listen: %s" % said)
    place.call("ingest", "-", user=0)
    place.call("db", "restore", "backup.db", user=0)
    for folder in (place.folder, elsewhere):
        for name in os.listdir(folder):
            owner = os.lstat(os.path.join(folder, name)).st_uid
            proof.expect(owner == OWNER, "%s belongs to %d" % (name, owner))
    for words in (["listen", "--bind", "127.0.0.1:0"], ["ingest", "-"]):
        code, said = place.call(*words)
        proof.expect(code == 0, "%s after root: %s %s" % (words, code, said))
    place.end()


def denied(proof, program):
    """Who may not read or write a store hears whose it is, how to be that user, and whose group may read."""
    place = Place(proof, program)
    user, group = pwd.getpwuid(SERVICE).pw_name, grp.getgrgid(SERVICE).gr_name
    folder = os.path.join(place.folder, "service")
    store = os.path.join(folder, "jobtally.db")
    os.mkdir(folder)
    os.chown(folder, SERVICE, SERVICE)
    os.chmod(folder, 0o750)
    code, said = run_as(0, [program, "--db", store, "ingest", "-"], place.folder, lines(["a"]))
    proof.expect(code == 0, "denied: not made: %s" % said)
    join = "usermod -aG %s" % group
    for mode, words, joins in ((0o750, ["list"], True), (0o755, ["list"], False), (0o755, ["ingest", "-"], False)):
        os.chmod(folder, mode)
        code, said = run_as(OTHER, [program, "--db", store, *words], place.folder, lines(["b"]))
        proof.expect(code == 1 and "belongs to user %s" % user in said and "sudo -u %s jobtally" % user in said
                     and (join in said) == joins, "denied: %o %s: %s %s" % (mode, words, code, said))
    place.end()


def mounted_alone(proof, program):
    """As by `docker run -v FILE:FILE`: read, but not written, and nothing is made beside it."""
    private = ["unshare", "--mount", "--propagation", "private"]
    place = Place(proof, program)
    cases = [(["list", "-n", "1"], 0), (["ingest", "-"], 1), (["listen", "--bind", "127.0.0.1:0"], 1),
             (["db", "restore", "backup.db"], 1)]
    for words, expected in cases:
        folder = tempfile.mkdtemp(dir=place.folder)
        mount = os.path.join(folder, "store.db")
        write(mount)
        if subprocess.run([*private, "mount", "--bind", place.store, mount], capture_output=True).returncode:
            print("the store that is mounted alone is left out: a file can't be mounted here")
            break
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        code, said = run_as(0, [*private, "sh", "-c", script, "sh", place.store, mount, program, "--db", mount, *words],
                            place.folder, lines(["a"]))
        proof.expect(code == expected and ("mounted without its folder" in said) == (expected == 1),
                     "mounted alone: %s: %s %s" % (words, code, said[-300:]))
        proof.expect(expected == 0 or os.listdir(folder) == ["store.db"], "mounted alone: %s: %s" % (words, os.listdir(folder)))
    place.end()


def main():
    options = arguments(__doc__)
    if os.geteuid() != 0:
        skip("only root can be two users")
    proof = Proof("p13")
    os.chmod(proof.folder, 0o755)
    program = proof.path("jobtally")  # where both may run it
    shutil.copy(options.program, program)
    commands = READERS + WRITERS if options.long else READERS[:2] + WRITERS[:2]
    for name, plant in plantings("/nowhere"):
        beside(proof, program, name, plant, commands)
    for part in (spool, losses, output, modes, empty_store, folders, root_makes, denied, mounted_alone):
        part(proof, program)
    for what in ("accepted", "hangs"):
        proof.count(what, 0)
    proof.end()


if __name__ == "__main__":
    main()
