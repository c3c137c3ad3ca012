"""Requests and answers as bytes: what the tests of the listener send and read."""
import json

SECRET = "Bearer mF_9.B5f-4.1JqM"


def report(id, **changes):
    value = {"id": id, "type": "import", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00.000Z",
             "updated_at": "2026-11-01T10:00:01.500Z", "total_operations": 3, "total_succeeded": 3,
             "total_failed": 0, "definition_id": "d1", "definition_name": "Nightly"}
    value.update(changes)
    return json.dumps(value).encode()


def head(*fields, method="POST", target="/", version="1.1", authorization=SECRET):
    lines = ["%s %s HTTP/%s" % (method, target, version), "Host: localhost", *fields]
    if authorization:
        lines.append("Authorization: " + authorization)
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def post(body, *fields, **more):
    return head("Content-Length: %d" % len(body), *fields, **more) + body


def chunks(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def post_chunked(body, *fields, **more):
    pieces = (body[:7], body[7:]) if len(body) > 7 else (body,)
    return head("Transfer-Encoding: chunked", *fields, **more) + chunks(*pieces)


class Answer:
    def __init__(self, status, fields, body, version):
        self.status, self.fields, self.body, self.version = status, fields, body, version

    def json(self):
        return json.loads(self.body)

    def outline(self):
        """All of it that does not depend on the moment."""
        fields = sorted((name, value) for name, value in self.fields.items() if name != "date")
        return self.version, self.status, fields, self.body


def read_answer(connection, pending=b"", is_head=False):
    """One answer and what came behind it; ConnectionError where none comes."""
    while b"\r\n\r\n" not in pending:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("closed before an answer: %r" % pending)
        pending += piece
    front, rest = pending.split(b"\r\n\r\n", 1)
    lines = front.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    version, status = lines[0].split(" ")[:2]
    if version != "HTTP/1.1":
        raise ConnectionError("no answer: %r" % front)
    length = 0 if is_head or status == "100" else int(fields.get("content-length", 0))
    while len(rest) < length:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("closed within a body")
        rest += piece
    return Answer(int(status), fields, rest[:length], version), rest[length:]


def read_all(connection):
    """All answers up to the end of the connection, and whether it ended before the patience did."""
    answers, pending = [], b""
    try:
        while True:
            answer, pending = read_answer(connection, pending)
            answers.append(answer)
    except ConnectionError:
        return answers, True
    except TimeoutError:
        return answers, False
