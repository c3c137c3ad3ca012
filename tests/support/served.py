"""A running `jobtally listen` on a port, or a unix socket, of its own."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading

from messages import SECRET, post, read_answer, report


def bare_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("JOBTALLY_")}


class Served:
    """Use it as a context: it ends the listener, which must exit with 0."""

    def __init__(self, program, store, *options, authorization=SECRET, unix=None, is_quiet=True):
        environment = bare_environment()
        if authorization:
            environment["JOBTALLY_AUTHORIZATION"] = authorization
        self.program, self.store, self.unix, self.authorization = program, store, unix, authorization
        self.target = "/"  # of honest requests
        self.log = []
        self.honest = 0
        bind = "unix:" + unix if unix else "127.0.0.1:0"
        self.process = subprocess.Popen(
            [program, "--db", store, "listen", "--bind", bind, *(["-q"] if is_quiet else []), *options],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, text=True, errors="surrogateescape")
        self.port = self._port()
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def _port(self):
        for line in self.process.stderr:
            found = re.search(r"listening on \S*?(?::(\d+)/|unix:)", line)
            if found:
                return int(found.group(1) or 0)
            self.log.append(line)
        raise RuntimeError("did not start: " + "".join(self.log))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None and code != 0:
            raise RuntimeError("the listener ended with %d: %s" % (code, "".join(self.log[-20:])))

    def stop(self, signal_number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.reader.join(timeout=5)
        self.process.stderr.close()
        return code

    def connect(self, timeout=10, source=None, receive_buffer=None):
        connection = socket.socket(socket.AF_UNIX if self.unix else socket.AF_INET)
        connection.settimeout(timeout)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            connection.bind((source, 0))
        if self.unix:
            connection.connect(self.unix)
        else:
            connection.connect(("127.0.0.1", self.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def exchange(self, request, is_head=False, **more):
        with self.connect(**more) as connection:
            connection.sendall(request)
            return read_answer(connection, is_head=is_head)[0]

    def serves_honest(self):
        """Whether a report on a new connection is stored as ever."""
        self.honest += 1
        answer = self.exchange(post(report("honest-%d" % self.honest), target=self.target,
                                    authorization=self.authorization))
        return answer.status == 200 and answer.json()["result"] == "stored"

    def peak_memory_kib(self):
        with open("/proc/%d/status" % self.process.pid) as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

    def ids(self):
        with sqlite3.connect("file:" + self.store + "?mode=ro", uri=True) as database:
            return {row[0] for row in database.execute("SELECT id FROM reports")}

    def query(self, *arguments):
        return json.loads(subprocess.run([self.program, "--db", self.store, *arguments, "-F", "json"], check=True,
                                         capture_output=True, env=bare_environment()).stdout)

    def rejected(self):
        """What the store keeps as rejected, newest last."""
        return self.query("db", "rejected", "-n", "0")["rejected"]
