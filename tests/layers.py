#!/usr/bin/env python3
"""Holds the includes of cli/ and core/ against the table in ARCHITECTURE.md, and files, folders and classes against
their limits.

The table's lines are `room  what it is -> rooms it may include`, from the top layer down; what those may include may
be included too. A room is a folder; `store` names all rooms of that folder.
Usage: layers.py [SOURCE_DIR]; layers.py --self-test adds files with violations to these and must find each.
"""

import functools
import re
import sys
from collections import Counter
from pathlib import Path

LENGTH_LIMIT = 400  # lines of a file
CLASS_LIMIT = 400  # lines of all files in which a class has members
FOLDER_LIMIT = 45  # files of a folder
SMALL = 30  # lines; a file that is shorter seldom earns its name
SMALL_LIMIT = 45  # files of that kind in all
# A library and the folders that alone may include it.
HOMES = {
    r"boost/asio[./]": ("core/listen/", "core/send/"),
    r"boost/beast[./]": ("core/listen/http/", "core/send/"),
    r"openssl/": ("core/listen/sockets/", "core/send/"),
    r"boost/json": ("core/wire/",),
    r"(SQLiteCpp/|sqlite3)": ("core/store/",),
    r"CLI/": ("cli/",),
    r"toml\+\+/": ("cli/options/",),
    r"date/": ("core/time/",),
}
# A member that is named as what it is made from, in a constructor's list.
NAMESAKE = re.compile(r"(?:^|\) :|,) *(\w+)[({](?:std::move\()?\1\)?[)}](?=,|$| \{)", re.MULTILINE)
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


def sources_of(root):
    """{path from the root: text} of all sources of cli/ and core/."""
    paths = sorted(p for top in ("cli", "core") for p in (root / top).rglob("*") if p.suffix in (".cpp", ".hpp"))
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def check_sizes(texts):
    lengths = {name: text.count("\n") for name, text in texts.items()}
    for name, length in lengths.items():
        if length > LENGTH_LIMIT:
            yield f"{name}: {length} lines, the limit is {LENGTH_LIMIT}"
    for name, crowd in Counter(room_of(name) for name in texts).items():
        if crowd > FOLDER_LIMIT:
            yield f"{name}: {crowd} files, the limit is {FOLDER_LIMIT}"
    small = sum(length < SMALL for length in lengths.values())
    if small > SMALL_LIMIT:
        yield f"{small} files have under {SMALL} lines, the limit is {SMALL_LIMIT}"
    for name, files in files_of_classes(texts).items():
        length = sum(lengths[file] for file in files)
        if len(files) > 1 and length > CLASS_LIMIT:
            yield f"class {name}: {length} lines in {', '.join(sorted(files))}, the limit is {CLASS_LIMIT}"


@functools.cache
def classes_in(text):
    return re.findall(r"^(?:class|struct) (\w+)[^;]*?\{", text, re.MULTILINE)


@functools.cache
def members_in(text):
    return Counter(re.findall(r"^(?:[^\s#/}].*[ &*])?(\w+)::~?\w+\(", text, re.MULTILINE))


@functools.cache
def includes_in(text):
    return INCLUDE.findall(text)


def files_of_classes(texts):
    """{class: the header that defines it, and each .cpp with two or more of its members}."""
    classes = {}
    for name, text in texts.items():
        if name.endswith(".hpp"):
            classes.update({found: {name} for found in classes_in(text)})
    for name, text in texts.items():
        for found, count in members_in(text).items():
            if found in classes and count > 1 and name.endswith(".cpp"):
                classes[found].add(name)
    return classes


def check_includes(texts, allowed):
    for own, text in texts.items():
        room = room_of(own)
        for kind, name in includes_in(text):
            for library, homes in HOMES.items():
                if re.match(library, name) and not f"{room}/".startswith(homes):
                    yield f"{own}: includes <{name}>, which belongs to {' and '.join(homes)} alone"
            if kind != '"':
                continue
            if name not in texts:
                yield f'{own}: includes "{name}", which is no file of cli/ or core/ (write its whole path)'
            elif room in allowed and room_of(name) not in allowed[room]:
                yield f"{own}: includes {name}, but {room} may not use {room_of(name)}"


def check(texts, allowed):
    """All complaints."""
    rooms = {room_of(name) for name in texts}
    complaints = [f"{name}: not in the table of ARCHITECTURE.md" for name in sorted(rooms - set(allowed))]
    complaints += [f"{name}: in the table of ARCHITECTURE.md, but has no files" for name in sorted(set(allowed) - rooms)]
    return [*complaints, *check_sizes(texts), *check_includes(texts, allowed), *check_names(texts)]


def check_names(texts):
    """g++ warns of these, but not in a unity build, as the tests have it."""
    for name, text in texts.items():
        for found in NAMESAKE.findall(text):
            yield f"{name}: a constructor's parameter and a member are both named {found}"


# {what is wrong: the files that make it so}
PLANTS = {
    "base uses time": {"core/base/planted.hpp": '#include "core/time/instant.hpp"\n'},
    "a room uses its neighbour": {"core/judge/planted.cpp": '#include "core/rhythm/missed.hpp"\n'},
    "a room uses one above": {"core/store/file/planted.cpp": '#include "core/store/reports/settle.hpp"\n'},
    "the terminal uses commands": {"cli/terminal/planted.cpp": '#include "cli/commands/follow.hpp"\n'},
    "the store uses wire": {"core/store/reports/planted.cpp": '#include "core/wire/report_reader.hpp"\n'},
    "SQLite outside of the store": {"core/query/planted.cpp": "#include <SQLiteCpp/Database.h>\n"},
    "JSON outside of wire": {"core/render/page/planted.cpp": "#include <boost/json.hpp>\n"},
    "Beast outside of http": {"core/listen/planted.cpp": "#include <boost/beast/http/parser.hpp>\n"},
    "Asio outside of listen": {"core/ingest/planted.cpp": "#include <boost/asio/ip/tcp.hpp>\n"},
    "date outside of time": {"core/model/planted.cpp": "# include <date/tz.h>\n"},
    "toml++ outside of the options": {"cli/terminal/planted.cpp": "#include <toml++/toml.h>\n"},
    "CLI11 outside of cli": {"core/table/planted.cpp": "#include <CLI/CLI.hpp>\n"},
    "a path that is not whole": {"core/time/planted.cpp": '#include "rfc3339.hpp"\n'},
    "a long file": {"core/wire/planted.cpp": "// long\n" * (LENGTH_LIMIT + 1)},
    "a class that is long in two files": {
        "core/wire/planted.hpp": "class Planted {\n" + "// long\n" * 100 + "};\n",
        "core/wire/planted.cpp": "void Planted::a() {}\n" + "// long\n" * 300 + "void Planted::b() {}\n"},
    "a room that is not in the table": {"core/planted/planted.hpp": "\n"},
    "a file beside the rooms": {"core/store/planted.cpp": "\n"},
    "a member's namesake": {"core/model/planted.cpp": "Planted(int a, std::string b)\n: m_a(a),\n      b(std::move(b)) {}\n"},
    "a crowded folder": {f"core/model/planted_{number}.cpp": "//\n" * SMALL for number in range(FOLDER_LIMIT + 1)},
    "crumbs": {f"{room}/planted_{number}.hpp": "//\n" for room in ("core/base", "core/model", "core/table")
               for number in range(SMALL_LIMIT // 3 + 1)},
}


def self_test(texts, allowed):
    before = len(check(texts, allowed))
    missed = []
    for wrong, files in PLANTS.items():
        # Only the crumbs are small: each of the others is to be found for what it is.
        planted = {name: text + ("" if wrong == "crumbs" else "//\n" * SMALL) for name, text in files.items()}
        if len(check({**texts, **planted}, allowed)) != before + 1:
            missed.append(wrong)
    for wrong in missed:
        print(f"self-test: not found: {wrong}")
    print(f"self-test: {len(PLANTS) - len(missed)} of {len(PLANTS)} planted violations found")
    return 1 if missed else 0


def main():
    arguments = sys.argv[1:]
    is_self_test = arguments == ["--self-test"]
    root = Path(arguments[0]) if arguments and not is_self_test else Path(__file__).resolve().parent.parent
    allowed, texts = read_table((root / "ARCHITECTURE.md").read_text()), sources_of(root)
    if is_self_test:
        return self_test(texts, allowed)
    complaints = check(texts, allowed)
    for complaint in complaints:
        print(complaint)
    print(f"layers: {len(texts)} files, {len(complaints)} violations")
    return 1 if complaints or not texts else 0


if __name__ == "__main__":
    sys.exit(main())
