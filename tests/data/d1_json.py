#!/usr/bin/env python3
"""D1: JSONTestSuite in through HTTP and through `ingest`: each text as a member of a report, and as a whole body. What must
be JSON is taken and comes back on export, what must not is rejected and kept as rejected. Ends with 77 where it is absent."""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from both_ways import Body, exported, send_both_ways
from corpora import corpus
from program import Findings, arguments, scratch

# No JSON text each, but streams: of nothing at all, and of two values that are no reports.
NOTHING = {"n_single_space", "n_structure_no_data", "n_structure_UTF8_BOM_no_data", "n_structure_double_array"}
STREAMS = NOTHING | {"n_structure_object_with_trailing_garbage"}
END = b', "id": "%s", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z"}'


def within(name, text):
    verdict = {"y": "accept", "n": "reject", "i": "either"}[name[0]]
    # First in the report: what ends too early takes the members that are required with it.
    return Body(name + " within", verdict, b'{"probe": ' + text + END % name.encode(), name)


def whole(name, text):
    verdict = {"y": "json", "n": "reject", "i": "reject"}[name[0]]
    return Body(name + " whole", "nothing" if name in NOTHING else verdict, text, None)


def to_the_letter(text):
    """Names in their order, duplicates and all; numbers as they are written."""
    return json.loads(text, object_pairs_hook=lambda pairs: ["object", pairs], parse_int=str, parse_float=str)


given = arguments(__doc__)
findings = Findings()
texts = {}
for path in sorted(glob.glob(os.path.join(corpus("JSONTestSuite/test_parsing"), "*.json"))):
    with open(path, "rb") as file:
        texts[os.path.basename(path)[:-5]] = file.read()
bodies = [make(name, text) for name, text in texts.items() for make in (within, whole)]
back = 0
with scratch() as folder:
    fates, stores = send_both_ways(given.program, folder, bodies, findings)
    for store in stores:
        for line in exported(given.program, store):
            report = to_the_letter(line.decode("utf-8", "replace"))[1]
            members = dict(report)
            name = members["id"]
            if name[0] == "y":
                back += 1
                findings.check(members["probe"] == to_the_letter(texts[name].decode("utf-8")), name + " did not come back")
for body, fate in zip(bodies, fates):
    if body.verdict == "reject" and body.name[0] == "n" and body.name.split()[0] not in STREAMS:
        findings.check(fate.status == 400, "%s is no JSON, but is answered %s" % (body.name, fate.status))
kinds = [sum(name[0] == kind for name in texts) for kind in "yni"]
findings.check(back == 2 * kinds[0], "%d came back" % back)
either = [fate.stored for body, fate in zip(bodies, fates) if body.verdict == "either"]
findings.conclude("D1 JSON: %d texts in %d bodies, each both ways: y %d accepted and back to the letter, n %d rejected and kept, "
                  "i %d taken and %d rejected" % (len(texts), len(bodies), kinds[0], kinds[1], sum(either),
                                                  len(either) - sum(either)))
