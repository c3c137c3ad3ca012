#!/usr/bin/env python3
"""H1: the public torture set of requests (llhttp's must-reject requests, smuggler's Transfer-Encoding gadgets), each as it
is and aimed at our path, with whole requests hidden in it or behind it. Ends with 77 where the set is absent."""
import base64
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from corpora import corpus
from h1_cases import Case
from h1_judge import Judgement
from messages import post, report
from naive import Naive
from program import Findings, arguments, scratch
from served import Served

PATH = "/hook"


def hidden(name):
    # The blank: a line that begins with `{` may be found as a report within a broken body, which is no smuggling.
    return post(b" " + report("smuggled " + name), target=PATH, authorization=None)


def aimed(request):
    return re.sub(rb"^(\S+) \S+ HTTP", rb"\1 %s HTTP" % PATH.encode(), request, count=1)


def must_reject(name, request):
    """llhttp refuses them; some never end, and are closed at the deadline."""
    forms = [("", request), (" and more", request + hidden(name))]
    if not name.startswith("uri.md"):
        forms.append((" aimed", aimed(request) + hidden(name)))
    return [Case(name + form, "reject", "refused by llhttp too", text) for form, text in forms]


def is_neutral(request):
    """No coding at all in the eyes of any reader: sound lines, none of them a Transfer-Encoding."""
    lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    names = [re.fullmatch(rb"([!#$%&'*+.^`|~0-9A-Za-z-]+):[^\x00-\x08\x0a-\x1f\x7f]*", line) for line in lines]
    return all(names) and not any(name.group(1).lower() == b"transfer-encoding" for name in names)


def with_body(request, length, body):
    front = request.split(b"\r\n\r\n")[0].replace(b"Content-Length: 5", b"Content-Length: %d" % length)
    return front + b"\r\n\r\n" + body


def gadget(name, request):
    """To be refused; where the gadget is no Transfer-Encoding at all, Content-Length may frame it."""
    verdict = "accept" if is_neutral(request) else "reject"
    end, inside = b"0\r\n\r\n", hidden(name)
    size = b"%x\r\n" % len(inside)
    made = [Case(name, verdict, "the gadget", request),
            Case(name + " CL.TE", verdict, "the end of chunks, then a request, within the length",
                 with_body(request, len(end + inside), end + inside))]
    if verdict == "reject":
        made.append(Case(name + " TE.CL", verdict, "a request in a chunk, beyond the length",
                         with_body(request, len(size), size + inside + b"\r\n" + end)))
    return made


given = arguments(__doc__)
findings = Findings()
entries = []
with open(corpus("http/cases.jsonl")) as lines:
    for line in lines:
        entry = json.loads(line)
        kind = gadget if entry["expected"] == "reject-or-cl" else must_reject
        entries.append(kind(entry["id"], base64.b64decode(entry["raw_b64"])))
cases = [case for of_one in entries for case in of_one]
with Naive() as naive:
    control = Judgement(naive, Findings(is_told=False))
    control.judge_all(cases)
    findings.check(control.smuggled() > 20, "the control was not caught")
with scratch() as folder, Served(given.program, os.path.join(folder, "store.db"), "--timeout", "1s", "--path", PATH,
                                 authorization=None) as served:
    served.target = PATH
    # A body that is framed well, but is no JSON, is answered without closing: two answers are possible.
    judgement = Judgement(served, findings, most_answers=2)
    judgement.judge_all(cases)
    smuggled = judgement.smuggled()
findings.check(judgement.accepted == 0, "%d were answered 200" % judgement.accepted)
findings.conclude("H1 public set: %d requests in %d forms, %d refused, %d closed without an answer, %d smuggled, %d honest "
                  "served; the control smuggled %d" % (len(entries), judgement.cases, judgement.refused, judgement.closed,
                                                       smuggled, served.honest, control.smuggled()))
