#!/usr/bin/env python3
"""H4: requests cut at every position give the same answers, whatever the form: lengths, chunks, pipelines, HTTP/1.0, HEAD,
OPTIONS, expectations and refusals. And what was cut off early leaves nothing behind.

A unix socket tells when the other side has read all of a piece, so that each cut is one that the listener has seen."""
import array
import fcntl
import os
import random
import socket
import struct
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from messages import chunks, head, post, post_chunked, read_answer, report
from program import Findings, arguments, scratch
from served import Served

BODY = report("known")
GET, HEAD, OPTIONS = (head(method=method) for method in ("GET", "HEAD", "OPTIONS"))

BEHIND = post(report("behind"))

# A name, the bytes, the methods that are answered one after the other, the statuses; then what always comes with the last
# piece: who asks for the end of the connection and sends more at leisure may be reset, and for a body that is too large the
# listener waits a while.
STREAMS = (
    ("length", post(BODY), "P", [200]),
    ("chunks", post_chunked(BODY), "P", [200]),
    ("chunks of one byte", head("Transfer-Encoding: chunked") + chunks(*(BODY[at:at + 1] for at in range(len(BODY)))), "P", [200]),
    ("an empty line before", b"\r\n" + post(BODY), "P", [200]),
    ("a body that is no JSON", post(b"{nonsense"), "P", [400]),
    ("no report, in chunks", post_chunked(b"[]"), "P", [422]),
    ("no body at all", head(), "P", [400]),
    ("several reports", post_chunked(BODY + b"\n" + BODY), "P", [200]),
    ("HTTP/1.0", post(BODY, version="1.0"), "P", [200]),
    ("HTTP/1.0, kept alive", post(BODY, "Connection: keep-alive", version="1.0") * 2, "PP", [200, 200]),
    ("HTTP/1.0, then more", post(BODY, version="1.0"), "P", [200], BEHIND),
    ("HTTP/1.1, closed", post(BODY, "Connection: close"), "P", [200], BEHIND),
    ("HEAD", HEAD, "H", [405]),
    ("OPTIONS", OPTIONS, "O", [204]),
    ("GET", GET, "G", [405]),
    ("an expectation", post(BODY, "Expect: 100-continue"), "P", [200]),
    ("an expectation, in chunks", post_chunked(BODY, "Expect: 100-Continue"), "P", [200]),
    ("an expectation of HTTP/1.0", post(BODY, "Expect: 100-continue", version="1.0"), "P", [200]),
    ("an expectation of another kind", post(BODY, "Expect: a-miracle"), "P", [417]),
    ("pipelined", post(BODY) + post_chunked(BODY) + HEAD + OPTIONS + b"\r\n" + GET + post(b"{}") + post(BODY), "PPHOGPP",
     [200, 200, 405, 204, 405, 422, 200]),
    ("pipelined, then refused", post(BODY) + head("Content-Length: x") + BEHIND, "PP", [200, 400]),
    ("no authorization", post(BODY, authorization=None), "P", [401]),
    ("another path", post(BODY, target="/other"), "P", [404]),
    ("too large", head("Content-Length: 1048577"), "P", [413], b" " * 1048577),
    ("a coding", post(BODY, "Content-Encoding: gzip"), "P", [415]),
    ("a chunk with an extension", head("Transfer-Encoding: chunked") + b"1;a=b\r\n \r\n0\r\n\r\n", "P", [400]),
    ("a trailer", head("Transfer-Encoding: chunked") + b"1\r\n \r\n0\r\nA: b\r\n\r\n", "P", [400]),
    ("chunk too large", head("Transfer-Encoding: chunked") + b"100001\r\n", "P", [413], b" " * 1048577),
    ("both framings", head("Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n", "P", [400]),
    ("a bare LF", b"POST / HTTP/1.1\nHost: a\r\n\r\n", "P", [400]),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\n", "P", [505]),
)


def await_taken(connection):
    """Until the other side has read all that was sent."""
    left = array.array("i", [1])
    while left[0] > 0:
        fcntl.ioctl(connection, termios.TIOCOUTQ, left)
        time.sleep(0)


def send_cut(connection, request, cuts):
    begin = 0
    for cut in (*cuts, len(request)):
        try:
            connection.sendall(request[begin:cut])
            await_taken(connection)
        except OSError:
            return  # it was refused before its end
        begin = cut


def outcome(served, request, methods, cuts):
    """The answers without their moment, interim ones left out; then whether the connection was closed as they say."""
    with served.connect() as connection:
        send_cut(connection, request, cuts)
        answers, rest = [], b""
        while len(answers) < len(methods):
            answer, rest = read_answer(connection, rest, is_head=methods[len(answers)] == "H")
            if answer.status != 100:
                answers.append(answer)
        if answers[-1].fields["connection"] == "close":
            rest += connection.recv(1)
        return [answer.outline() for answer in answers], rest


def check_stream(served, findings, stream, cuts_of):
    name, request, methods, statuses = stream[:4]
    size = len(request)
    request += b"".join(stream[4:])
    whole = outcome(served, request, methods, ())
    findings.check([answer[1] for answer in whole[0]] == statuses, "%s: answered %s" % (name, [a[1] for a in whole[0]]))
    findings.check(whole[1] == b"", "%s: more than its answers" % name)
    count = 0
    for cuts in cuts_of(size):
        count += 1
        try:
            cut = outcome(served, request, methods, cuts)
            findings.check(cut == whole, "%s, cut at %s: %s" % (name, cuts[:3], cut))
        except OSError as error:
            findings.check(False, "%s, cut at %s: %s" % (name, cuts[:3], error))
    return count


def every_cut(size):
    yield from ((at,) for at in range(1, size))
    yield tuple(range(1, size))  # byte by byte


def random_cuts(size, source=random.Random(20261124)):
    for _ in range(200):
        yield tuple(sorted(source.sample(range(1, size), min(size - 1, source.randint(2, 6)))))


def check_early_ends(served, findings):
    """The peer goes away at every position, in good order or not: stored is what was sent in full, and nothing else."""
    whole, cases = set(), 0
    for form, make in (("length", post), ("chunks", post_chunked)):
        size = len(make(report("early-%s-000-r" % form)))
        for at in range(size + 1):
            for way in "rcs":
                id = "early-%s-%03d-%s" % (form, at, way)
                connection = served.connect()
                connection.sendall(make(report(id))[:at])
                cases += 1
                if at == size:
                    whole.add(id)
                if way == "s":
                    connection.shutdown(socket.SHUT_WR)
                    answered = connection.recv(100)
                    findings.check(answered.startswith(b"HTTP/1.1 200 " if at == size else b""), "%s: %r" % (id, answered))
                elif way == "r":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    if at == size:
                        time.sleep(0.05)  # a reset may take back what was not read yet
                connection.close()
    deadline = time.monotonic() + 10
    while not whole <= served.ids() and time.monotonic() < deadline:
        time.sleep(0.05)
    stored = {id for id in served.ids() if id.startswith("early")}
    findings.check(stored == whole, "of those cut off are stored: %s, missing: %s" % (stored - whole, whole - stored))
    return cases


def check_expectations(served, findings):
    """The interim answer comes when the body is wanted, and only then."""
    cases = 0
    for front, body in ((head("Content-Length: %d" % len(BODY), "Expect: 100-continue"), BODY),
                        (head("Transfer-Encoding: chunked", "Expect: 100-continue"), chunks(BODY))):
        cases += 1
        with served.connect() as connection:
            connection.sendall(front)
            findings.check(connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n", "no 100 Continue")
            connection.sendall(body)
            findings.check(read_answer(connection)[0].status == 200, "not taken after 100 Continue")
    for status, front in ((401, head("Content-Length: 9", "Expect: 100-continue", authorization="no")),
                          (404, head("Content-Length: 9", "Expect: 100-continue", target="/x")),
                          (413, head("Content-Length: 9999999", "Expect: 100-continue")),
                          (415, head("Content-Length: 9", "Expect: 100-continue", "Content-Encoding: br")),
                          (417, head("Content-Length: 9", "Expect: 200-ok")),
                          (400, head("Content-Length: 0", "Expect: 100-continue"))):
        cases += 1
        answer = served.exchange(front)
        findings.check(answer.status == status, "instead of %d: %d" % (status, answer.status))
    return cases


given = arguments(__doc__)
findings = Findings()
with scratch() as folder:
    store = os.path.join(folder, "store.db")
    with Served(given.program, store, unix=os.path.join(folder, "socket")) as served:
        served.exchange(post(BODY))
        splits = sum(check_stream(served, findings, stream, every_cut) for stream in STREAMS)
        if given.long:
            splits += sum(check_stream(served, findings, stream, random_cuts) for stream in STREAMS)
        findings.check("behind" not in served.ids(), "stored: what stood behind the end of a connection")
    with Served(given.program, store) as served:
        early = check_early_ends(served, findings)
        expected = check_expectations(served, findings)
        findings.check(served.serves_honest(), "at last an honest request was not served")
findings.conclude("H4: %d streams in %d splits, %d early ends, %d expectations" % (len(STREAMS), splits, early, expected))
