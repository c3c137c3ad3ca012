#!/usr/bin/env python3
"""Completion as it is typed: bash, zsh and fish on a pseudo-terminal complete half a word by TAB, and the words of the line
are then printed as the shell understands them. A shell that is not there is named and left out.

Usage: completion.py JOBTALLY; exit 77 where there is no shell at all.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(jobtally completion bash)",
             "show() { printf '<%s>' \"$@\"; echo; }"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -u -D; source <(jobtally completion zsh); bindkey -e; unsetopt zle_bracketed_paste",
            "show() { printf '<%s>' \"$@\"; echo; }"),
    "fish": (["fish", "--no-config", "--interactive"], "jobtally completion fish | source",
             "function show; printf '<%s>' $argv; echo; end"),
}
# What is typed before TAB, and the last word that comes of it.
CASES = [
    ("jobtally ra", "rates"),
    ("jobtally rates --form", "--format"),
    ("jobtally rates -F mark", "markdown"),
    ("jobtally --db {other} rates -d Sp", "Spaces (and 'quotes')"),
    ("jobtally --db '{other}' rates -d Sp", "Spaces (and 'quotes')"),
    ("jobtally rates --db {other} --definition other-", "other-id"),
    ("jobtally rates -d Spa", "Spare parts $(touch ran)"),
    ("jobtally rates --sort job_success_rate_l", "job_success_rate_low"),
    ("jobtally durations --columns count,p90", "count,p90_seconds"),
    ("jobtally rates -d \"Spa", "Spare parts $(touch ran)"),
    ("jobtally rates --source no", "north $(touch ran)"),
    ("jobtally --db {other} list --source so", "south sea"),
]
PROMPT = "READY>"


def report(number, definition, name):
    return f'{{"id":"{number}","status":"SUCCESS","created_at":"2026-11-01T00:00:00Z","definition_id":"{definition}","definition_name":"{name}"}}\n'


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Shell:
    def __init__(self, command, environment, folder):
        main, other = pty.openpty()
        self.main = main
        self.process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=environment, cwd=folder, preexec_fn=take_terminal)
        os.close(other)

    def type(self, text):
        os.write(self.main, text.encode())

    def read_until(self, pattern, patience):
        shown, end = "", time.monotonic() + patience
        while time.monotonic() < end:
            if select.select([self.main], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.main, 65536).decode("utf-8", "replace")
                except OSError:
                    break
            if re.search(pattern, shown):
                return shown
        return shown

    def quiet(self, still=0.7, patience=60):
        """Reads until nothing has come for a while."""
        shown, last, end = "", time.monotonic(), time.monotonic() + patience
        while time.monotonic() < end and (time.monotonic() - last < still or not shown):
            if select.select([self.main], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.main, 65536).decode("utf-8", "replace")
                except OSError:
                    break
                last = time.monotonic()
        return shown

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.main)


def complete(shell, typed):
    """The last word of the line after TAB."""
    shell.type(typed)
    shell.quiet(0.3)
    shell.type("\t")
    shell.quiet()
    shell.type("\x01show \r")
    shown = shell.read_until(r"[\r\n]<jobtally>.*>\s", 20)
    found = re.findall(r"(?m)^(?:\x1b[^<]*)?(<jobtally>.*>)\s*$", re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()]B|\x0f", "", shown).replace("\r", "\n"))
    shell.quiet(0.3, 1)
    return found[-1].rsplit("<", 1)[1][:-1].rstrip() if found else shown


def drive(name, environment, folder, other):
    command, load, show = SHELLS[name]
    wrong = []
    shell = Shell(command, environment, folder)
    try:
        shell.quiet(1.5)
        for line in (load, show):
            shell.type(line + "\r")
            shell.quiet(1.0)
        for typed, word in CASES:
            got = complete(shell, typed.replace("{other}", other.replace(" ", "\\ ") if "'" not in typed else other))
            if got != word:
                wrong.append(f"{name}: {typed!r} became {got!r}, not {word!r}")
    finally:
        shell.close()
    return wrong


def main():
    program = os.path.abspath(sys.argv[1])
    wrong, driven = [], []
    with tempfile.TemporaryDirectory(prefix="completion-") as folder:
        other = folder + "/another store.db"
        environment = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "TERM": "xterm",
                       "JOBTALLY_DB": folder + "/store.db", "PS1": PROMPT}
        environment.update({key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")})
        for path, definition, name, source in ((folder + "/store.db", "own-id", "Spare parts $(touch ran)", "north $(touch ran)"),
                                               (other, "other-id", "Spaces (and 'quotes')", "south sea")):
            subprocess.run([program, "-q", "--db", path, "ingest", "--source", source, "-"], input=report(1, definition, name).encode(), env=environment, check=True, stdout=subprocess.DEVNULL)
        for shell in SHELLS:
            if not shutil.which(shell):
                print(f"completion: skipped: there is no {shell} here")
                continue
            driven.append(shell)
            wrong += drive(shell, environment, folder, other)
        if os.path.exists(folder + "/ran"):
            wrong.append("a name was run as a command")
    for text in wrong:
        print(f"completion: wrong: {text}")
    print(f"completion: {', '.join(driven)}: {len(CASES)} cases each, {len(wrong)} wrong")
    return 1 if wrong else 0 if driven else 77


if __name__ == "__main__":
    sys.exit(main())
