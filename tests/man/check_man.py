#!/usr/bin/env python3
"""Holds the man pages against the commands and options that the program itself names.

Usage: check_man.py JOBTALLY MAN_FOLDER. Every command has its page, every option of a command stands in its page (those
of the option groups shared by all in jobtally.1), every option in a page exists, and each page has its sections.
"""
import json
import os
import re
import subprocess
import sys

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]


def roff_options(text):
    """The options that a page's tags (.It lines) name."""
    found = set()
    for line in text.splitlines():
        if line.startswith(".It Fl"):
            for word in re.findall(r"Fl (-?[A-Za-z][A-Za-z-]*)", line):
                found.add("-" + word)
    return found


def main():
    program, folder = sys.argv[1:3]
    commands = json.loads(subprocess.run([program, "describe"], check=True, capture_output=True).stdout)
    pages = {name: open(os.path.join(folder, name), encoding="utf-8").read() for name in os.listdir(folder)
             if re.search(r"\.[157]$", name)}
    problems, checked = [], 0
    main_page = roff_options(pages["jobtally.1"])
    wanted = {}
    for command in commands:
        page = "jobtally" + ("-" + command["path"].split()[0] if command["path"] else "") + ".1"
        if page not in pages:
            problems.append(f"{page}: missing")
            continue
        for option in command["options"]:
            for name in option["names"]:
                wanted.setdefault(page, set()).add(name)
                checked += 1
                if name not in roff_options(pages[page]) and name not in main_page:
                    problems.append(f"{page}: {name} is not described")
    everywhere = set().union(*wanted.values())
    for page, text in sorted(pages.items()):
        for name in roff_options(text):
            checked += 1
            known = everywhere if page == "jobtally.1" else wanted.get(page, set())
            if name not in known:
                problems.append(f"{page}: {name} does not exist")
        for section in SECTIONS:
            if not page.endswith(".1") and section in ("SYNOPSIS", "EXIT STATUS"):
                continue
            checked += 1
            if f".Sh {section}\n" not in text:
                problems.append(f"{page}: no section {section}")
        for name, number in re.findall(r"\bXr (jobtally\S*) (\d)", text):
            checked += 1
            if f"{name}.{number}" not in pages:
                problems.append(f"{page}: there is no {name}({number})")
    for command in commands[0]["subcommands"]:
        checked += 1
        if f".It Cm {command}\n" not in pages["jobtally.1"]:
            problems.append(f"jobtally.1: command {command} is not listed")
    for problem in problems:
        print(problem)
    print(f"{checked} checks of {len(pages)} man pages, {len(problems)} problems")
    return 1 if problems or checked < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
