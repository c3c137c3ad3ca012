#!/usr/bin/env python3
"""Writes a made-up history of job reports as NDJSON, the same for the same seed, with all the odd cases there are.

Usage: generate.py COUNT SEED > reports.ndjson     (COUNT lines; some are further reports of one id)
"""

import base64
import json
import random
import sys

DAY = 86_400_000_000  # microseconds
END = 1_795_132_800_000_000  # 2026-11-20T00:00:00Z
YEARS = 3
# Days on which clocks change in Paris, New York and Lord Howe.
CLOCK_CHANGES = [1_761_436_800, 1_774_742_400, 1_762_041_600, 1_772_928_000, 1_759_536_000, 1_775_260_800]

_days = {}


def date_text(day):
    """`2026-11-02` for a count of days since 1970 (Howard Hinnant's civil_from_days)."""
    text = _days.get(day)
    if text is None:
        z = day + 719_468
        era = z // 146_097
        doe = z - era * 146_097
        yoe = (doe - doe // 1460 + doe // 36_524 - doe // 146_096) // 365
        doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
        mp = (5 * doy + 2) // 153
        month = mp + 3 if mp < 10 else mp - 9
        text = f"{yoe + era * 400 + (month <= 2):04d}-{month:02d}-{doy - (153 * mp + 2) // 5 + 1:02d}"
        _days[day] = text
    return text


def time_text(micros, style=3):
    """RFC 3339. style: fraction digits (0, 3, 6 or 9), or an offset of hours from 20 on (22: +02:00)."""
    offset = 0
    if style >= 20:
        offset, style = style - 20, 6
        micros += offset * 3_600_000_000
    day, rest = divmod(micros, DAY)
    seconds, fraction = divmod(rest, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{date_text(day)}T{hour:02d}:{minute:02d}:{second:02d}"
    if style == 3 and fraction % 1000 == 0:
        text += f".{fraction // 1000:03d}"
    elif style == 9:
        text += f".{fraction:06d}789"
    elif style != 0 or fraction:
        text += f".{fraction:06d}"
    return text + (f"+{offset:02d}:00" if offset else "Z")


class Definition:
    def __init__(self, rng, number):
        self.id = base64.urlsafe_b64encode(rng.randbytes(15)).decode()
        base = rng.choice(["Daily customers", "Nightly export", "CRM sync", "Kunden Übersicht", "顧客", "Loyalty"])
        # Two in nine share their name with another definition; a few are renamed, one in thirty has none.
        self.names = [base if number % 9 < 2 else f"{base} {number}"]
        if rng.random() < 0.2:
            self.names.append(self.names[0] + " v2")
        if rng.random() < 0.05:
            self.names.append(self.names[0])  # and back again
        if number % 30 == 29:
            self.names = [None]
        self.type = rng.choice(["import", "import", "import", "export"])
        self.period = rng.choice([3_600, 21_600, 86_400, 86_400, 604_800]) * 1_000_000
        self.seconds = rng.choice([2, 30, 240, 3000]) * (0.5 + rng.random())
        self.size = rng.choice([1, 50, 1000, 250_000])
        self.failing = False
        self.flaky = rng.choice([0.0, 0.01, 0.05, 0.2])
        self.created = END


def history(count, seed):
    """Dicts, in the order of their arrival."""
    rng = random.Random(seed)
    uniform = rng.random
    definitions = [Definition(rng, i) for i in range(max(4, min(300, count // 60)))]
    begin = END - YEARS * 365 * DAY
    late = []  # reports that arrive later than they should
    made = 0
    while made < count:
        share = made / count
        if late and uniform() < 0.3:
            made += 1
            yield late.pop(0 if uniform() < 0.9 else -1)
            continue
        definition = definitions[int(uniform() * len(definitions))]
        created = begin + int(share * (END - begin)) + int(uniform() * DAY)
        odd = uniform()
        if odd < 0.02:
            created = definition.created  # the same time as the one before
        elif odd < 0.04:
            created = CLOCK_CHANGES[int(uniform() * 6)] * 1_000_000 + int(uniform() * 2 * DAY)
        if uniform() < 0.9:
            created -= created % 1000  # mostly milliseconds
        definition.created = created
        report = make_report(rng, definition, created, share)
        made += 1
        kind = uniform()
        if kind < 0.03 and "updated_at" in report:  # the list saw it run first
            yield {**report, "status": "RUNNING", "updated_at": time_text(created)}
            late.append(report)
        elif kind < 0.04:  # sent again, or an older or another state of it
            yield report
            again = dict(report)
            change = uniform()
            if change < 0.3:
                again["updated_at"] = time_text(created - 5_000_000)
                again["total_failed"] = 77
            elif change < 0.5:
                again["status"] = "RUNNING"
            elif change < 0.7:
                again.pop("updated_at", None)
                again["status"] = "FAILURE"
            elif change < 0.9 and "definition" not in report:
                again["updated_at"] = time_text(created + 50_000_000_000)
                again["definition_name"] = "Corrected"
            late.append(again)
        elif kind < 0.08:
            late.append(report)
            made -= 1
        else:
            yield report


def make_report(rng, definition, created, share):
    uniform = rng.random
    identity = base64.urlsafe_b64encode((created // 1000).to_bytes(6, "big") + rng.randbytes(9)).decode()
    definition.failing = uniform() < (0.6 if definition.failing else definition.flaky)
    operations = int(definition.size * (0.5 + uniform()))
    failed = 0
    if definition.failing:
        status = "FAILURE"
        if uniform() < 0.7:
            operations = 0
        else:
            failed = int(operations * uniform())
    else:
        status = "SUCCESS"
        if uniform() < 0.06:
            failed = int(operations * uniform() * 0.2)
        elif uniform() < 0.02:
            operations = 0
    report = {"id": identity, "type": definition.type, "status": status, "created_at": None, "updated_at": None,
              "total_operations": operations, "total_succeeded": operations - failed, "total_failed": failed,
              "definition_id": definition.id,
              "definition_name": definition.names[min(int(share * len(definition.names)), len(definition.names) - 1)]}
    style = 3
    if uniform() < 0.1:
        style = (0, 6, 9, 22)[int(uniform() * 4)]
        created_style = style if style else 6
    else:
        created_style = 3
    report["created_at"] = time_text(created, created_style)
    length = int(definition.seconds * (0.3 + uniform() + (uniform() < 0.02) * 20) * 1_000_000)
    if uniform() < 0.005:
        length = -length  # a clock error
    elif uniform() < 0.002:
        length = 0
    report["updated_at"] = time_text(created + length, style)
    if uniform() < 0.12:
        spoil(rng, report)
    return report


def spoil(rng, report):
    """One of the odd cases that a report may be."""
    kind = rng.randrange(14)
    if kind == 0:
        report["status"] = "RUNNING"
    elif kind == 1:
        report["status"] = rng.choice(["CANCELLED", "success", "TIMEOUT"])
    elif kind == 2:
        report["type"] = rng.choice(["sync", "Import", "purge"])
    elif kind == 3:
        del report["type"]
    elif kind == 4:
        del report["updated_at"]
    elif kind == 5:
        report["updated_at"] = None
    elif kind == 6:
        del report[rng.choice(["total_operations", "total_succeeded", "total_failed"])]
    elif kind == 7:
        for key in ("total_operations", "total_succeeded", "total_failed"):
            report[key] = None
    elif kind == 8:
        del report["definition_id"], report["definition_name"]
    elif kind == 9:
        del report["definition_id"]
    elif kind == 10:
        report["definition_name"] = None
    elif kind == 11:
        report["total_failed"] += 3  # the counts do not add up
    elif kind == 12:
        report["type"] = "export" if report["type"] == "import" else "import"
    else:
        definition = {"id": report.pop("definition_id"), "name": report.pop("definition_name"), "enabled": True}
        report["definition"] = definition
        report["attempt"] = 2


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write = sys.stdout.write
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = []
    for report in history(int(sys.argv[1]), int(sys.argv[2])):
        lines.append(encode(report))
        if len(lines) == 10_000:
            write("\n".join(lines) + "\n")
            lines.clear()
    if lines:
        write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    main()
