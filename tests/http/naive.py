"""The control of H1: a listener with everyday mistakes. It takes LF for a line's end, any mention of `chunked` before a
length, the last of several lengths, folded lines and a body nowhere but where a length says so; and it goes on after an
error. A test that finds nothing wrong with it finds nothing."""
import json
import socket
import socketserver
import threading

from messages import post, report

MOST = 1 << 20  # bytes of a body


class Connection(socketserver.StreamRequestHandler):
    timeout = 0.2

    def handle(self):
        try:
            while self.take_request():
                pass
        except (OSError, ValueError):
            pass

    def take_request(self):
        line = self.rfile.readline(65536)
        if not line:
            return False
        fields = {}
        while (field := self.rfile.readline(65536).strip()) != b"":
            name, _, value = field.partition(b":")
            fields[name.strip().lower().replace(b"_", b"-")] = value.strip()
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            body = self.take_chunks()
        else:
            body = self.rfile.read(min(int(fields.get(b"content-length", b"0").split(b",")[0]), MOST))
        try:
            self.server.stored.add(json.loads(body)["id"])
            status = "200 OK"
        except (ValueError, TypeError, KeyError):
            status = "400 Bad Request"
        self.wfile.write(("HTTP/1.1 %s\r\nContent-Length: 20\r\n\r\n{\"result\": \"stored\"}" % status).encode())
        return True

    def take_chunks(self):
        body = b""
        while size := int(self.rfile.readline(65536).split(b";")[0].strip(), 16):
            body += self.rfile.read(min(size, MOST))
            self.rfile.readline(65536)
        while self.rfile.readline(65536).strip():
            pass
        return body


class Naive(socketserver.ThreadingTCPServer):
    """What stands in for a served.Served."""
    daemon_threads = allow_reuse_address = True
    request_queue_size = 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Connection)
        self.stored = set()
        self.honest = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def connect(self, timeout=10):
        return socket.create_connection(self.server_address, timeout=timeout)

    def serves_honest(self):
        with self.connect() as connection:
            connection.sendall(post(report("honest")))
            return b"200 OK" in connection.recv(100)

    def ids(self):
        return self.stored
