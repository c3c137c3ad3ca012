#!/usr/bin/env python3
"""D1: sequences of bytes, valid and invalid UTF-8, as texts and names in reports, in through HTTP and through `ingest`. Valid
ones come back to the byte, reports with invalid ones are rejected and kept. Ends with 77 where the set is absent."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from both_ways import Body, exported, send_both_ways
from corpora import corpus
from program import Findings, arguments, scratch

REPORT = b'{"id": "%s", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z", %s}'
PLACES = {"definition_name": b'"definition_name": "%s"', "definition_id": b'"definition_id": "%s"', "type": b'"type": "%s"',
          "an unknown text": b'"more": "%s"', "an unknown name": b'"a%s": 1', "a text within": b'"more": [{"a": "%s"}]',
          "a name of the definition": b'"definition": {"name": "%s"}', "a note of the definition": b'"definition": {"note": "%s"}'}


def sequences():
    with open(corpus("utf8tests/utf8tests.txt"), encoding="ascii") as lines:
        for line in lines:
            found = re.match(r"([^:#\s]+):\s*(valid|invalid)( hex)?:([^:]*)", line)
            if found:
                number, kind, is_hex, text = found.groups()
                yield number, kind, bytes.fromhex(text) if is_hex else text.strip("\r\n").encode()


def escaped(text):
    return re.sub(rb'[\x00-\x1f"\\]', lambda found: b"\\u%04x" % found.group()[0], text)


given = arguments(__doc__)
findings = Findings()
bodies, texts = [], {}
for number, kind, text in sequences():
    findings.check((kind == "valid") == (text.decode("utf-8", "replace").encode() == text), number + ": Python differs")
    for place, member in PLACES.items():
        id = "%s %s" % (number, place)
        texts[id] = (place, text)
        bodies.append(Body(id, "accept" if kind == "valid" else "reject", REPORT % (id.encode(), member % escaped(text)), id))
back = 0
with scratch() as folder:
    fates, stores = send_both_ways(given.program, folder, bodies, findings)
    for store in stores:
        for line in exported(given.program, store):
            report = json.loads(line.decode("utf-8", "replace"))
            place, text = texts[report["id"]]
            found = {"an unknown text": lambda: report["more"], "an unknown name": lambda: next(
                         name for name in report if name.startswith("a"))[1:], "a text within": lambda: report["more"][0]["a"],
                     "a name of the definition": lambda: report["definition_name"],
                     "a note of the definition": lambda: report["definition"]["note"]}.get(place, lambda: report[place])()
            back += findings.check(found.encode() == text, "%s came back as %r" % (report["id"], found))
for body, fate in zip(bodies, fates):
    if body.verdict == "reject":
        findings.check("not UTF-8" in "".join(fate.reasons), "%s: %s" % (body.name, fate.reasons))
valid = sum(body.verdict == "accept" for body in bodies)
findings.check(back == 2 * valid, "%d of %d came back" % (back, 2 * valid))
findings.conclude("D1 UTF-8: %d sequences in %d places, each both ways: %d valid accepted and back to the byte, %d invalid "
                  "rejected and kept" % (len(bodies) // len(PLACES), len(PLACES), valid, len(bodies) - valid))
