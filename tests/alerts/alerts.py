#!/usr/bin/env python3
"""data/alerts/alert to receivers of the test's own: what arrives, with names of every kind, is what the service wants; a state is
told once, and again where the service did not take it; many failures are one incident, which ends.

Usage: alerts.py PATH-OF-JOBTALLY. Without curl or jq it is skipped.
"""
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from program import Findings, arguments, scratch  # noqa: E402
from service_receiver import Receiver  # noqa: E402

ALERT = str(HERE.parent.parent / "data/alerts/alert")
NAMES = ['says "no" in C:\\new \\u0041', "line\nbreak and\ttab", "Zoë 🦊 日本 \u202egnp.exe", "<!channel> & <https://x|y> [a](http://x)",
         "$(reboot) `reboot` ; %s ' or ''="]
CHECK = ["--metric", "failure-streak", "-c", "0"]


def texts(service, message):
    """The text that people see, and what must hold of the rest."""
    if service == "slack":
        return message["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), not set(message["text"]) & set("<>")
    if service == "teams":
        card = message["attachments"][0]["content"]
        return card["body"][0]["inlines"][0]["text"], card["type"] == "AdaptiveCard"
    if service == "ntfy":
        return message["message"], message["topic"] == "key"
    if service == "pagerduty":
        return message["payload"]["summary"], message["routing_key"] == "key" and len(message["dedup_key"]) > 10
    return "jobtally %s: %s" % (message[-1]["labels"]["severity"].upper(), message[-1]["annotations"]["summary"]), True


class Kit:
    def __init__(self, program, folder, receiver, findings):
        self.folder, self.receiver, self.findings, self.number = Path(folder), receiver, findings, 0
        binaries = self.folder / "bin"
        binaries.mkdir()
        (binaries / "jobtally").symlink_to(program)
        (binaries / "mail").write_text('#!/bin/sh\n[ ! -e "$HOME/broken" ] || exit 1\nprintf "%s\\n" "$@" >"$HOME/mail"; cat >>"$HOME/mail"\n')
        (binaries / "mail").chmod(0o755)
        self.environment = {**{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
                            "PATH": "%s:%s" % (binaries, os.environ["PATH"]), "HOME": str(folder), "LC_ALL": "C.UTF-8", "NO_PROXY": "*",
                            "JOBTALLY_CONFIG": "/dev/null", "JOBTALLY_DB": str(self.folder / "s.db"), "JOBTALLY_ALERT_KEY": "key",
                            "JOBTALLY_ALERT_URL": "http://127.0.0.1:%d/hook" % receiver.port}

    def reports(self, names, *statuses):
        made = []
        for name in names:
            for status in statuses:
                self.number += 1
                at = "2026-11-22T%02d:%02d:00Z" % divmod(self.number, 60)
                made.append({"id": "r%d" % self.number, "type": "import", "status": status, "created_at": at, "updated_at": at,
                             "definition_id": "d" + name[:3], "definition_name": name})
        self.run(["jobtally", "-q", "ingest", "-"], json.dumps(made))

    def run(self, command, text=""):
        return subprocess.run(command, input=text, env=self.environment, capture_output=True, text=True, timeout=120)

    def told(self, service, *words, text="", status=0):
        """What arrived while alert ran."""
        before = len(self.receiver.got)
        done = self.run([ALERT, service, *words], text)
        self.findings.check(done.returncode == status, "%s %s: status %d, not %d: %s" % (service, words, done.returncode, status, done.stderr))
        bodies = []
        for path, headers, body in self.receiver.got[before:]:
            self.findings.check(path == "/hook" and headers["Content-Type"] == "application/json", "%s: %s %s" % (service, path, headers))
            try:
                bodies.append(json.loads(body))
            except ValueError as error:
                self.findings.check(False, "%s: %s in %r" % (service, error, body))
        return bodies


def one_service(kit, service, findings):
    name = NAMES[0]
    check = [*CHECK, "-d", "d" + name[:3]]
    findings.check(not kit.told(service, *check), service + ": an OK that nobody asked for")
    kit.reports([name], "FAILURE", "FAILURE")
    kit.receiver.status = 500
    kit.told(service, *check, status=1)
    kit.receiver.status = 200
    first = kit.told(service, *check)
    findings.check(len(first) == 1, "%s: what the service did not take was told %d times" % (service, len(first)))
    kit.reports([name], "FAILURE")
    again = kit.told(service, *check)
    findings.check(len(again) == (service == "alertmanager"), "%s: the same state was told %d times" % (service, len(again)))
    kit.reports([name], "SUCCESS")
    over = kit.told(service, *check)
    findings.check(len(over) == 1, "%s: the end was told %d times" % (service, len(over)))
    if service == "pagerduty" and first and over:
        findings.check([m["event_action"] for m in first + over] == ["trigger", "resolve"] and first[0]["dedup_key"] == over[0]["dedup_key"],
                       "pagerduty: %s" % (first + over))
    if service == "alertmanager" and first and over:
        findings.check(over[0][0]["labels"] == first[0][0]["labels"] and "endsAt" in over[0][0] and "endsAt" not in first[0][0],
                       "alertmanager: %s" % (first + over))


def all_names(kit, service, findings):
    kit.reports(NAMES, "FAILURE")
    for name in NAMES:
        check = [*CHECK, "-d", "d" + name[:3], "--by", "definition"]
        wanted = "jobtally CRITICAL: " + json.loads(kit.run(["jobtally", "check", *check, "--json"]).stdout)["message"]
        bodies = kit.told(service, *check)
        text, is_right = texts(service, bodies[0]) if bodies else ("nothing", False)
        findings.check(text == wanted and is_right, "%s: %r came as %r: %s" % (service, wanted, text, bodies))


def mail(kit, findings):
    kit.reports(["mailed"], "FAILURE")
    broken = kit.folder / "broken"
    broken.touch()
    kit.told("mail", *CHECK, "-d", "dmai", status=1)
    broken.unlink()
    kit.told("mail", *CHECK, "-d", "dmai")
    mailed = (kit.folder / "mail").read_text()
    findings.check(mailed.startswith("-s\njobtally CRITICAL\nkey\n") and '"mailed"' in mailed, "mail: %r" % mailed)


def one_round(program, service, findings):
    with scratch() as folder, Receiver() as receiver:
        kit = Kit(program, folder, receiver, findings)
        kit.reports(["another", NAMES[0]], "SUCCESS")
        one_service(kit, service, findings)
        all_names(kit, service, findings)
        if service in ("slack", "teams", "ntfy"):
            bodies = kit.told(service, "-", text='a "text"\nof <two> lines\n')
            findings.check(len(bodies) == 1 and texts(service, bodies[0])[0] == 'a "text"\nof <two> lines', "%s: %s" % (service, bodies))
            findings.check(not kit.told(service, "-"), service + ": an empty text is sent")
        else:
            kit.told(service, "-", text="x", status=2)
        bodies = kit.told(service, "--metric", "nonsense")
        findings.check(len(bodies) == 1 and "UNKNOWN" in json.dumps(bodies).upper(), "%s: a wrong line is not told: %s" % (service, bodies))
        if service == "slack":
            mail(kit, findings)


def main():
    given = arguments(__doc__)
    if not shutil.which("curl") or not shutil.which("jq"):
        print("skipped: no curl or no jq")
        sys.exit(77)
    findings = Findings()
    services = ("slack", "teams", "ntfy", "pagerduty", "alertmanager")
    with ThreadPoolExecutor(len(services)) as pool:
        for _ in pool.map(lambda service: one_round(given.program, service, findings), services):
            pass
    findings.conclude("%d services and mail, %d names" % (len(services), len(NAMES)))


if __name__ == "__main__":
    main()
