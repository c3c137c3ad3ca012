"""A store in which every naughty text is a definition's name and id, a type, a status, an id and an unknown member; and its
twin with harmless texts in their places, to hold the shape of a page against."""
import json
import os
import subprocess

from served import bare_environment

NOW = "2026-11-22T08:30:00Z"


class Run:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr


class Program:
    def __init__(self, path, store, width=None):
        self.path, self.store = path, store

    def run(self, *arguments, stdin=None):
        environment = dict(bare_environment(), JOBTALLY_NOW=NOW, TZ="UTC", LC_ALL="C.UTF-8")
        return Run(subprocess.run([self.path, "--db", self.store, *arguments], capture_output=True, input=stdin, env=environment))


def report(number, text, status, id):
    day = "2026-11-%02dT%02d:%02d:%02dZ" % (1 + number % 20, number % 24, number % 60, (number * 7) % 60)
    # A status must not be empty; a report's own says how it went.
    return {"id": id, "type": text, "status": status, "created_at": day, "updated_at": day[:-1] + ".5Z", "total_operations": 7,
            "total_succeeded": 6, "total_failed": 1, "definition_id": text, "definition_name": text, "u" + text: [text, {text: text}]}


def reports(texts):
    made = []
    for number, text in enumerate(texts):
        made.append(report(number, text, text or "SUCCESS", text or "(empty)"))
        for status in ("FAILURE", "SUCCESS"):
            made.append(report(number + 1, text, status, "%s %s" % (text, status)))
    return made


def make_store(path, folder, name, texts):
    """The program on its new store, and the reports that are in it."""
    program = Program(path, os.path.join(folder, name + ".db"))
    made = reports(texts)
    lines = "".join(json.dumps(report, ensure_ascii=False) + "\n" for report in made)
    run = program.run("ingest", "-F", "json", "-", stdin=lines.encode("utf-8", "surrogatepass"))
    if run.code != 0 or json.loads(run.out)["stored"] != len(made):
        raise SystemExit("the reports are not taken: %r %r" % (run.out, run.err[:2000]))
    return program, made


# Each prints texts of reports in each format.
COMMANDS = (("list", "-n", "0"), ("rates",), ("rates", "--by", "name"), ("rates", "--by", "type"), ("rates", "--by", "status"),
            ("rates", "--compare", "previous", "--last", "7d"), ("failures",), ("failures", "--recent", "5000"), ("durations",), ("definitions",),
            ("missed",), ("summary", "--last", "30d"), ("check", "--metric", "failed", "-w", "0", "--by", "definition", "--last", "30d"))
