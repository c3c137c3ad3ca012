#!/usr/bin/env python3
"""Holds the includes of cli/ and core/ against the table in ARCHITECTURE.md, and files against the length limit.

The table's lines are `room  what it is -> rooms it may include`, from the top layer down; what those may include may
be included too. A room is a folder; `store` names all rooms of that folder.
Usage: layers.py [SOURCE_DIR]; layers.py --self-test plants violations in a copy and must find each.
"""

import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

LENGTH_LIMIT = 400  # lines of a file
FOLDER_LIMIT = 45  # files of a folder
# A library and the folders that alone may include it.
HOMES = {
    r"boost/(beast|asio)[./]": ("core/listen/",),
    r"openssl/": ("core/listen/",),
    r"boost/json": ("core/wire/",),
    r"(SQLiteCpp/|sqlite3)": ("core/store/",),
    r"CLI/": ("cli/",),
    r"date/": ("core/time/",),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def read_table(architecture):
    """{room: rooms it may include}, from the first code block, whose lines go from the top layer down."""
    block = re.search(r"```\n(.*?)```", architecture, re.DOTALL)
    if not block:
        raise SystemExit("layers: error: ARCHITECTURE.md has no table")
    lines = [line for line in block[1].splitlines() if re.match(r"(cli|core/\w+)\b", line)]
    names = [re.match(r"[\w/]+", line)[0] for line in lines]
    direct = {}
    for place, line in enumerate(lines):
        below, uses = names[place + 1:], line.partition("->")[2]
        if "everything below" in uses:
            direct[names[place]] = set(below)
            continue
        direct[names[place]] = set()
        for word in re.findall(r"[\w/]+", re.sub(r"\(.*?\)", "", uses)):
            rooms = {name for name in below if name in (word, "core/" + word) or name.startswith(f"core/{word}/")}
            if not rooms:
                raise SystemExit(f"layers: error: {names[place]} points at {word}, which is not below it")
            direct[names[place]] |= rooms
    allowed = {}
    for name in reversed(names):  # from the bottom up: what is below is complete already
        allowed[name] = {name, "core/base"}.union(*({used} | allowed[used] for used in direct[name]))
    return allowed


def room_of(path):
    return path.rpartition("/")[0]


def check(root):
    """All complaints, and the numbers of files and includes looked at."""
    allowed = read_table((root / "ARCHITECTURE.md").read_text())
    complaints, files, includes = [], 0, 0
    sources = sorted(p for top in ("cli", "core") for p in (root / top).rglob("*") if p.suffix in (".cpp", ".hpp"))
    crowds = Counter(room_of(path.relative_to(root).as_posix()) for path in sources)
    for name, crowd in sorted(crowds.items()):
        if name not in allowed:
            complaints.append(f"{name}: not in the table of ARCHITECTURE.md")
        if crowd > FOLDER_LIMIT:
            complaints.append(f"{name}: {crowd} files, the limit is {FOLDER_LIMIT}")
    for name in sorted(set(allowed) - set(crowds)):
        complaints.append(f"{name}: in the table of ARCHITECTURE.md, but has no files")
    for path in sources:
        files += 1
        own = path.relative_to(root).as_posix()
        room = room_of(own)
        text = path.read_text()
        length = text.count("\n")
        if length > LENGTH_LIMIT:
            complaints.append(f"{own}: {length} lines, the limit is {LENGTH_LIMIT}")
        for kind, name in INCLUDE.findall(text):
            includes += 1
            for library, homes in HOMES.items():
                if re.match(library, name) and not f"{room}/".startswith(homes):
                    complaints.append(f"{own}: includes <{name}>, which belongs to {' and '.join(homes)} alone")
            if kind != '"' or name.endswith(".inc"):  # an .inc is written by the build
                continue
            if not (root / name).is_file() or not name.startswith(("cli/", "core/")):
                complaints.append(f'{own}: includes "{name}", which is no file of cli/ or core/ (write its whole path)')
            elif room in allowed and room_of(name) not in allowed[room]:
                complaints.append(f"{own}: includes {name}, but {room} may not use {room_of(name)}")
    return complaints, files, includes


PLANTS = {
    "core/base/planted.hpp": '#include "core/time/instant.hpp"\n',
    "core/query/planted.cpp": "#include <SQLiteCpp/Database.h>\n",
    "core/render/page/planted.cpp": "#include <boost/json.hpp>\n",
    "core/ingest/planted.cpp": "#include <boost/asio/ip/tcp.hpp>\n",
    "core/store/file/planted.cpp": '#include "core/store/reports/reports.hpp"\n',
    "core/model/planted.cpp": "# include <date/tz.h>\n",
    "core/table/planted.cpp": "#include <CLI/CLI.hpp>\n",
    "core/time/planted.cpp": '#include "rfc3339.hpp"\n',
    "core/wire/planted.cpp": "// long\n" * (LENGTH_LIMIT + 1),
    "core/planted/planted.hpp": "\n",
    "core/store/planted.cpp": "\n",
    "core/judge/planted.cpp": '#include "core/rhythm/missed.hpp"\n',
    "cli/terminal/planted.cpp": '#include "cli/options/globals.hpp"\n',
}


def self_test(root):
    missed = []
    for name, text in PLANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            shutil.copy(root / "ARCHITECTURE.md", copy)
            for top in ("cli", "core"):
                shutil.copytree(root / top, copy / top)
            before = len(check(copy)[0])
            planted = copy / name
            planted.parent.mkdir(exist_ok=True)
            planted.write_text(text)
            if len(check(copy)[0]) != before + 1:
                missed.append(name)
    for name in missed:
        print(f"self-test: the violation planted in {name} was not found")
    print(f"self-test: {len(PLANTS) - len(missed)} of {len(PLANTS)} planted violations found")
    return 1 if missed else 0


def main():
    arguments = sys.argv[1:]
    root = Path(__file__).resolve().parent.parent
    if arguments == ["--self-test"]:
        return self_test(root)
    complaints, files, includes = check(Path(arguments[0]) if arguments else root)
    for complaint in complaints:
        print(complaint)
    print(f"layers: {files} files, {includes} includes, {len(complaints)} violations")
    return 1 if complaints or not files else 0


if __name__ == "__main__":
    sys.exit(main())
