"""D2 for machines: json, ndjson, csv and tsv give every text back, by Python's own readers."""
import csv
import io
import json

from naughty import guarded, raw_in, turned_back, visible
from naughty_store import COMMANDS

TEXTS = ("id", "definition_id", "definition_name", "type", "status", "last_status", "last_failure_id")


def texts_in(value):
    """All texts of the known text members, wherever they are."""
    if isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in TEXTS and isinstance(item, str):
                yield key, item
            elif key == "names" and isinstance(item, list):
                yield from (("definition_name", name) for name in item)
            else:
                yield from texts_in(item)


def known_texts(made):
    known = {key: {report[key] for report in made} for key in ("id", "definition_id", "definition_name", "type", "status")}
    known["last_status"], known["last_failure_id"] = known["status"], known["id"]
    return known


def rows_of(run, format):
    text = run.out.decode("utf-8")
    if format == "json":
        return json.loads(text)
    if format == "ndjson":
        return [json.loads(line) for line in text.split("\n") if line]
    if format == "csv":
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    lines = [line.split("\t") for line in text.rstrip("\n").split("\n")]
    return [dict(zip(lines[0], map(turned_back, line), strict=True)) for line in lines[1:]]


def spelled(text, format, key):
    if format != "csv":
        return text
    return visible(text) if key.endswith("id") else guarded(text, visible(text))


class Machines:
    def __init__(self, program, made, findings):
        self.program, self.made, self.findings = program, made, findings
        self.known = {format: {key: {spelled(text, format, key) for text in texts} for key, texts in known_texts(made).items()}
                      for format in ("json", "ndjson", "csv", "tsv")}
        self.outputs = self.texts = 0

    def check(self, command, format):
        run = self.program.run(*command, "-F", format)
        what = "%s -F %s" % (" ".join(command), format)
        self.outputs += 1
        self.findings.check(run.code in (0, 1, 2) and not run.err, "%s: exit %d %r" % (what, run.code, run.err[:200]))
        self.findings.check(not raw_in(run.out, "\n\t" if format == "tsv" else "\n"), "%s: raw %s" % (what, raw_in(run.out, "\n\t")))
        try:
            rows = rows_of(run, format)
        except (ValueError, csv.Error, KeyError, IndexError) as error:
            self.findings.check(False, "%s can't be read: %r" % (what, error))
            return []
        for key, text in texts_in(rows):
            self.texts += 1
            is_known = text in self.known[format][key] or text == ""  # an unknown cell of csv is empty
            self.findings.check(is_known, "%s: %s %a is no text that was sent" % (what, key, text))
        return rows

    def check_all(self):
        for command in COMMANDS:
            for format in ("json", "ndjson") if command[0] in ("summary", "check") else ("json", "ndjson", "csv", "tsv"):
                if command[0] in ("summary", "check") and format == "ndjson":
                    continue
                self.check(command, format)
        for format in ("json", "ndjson", "csv", "tsv"):
            self.check_list(format)

    def check_list(self, format):
        """Not only is every text one that was sent: all that were sent are there."""
        rows = self.check(("list", "-n", "0"), format)
        rows = rows["reports"] if isinstance(rows, dict) else rows
        for key in ("id", "definition_id", "definition_name", "type", "status"):
            wanted = sorted(spelled(report[key], format, key) for report in self.made)
            self.findings.check(sorted(row[key] for row in rows) == wanted, "list -F %s: the texts of %s are not all there" % (format, key))

    def check_export(self, twin):
        """What is exported is what was sent, and loads into an equal store."""
        export = self.program.run("export").out
        self.findings.check(not raw_in(export), "export: raw %s" % raw_in(export))
        by_id = {report["id"]: report for report in map(json.loads, export.decode("utf-8").rstrip("\n").split("\n"))}
        for report in self.made:
            back = by_id.pop(report["id"], {})
            back["updated_at"] = back.get("updated_at", "").replace(".500Z", ".5Z")
            self.findings.check(back == report, "export: %a came back as %a" % (report, back))
        self.findings.check(not by_id, "export: more than was sent")
        load = twin.run("ingest", "-F", "json", "-", stdin=export)
        self.findings.check(json.loads(load.out)["stored"] == len(self.made), "the export is not loaded: %r" % load.out)
        self.findings.check(twin.run("export").out == export, "the export of the export differs")
        self.check(("export",), "csv")

    def check_show(self, ids, batch=60):
        """One by one and to the letter, unknown members too."""
        wanted = {report["id"]: report for report in self.made}
        shown = {}
        for at in range(0, len(ids), batch):
            run = self.program.run("show", "-F", "ndjson", "--", *ids[at:at + batch])
            self.findings.check(run.code == 0 and not raw_in(run.out), "show: exit %d, raw %s, %r" % (run.code, raw_in(run.out), run.err[:200]))
            shown.update((row["id"], row) for row in map(json.loads, run.out.decode("utf-8").rstrip("\n").split("\n")))
        for id in ids:
            row = shown.get(id)
            more = wanted[id]
            unknown = {key: value for key, value in more.items() if key.startswith("u") and key != "updated_at"}
            self.findings.check(row is not None and all(row[key] == more[key] for key in ("definition_id", "definition_name", "type", "status")),
                                "show %a: %a" % (id, row))
            self.findings.check(row is not None and unknown in list(row.values()), "show %a: other members %a" % (id, row))
