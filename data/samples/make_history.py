#!/usr/bin/env python3
"""Writes the sample history: 90 days of reports of an invented fleet, the same bytes every time.

Usage: make_history.py history > history.ndjson; make_history.py list > list.json
What it tells: one definition breaks and recovers, one fails at its end, one falls silent, one has ended, one slowly gets
slower, one has half its records for some days, one is renamed, one often does nothing, the last night's volume of one is
far below its usual, and in one night all fails for some hours.
"""

import base64
import json
import random
import sys
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2026, 8, 24, tzinfo=timezone.utc)
END = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RETIRED = datetime(2026, 10, 25, 12, tzinfo=timezone.utc)
HALVED = datetime(2026, 11, 9, tzinfo=timezone.utc)
OUTAGE = datetime(2026, 11, 12, 2, tzinfo=timezone.utc), datetime(2026, 11, 12, 5, 30, tzinfo=timezone.utc)


class Source:
    """Numbers that depend on the seed only, by Random.random() alone, which never changes between Pythons."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def chance(self, probability):
        return self._random.random() < probability

    def between(self, low, high):
        return low + (high - low) * self._random.random()

    def around(self, middle, spread):
        """A hump around `middle`, within `middle` +- `spread` (a share of it)."""
        thirds = sum(self._random.random() for _ in range(3)) / 3
        return middle * (1 + spread * (2 * thirds - 1))

    def whole(self, low, high):
        return int(self.between(low, high + 1))


def identifier(at, node, number):
    """20 URL-safe base64 characters that begin with the milliseconds of `at`."""
    millis = int(at.timestamp() * 1000)
    raw = millis.to_bytes(6, "big") + bytes.fromhex(node) + number.to_bytes(3, "big")
    return base64.urlsafe_b64encode(raw).decode()


def text_of(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def millis(at):
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Definition:
    """A recurring job. `per_second` is its speed, `operations` its usual volume."""

    def __init__(self, number, name, kind, every, first, operations, per_second, start_up=2.0,
                 spread=0.3, fails=0.004, partial=0.03, empty=0.0, weekdays=range(7)):
        self.name, self.kind, self.every, self.first = name, kind, every, first
        self.operations, self.per_second, self.start_up, self.spread = operations, per_second, start_up, spread
        self.fails, self.partial, self.empty, self.weekdays = fails, partial, empty, weekdays
        self.id = identifier(datetime(2025, 3, 3 + number, 9, 12, tzinfo=timezone.utc), "5e0c2d71a8b4", 40 + number)

    def starts(self):
        at = BEGIN + self.first
        while at < END:
            if at.weekday() in self.weekdays:
                yield at
            at += self.every


FLEET = {
    "contacts": Definition(1, "CRM contacts import", "import", HOUR, 5 * MINUTE, 1200, 260),
    "opt_ins": Definition(2, "Newsletter opt-ins import", "import", 4 * HOUR, 35 * MINUTE, 340, 150, empty=0.12),
    "orders": Definition(3, "Warehouse export", "export", 3 * HOUR, 20 * MINUTE, 9000, 210, spread=0.12),
    "loyalty": Definition(4, "Loyalty members import", "import", DAY, 2 * HOUR + 30 * MINUTE, 41000, 310, partial=0.2),
    "consents": Definition(5, "Consent export", "export", DAY, 3 * HOUR, 26000, 480),
    "lake": Definition(6, "Data lake export", "export", DAY, 4 * HOUR + 15 * MINUTE, 118000, 900, spread=0.1),
    "staff": Definition(7, "Store staff import", "import", DAY, 6 * HOUR, 850, 90, weekdays=range(5)),
    "partners": Definition(8, "Partner profiles import", "import", DAY, 5 * HOUR, 5600, 120, weekdays=[0]),
    "bounces": Definition(9, "Bounced addresses import", "import", DAY, 7 * HOUR, 620, 70, spread=0.15, partial=0.1),
    "dormant": Definition(10, "Dormant contacts export", "export", DAY, HOUR + 10 * MINUTE, 3100, 400),
}


def name_at(key, at):
    if key == "partners" and at >= datetime(2026, 10, 12, tzinfo=timezone.utc):
        return "Partner profiles import (EU)"
    return FLEET[key].name


def fails_at(key, at):
    """Whether the story says that a run fails (True), or leaves it to chance (None)."""
    days_left = (END - at) / DAY
    if key == "consents" and 41 < days_left < 47:
        return True
    if key == "loyalty" and days_left < 4:
        return True
    return None


def slowness(key, at):
    days_left = (END - at) / DAY
    if key == "orders" and days_left < 24:
        return 1 + (24 - days_left) / 30  # a slow drift, up to 1.8 times
    if key == "staff" and at.date().isoformat() == "2026-10-07":
        return 9.0  # one blip
    return 1.0


def report(key, number, at, source):
    definition = FLEET[key]
    created = millis(at + timedelta(seconds=source.between(0.05, 4)))
    failed = fails_at(key, at)
    if failed is None:
        failed = source.chance(definition.fails)
    operations = int(source.around(definition.operations, definition.spread))
    bad = 0
    if key == "consents" and at >= HALVED:
        operations //= 2
    if key == "bounces" and (END - at) < DAY:
        operations //= 7  # last night's volume is far below the usual
    if failed:
        # Most failures end before the first record, the others on the way.
        operations = 0 if source.chance(0.6) else operations // 3
        bad = operations - source.whole(0, operations // 2)
        seconds = source.between(1.2, 6)
    else:
        if source.chance(definition.empty):
            operations = 0
        if operations and source.chance(definition.partial):
            bad = source.whole(1, max(1, operations // 60))
        seconds = definition.start_up + operations / source.around(definition.per_second, 0.2)
    if OUTAGE[0] <= at < OUTAGE[1]:
        failed, operations, bad, seconds = True, 0, 0, 30.0  # the time in which it tried
    updated = millis(created + timedelta(seconds=seconds * slowness(key, at)))
    return {
        "total_succeeded": operations - bad,
        "total_operations": operations,
        "total_failed": bad,
        "id": identifier(created, "73a91f60c2de", number),
        "status": "FAILURE" if failed else "SUCCESS",
        "created_at": text_of(created),
        "type": definition.kind,
        "updated_at": text_of(updated),
        "definition_id": definition.id,
        "definition_name": name_at(key, at),
    }


def history():
    reports = []
    for place, key in enumerate(FLEET):
        source = Source(1000 + place)
        for number, at in enumerate(FLEET[key].starts()):
            if (key == "lake" and (END - at) < 2 * DAY) or (key == "dormant" and at > RETIRED):
                continue  # silent, retired
            reports.append(report(key, place * 4000 + number, at, source))
    return sorted(reports, key=lambda r: (r["updated_at"], r["id"]))


def listed(key, job, created, updated, status, counts):
    """A job as the platform's own list has it, with the definition object in place of its id and name."""
    definition = FLEET[key]
    operations, failed = counts
    made = datetime(2025, 3, 3, 9, 12, 44, 120345, tzinfo=timezone.utc)
    micros = "%Y-%m-%dT%H:%M:%S.%fZ"
    return {
        "id": identifier(created, "73a91f60c2de", job),
        "type": definition.kind,
        "status": status,
        "created_at": text_of(created),
        "updated_at": text_of(updated),
        "total_operations": operations,
        "total_succeeded": operations - failed,
        "total_failed": failed,
        "definition": {
            "id": definition.id,
            "name": name_at(key, created),
            "type": definition.kind,
            "description": "",
            "enabled": True,
            "recovery_strategy": "RESTART",
            "settings": {"batch_size": 500},
            "created_at": made.strftime(micros),
            "updated_at": (made + 30 * DAY).strftime(micros),
        },
    }


def envelope():
    def at(text):
        return datetime.fromisoformat(text + "+00:00")

    created = at("2026-11-22T02:30:02.118")
    items = [
        # The vendor's own kind of FAILURE: nothing was even tried.
        listed("loyalty", 900001, created - DAY / 2, created - DAY / 2 + timedelta(seconds=3.294), "FAILURE", (0, 0)),
        # Only a list can show a job that still runs; this one has done so since the evening.
        listed("opt_ins", 900002, at("2026-11-21T20:41:00.402"), at("2026-11-21T20:41:03.007"), "RUNNING", (0, 0)),
        listed("contacts", 900003, at("2026-11-22T07:35:01.250"), at("2026-11-22T07:35:06.021"), "SUCCESS", (1187, 9)),
    ]
    return {"total": len(items), "items": items}


def main():
    if sys.argv[1:] == ["history"]:
        for one in history():
            print(json.dumps(one, separators=(",", ":")))
    elif sys.argv[1:] == ["list"]:
        print(json.dumps(envelope(), indent=2))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
