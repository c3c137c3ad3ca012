#!/usr/bin/env python3
"""Runs the `console` blocks of README.md in their order and compares what they show with what the program prints.

Usage: readme.py [--update] JOBTALLY. A line that begins with `$ ` is a command; the lines up to the next are its output.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```\n)", re.DOTALL)


def run_block(text, environment):
    """The block as it should be."""
    lines = []
    for command in (line for line in text.splitlines() if line.startswith("$ ")):
        done = subprocess.run(["bash", "-c", command[2:]], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        lines.append(command + "\n" + "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n")
    return "".join(lines)


def main():
    update = sys.argv[1:2] == ["--update"]
    program = Path(sys.argv[-1]).resolve()
    readme = ROOT / "README.md"
    text = readme.read_text()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "JOBTALLY_CONFIG": "/dev/null", "JOBTALLY_DB": f"{folder}/tour.db", "JOBTALLY_NOW": "2026-11-22T08:30:00Z",
        }
        new = BLOCK.sub(lambda block: run_block(block[1], environment), text)
    if update:
        readme.write_text(new)
        return 0
    sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), new.splitlines(True), "README.md", "what is printed"))
    print(f"readme: {len(BLOCK.findall(text))} blocks, {'as printed' if new == text else 'not as printed'}")
    return 0 if new == text else 1


if __name__ == "__main__":
    sys.exit(main())
