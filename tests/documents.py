#!/usr/bin/env python3
"""Runs the commands of README.md and the man pages as they are printed there, and compares what they are shown to print.

Usage: documents.py [--update] JOBTALLY [DOCUMENT]... All documents, unless some are named; --update writes what is printed.

Blocks are those of Markdown (```KIND) and of mdoc (.Bd -literal, with `.\\" KIND` before it). A document's blocks run in
their order, in one shell, in a scratch folder; the system's folders (/etc, /var ...) stand for folders below it.
  console    lines that begin with `$ ` are commands (`> ` goes on), the others what they print. So is each mdoc block that
             has such a line.
  sh         commands, which must end with 0, 3 or 4, `check` with the state of a plugin. So is each other mdoc block, and `.Dl`.
  goes on    commands that must go on until they get SIGTERM, and then end with 0.
  cron       lines of a crontab, run as cron does.
  file PATH  what a file holds; TOML must be a configuration.
  not run    with a reason: the rest. In Markdown any other kind, and what has `<!-- not run: REASON -->` before it.
A line `.\\" $ COMMAND` of mdoc, or `<!-- $ COMMAND -->` of Markdown, runs unseen: what an example needs to be there.
"""

import difflib
import json
import os
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))
from service_receiver import Receiver  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = re.compile(r"(?<![\w.}/~])/(?=(?:etc|var|run|srv|backup)/|usr/(?:local/)?(?:bin/jobtally|share/(?:doc/)?jobtally))")
MARKDOWN = re.compile(r"(?:<!-- \$ (?P<unseen>[^\n]*) -->|(?:<!-- (?P<note>not run: [^\n]*) -->\n)?```(?P<kind>[^\n]*)\n(?P<text>.*?)```)\n", re.DOTALL)
MDOC = re.compile(r'(?:\.\\" \$ (?P<unseen>[^\n]*)|\.Dl (?P<line>[^\n]*)|(?:\.\\" (?P<kind>[^\n]*)\n)?\.Bd -literal[^\n]*\n(?P<text>.*?)\.Ed)\n', re.DOTALL)
# Services that alerts go to: a receiver takes them, and looks at what comes.
SERVICE = re.compile(r"https://(?:hooks\.slack\.com|events\.pagerduty\.com|ntfy\.example\.org|example\.webhook\.office\.com)")
PORT = re.compile(r"(?<=[\w\]]):(8080|8443|9\d{3})\b")
WAIT = 120  # seconds, for sanitizers' sake
SCHEDULE = re.compile(r"(?:@\w+|(?:[\d*/,a-zA-Z-]+\s+){5})\s*(?=\S)")
# Programs that would change the system, or send something out, and what stands in for them.
STAND_INS = {
    "systemctl": 'for word; do case $word in jobtally*) [ -e "$UNITS/$word" ] || { echo "no unit $word"; exit 5; };; esac; done',
    "adduser": "exit 0", "systemd-sysusers": "exit 0", "systemd-tmpfiles": "exit 0", "apt": 'case "$*" in *jobtally*) ;; *) exit 2;; esac',
    "mail": 'mkdir -p "$HOME/mail" && { printf "%s\\n" "$@"; echo; cat; } >"$HOME/mail/$$"',
}


def from_roff(text):
    for escape, plain in ((r"\&", ""), (r"\(rs", "\\"), (r"\(dq", '"'), (r"\(aq", "'"), (r"\-", "-"), (r"\(ha", "^"), (r"\e", "\\")):
        text = text.replace(escape, plain)
    return text


def to_roff(text):
    return re.sub(r"^(?=[.'])", r"\\&", text.replace("\\", r"\e"), flags=re.MULTILINE)


class Shell:
    """One bash for all commands of a document, and the folders that it sees."""

    def __init__(self, program, folder, has_samples, receiver):
        self.folder, self.root, work = folder, folder / "root", folder / "work"
        home = folder / "home"
        binaries = self.root / "usr/bin"
        for path in ("usr/bin", "usr/local/bin", "usr/share/doc/jobtally/examples", "etc/jobtally", "etc/cron.d", "var/backups",
                     "var/log", "var/lib/prometheus/node-exporter", "run", "backup", "srv"):
            (self.root / path).mkdir(parents=True)
        (self.root / "var/lib/jobtally").mkdir(mode=0o700)
        home.mkdir(mode=0o700)
        work.mkdir(mode=0o700)
        (work / "data").symlink_to(ROOT / "data")
        (self.root / "usr/share/jobtally").symlink_to(ROOT / "data")
        (self.root / "usr/share/doc/jobtally/examples/config.toml").symlink_to(ROOT / "data/config.toml")
        for name in ("usr/bin/jobtally", "usr/local/bin/jobtally"):
            (self.root / name).symlink_to(program)
        for name, script in STAND_INS.items():
            (binaries / name).write_text("#!/bin/sh\n" + script + "\n")
            (binaries / name).chmod(0o755)
        self.environment = {
            "PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_PROXY": "*",
            "JOBTALLY_CONFIG": str(folder / "config.toml"), "UNITS": str(ROOT / "data/systemd"), "USER": "operator",
            **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
        }
        if has_samples:
            self.environment |= {"JOBTALLY_DB": str(self.root / "var/lib/jobtally/jobtally.db"), "JOBTALLY_NOW": "2026-11-22T08:30:00Z"}
        self.ports = {"9093": str(receiver.port)}
        self.configure("")
        self.bash = subprocess.Popen(["bash"], cwd=work, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        self.work = work
        if has_samples:
            self.run("jobtally -q ingest data/samples/history.ndjson data/samples/list.json")

    def close(self):
        self.bash.stdin.close()
        os.killpg(self.bash.pid, signal.SIGTERM)
        self.bash.wait()
        self.bash.stdout.close()

    def configure(self, text):
        """The configuration that counts: the default port may be another's on this machine."""
        own = "" if "[listen]" in text else '[listen]\nbind = ["127.0.0.1:8080"]\n'
        (self.folder / "config.toml").write_text(self.placed(f"{text}\n{own}"))

    def free_port(self, port):
        if port not in self.ports:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.ports[port] = str(free.getsockname()[1])
        return self.ports[port]

    def placed(self, text):
        text = SERVICE.sub("http://127.0.0.1:9093", text)
        text = PORT.sub(lambda found: ":" + self.free_port(found[1]), text)
        return SYSTEM.sub(lambda _: f"{self.root}/", text)

    def as_printed(self, text):
        text = text.replace(str(self.root), "").replace(str(self.work), ".")
        for port, free in self.ports.items():
            text = text.replace(f":{free}", f":{port}")
        return text

    def run(self, command):
        """What it prints, and its status."""
        self.bash.stdin.write(f"eval {shlex.quote(self.placed(command))} </dev/null\nprintf '\\n\\1%d\\n' $?\n".encode())
        self.bash.stdin.flush()
        printed, end = b"", time.monotonic() + WAIT
        while not (found := re.search(rb"\n\x01(\d+)\n$", printed)):
            if not select.select([self.bash.stdout], [], [], max(0, end - time.monotonic()))[0]:
                return printed.decode(errors="replace") + "\n(no end)\n", -1
            piece = os.read(self.bash.stdout.fileno(), 65536)
            if not piece:
                return printed.decode(errors="replace") + "\n(the shell has ended)\n", -1
            printed += piece
        text = self.as_printed(printed[:found.start()].decode(errors="replace"))
        return "".join(line.rstrip() + "\n" for line in text.splitlines()), int(found[1])

    def run_on(self, command):
        """The same of a command that goes on until it gets SIGTERM."""
        name = shlex.quote(str(self.folder / "goes-on"))
        # `exec` where the command allows it, so that the signal comes to the program itself.
        own = command if re.search(r"[|;&]", command) else re.sub(r"^((?:\w+=(?:'[^']*'|\S*) )*)", r"\1exec ", command, count=1)
        return self.run(f"( {own} ) >{name} 2>&1 & sleep 2; kill $! && {{ wait $!; a=$?; cat {name}; (exit $((a == 143 ? 0 : a))); }}")


class Document:
    def __init__(self, path, program):
        self.path, self.program = path, program
        self.is_markdown = path.suffix == ".md"
        self.text = path.read_text()
        self.problems, self.commands, self.not_run = [], 0, 0

    def wrong(self, command, printed, status):
        self.problems.append(f"{self.path.name}: status {status} of\n    {command}\n" + "".join(f"        {line}\n" for line in printed.splitlines()))

    def check(self, shell, command):
        self.commands += 1
        printed, status = shell.run(command)
        is_check = re.search(r"\bcheck\b", command)
        if status not in ((0, 1, 2, 3) if is_check else (0, 3, 4)) or (is_check and re.search("UNKNOWN - (?!no finished)", printed)):
            self.wrong(command, printed, status)

    def run_console(self, shell, text):
        """The block as it should be."""
        out, lines = "", text.splitlines()
        place = 0
        while place < len(lines):
            shown, command = lines[place], lines[place][2:]
            place += 1
            if not shown.startswith("$ "):
                if not out:
                    self.problems.append(f"{self.path.name}: no command before {shown!r}")
                continue
            while place < len(lines) and lines[place].startswith("> "):
                shown, command = shown + "\n" + lines[place], command + "\n" + lines[place][2:]
                place += 1
            self.commands += 1
            printed, status = shell.run(command)
            if status in (126, 127, -1):
                self.wrong(command, printed, status)
            out += shown + "\n" + printed
        return out

    def run_lines(self, shell, text, run):
        """Command by command: a line, or as many as bash takes for one."""
        command = ""
        for line in text.splitlines():
            command += line + "\n"
            if re.match(r"\s*(#.*)?$", command):
                command = ""
            elif not line.endswith("\\") and subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True).returncode == 0:
                run(command.rstrip())
                command = ""
        if command:
            self.wrong(command, "bash does not take it", 2)

    def run_cron(self, shell, text):
        for line in text.splitlines():
            if re.match(r"\s*(#.*)?$", line):
                continue
            if found := re.match(r"(\w+)=(.*)$", line):
                shell.run(f"export {found[1]}={shlex.quote(shell.placed(found[2]))}")
                continue
            schedule = SCHEDULE.match(line)
            if not schedule or re.search(r"(?<!\\)%", line):
                self.wrong(line, "no line of a crontab: a % takes a backslash there", 2)
                continue
            self.check(shell, "sh -c " + shlex.quote(shell.placed(line[schedule.end():].replace("\\%", "%"))))

    def keep(self, shell, name, text):
        path = Path(shell.placed(os.path.expanduser(name).replace(os.path.expanduser("~"), shell.environment["HOME"])))
        path = shell.work / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shell.placed(text))
        path.chmod(0o600)
        if name.endswith("jobtally/config.toml"):
            shell.configure(text)
        if name.endswith(".toml"):
            self.check(shell, f"jobtally --config {shlex.quote(str(path))} config >/dev/null")

    def run_block(self, shell, kind, text):
        """The block as it should be."""
        self_text = text if self.is_markdown else from_roff(text)
        if kind == "console" or (not kind and re.search(r"^\$ ", self_text, re.MULTILINE)):
            new = self.run_console(shell, self_text)
            return text if new == self_text else new if self.is_markdown else to_roff(new)
        if kind == "sh" or (not kind and not self.is_markdown):
            self.run_lines(shell, self_text, lambda command: self.check(shell, command))
        elif kind == "goes on":
            def goes_on(command):
                self.commands += 1
                printed, status = shell.run_on(command)
                if status != 0:
                    self.wrong(command, printed, status)
            self.run_lines(shell, self_text, goes_on)
        elif kind in ("cron", "crontab"):
            self.run_cron(shell, self_text)
        elif kind.startswith("file "):
            self.keep(shell, kind[5:], self_text)
        elif self.is_markdown or re.match(r"not run: \w", kind):
            self.not_run += 1
        else:
            self.problems.append(f"{self.path.name}: unknown kind {kind!r}")
        return text

    def run(self):
        """The document as it should be."""
        parts, place = [], 0
        has_samples = self.path.name not in ("README.md", "jobtally-tutorial.7")
        with tempfile.TemporaryDirectory(prefix="jobtally-documents-") as folder, Receiver() as receiver:
            shell = Shell(self.program, Path(folder).resolve(), has_samples, receiver)
            try:
                for block in (MARKDOWN if self.is_markdown else MDOC).finditer(self.text):
                    if block["unseen"]:
                        printed, status = shell.run(block["unseen"])
                        if status != 0:
                            self.wrong(block["unseen"], printed, status)
                        continue
                    if block.groupdict().get("line"):
                        self.check(shell, from_roff(block["line"]))
                        continue
                    start, end = block.span("text")
                    parts += [self.text[place:start], self.run_block(shell, block.groupdict().get("note") or block["kind"] or "", block["text"])]
                    place = end
            finally:
                shell.close()
            sent = len(re.findall(r"^[^.#\n]*/alerts/alert (?!mail)", self.text, re.MULTILINE))
            if len(receiver.got) != sent:
                self.problems.append(f"{self.path.name}: {sent} alerts were to be sent, {len(receiver.got)} came\n")
            for _, _, body in receiver.got:
                json.loads(body)
        return "".join(parts) + self.text[place:]


def main():
    words = sys.argv[1:]
    update = "--update" in words
    program, *names = [word for word in words if word != "--update"]
    paths = [Path(name).resolve() for name in names] or [ROOT / "README.md", *sorted((ROOT / "man").glob("*.[157]"))]
    problems = commands = not_run = 0
    documents = [Document(path, Path(program).resolve()) for path in paths]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(Document.run, documents))
    for path, document, new in zip(paths, documents, results):
        sys.stdout.writelines(document.problems)
        problems, commands, not_run = problems + len(document.problems), commands + document.commands, not_run + document.not_run
        if update:
            path.write_text(new)
        elif new != document.text:
            problems += 1
            sys.stdout.writelines(difflib.unified_diff(document.text.splitlines(True), new.splitlines(True), path.name, "what is printed"))
    print(f"{commands} commands of {len(paths)} documents, {not_run} blocks not run, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
