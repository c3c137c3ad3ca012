"""A receiver of its own: what it answers stands in the path of the URL, and it remembers all that came."""
import socket
import threading
import time

STORED = b'{"result": "stored", "id": "x"}'


def answer(status, body=b"", *fields):
    lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body), *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Request:
    def __init__(self, line, fields, body, connection):
        self.method, self.target, self.version = line.split(" ")
        self.fields, self.body, self.connection = fields, body, connection
        self.at = time.monotonic()


class Receiver:
    """Use it as a context. `together` makes /together answer only when so many requests are there at once."""

    def __init__(self, together=1):
        self.requests, self.connections = [], 0
        self.lock = threading.Lock()
        self.together = threading.Barrier(together, timeout=20)
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.listening.getsockname()[1]
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join(timeout=20)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection, number):
        with connection:
            pending = b""
            try:
                while True:
                    while b"\r\n\r\n" not in pending:
                        piece = connection.recv(65536)
                        if not piece:
                            return
                        pending += piece
                    head, pending = pending.split(b"\r\n\r\n", 1)
                    lines = head.decode().split("\r\n")
                    fields = dict((name.lower(), value) for name, value in (line.split(": ", 1) for line in lines[1:]))
                    length = int(fields["content-length"])
                    while len(pending) < length:
                        pending += connection.recv(65536)
                    request = Request(lines[0], fields, pending[:length], number)
                    pending = pending[length:]
                    with self.lock:
                        self.requests.append(request)
                    if not self._answer(connection, request.target):
                        return
            except OSError:
                return

    def _answer(self, connection, target):
        """False where the connection is closed then."""
        kind = target.strip("/").partition("?")[0]
        if kind == "silent":
            self.is_over.wait(20)
            return False
        if kind == "drip":  # never quite an answer, but always a byte of one
            for byte in answer("200 OK", STORED * 100):
                if self.is_over.wait(0.05):
                    break
                connection.sendall(bytes([byte]))
            return False
        if kind == "together":
            self.together.wait()
        sent = {
            "closed": b"",
            "half-head": b"HTTP/1.1 200 OK\r\nContent-Le",
            "half-body": answer("200 OK", STORED)[:-7],
            "half-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf",
            "no-http": b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
            "long-trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 65535 + b"\r\n\r\n",
            "too-large": answer("200 OK", b"x" * 3_000_000),
            "no-content": answer("204 No Content"),
            "accepted": answer("202 Accepted", b'{"result": "spooled"}'),
            "plain": answer("200 OK", b"thanks"),
            "misnamed": answer("200 OK", b'{"result": "refused"}'),
            "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n" + STORED + b"\r\n0\r\n\r\n",
            "until-end": b"HTTP/1.0 200 OK\r\n\r\n" + STORED,
            "continue": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + answer("200 OK", STORED),
            "moved": answer("302 Found", b"", "Location: /ok"),
            "unauthorized": answer("401 Unauthorized", b'{"error": "wrong\\u001b Authorization"}'),
            "error": answer("500 Internal Server Error"),
            "closing": answer("200 OK", STORED, "Connection: close"),
            "closes": answer("200 OK", STORED),
            "behind": answer("200 OK", STORED) + answer("500 Nobody Asked"),
        }.get(kind, answer("200 OK", STORED))
        connection.sendall(sent)
        return kind not in ("closed", "half-head", "half-body", "half-chunk", "no-http", "until-end", "closing", "closes")
