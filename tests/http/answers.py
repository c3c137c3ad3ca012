#!/usr/bin/env python3
"""Every answer of the listener's table, provoked: status, fields, body, and what the store keeps of it. And the vendor's
page: its report, its two ways of authorization and any other, a sender that knows HTTP/1.1 and little else."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from messages import head, post, post_chunked, read_all, read_answer, report
from program import Findings, arguments, scratch
from served import Served

# As on the vendor's page, members in its order.
SAMPLE = (b'{\n   "total_succeeded":2,\n   "total_operations":3,\n   "total_failed":1,\n   "id":"AXVLj-y8Qkpxt",\n   "status":"SUCCESS",\n'
          b'   "created_at":"2020-11-21T14:26:10.345Z",\n   "type":"import",\n   "updated_at":"2020-11-21T14:26:11.630Z",\n'
          b'   "definition_id": "AWstKc-qw5seX89",\n   "definition_name": "User import"\n}\n')
NEWER = report("r", updated_at="2026-11-01T10:00:09Z", status="FAILURE")
OLDER = report("r", updated_at="2026-11-01T09:00:00Z")

# A name, the request, its status, members that its body must have, fields that it must have, rejections that it adds.
TABLE = (
    ("stored", post(report("r")), 200, {"result": "stored", "id": "r"}, {}, 0),
    ("unchanged", post(report("r")), 200, {"result": "unchanged", "id": "r"}, {}, 0),
    ("updated", post(NEWER), 200, {"result": "updated", "id": "r"}, {}, 0),
    ("stale", post(OLDER), 200, {"result": "stale", "id": "r"}, {}, 0),
    ("chunked", post_chunked(report("c")), 200, {"result": "stored", "id": "c"}, {}, 0),
    ("any content type", post(report("t"), "Content-Type: text/plain; charset=latin1"), 200, {"result": "stored"}, {}, 0),
    ("no content type", post(report("t")), 200, {"result": "unchanged"}, {}, 0),
    ("a query", post(report("t"), target="/?a=b"), 200, {"result": "unchanged"}, {}, 0),
    ("an integer id", post(b'{"id": 17, "status": "S", "created_at": "2026-11-01T10:00:00Z"}'), 200, {"result": "stored", "id": "17"}, {}, 0),
    ("several", post(b"[" + report("r") + b"," + report("s") + b', {"id": 1}]'), 200,
     {"read": 3, "stored": 1, "updated": 0, "unchanged": 0, "stale": 1, "rejected": 1}, {}, 1),
    ("the list of the platform", post(b'{"total": 1, "items": [' + report("s") + b"]}"), 200, {"result": "unchanged", "id": "s"}, {}, 0),
    ("a page of a list", post(b'{"total": 500, "items": [' + report("s") + b"]}"), 200, {"result": "unchanged", "missing": 499}, {}, 0),
    ("a longer page, its total behind", post(b'{"items": [' + report("s") + b"," + report("t") + b'], "total": 3}'), 200,
     {"read": 2, "unchanged": 2, "missing": 1}, {}, 0),
    ("nothing", post(b""), 400, {"rejected": 1}, {}, 1),
    ("not JSON", post(b"id=1&status=SUCCESS"), 400, {"rejected": 1}, {}, 1),
    ("cut off JSON", post(report("x")[:-1]), 400, {"rejected": 1}, {}, 1),
    ("JSON, no report", post(b'{"id": "x"}'), 422, {"rejected": 1}, {}, 1),
    ("a wrong type", post(report("x", total_failed="1")), 422, {"rejected": 1}, {}, 1),
    ("a negative count", post(report("x", total_failed=-1)), 422, {"rejected": 1}, {}, 1),
    ("a wrong time", post(report("x", created_at="yesterday")), 422, {"rejected": 1}, {}, 1),
    ("an empty list", post(b"[]"), 422, {"rejected": 1}, {}, 1),
    ("nested too deep", post(report("x")[:-1] + b', "a": ' + b"[" * 40 + b"]" * 40 + b"}"), 422, {"rejected": 1}, {}, 1),
    ("nested beyond JSON", post(report("x")[:-1] + b', "a": ' + b"[" * 200 + b"]" * 200 + b"}"), 400, {"rejected": 1}, {}, 1),
    ("no authorization", post(report("x"), authorization=None), 401, {}, {"www-authenticate": "Bearer"}, 0),
    ("a wrong authorization", post(report("x"), authorization="Bearer x"), 401, {}, {"www-authenticate": "Bearer"}, 0),
    ("another scheme", post(report("x"), authorization="Basic mF_9.B5f-4.1JqM"), 401, {}, {"www-authenticate": "Bearer"}, 0),
    ("another path", post(report("x"), target="/reports"), 404, {}, {}, 1),
    ("the admin's paths", head(method="GET", target="/metrics"), 404, {}, {}, 0),
    ("GET", head(method="GET"), 405, {}, {"allow": "POST"}, 0),
    ("PUT", head(method="PUT"), 405, {}, {"allow": "POST"}, 0),
    ("DELETE", head(method="DELETE"), 405, {}, {"allow": "POST"}, 0),
    ("PATCH", head(method="PATCH"), 405, {}, {"allow": "POST"}, 0),
    ("OPTIONS", head(method="OPTIONS"), 204, None, {"allow": "POST"}, 0),
    ("too large", head("Content-Length: 1048577"), 413, {}, {}, 0),
    ("too large, in chunks", head("Transfer-Encoding: chunked") + b"100001\r\n" + b" " * 1048577, 413, {}, {}, 1),
    ("a target too long", head(target="/" + "a" * 8000), 414, {}, {}, 0),
    ("gzip", post(b"\x1f\x8b", "Content-Encoding: gzip"), 415, {}, {"accept-encoding": "identity"}, 1),
    ("another expectation", post(report("x"), "Expect: more"), 417, {}, {}, 1),
    ("a head too long", head("X: " + "a" * 16384), 431, {}, {}, 0),
    ("too many fields", head(*["X: y"] * 101), 431, {}, {}, 0),
    ("an unknown method", head(method="BREW"), 501, {}, {}, 0),
    ("an unknown coding", head("Transfer-Encoding: gzip"), 501, {}, {}, 0),
    ("another version", head(version="2.0"), 505, {}, {}, 0),
    ("a bad request", head("Content-Length: x"), 400, {}, {}, 0),
)


def check_row(served, findings, row):
    name, request, status, members, fields, rejections = row
    before = len(served.rejected())
    answer = served.exchange(request)
    findings.check(answer.status == status, "%s: %d, not %d" % (name, answer.status, status))
    for field, value in fields.items():
        findings.check(value in answer.fields.get(field, ""), "%s: %s: %r" % (name, field, answer.fields.get(field)))
    findings.check("date" in answer.fields and answer.fields["connection"] in ("close", "keep-alive"), "%s: %s" % (name, answer.fields))
    if members is None:
        findings.check(answer.body == b"" and "content-length" not in answer.fields, "%s: a body" % name)
    else:
        said = answer.json()
        findings.check(answer.fields["content-type"] == "application/json" and answer.body.endswith(b"\n"), "%s: no line of JSON" % name)
        findings.check({key: said.get(key) for key in members} == members, "%s: %s" % (name, said))
        findings.check(status == 200 or said["error"], "%s: no reason" % name)
    kept = served.rejected()
    findings.check(len(kept) == before + rejections, "%s: %d rejections, not %d" % (name, len(kept) - before, rejections))
    findings.check(all(row["reason"] and row["source"].startswith("http ") for row in kept), "%s: %s" % (name, kept[-1:]))


def check_slow(served, findings):
    for name, part in (("head", b"POST / HTTP/1.1\r\n"), ("body", post(report("x"))[:-1])):
        with served.connect() as connection:
            connection.sendall(part)
            answer, _ = read_answer(connection)
            findings.check(answer.status == 408 and answer.fields["connection"] == "close", "a slow %s: %d" % (name, answer.status))
            findings.check(read_all(connection) == ([], True), "a slow %s: not closed" % name)


def check_lost_store(program, folder, findings):
    """With the store gone nothing is acknowledged as stored."""
    store = os.path.join(folder, "lost.db")
    served = Served(program, store)
    with served.connect() as connection:
        connection.sendall(post(report("a")))
        findings.check(read_answer(connection)[0].status == 200, "not stored")
        os.rename(store, store + ".gone")
        connection.sendall(post(report("b")))
        answer, _ = read_answer(connection)
    served.stop()
    is_told = answer.status == 503 and "retry-after" in answer.fields and answer.json()["error"]
    is_spooled = answer.status == 202 and answer.json()["result"] == "spooled"
    findings.check(is_told or is_spooled, "without a store: %d %s" % (answer.status, answer.body))
    return answer.status


def check_vendor(program, folder, findings):
    """Whatever value is set in the console is sent as it is, and is compared as a whole."""
    values = ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Bearer mF_9.B5f-4.1JqM", "any pattern: you, wish; \"quoted\"", "x")
    for number, value in enumerate(values):
        with Served(program, os.path.join(folder, "vendor-%d.db" % number), authorization=value) as served:
            for sent in (*values, value + " ", value.swapcase()):
                answer = served.exchange(post(SAMPLE, "Content-Type: application/json", "User-Agent: x", authorization=sent))
                wanted = 200 if sent.strip() == value else 401
                findings.check(answer.status == wanted, "%r sent where %r is asked for: %d" % (sent, value, answer.status))
            line = served.query("list", "-n", "0")["reports"]
            wanted = {key: item for key, item in json.loads(SAMPLE).items() if key != "updated_at"}
            findings.check(len(line) == 1 and wanted.items() <= line[0].items(), "the sample became %s" % line)
            findings.check(line[0]["duration_seconds"] == 1.285, "the sample took %s" % line)
    return len(values)


given = arguments(__doc__)
findings = Findings()
with scratch() as folder:
    with Served(given.program, os.path.join(folder, "store.db"), "--timeout", "1s") as served:
        for row in TABLE:
            check_row(served, findings, row)
        check_slow(served, findings)
        findings.check(served.ids() == {"r", "c", "t", "17", "s"}, "stored are %s" % served.ids())
    lost = check_lost_store(given.program, folder, findings)
    ways = check_vendor(given.program, folder, findings)
statuses = {row[2] for row in TABLE} | {408, lost}
findings.conclude("answers: %d requests, %d statuses (%s), %d ways of authorization" % (
    len(TABLE) + 3, len(statuses), " ".join(map(str, sorted(statuses))), ways))
