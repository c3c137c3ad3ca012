"""D2 in answers, logs and messages: a naughty text that is wrong somewhere is told, and nothing of it acts."""
import csv
import io
import json
import os

from messages import post
from naughty import is_unseen, raw_in, turned_back
from naughty_store import Program
from served import Served

WRONG_USES = (("show", "--", "{}?"), ("list", "-d", "{}"), ("rates", "-t", "{}"), ("list", "--since", "{}"), ("list", "--columns", "{}"),
              ("rates", "--sort", "{}"), ("list", "-F", "{}"), ("list", "--tz", "{}"), ("check", "--metric", "failed", "-w", "{}"),
              ("{}",), ("ingest", "/nonexistent/{}"), ("list", "--from", "/nonexistent/{}"), ("--config", "/nonexistent/{}", "list"))


class Messages:
    def __init__(self, program, texts, findings):
        self.program, self.texts, self.findings = program, texts, findings
        self.answers = self.log_lines = self.messages = 0

    def check_listener(self, store, format):
        """Every text where a time, a count and a name of a member belong; the log has a line each."""
        places = ("created_at", "total_failed", "status")
        with Served(self.program.path, store, "--log-format", format, is_quiet=False) as served:
            with served.connect() as connection:
                connection.close()
            sent = 0
            for text in self.texts:
                for place in places:
                    members = {"id": "x", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z", "definition_name": text}
                    members[place] = {"created_at": text, "total_failed": text, "status": {text: 1}}[place]
                    answer = served.exchange(post(json.dumps(members).encode()))
                    sent += 1
                    self.findings.check(answer.status == 422 and not raw_in(answer.body), "%a as %s: %d, raw %s" % (
                        text, place, answer.status, raw_in(answer.body)))
                    self.findings.check(answer.json()["error"].startswith(place), "%a as %s: %s" % (text, place, answer.body))
            self.answers += sent
        lines = [line.encode("utf-8", "surrogateescape") for line in served.log if "127.0.0.1" in line]
        self.log_lines += len(lines)
        self.findings.check(len(lines) == sent, "the %s log has %d lines for %d requests" % (format, len(lines), sent))
        for line in lines:
            self.findings.check(not raw_in(line), "the log: raw %s in %a" % (raw_in(line), line))
            if format == "json":
                self.findings.check(json.loads(line)["status"] == 422, "the log: %a" % line)
        return sent

    def check_rejected(self, store, kept):
        """What was rejected, in every format; the bodies come back to the letter."""
        wanted = sorted(text for text in self.texts for _ in range(3))
        rejected = Program(self.program.path, store)
        for format in ("table", "json", "ndjson", "csv", "tsv", "markdown", "html"):
            run = rejected.run("db", "rejected", "-n", "0", "-F", format)
            allowed = "\n\t" if format == "tsv" else "\n"
            self.findings.check(run.code == 0 and not raw_in(run.out, allowed), "db rejected -F %s: raw %s" % (format, raw_in(run.out, allowed)))
            text = run.out.decode("utf-8")
            if format == "json":
                bodies = [row["body"] for row in json.loads(text)["rejected"]]
            elif format == "ndjson":
                bodies = [json.loads(line)["body"] for line in text.rstrip("\n").split("\n")]
            elif format == "tsv":
                lines = [line.split("\t") for line in text.rstrip("\n").split("\n")]
                bodies = [turned_back(line[lines[0].index("body")]) for line in lines[1:]]
            elif format == "csv":
                rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
                self.findings.check(len(rows) == kept, "db rejected -F csv: %d rows" % len(rows))
                continue
            else:
                continue
            names = sorted(json.loads(body)["definition_name"] for body in bodies)
            self.findings.check(names == wanted, "db rejected -F %s: the bodies differ" % format)

    def check_errors(self, is_long):
        """Wrong uses: one line, or two, to stderr, beginning with the program's name."""
        dangerous = [text for text in self.texts if any(map(is_unseen, text))]
        chosen = self.texts if is_long else dangerous[:12] + self.texts[::60]
        for text in chosen:
            if "\0" in text:
                continue
            for use in WRONG_USES:
                arguments = [part.replace("{}", text) for part in use]
                run = self.program.run(*arguments)
                self.messages += 1
                self.findings.check(run.code in (0, 1, 2, 3), "%a: exit %d" % (arguments, run.code))
                self.findings.check(not raw_in(run.err), "%a: raw %s in %a" % (arguments, raw_in(run.err), run.err[:300]))
                self.findings.check(not raw_in(run.out), "%a: raw %s in %a" % (arguments, raw_in(run.out), run.out[:300]))
                lines = run.err.decode("utf-8", "replace").rstrip("\n").split("\n")
                self.findings.check(all(line.startswith("jobtally: ") for line in lines if line), "%a: %a" % (arguments, run.err[:300]))

    def check_all(self, folder, is_long):
        store = os.path.join(folder, "rejected.db")
        kept = self.check_listener(store, "text")
        self.check_rejected(store, kept)
        self.check_listener(os.path.join(folder, "rejected-json.db"), "json")
        self.check_errors(is_long)
