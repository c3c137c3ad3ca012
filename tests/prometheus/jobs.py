#!/usr/bin/env python3
"""What Prometheus and Grafana read of the jobs.

Usage: jobs.py PROGRAM figures|rules
figures: the families jobtally_job_... of /metrics and of `summary -F prometheus` are the same and say what the questions
say, whatever the names; the rules of data/prometheus and the panels of data/grafana name metrics that there are, and the
dashboard's SQL runs over the sample history. rules: promtool's tests of the rules, and promtool's own look at the metrics;
skipped where there is no promtool (Debian's package prometheus, or JOBTALLY_PROMTOOL).
"""
import calendar
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data"
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "listen"))
import prometheus  # noqa: E402
from support.program import Findings, scratch  # noqa: E402

NOW = "2026-11-22T08:30:00Z"
NAUGHTY = 'quo"te \\ back\\nslash\nbreak {x="y"} 日本 # 1'
OBJECTIVES = {"Loyalty members import": 90, "Warehouse export": 99.5, "Consent export": 99}  # per cent
NO_FAILURE = {"odd\\n\\\"": 100}  # as TOML has the text
OF_PROMETHEUS = {"time", "increase", "rate", "sum", "by", "le", "topk", "histogram_quantile", "humanizeDuration", "humanizePercentage"}


class Store:
    """The sample history, and a definition with a name that needs care, in a store."""

    def __init__(self, program, folder):
        self.program, self.path = program, os.path.join(folder, "store.db")
        config = Path(folder) / "config.toml"
        config.write_text('[objective]\n%s\n' % "\n".join('"%s" = %s' % item for item in {**OBJECTIVES, **NO_FAILURE}.items()))
        self.environment = {**os.environ, "JOBTALLY_NOW": NOW, "TZ": "UTC", "JOBTALLY_CONFIG": str(config)}
        self.run("ingest", "--source", "sample", str(DATA / "samples/history.ndjson"))
        odd = [{"id": "odd%d" % n, "status": status, "created_at": "2026-11-2%dT01:00:00Z" % n, "definition_id": "odd\n\"",
                "updated_at": "2026-11-2%dT01:00:0%d.5Z" % (n, n), "definition_name": NAUGHTY}
               for n, status in enumerate(("SUCCESS", "FAILURE", "FAILURE"))]
        self.run("ingest", "-", input="\n".join(map(json.dumps, odd)))

    def run(self, *arguments, input=None):
        return subprocess.run([self.program, "--db", self.path, *arguments], text=True, input=input, check=True,
                              capture_output=True, env=self.environment).stdout


def metrics_of_listener(store):
    """The page of /metrics, once it has the jobs."""
    listener = subprocess.Popen([store.program, "--db", store.path, "listen", "--bind", "127.0.0.1:0", "--admin",
                                 "127.0.0.1:0"], stderr=subprocess.PIPE, text=True, env=store.environment)
    try:
        for line in listener.stderr:
            found = re.search(r"admin address (http://\S+:\d+/)", line)
            if found:
                break
        deadline, page = time.monotonic() + 120, ""
        while "jobtally_jobs_computed_timestamp_seconds " not in page and time.monotonic() < deadline:
            time.sleep(0.1)
            with urllib.request.urlopen(found.group(1) + "metrics", timeout=60) as answer:
                page = answer.read().decode()
        return page
    finally:
        listener.send_signal(signal.SIGTERM)
        listener.wait(timeout=60)
        listener.stderr.close()


def job_lines(page):
    return [line for line in page.split("\n") if re.match(r"(# \w+ )?jobtally_jobs?_", line)]


def unix(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (fraction or "0"))


def check_figures(store, families, findings):
    """Each figure against the question that it is of."""
    def of(metric, **labels):
        return {s["definition_id"]: (s, v) for _, s, v in families["jobtally_job_" + metric][1] if labels.items() <= s.items()}

    asked = {name: {row["definition_id"]: row for row in json.loads(store.run(name, "--json"))[key]}
             for name, key in (("failures", "groups"), ("definitions", "definitions"), ("missed", "groups"), ("rates", "groups"))}
    listed = json.loads(store.run("list", "-n", "0", "--json"))["reports"]
    for id, row in asked["definitions"].items():
        failures, missed = asked["failures"].get(id), asked["missed"][id]
        label = of("last_status")[id][0]
        findings.check((label["definition"], label["status"]) == (row["definition_name"], row["last_status"]), "labels %s" % label)
        findings.check(of("state")[id][0]["state"] == missed["state"], "state of " + id)
        findings.check(of("last_run_timestamp_seconds")[id][1] == unix(row["last_created_at"]), "last run of " + id)
        findings.check(of("failure_streak")[id][1] == failures["streak"], "streak of " + id)
        rates = asked["rates"][id]
        findings.check(label["status"] == rates["last_status"], "last status of " + id)
        for status, count in (("SUCCESS", rates["succeeded"]), ("FAILURE", failures["failed"]), ("RUNNING", rates["running"])):
            found = of("reports", status=status).get(id, (None, 0 if status == "RUNNING" else None))[1]
            findings.check(found == count, "%s of %s: %s, not %s" % (status, id, found, count))
        findings.check(sum(v for _, s, v in families["jobtally_job_reports"][1] if s["definition_id"] == id) == row["reports"],
                       "reports of " + id)
        for metric, time_of in (("last_success", failures["last_success_at"]), ("expected_by", missed["expected_by"])):
            value = of(metric + "_timestamp_seconds").get(id, (None, None))[1]
            findings.check(value == (unix(time_of) if time_of else None), "%s of %s: %s, not %s" % (metric, id, value, time_of))
        finished = [r for r in listed if r["definition_id"] == id and r["status"] in ("SUCCESS", "FAILURE")]
        last = max(finished, key=lambda r: (unix(r["created_at"]), r["id"]))["duration_seconds"]
        findings.check(of("last_duration_seconds").get(id, (None, None))[1] == last, "last duration of " + id)
    check_budgets(store, of, findings)
    check_summary(store, of, findings)
    findings.check(NAUGHTY in {s["definition"] for _, s, _ in families["jobtally_job_state"][1]}, "the naughty name")
    return len(asked["definitions"])


def check_budgets(store, of, findings):
    """Of definitions with an objective: by the probe, and worked out of the counts of what ended in 30 days."""
    used = {id: value for id, (_, value) in of("budget_used_ratio").items()}
    rates = json.loads(store.run("rates", "--json", "--last", "30d", "--at", "updated"))["groups"]
    expected = {}
    for row in rates:
        objective = 100 if row["definition_name"] == NAUGHTY else OBJECTIVES.get(row["definition_name"])
        if objective is None or not row["finished"]:
            continue
        findings.check(row["budget_used"] in (None, used.get(row["definition_id"])), "the budget of " + row["definition_name"])
        allowed = row["finished"] * (100 - objective) / 100
        expected[row["definition_id"]] = row["failed"] / allowed if allowed else float("inf")
    findings.check(used.keys() == expected.keys() and len(used) >= 3, "budgets of %s, not of %s" % (sorted(used), sorted(expected)))
    for id, value in expected.items():
        findings.check(used.get(id) == value or abs(used.get(id, -1) - value) < 1e-9, "budget of %s: %s, not %s" % (id, used.get(id), value))
    findings.check(any(0 < value < float("inf") for value in expected.values()), "no budget is used: the store does not test it")


def check_summary(store, of, findings):
    """The digest of the same moment names the same jobs."""
    digest = json.loads(store.run("summary", "--json", "--since", "2020-01-01"))
    states = {id: sample["state"] for id, (sample, _) in of("state").items()}
    for section, of_section in (("missed", ("missed", "late")), ("stuck", ("stuck",))):
        findings.check({row["definition_id"] for row in digest[section]} == {id for id, state in states.items() if state in of_section},
                       "the summary's section " + section)
    findings.check(digest["missed"], "nothing is missed: the store does not test it")
    for row in digest["failed"]:
        findings.check(of("failure_streak")[row["definition_id"]][1] == row["streak"], "the summary's streak of " + row["definition_id"])
    total = sum(value for status in ("SUCCESS", "FAILURE") for _, value in of("reports", status=status).values())
    findings.check(total == digest["total"]["finished"], "%d finished, the summary says %d" % (total, digest["total"]["finished"]))


def names_in(expression):
    """The metrics that a PromQL expression names: what is no label, text, duration, function or keyword."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)', " ", expression)
    return {name for name in re.findall(r"[a-zA-Z_][a-zA-Z0-9_]*", bare)} - OF_PROMETHEUS


def check_names(families, findings):
    known = set(families) | {name + "_bucket" for name, (kind, _) in families.items() if kind == "histogram"}
    known |= {"up", "jobtally_tls_certificate_expiry_timestamp_seconds"}  # of Prometheus itself; with TLS alone
    rules = re.findall(r"^\s+expr: (.+)$", (DATA / "prometheus/jobtally.rules.yml").read_text(), re.M)
    panels = json.loads((DATA / "grafana/jobtally.json").read_text())["panels"]
    targets = [target for panel in panels for target in panel["targets"]]
    expressions = rules + [target["expr"] for target in targets if "expr" in target]
    for expression in expressions:
        names = names_in(expression)
        findings.check(names and names <= known, "%s names %s" % (expression, sorted(names - known)))
    return len(expressions), [target for target in targets if "queryText" in target]


def check_sql(store, targets, findings):
    """Each query of the dashboard gives rows of the sample history, through SQLite's own reading of the store."""
    span = {"$__from": str(int(unix("2026-11-01T00:00:00Z") * 1000)), "$__to": str(int(unix(NOW) * 1000))}
    with sqlite3.connect("file:%s?mode=ro" % store.path, uri=True) as database:
        for target in targets:
            text = re.sub(r"\$__\w+", lambda macro: span[macro.group()], target["queryText"])
            rows = database.execute(text)
            names = [column[0] for column in rows.description]
            first = rows.fetchone()
            findings.check(first is not None and first[0] is not None, "no rows: " + text)
            findings.check(target["queryType"] == "table" or set(target["timeColumns"]) <= set(names), "no time: " + text)
        succeeded = database.execute(re.sub(r"\$__\w+", lambda macro: span[macro.group()], targets[0]["queryText"])).fetchone()[0]
    rate = float(store.run("rates", "--since", "2026-11-01", "--until", NOW, "-g", "job_success_rate"))
    findings.check(abs(succeeded - rate) < 1e-12, "the dashboard's success is %s, jobtally's %s" % (succeeded, rate))


def figures(program, folder, findings):
    store = Store(program, folder)
    page, textfile = metrics_of_listener(store), store.run("summary", "-F", "prometheus")
    families = prometheus.parse(page)
    findings.check(prometheus.parse(textfile).keys() == {name for name in families if name.startswith(("jobtally_job_", "jobtally_jobs_"))},
                   "the textfile has other families")
    findings.check(job_lines(page) == textfile[:-1].split("\n"), "/metrics and the textfile differ")
    definitions = check_figures(store, families, findings)
    findings.check(store.run("summary", "-o", os.path.join(folder, "jobs.prom")) == "", "-o jobs.prom prints")
    findings.check((Path(folder) / "jobs.prom").read_text() == textfile, "-o jobs.prom differs")
    only = prometheus.parse(store.run("summary", "-F", "prometheus", "--source", "sample", "--last", "1h"))
    findings.check(NAUGHTY not in {s["definition"] for _, s, _ in only["jobtally_job_state"][1]}, "--source does not select")
    expressions, queries = check_names(families, findings)
    check_sql(store, queries, findings)
    findings.conclude("%d definitions, %d metrics, %d expressions, %d queries" % (definitions, len(families), expressions, len(queries)))


def rules(program, folder, findings):
    promtool = os.environ.get("JOBTALLY_PROMTOOL") or shutil.which("promtool")
    if not promtool:
        print("skipped: promtool is not installed (Debian's package prometheus)")
        sys.exit(77)
    for file in (DATA / "prometheus/jobtally.rules.yml", HERE / "rules.test.yml"):
        shutil.copy(file, folder)
    tested = subprocess.run([promtool, "test", "rules", os.path.join(folder, "rules.test.yml")], text=True, capture_output=True)
    findings.check(tested.returncode == 0, tested.stdout + tested.stderr)
    alerts = re.findall(r"- alert: (\w+)", (DATA / "prometheus/jobtally.rules.yml").read_text())
    tests = (HERE / "rules.test.yml").read_text()
    for alert in alerts:
        findings.check(re.search(r"alertname: %s\n\s+exp_alerts" % alert, tests), alert + " is not tested")
        findings.check(re.search(r"\{eval_time: \w+, alertname: %s\}" % alert, tests), alert + " is not tested where all is well")
    store = Store(program, folder)
    for page in (metrics_of_listener(store), store.run("summary", "-F", "prometheus")):
        looked = subprocess.run([promtool, "check", "metrics"], input=page, text=True, capture_output=True)
        findings.check(looked.returncode == 0, "promtool check metrics: " + looked.stdout + looked.stderr)
    findings.conclude("%d alerts" % len(alerts))


if __name__ == "__main__":
    with scratch() as scratch_folder:
        {"figures": figures, "rules": rules}[sys.argv[2]](os.path.abspath(sys.argv[1]), scratch_folder, Findings())
