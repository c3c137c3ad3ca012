#!/usr/bin/env python3
"""K1: who may send reports and is answered 404, 405, 413, 415 or 417 has lost nothing: the body is kept as rejected, to the byte,
before the answer comes, and stored by `db rejected --retry` where it is whole. Metrics, summary and check tell of it. Of who
may not, nothing is kept. While the store is locked the bodies go to the spool; where that fails too, to the log. With and
without TLS (without alone where there is no openssl)."""
import gzip
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", folder) for folder in ("support", "listen", "fault")]

import tls
from locks import guard_held
from messages import SECRET, chunks, head, post, post_chunked, read_answer, report
from program import Findings, arguments, scratch
from served import Served, bare_environment

CUT = 64 << 10
UNREAD = "what came behind it was not read"
MOST = 1 << 20  # --max-body


class Door(Served):
    def __init__(self, program, folder, name, cert=None, authorization=SECRET):
        self.context = ssl.create_default_context(cafile=cert[0]) if cert else None
        self.admin = os.path.join(folder, name + ".admin")
        self.name = name
        options = ["--admin", "127.0.0.1:0", "--path", "/jobtally", "--path", "/hooks/jobs/"]
        super().__init__(program, os.path.join(folder, name + ".db"), *options, *(["--tls-cert", cert[0], "--tls-key", cert[1]]
                         if cert else []), authorization=authorization, is_quiet=False)
        self.target = "/hooks/jobs"
        self.metrics_url = next(line for line in self.log if "admin address" in line).split()[-1] + "metrics"

    def connect(self, **more):
        connection = super().connect(**more)
        return self.context.wrap_socket(connection, server_hostname="127.0.0.1") if self.context else connection

    def metric(self, line):
        page = urllib.request.urlopen(self.metrics_url).read().decode()
        return next((int(one.split()[-1]) for one in page.splitlines() if one.startswith(line + " ")), 0)

    def run(self, *arguments):
        return subprocess.run([self.program, "--db", self.store, *arguments], capture_output=True, env=bare_environment())

    def sources(self, part):
        """Of the stored reports with this in their ids."""
        reports = json.loads(self.run("list", "-n", "0", "--json").stdout)["reports"]
        return {report["source"] for report in reports if part in report["id"]}

    def last_kept(self):
        kept = self.rejected()
        if not kept:
            return 0, "", b""
        return len(kept), kept[-1]["reason"], self.run("db", "rejected", "--show", str(kept[-1]["rejected_id"]), "-q").stdout


def padded(body, size):
    return body + b"\n" * (size - len(body))


def requests(name):
    """Name, status, request, what is kept of its body, whether --retry stores it whole."""
    def one(case):
        return report("%s-%s" % (name, case), definition_name="Nacht \u00e4\u00f6 \U0001f680", note="kept too")

    several = b"[" + b",".join(one("several-%d" % n) for n in range(5)) + b"]"
    packed = gzip.compress(one("packed"), mtime=0)
    long = padded(one("long"), 3 * CUT)
    large = padded(one("large"), MOST + 1)
    yield "a wrong path", 404, post(one("path"), target="/jobtaly?token=secret"), one("path"), True
    yield "a longer path", 404, post(several, target="/jobtally/x"), several, True
    yield "two slashes", 404, post_chunked(one("slashes"), target="/jobtally//"), one("slashes"), True
    yield "PUT", 405, post(one("put"), method="PUT", target="/jobtally"), one("put"), True
    yield "PATCH", 405, post_chunked(one("patch"), method="PATCH", target="/jobtally/"), one("patch"), True
    yield "GET", 405, post(one("get"), method="GET", target="/jobtally"), one("get"), True
    yield "DELETE", 405, post_chunked(one("delete"), method="DELETE", target="/jobtally"), one("delete"), True
    yield "OPTIONS", 405, post(one("options"), method="OPTIONS", target="/jobtally"), one("options"), True
    yield "a coding that is none", 415, post(one("utf8"), "Content-Encoding: utf-8", target="/jobtally"), one("utf8"), True
    yield "gzip", 415, post(packed, "Content-Encoding: gzip", target="/jobtally"), packed, False
    yield "another expectation", 417, post(one("expect"), "Expect: tea", target="/jobtally"), one("expect"), True
    yield "long, a wrong path", 404, post(long, target="/x"), long[:CUT], False
    yield "too large", 413, post(large, target="/jobtally"), large[:CUT], False
    yield "too large, in a chunk", 413, head("Transfer-Encoding: chunked", target="/jobtally") + chunks(large), large[:CUT], False
    yield ("too large, in chunks", 413, head("Transfer-Encoding: chunked", target="/jobtally")
           + chunks(*(large[at:at + 4096] for at in range(0, len(large), 4096))), large[:CUT], False)
    yield "too large, and not all", 413, head("Content-Length: 9999999999", target="/jobtally") + b'{"id": "x', b'{"id": "x', False
    yield "a wrong path, and not all", 404, post(one("part"), target="/x")[:-9], one("part")[:-9], False


def check_kept(door, findings):
    count = 0
    for what, status, request, body, is_whole in requests(door.name):
        count += 1
        answer = door.exchange(request)
        total, reason, kept = door.last_kept()  # right behind the answer
        findings.check(answer.status == status and answer.json()["error"], "%s: answered %d" % (what, answer.status))
        findings.check(answer.fields["connection"] == "close", what + ": not closed")
        findings.check(total == count and kept == body, "%s: %d kept, the last: %r" % (what, total, kept[:300]))
        findings.check(reason.startswith("answered %d to " % status) and "secret" not in reason, "%s: %s" % (what, reason))
        findings.check(is_whole or body.startswith(b"\x1f") or "the first" in reason, "%s: %s" % (what, reason))
    return count


def check_not_kept(door, findings):
    """Of who may not send reports nothing is kept, nor read: the answer comes at once. Nor is there anything to keep
    where no body comes."""
    before, count = door.last_kept()[0], 0
    for what, status, request, _, _ in requests(door.name):
        bare = request.replace(b"Authorization: " + SECRET.encode() + b"\r\n", b"")
        for refused in (bare, request.replace(SECRET.encode(), b"Bearer wrong"), bare[:bare.find(b"\r\n\r\n") + 4]):
            count += 1
            began = time.monotonic()
            got = door.exchange(refused).status
            findings.check(got == (status if status in (404, 405) else 401), "%s, not authorized: answered %d" % (what, got))
            findings.check(time.monotonic() - began < 0.4, what + ", not authorized: waited for its body")
        front = request[:request.find(b"\r\n\r\n") + 4]
        if status == 417 or (status == 413 and b"chunked" in front):
            continue  # it has an Expect; how large it is, only the body tells
        waits = what in ("a wrong path", "too large")  # half a second for a body
        for no_body in (*((front,) if waits else ()), front[:-2] + b"Expect: 100-continue\r\n\r\n"):
            count += 1
            got = door.exchange(no_body).status
            findings.check(got == status, "%s, no body: answered %d" % (what, got))
    for request in (head(method="GET", target="/x"), head(method="HEAD"), head("Content-Length: 0", target="/x")):
        count += 1
        findings.check(door.exchange(request, is_head=True).status in (404, 405), "no body: not refused")
    findings.check(door.last_kept()[0] == before, "kept, although it was not authorized or no body: %s" % door.last_kept()[1])
    return count


def check_behind(door, findings):
    """A report behind a request that ends the connection is not taken, and the log says so."""
    behind = post(report(door.name + "-behind"), target="/jobtally")
    refused = [(status, request) for what, status, request, _, _ in requests(door.name) if what in ("a wrong path", "PUT", "gzip")]
    refused.append((401, post(report("x"), target="/jobtally").replace(SECRET.encode(), b"wrong")))
    for status, request in refused:
        findings.check(door.exchange(request).status == status, "in front: not answered %d" % status)
        findings.check(door.exchange(request + behind).status == status, "in front: not answered %d" % status)
    until = time.monotonic() + 10
    while "".join(door.log).count(UNREAD) < len(refused) and time.monotonic() < until:
        time.sleep(0.05)
    told = "".join(door.log).count(UNREAD)
    findings.check(told == len(refused), "behind a refused request: told %d times" % told)
    findings.check(not any(id.endswith("-behind") for id in door.ids()), "taken behind a refused request")


def check_told(door, findings, count):
    refused = [case[1] for case in requests(door.name)]
    findings.check(door.metric('jobtally_results_total{result="rejected"}') == count, "metrics: not %d rejected" % count)
    for status in (404, 405, 413, 415, 417):
        seen = door.metric('jobtally_requests_total{code="%d"}' % status)
        findings.check(seen >= refused.count(status), "metrics: %d answered %d" % (seen, status))
    headline = door.run("summary").stdout.decode()
    findings.check("%d rejected" % count in headline, "summary: " + headline)
    only_problems = door.run("summary", "--only-problems").stdout.decode()
    findings.check("%d rejected" % count in only_problems, "summary --only-problems: " + only_problems)
    probe = door.run("check", "--metric", "rejected", "-w", "0")
    findings.check(probe.returncode == 1 and b"%d bodies rejected" % count in probe.stdout, "check: %r" % probe.stdout)


def check_retried(door, findings):
    whole = [body for _, _, _, body, is_whole in requests(door.name) if is_whole]
    others = sorted(body for _, _, _, body, is_whole in requests(door.name) if not is_whole)
    retried = door.run("db", "rejected", "--retry")
    cut = len(others) - 1  # but the gzip
    findings.check(retried.returncode == 3 and b"%d bodies are kept only in part" % cut in retried.stderr, "retry: %r" % retried.stderr)
    ids = door.ids()
    findings.check(len([id for id in ids if id.startswith(door.name)]) == len(whole) + 4 + 2, "retry: stored are %s" % sorted(ids))
    left = sorted(door.run("db", "rejected", "--show", str(row["rejected_id"]), "-q").stdout for row in door.rejected())
    findings.check(door.sources(door.name) == {"environment"}, "retry: sources %s" % door.sources(door.name))
    findings.check(left == others, "retry: %d are left, not %d" % (len(left), len(others)))


def check_spooled_and_lost(door, findings):
    """The store locked: spooled, and stored when the lock has gone. No spool either: in the log."""
    bodies = [report("%s-spooled-%d" % (door.name, n)) for n in range(3)]
    wanted = list(zip((404, 405, 415), (post(bodies[0], target="/x"), post(bodies[1], method="PUT", target="/jobtally"),
                                        post(bodies[2], "Content-Encoding: x", target="/jobtally"))))
    spool = door.store + "-spool"
    with guard_held(door.store):
        for status, request in wanted:
            findings.check(door.exchange(request).status == status, "locked: not answered %d" % status)
        files = {name: open(os.path.join(spool, name), "rb").read() for name in os.listdir(spool)}
        findings.check(sorted(files.values()) == sorted(bodies), "locked: %d in the spool" % len(files))
        findings.check(door.metric('jobtally_results_total{result="spooled"}') == 3, "locked: the metrics do not tell")
        shutil.rmtree(spool)
        with open(spool, "w"):
            pass
        for status, request in wanted:
            findings.check(door.exchange(request).status == status, "no spool: not answered %d" % status)
    os.unlink(spool)
    os.mkdir(spool, 0o700)
    for name, body in files.items():
        with open(os.path.join(spool, name), "wb") as file:
            file.write(body)
    door.run("ingest", os.devnull)  # takes in what is in the spool
    findings.check(door.sources("-spooled-") == {"environment"}, "from the spool: sources %s" % door.sources("-spooled-"))
    stored = {id for id in door.ids() if "-spooled-" in id}
    findings.check(len(stored) == 3, "from the spool: stored are %s" % stored)
    findings.check(door.metric('jobtally_results_total{result="lost"}') == 3, "no spool: the metrics do not tell")
    log = "".join(door.log)
    for body in bodies:
        findings.check(body.decode() in log, "no spool: not in the log: %r" % body)


def check_paths(door, findings):
    for target in ("/jobtally", "/jobtally/", "/jobtally?a=b", "/hooks/jobs", "/hooks/jobs/", "http://localhost/jobtally/"):
        findings.check(door.exchange(post(report(door.name + "-served"), target=target)).status == 200, target + ": not served")
    for target in ("/", "//", "/jobtally//", "/hooks", "/hooks/", "/jobtall", "/Jobtally"):
        findings.check(door.exchange(head(target=target)).status == 404, target + ": served")


def check_door(program, folder, findings, *more):
    with Door(program, folder, *more) as door:
        kept = check_kept(door, findings)
        not_kept = check_not_kept(door, findings)
        check_told(door, findings, kept)
        check_retried(door, findings)
        check_behind(door, findings)
        check_paths(door, findings)
        if not door.context:
            check_spooled_and_lost(door, findings)
        findings.check(door.serves_honest(), "at last an honest report was not stored")
    return kept, not_kept


given = arguments(__doc__)
findings = Findings()
with scratch() as folder:
    counts = [check_door(given.program, folder, findings, "plain")]
    if shutil.which("openssl"):
        counts.append(check_door(given.program, folder, findings, "tls", tls.make_pair(folder, "k1")))
    with Door(given.program, folder, "anybody", authorization=None) as door:
        body = report("anybody")
        findings.check(door.exchange(post(body, target="/x", authorization=None)).status == 404, "anybody: not answered 404")
        findings.check(door.last_kept()[2] == body, "anybody may send reports: not kept")
kept, not_kept = (sum(column) for column in zip(*counts))
findings.conclude("K1: %d refused bodies kept and told, %d times nothing to keep, 3 spooled, 3 in the log" % (kept, not_kept))
