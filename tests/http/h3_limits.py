#!/usr/bin/env python3
"""H3: each limit at its boundary, which passes, and one over it, which is answered 431, 414 or 413; then peers that never
stop sending, many at a time. Prints the most memory that the listener ever took."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from messages import chunks, head, post, read_all, read_answer, report
from program import Findings, arguments, scratch
from served import Served

HEAD, FIELDS, TARGET, BODY = 16 << 10, 100, 8000, 1 << 20
MOST_KIB = (512 if "ASAN_OPTIONS" in os.environ else 96) << 10  # the budget of bodies is 64 MiB


def padded(body, size):
    return body + b" " * (size - len(body))


def head_of(size, body, in_one_field):
    """A request whose head, from the request line to the blank line, is `size` bytes long."""
    if in_one_field:
        bare = len(post(body, "X: ")) - len(body)
        return post(body, "X: " + "a" * (size - bare))
    fields, missing = [], size - (len(post(body)) - len(body))
    while missing > 0:
        length = missing if missing < 400 else 200
        fields.append("X: " + "a" * (length - 5))
        missing -= length
    return post(body, *fields)


def with_fields(count, body):
    return post(body, *["X: y"] * (count - 3))  # Host, Content-Length, Authorization


def with_target(size, body, url):
    start = "http://localhost/?" if url else "/?"
    return post(body, target=start + "a" * (size - len(start)))


def with_body(size, body):
    return post(padded(body, size))


def in_chunks(piece):
    def make(size, body):
        whole = padded(body, size)
        return head("Transfer-Encoding: chunked") + chunks(*(whole[at:at + piece] for at in range(0, size, piece)))
    return make


LIMITS = (
    ("head in one field", HEAD, 431, lambda size, body: head_of(size, body, True)),
    ("head in many fields", HEAD, 431, lambda size, body: head_of(size, body, False)),
    ("fields", FIELDS, 431, with_fields),
    ("target", TARGET, 414, lambda size, body: with_target(size, body, False)),
    ("target as a URL", TARGET, 414, lambda size, body: with_target(size, body, True)),
    ("body by its length", BODY, 413, with_body),
    ("body in one chunk", BODY, 413, in_chunks(BODY + 1)),
    ("body in chunks of 4096", BODY, 413, in_chunks(4096)),
    ("body in chunks of 997", BODY, 413, in_chunks(997)),
)


def send(served, request, piece):
    """The answer, and whether the connection ended with it."""
    with served.connect() as connection:
        try:
            for at in range(0, len(request), piece):
                connection.sendall(request[at:at + piece])
        except OSError:
            pass
        answer, _ = read_answer(connection)
        connection.settimeout(0.05 if answer.status == 200 else 5)
        return answer.status, read_all(connection)[1]


def check_limits(served, findings, limits=LIMITS):
    cases = 0
    for name, limit, refusal, make in limits:
        for size, wanted in ((limit - 1, 200), (limit, 200), (limit + 1, refusal), (2 * limit, refusal)):
            for piece in (1 << 30, 1000):
                cases += 1
                body = report("limit-%d" % cases)
                request = make(size, body)
                status, has_ended = send(served, request, piece)
                what = "%s: %d, sent in pieces of %d" % (name, size, piece)
                findings.check(status == wanted, "%s: answered %d" % (what, status))
                findings.check(has_ended == (wanted != 200), what + ": closed or not against its answer")
                if wanted == 200:
                    findings.check("limit-%d" % cases in served.ids(), what + ": not stored")
    return cases


ENDLESS = {
    "target": (b"POST /", b"a" * 1000),
    "method": (b"", b"A" * 1000),
    "field": (b"POST / HTTP/1.1\r\nX: ", b"a" * 1000),
    "fields": (b"POST / HTTP/1.1\r\n", b"X: y\r\n" * 200),
    "chunk": (head("Transfer-Encoding: chunked") + b"7fffffff\r\n", b"a" * 1000),
    "chunks": (head("Transfer-Encoding: chunked"), b"1\r\na\r\n" * 200),
    "chunk extension": (head("Transfer-Encoding: chunked") + b"1;", b"a" * 1000),
    "chunk size": (head("Transfer-Encoding: chunked"), b"0" * 1000),
    "trailer": (head("Transfer-Encoding: chunked") + b"0\r\nX: ", b"a" * 1000),
    "trailers": (head("Transfer-Encoding: chunked") + b"0\r\n", b"X: y\r\n" * 200),
    "body of a 401": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n", b"a" * 1000),
}


def send_without_end(served, first, more, ended, patience=20):
    """Sends and never reads, until the peer has closed."""
    deadline = time.monotonic() + patience
    try:
        with served.connect(timeout=patience) as connection:
            connection.sendall(first)
            while time.monotonic() < deadline:
                connection.sendall(more)
            return
    except OSError:
        ended.append(True)


def check_endless(served, findings, peers):
    for name, (first, more) in ENDLESS.items():
        ended = []
        threads = [threading.Thread(target=send_without_end, args=(served, first, more, ended)) for _ in range(peers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        findings.check(len(ended) == peers, "an endless %s: %d of %d closed" % (name, len(ended), peers))
        findings.check(served.serves_honest(), "an endless %s: the next honest request was not served" % name)


def check_many_full_bodies(served, findings, peers):
    """All ask for the largest body at once and send all but its end."""
    request = post(padded(report("full"), BODY))
    connections = [served.connect(source="127.0.2.%d" % (1 + at % 50)) for at in range(peers)]
    for connection in connections:
        connection.setblocking(False)
    for at in range(0, len(request) - 1, 1 << 16):
        for connection in connections:
            try:
                connection.send(request[at:min(at + (1 << 16), len(request) - 1)])
            except OSError:
                pass
    findings.check(served.serves_honest(), "among %d half-sent bodies an honest request was not served" % peers)
    for connection in connections:
        connection.close()


def control(program, folder):
    """What is found of a listener whose limit of the body is another, out of all that there is to find."""
    findings = Findings(is_told=False)
    with Served(program, os.path.join(folder, "control.db"), "--max-body", "4MiB") as served:
        check_limits(served, findings, [limit for limit in LIMITS if limit[2] == 413])
    return findings.count


given = arguments(__doc__)
findings = Findings()
with scratch() as folder, Served(given.program, os.path.join(folder, "store.db"), "--timeout", "5s") as served:
    cases = check_limits(served, findings)
    peers = 32 if given.long else 4
    check_endless(served, findings, peers)
    full = 200 if given.long else 40
    check_many_full_bodies(served, findings, full)
    peak = served.peak_memory_kib()
with scratch() as folder:
    found = control(given.program, folder)
findings.check(found == 32, "the control: %d of 32 found" % found)  # 4 kinds, 4 answers each, and that it goes on after each
findings.check(peak < MOST_KIB, "%d KiB of memory" % peak)
findings.conclude("H3: %d limits in %d cases, %d kinds of endless requests by %d peers each, %d half-sent bodies; peak memory "
                  "%.1f MiB; the control: %d of 32 found" % (len(LIMITS), cases, len(ENDLESS), peers, full, peak / 1024, found))
