"""Reads reports from NDJSON and keeps one of each id, by the rules of the interface contract, in plain Python."""

import json
import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$")
FIELDS = ("status", "type", "created_at", "updated_at", "total_operations", "total_succeeded", "total_failed",
          "definition_id", "definition_name")


def micros(text):
    year, month, day, hour, minute, second, fraction, zone = TIME.match(text).groups()
    at = int(datetime(int(year), int(month), int(day), int(hour), int(minute), int(second),
                      tzinfo=timezone.utc).timestamp()) * 1_000_000
    at += int(((fraction or "") + "000000")[:6])
    if zone != "Z":
        sign = -1 if zone[0] == "+" else 1
        at += sign * (int(zone[1:3]) * 60 + int(zone[4:6])) * 60_000_000
    return at


def utc_text(at):
    """As machines read it: 0, 3 or 6 fraction digits, as many as the value needs."""
    seconds, fraction = divmod(at, 1_000_000)
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    if fraction % 1000:
        text += f".{fraction:06d}"
    elif fraction:
        text += f".{fraction // 1000:03d}"
    return text + "Z"


told_enabled = {}  # by definition


class Report:
    __slots__ = ("id",) + FIELDS

    def __init__(self, line):
        members = json.loads(line)
        nested = members.get("definition") or {}
        self.id = members["id"]
        for name in FIELDS:
            setattr(self, name, members.get(name))
        if self.definition_id is None:
            self.definition_id = nested.get("id")
        if self.definition_name is None:
            self.definition_name = nested.get("name")
        if "enabled" in nested:
            told_enabled[self.definition_id] = nested["enabled"]  # these definitions have no updated_at: the last counts
        self.created_at = micros(self.created_at)
        if self.updated_at is not None:
            self.updated_at = micros(self.updated_at)

    @property
    def finished(self):
        return self.status in ("SUCCESS", "FAILURE")

    @property
    def micros(self):
        """The duration; None where there is none."""
        if self.finished and self.updated_at is not None:
            return self.updated_at - self.created_at
        return None

    def same_fields(self, other):
        return all(getattr(self, name) == getattr(other, name) for name in FIELDS)


def time_of(report, at):
    """The time that counts: updated is created where it is unknown."""
    return report.created_at if at == "created" or report.updated_at is None else report.updated_at


def outcome(kept, new):
    if kept is None:
        return "stored"
    if kept.same_fields(new):
        return "unchanged"
    if kept.finished and not new.finished:
        # The contract says RUNNING; other statuses that are not finished are asked in the same breath.
        return "stale"
    old_time = -1 if kept.updated_at is None else kept.updated_at
    new_time = -1 if new.updated_at is None else new.updated_at
    if new_time != old_time:
        return "updated" if new_time > old_time else "stale"
    return "updated" if new.finished and not kept.finished else "stale"


def read(path):
    """All kept reports, and how many came to what."""
    kept, counts = {}, dict.fromkeys(("read", "stored", "updated", "unchanged", "stale", "rejected"), 0)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            report = Report(line)
            result = outcome(kept.get(report.id), report)
            counts["read"] += 1
            counts[result] += 1
            if result in ("stored", "updated"):
                kept[report.id] = report
    return list(kept.values()), counts


def labels(reports):
    """The newest name of each definition, by created_at, then by id."""
    newest = {}
    for report in reports:
        if report.definition_id is None or report.definition_name is None:
            continue
        place = (report.created_at, report.id.encode())
        if report.definition_id not in newest or place > newest[report.definition_id][0]:
            newest[report.definition_id] = (place, report.definition_name)
    return {key: name for key, (_, name) in newest.items()}


_zones = {}


def local(at, zone):
    if zone not in _zones:
        _zones[zone] = ZoneInfo(zone)
    return datetime.fromtimestamp(at // 1_000_000, timezone.utc).astimezone(_zones[zone])
