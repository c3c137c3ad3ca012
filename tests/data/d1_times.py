#!/usr/bin/env python3
"""D1: RFC 3339 times, of the public set and our own, in through HTTP and through `ingest`. Valid ones are stored as the
instant that Python finds, reports with invalid ones are rejected and kept. Ends with 77 where the set is absent."""
import json
import os
import re
import sys
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from both_ways import Body, exported, send_both_ways
from corpora import corpus
from program import Findings, arguments, scratch

FORM = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)


def instant(text):
    """By Python's calendar; None where it is no time. A leap second becomes the last microsecond before."""
    found = FORM.fullmatch(text)
    if not found:
        return None
    numbers = [int(number) for number in found.groups()[:6]]
    fraction, sign, hours, minutes = found.groups()[6:]
    if sign and (int(hours) > 23 or int(minutes) > 59):
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1) if sign else timedelta()
    is_leap = numbers[5] == 60
    try:
        micros = 999999 if is_leap else int(((fraction or "") + "000000")[:6])
        at = datetime(*numbers[:5], 59 if is_leap else numbers[5], micros, timezone.utc) - offset
    except (ValueError, OverflowError):
        return None
    return None if is_leap and (at.hour, at.minute) != (23, 59) else at


def public():
    with open(corpus("rfc3339/date-time.json"), encoding="utf-8") as file:
        for group in json.load(file):
            for test in group["tests"]:
                if isinstance(test["data"], str):
                    yield test["data"], test["valid"]


def our_own():
    for year in ("0000", "0001", "0004", "1900", "2000", "2023", "2024", "9999"):
        for month in (0, 1, 2, 4, 12, 13, 99):
            for day in (0, 1, 28, 29, 30, 31, 32, 99):
                yield "%s-%02d-%02dT00:00:00Z" % (year, month, day)
    for clock in ("00:00:00", "23:59:59", "24:00:00", "23:60:00", "23:59:60", "23:59:61", "12:30:60", "22:59:60", "00:59:60"):
        for offset in ("Z", "z", "+00:00", "-00:00", "+01:00", "-01:00", "+23:59", "-23:59", "+24:00", "+01:60", "+0100", "+01", ""):
            for fraction in ("", ".", ".0", ".9", ".1234567890123456789", ".000001", ".0000009", ",5"):
                yield "2016-12-31T%s%s%s" % (clock, fraction, offset)
    for text in ("", " ", "now", "2026", "2026-11-01", "2026-11-01T10:00Z", "2026-11-01 10:00:00Z", "2026-11-01t10:00:00z", "20261101T100000Z",
                 "2026-W44-7T10:00:00Z", "2026-305T10:00:00Z", "2026-11-01T10:00:00Z ", " 2026-11-01T10:00:00Z", "2026-11-01T10:00:00 Z",
                 "2026-11-01T10:00:00ZZ", "2026-1-01T10:00:00Z", "+2026-11-01T10:00:00Z", "-001-11-01T10:00:00Z", "12026-11-01T10:00:00Z",
                 "2026-11-01T10:00:00\u00b1", "\u0662026-11-01T10:00:00Z", "2026\u201311\u201301T10:00:00Z", "2026-11-01T10:00:00.\u0661Z",
                 "2026-11-01T10:00:00Z\u0000", "2026-11-01T10:00:00." + "1" * 5000 + "Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
                 "0001-01-01T00:00:00.000000-23:59", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:60Z", "2026-11-01T1a:00:00Z"):
        yield text


given = arguments(__doc__)
findings = Findings()
texts = []
for text, is_valid in public():
    findings.check((instant(text) is not None) == is_valid, "Python differs over %r" % text)
    texts.append(text)
of_the_set = len(texts)
texts += our_own()
bodies = []
for number, text in enumerate(texts):
    id = "time-%d" % number
    bodies.append(Body(ascii(text)[:60], "accept" if instant(text) else "reject", json.dumps(
        {"id": id, "status": "SUCCESS", "created_at": text, "updated_at": text}).encode(), id))
with scratch() as folder:
    fates, stores = send_both_ways(given.program, folder, bodies, findings)
    for store in stores:
        for line in exported(given.program, store):
            report = json.loads(line)
            text = texts[int(report["id"][5:])]
            for key in ("created_at", "updated_at"):
                findings.check(report[key].endswith("Z") and instant(report[key]) == instant(text), "%r became %s" % (text, report[key]))
for body, fate in zip(bodies, fates):
    if body.verdict == "reject":
        findings.check(fate.reasons[:1] and fate.reasons[0].startswith("created_at: "), "%s: %s" % (body.name, fate.reasons))
valid = sum(body.verdict == "accept" for body in bodies)
findings.conclude("D1 times: %d of the public set and %d of our own, each both ways: %d valid accepted as the right instant, %d "
                  "invalid rejected and kept" % (of_the_set, len(texts) - of_the_set, valid, len(bodies) - valid))
