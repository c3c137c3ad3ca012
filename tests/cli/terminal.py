#!/usr/bin/env python3
"""What the program does on a terminal of 80 columns and 24 rows (a pseudo-terminal): no line of an answer or of --help
is wider, whole names stand in it, the columns that are left out are named, and longer answers go to a pager.

Widths are counted in columns of the display, not in bytes. Usage: terminal.py JOBTALLY
"""

import fcntl
import json
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent.parent / "data" / "samples"
COLUMNS, ROWS, MAIL = 80, 24, 78
REPORT = "AaIBFtAlc6kfYMLeAC86"
DEFINITION = "Partner profiles import (EU)"  # the longest name of the sample history
ANSWERS = [
    "rates", "rates --by type", "rates --by weekday", "rates --by hour", "rates --by none", "rates --every day --top 40",
    "rates --every week --by none --last 30d", "rates --plot", "rates --every day --by none --plot --last 20d",
    "rates --last 7d --compare previous", "rates --every day --last 3d --compare previous",
    "failures", "failures --recent 9", "failures --plot", "failures --last 7d --compare previous", "failures --every week",
    "durations", "durations --plot", "durations -p 1,5,50,90,99,99.9", "durations --last 7d --compare previous",
    "missed", "missed --history", "incidents", "incidents --last 30d",
    "list", "list -n 0 -t export", "definitions", f"show {REPORT}", f"show {REPORT} AaH78Hb-c6kfYMLeAC85",
    "summary", "summary --last 7d", "summary --last 90d", "summary --last 90d --top 2",
    "db status", "db rejected", "db verify", "db prune --before 2026-09-01 --dry-run", "ingest --dry-run HISTORY",
    "rates --tz America/Argentina/Buenos_Aires --last 7d", "rates --objective 99.9", "rates --by source --every month",
    "config", "help", "help db", "version", "send unix:none --count 3 --definitions 2", "db backup BACKUP",
    "db sql 'SELECT id, status, created_at FROM reports LIMIT 3'",
]
FAILS = {"send": 1}  # there is no receiver; what it says of that is looked at
FOR_PROGRAMS = {"check", "export", "completion", "listen", "db restore"}  # lines that programs read; and another store


class Checks:
    def __init__(self, program, folder):
        self.program = program
        self.wrong = []
        self.lines = 0
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1", "TERM": "xterm",
            "JOBTALLY_NOW": "2026-11-22T08:30:00Z", "JOBTALLY_DB": folder + "/store.db", "JOBTALLY_PAGER": "cat",
        }
        self.environment.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})

    def check(self, holds, text):
        if not holds:
            self.wrong.append(text)

    def on_pipe(self, words):
        ran = subprocess.run([self.program, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return ran.stdout.decode("utf-8", "replace"), ran.returncode

    def on_terminal(self, words, keys=b"", **more):
        """(stdout and stderr as the terminal shows them, exit status)"""
        main, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        process = subprocess.Popen([self.program, *words], env={**self.environment, **more}, stdin=other, stdout=other, stderr=other,
                                   cwd=self.environment["HOME"], preexec_fn=take_terminal)
        os.close(other)
        shown = b""
        while True:
            ready = select.select([main], [], [], 0.2 if keys else None)[0]
            if not ready:  # it shows something and waits
                if shown:
                    os.write(main, keys)
                continue
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.close(main)
        return shown.decode("utf-8", "replace").replace("\r\n", "\n"), process.wait()

    def narrow(self, what, text, width):
        for line in text.splitlines():
            self.lines += 1
            self.check(display_width(line) <= width, f"{what}: {display_width(line)} columns: {line}")


def display_width(text):
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(letter) else wide.get(unicodedata.east_asian_width(letter), 1) for letter in text)


def commands_of(checks):
    return [command["path"].split() for command in json.loads(checks.on_pipe(["describe"])[0])]


def check_answers(checks):
    for answer in ANSWERS:
        words = [{"HISTORY": str(SAMPLES / "history.ndjson"), "BACKUP": "backup.db"}.get(word, word) for word in shlex.split(answer)]
        shown, status = checks.on_terminal(words)
        checks.check(status == FAILS.get(words[0], 0) and shown.strip(), f"{answer}: exit {status}: {shown}")
        notes = [line for line in shown.splitlines() if line.startswith("jobtally: ")]  # for the screen, not the answer
        answer_lines = "\n".join(line for line in shown.splitlines() if line not in notes)
        checks.narrow(answer, answer_lines, COLUMNS)
        checks.check("…" not in answer_lines, f"{answer}: something is cut: {answer_lines}")
    shown, _ = checks.on_terminal(["rates"])
    checks.check(DEFINITION in shown, "rates: a name is cut")
    checks.check("jobtally: note: no room for type, at least, last run" in shown.replace("partial, ", ""), f"rates: what was left out is not said: {shown}")
    piped, _ = checks.on_pipe(["rates"])
    checks.check("last run" in piped and "at least" in piped, "rates: columns are missing on a pipe")
    shown, _ = checks.on_terminal(["rates", "--columns", "definition_name,last_created_at"])
    checks.check("note" not in shown and "last run" in shown, "a column that was asked for gave way")


def check_all_are_asked(checks):
    asked = {" ".join(answer.split()[:2 if answer.startswith("db ") else 1]) for answer in ANSWERS}
    groups = [[], ["db"], ["completion"]]
    paths = commands_of(checks)
    checks.check(len(paths) > len(groups), f"the program names no commands: {paths}")
    for path in paths:
        checks.check(path in groups or path[0] in FOR_PROGRAMS or " ".join(path) in asked | FOR_PROGRAMS, f"no answer of {path} is looked at")


def check_mail(checks):
    piped, _ = checks.on_pipe(["summary", "--last", "90d"])
    commands = [line for line in piped.splitlines() if line.startswith("`jobtally ")]  # not to be broken, with two times each
    checks.narrow("summary, mailed", "\n".join(line for line in piped.splitlines() if line not in commands), MAIL)
    checks.narrow("a command in the mail", "\n".join(commands), COLUMNS)
    checks.check("…" not in piped and f"jobtally show {REPORT}" in piped, "summary, mailed: something is cut")
    piped, _ = checks.on_pipe(["summary", "--last", "90d", "--top", "2"])
    checks.check("and 4 more" in piped, f"summary --top 2 does not say what it left out: {piped}")


def check_help(checks):
    for path in commands_of(checks):
        text, status = checks.on_pipe([*path, "--help"])
        checks.check(status == (3 if path == ["check"] else 0), f"{path} --help: exit {status}")
        checks.narrow(f"{' '.join(path)} --help", text, COLUMNS)


def check_pager(checks):
    mark = "sed s/^/PAGED:/"
    for words, is_paged in ((["rates", "--by", "hour"], True), (["rates"], False), (["rates", "--by", "hour", "--no-pager"], False)):
        shown, status = checks.on_terminal(words, JOBTALLY_PAGER=mark)
        checks.check(("PAGED:" in shown) == is_paged and status == 0, f"{words}: paged is not {is_paged}: {shown}")
    shown, _ = checks.on_terminal(["rates", "--by", "hour"], JOBTALLY_PAGER="", PAGER=mark)
    checks.check("PAGED:" not in shown, "an empty JOBTALLY_PAGER is overruled by PAGER")
    shown, status = checks.on_terminal(["list", "-n", "0"], JOBTALLY_PAGER="head -1 >/dev/null")
    checks.check(status == 0, f"a pager that was left early: exit {status}: {shown}")
    shown, status = checks.on_terminal(["list", "-n", "0"], JOBTALLY_PAGER="no-such-pager")
    checks.check(status == 1 and "no such pager" in shown, f"a pager that is none: exit {status}: {shown}")
    environment = dict(checks.environment)
    del checks.environment["JOBTALLY_PAGER"]
    shown, status = checks.on_terminal(["list", "-n", "0"], keys=b"q")  # less, where it is there; cat shows all
    checks.check(status == 0, f"the pager that is usual: exit {status}")
    checks.environment = environment


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="terminal-") as folder:
        checks = Checks(program, folder)
        checks.on_pipe(["-q", "ingest", str(SAMPLES / "history.ndjson")])
        check_answers(checks)
        check_all_are_asked(checks)
        check_mail(checks)
        check_help(checks)
        check_pager(checks)
    for text in checks.wrong:
        print(f"terminal: wrong: {text}")
    print(f"terminal: {len(ANSWERS)} answers and all helps, {checks.lines} lines, {len(checks.wrong)} wrong")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
