"""A running `jobtally listen` and connections to it."""

import atexit
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from messages import read_answer

PATIENCE = 60  # seconds: the machine may be busy


started = []


@atexit.register
def leave_none_behind():
    for process in started:
        if process.poll() is None:
            process.kill()


def environment(**more):
    """The caller's, without what would change jobtally's behaviour."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JOBTALLY_")}
    return {**kept, "TZ": "UTC", "LC_ALL": "C.UTF-8", **more}


class NotStarted(Exception):
    """The listener ended before it was ready; `code` is its exit status."""

    def __init__(self, code, said):
        super().__init__("exit status %d: %s" % (code, said.strip()))
        self.code = code


class Listener:
    """Waits until it is ready. `before` are the words of a program that runs it, such as strace -D."""

    def __init__(self, program, store, *options, before=(), ready=True, log_path=None, **variables):
        self.store = store
        self.log_path = store + ".log" if log_path is None else log_path
        self.port = None
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*before, program, "-q", "--db", store, "listen", "--bind", "127.0.0.1:0", *options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment(**variables))
        started.append(self.process)
        if ready:
            self.wait_until_ready()

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def wait_until_ready(self):
        end = time.monotonic() + PATIENCE
        while self.port is None:
            code = self.process.poll()
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/\n", self.log())
            if found:
                self.port = int(found[1])
            elif code is not None:
                raise NotStarted(code, self.log())
            elif time.monotonic() > end:
                self.kill()
                raise TimeoutError("not ready in time: " + self.log())
            else:
                time.sleep(0.002)

    def connect(self, timeout=PATIENCE):
        return Connection(self.port, timeout)

    def kill(self):
        self.process.kill()
        return self.process.wait(PATIENCE)

    def stop(self, timeout=PATIENCE):
        """Asks it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def wait(self, timeout=PATIENCE):
        """Waits for it to end by itself; None where it goes on."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


def request(body):
    return b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Connection:
    """Raises OSError where the peer is gone."""

    def __init__(self, port, timeout=PATIENCE):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.closes = False  # the last answer said that it will

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, body):
        self.socket.sendall(request(body))

    def send_all(self, bodies):
        self.socket.sendall(b"".join(request(body) for body in bodies))

    def answer(self):
        """The status and the JSON value of one answer."""
        answer, self.pending = read_answer(self.socket, self.pending)
        self.closes = answer.fields.get("connection", "").lower() == "close"
        return answer.status, answer.json()

    def post(self, body):
        self.send(body)
        return self.answer()


def ingest_nothing(proof, program, store):
    """Takes in what waits in the spool."""
    done = subprocess.run([program, "-q", "--db", store, "ingest", "-"], input=b"", env=environment(),
                          stdout=subprocess.DEVNULL, timeout=PATIENCE)
    proof.expect(done.returncode == 0, "ingest ended with %d" % done.returncode)


def in_threads(work, count):
    """Runs work(0) ... work(count - 1) at the same time; the threads, started."""
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads
