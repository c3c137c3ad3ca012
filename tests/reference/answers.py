"""The answers of rates, failures, durations and definitions, worked out from reports in plain Python.

Nothing here is quick or clever: everything is sorted and counted as the interface contract says it.
"""

import math
from collections import defaultdict
from fractions import Fraction

from history import labels, local, time_of, told_enabled, utc_text

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Z = 1.959964


def text_place(text):
    """Sorts texts by their bytes, None last."""
    return (text is None, (text or "").encode())


def newest_first(report):
    return (report.created_at, report.id.encode())


def share(part, whole):
    return None if whole == 0 else part / whole


def wilson(part, whole):
    if whole == 0:
        return None, None
    p, n = part / whole, whole
    centre = p + Z * Z / (2 * n)
    reach = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    low = 0 if part == 0 else (centre - reach) / (1 + Z * Z / n)
    high = 1 if part == whole else (centre + reach) / (1 + Z * Z / n)
    return low, high


def rounded_seconds(total, count):
    """total / count microseconds, to the whole microsecond, halves away from zero."""
    if count == 0:
        return None
    exact = Fraction(abs(total), count) + Fraction(1, 2)
    return math.copysign(math.floor(exact), total) / 1e6


class Question:
    """One selection, and the groups of its reports."""

    def __init__(self, reports, chosen, by, zone, at):
        self.labels = labels(reports)
        self.reports = chosen
        self.by = by
        self.zone = zone
        self.at = at
        self.groups = defaultdict(list)
        for report in chosen:
            self.groups[self.group(report)].append(report)

    def group(self, report):
        if self.by == "definition":
            return report.definition_id
        if self.by == "name":
            return report.definition_name
        if self.by in ("type", "status"):
            return getattr(report, self.by)
        if self.by == "none":
            return ""
        clock = local(time_of(report, self.at), self.zone)
        return clock.weekday() if self.by == "weekday" else clock.hour

    def in_order(self):
        if self.by in ("weekday", "hour"):
            return sorted(self.groups)
        if self.by != "definition":
            return sorted(self.groups, key=text_place)
        return sorted(self.groups, key=lambda key: (key is None, text_place(self.labels.get(key)), text_place(key)))

    def key(self, group):
        if self.by == "none":
            return {}
        if self.by == "weekday":
            return {"weekday": WEEKDAYS[group]}
        if self.by != "definition":
            return {self.by: group}
        typed = [report for report in self.groups[group] if report.type is not None]
        newest = max(typed, key=newest_first, default=None)
        return {"definition_id": group, "definition_name": self.labels.get(group),
                "type": newest.type if newest else None}

    def answer(self, figures):
        rows = [{**self.key(group), **figures(self.groups[group])} for group in self.in_order()]
        return rows, figures(self.reports)


def counts(reports):
    done = [report for report in reports if report.finished]
    known = [report for report in done
             if None not in (report.total_operations, report.total_succeeded, report.total_failed)]
    return {
        "finished": len(done),
        "succeeded": sum(report.status == "SUCCESS" for report in done),
        "failed": sum(report.status == "FAILURE" for report in done),
        "partial": sum(report.status == "SUCCESS" and (report.total_failed or 0) > 0 for report in done),
        "empty": sum(report.total_operations == 0 for report in done),
        "operations": sum(report.total_operations for report in known),
        "operations_succeeded": sum(report.total_succeeded for report in known),
        "operations_failed": sum(report.total_failed for report in known),
    }


def rates_figures(reports):
    count = counts(reports)
    newest = max(reports, key=newest_first, default=None)
    low, high = wilson(count["succeeded"], count["finished"])
    return {
        "reports": len(reports),
        "finished": count["finished"],
        "succeeded": count["succeeded"],
        "partial": count["partial"],
        "failed": count["failed"],
        "running": sum(report.status == "RUNNING" for report in reports),
        "job_success_rate": share(count["succeeded"], count["finished"]),
        "job_success_rate_low": low,
        "job_success_rate_high": high,
        "operations": count["operations"],
        "operations_succeeded": count["operations_succeeded"],
        "operations_failed": count["operations_failed"],
        "operation_success_rate": share(count["operations_succeeded"], count["operations"]),
        "last_status": newest.status if newest else None,
        "last_created_at": utc_text(newest.created_at) if newest else None,
    }


def rates(question):
    return question.answer(rates_figures)


class Streaks:
    """Streaks of each definition, and the recoveries of each group."""

    def __init__(self, question):
        self.current, self.longest, self.since = {}, {}, {}
        self.recoveries = defaultdict(list)  # by group: microseconds
        histories = defaultdict(list)
        for report in question.reports:
            if report.finished:
                histories[report.definition_id].append(report)
        for definition, history in histories.items():
            run = []
            longest = 0
            for report in sorted(history, key=newest_first):
                if report.status == "FAILURE":
                    run.append(report)
                    longest = max(longest, len(run))
                elif run:
                    end = report.created_at if report.updated_at is None else report.updated_at
                    self.recoveries[question.group(report)].append(end - run[0].created_at)
                    run = []
            self.current[definition], self.longest[definition] = len(run), longest
            self.since[definition] = utc_text(run[0].created_at) if run else None


def failures_figures(reports):
    count = counts(reports)
    failed = max((r for r in reports if r.status == "FAILURE"), key=newest_first, default=None)
    succeeded = max((r for r in reports if r.status == "SUCCESS"), key=newest_first, default=None)
    return {
        "finished": count["finished"],
        "failed": count["failed"],
        "failure_rate": share(count["failed"], count["finished"]),
        "partial": count["partial"],
        "empty": count["empty"],
        "operations_failed": count["operations_failed"],
        "operation_failure_rate": share(count["operations_failed"], count["operations"]),
        "streak": None,
        "longest_streak": None,
        "failing_since": None,
        "last_failure_at": utc_text(failed.created_at) if failed else None,
        "last_failure_id": failed.id if failed else None,
        "last_success_at": utc_text(succeeded.created_at) if succeeded else None,
    }


def mean_recovery(lengths):
    known = [length for length in lengths if length >= 0]  # below: an error of a clock
    return rounded_seconds(sum(known), len(known))


def failures(question):
    streaks = Streaks(question)
    rows, total = question.answer(failures_figures)
    for group, row in zip(question.in_order(), rows):
        if question.by == "definition":
            row["streak"] = streaks.current.get(group, 0)
            row["longest_streak"] = streaks.longest.get(group, 0)
            row["failing_since"] = streaks.since.get(group)
        ended = streaks.recoveries[group]
        row["recoveries"] = len(ended)
        row["mean_recovery_seconds"] = mean_recovery(ended)
    ended = [length for lengths in streaks.recoveries.values() for length in lengths]
    total["recoveries"] = len(ended)
    total["mean_recovery_seconds"] = mean_recovery(ended)

    def badness(row):
        low = wilson(row["failed"], row["finished"])[0]
        return (low is None, -(low or 0), -row["failed"])

    return sorted(rows, key=badness), total  # stable: what is equal stays in order of its name


def durations_figures(percentiles):
    def figures(reports):
        lengths = [report.micros for report in reports if report.micros is not None]
        good = sorted(length for length in lengths if length >= 0)
        timed = [report for report in reports
                 if report.micros is not None and report.micros >= 0 and report.total_operations is not None]
        seconds = Fraction(sum(report.micros for report in timed), 1_000_000)
        row = {"count": len(good), "min_seconds": good[0] / 1e6 if good else None,
               "mean_seconds": rounded_seconds(sum(good), len(good))}
        for percentile in percentiles:
            rank = math.ceil(Fraction(percentile) / 100 * len(good))
            row[f"p{percentile}_seconds"] = good[rank - 1] / 1e6 if good else None
        row["max_seconds"] = good[-1] / 1e6 if good else None
        row["total_seconds"] = sum(good) / 1e6
        operations = sum(report.total_operations for report in timed)
        row["operations_per_second"] = float(operations / seconds) if seconds else None
        row["clock_errors"] = len(lengths) - len(good)
        return row
    return figures


def durations(question, percentiles=("50", "90", "95", "99")):
    return question.answer(durations_figures(percentiles))


def definitions(question):
    rows = []
    for group in question.in_order():
        if group is None:
            continue
        reports = sorted(question.groups[group], key=newest_first)
        seen = {}
        for report in reports:
            if report.definition_name is not None:
                seen.setdefault(report.definition_name, report.created_at)
        names = sorted(seen, key=lambda name: (seen[name], name.encode()))
        rows.append({**question.key(group), "reports": len(reports),
                     "first_created_at": utc_text(reports[0].created_at),
                     "last_created_at": utc_text(reports[-1].created_at),
                     "last_status": reports[-1].status, "names": names,
                     "enabled": told_enabled.get(group), "description": None, "recovery_strategy": None})
    return rows
