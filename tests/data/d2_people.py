"""D2 for people: in table, markdown and html every text is shown, nothing of it acts, and no column, row or tag breaks."""
import os
import pty
import re
import subprocess
from html.parser import HTMLParser

from naughty import raw_in, visible, width
from naughty_store import COMMANDS, NOW

COLUMNS = ("id", "definition_id", "definition_name", "type", "status")


class Page(HTMLParser):
    """The shape of a page (tags and the names of their attributes, in their order) and the texts of its headings of rows."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.cells, self.links = {}, set(), [], []
        self.cell = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for name, value in attributes:
            self.attributes.add((tag, name))
            if name in ("href", "src", "action", "style") or name.startswith("on"):
                self.links.append((tag, name, value))
        if tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.cells.append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_comment(self, data):
        self.tags["<!--"] = self.tags.get("<!--", 0) + 1


PIECE = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:lt|gt|amp);)|(.)", re.DOTALL)


def markdown_cells(line):
    """As GitHub splits a row: a bar after a backslash is part of the text, and the backslash stands for what follows it."""
    cells, cell = [], ""
    for escaped, reference, plain in PIECE.findall(line):
        if plain == "|":
            cells.append(cell.strip(" "))
            cell = ""
        else:
            cell += escaped or {"&lt;": "<", "&gt;": ">", "&amp;": "&"}.get(reference, plain)
    return cells[1:] if cell == "" else None


def live_markdown(line):
    """table::Sparkline that are not escaped and would be more than text."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)
    return re.search(r"[`*_\[\]<~]|https?:|www\.", bare)


class People:
    def __init__(self, program, twin, made, findings):
        self.program, self.twin, self.made, self.findings = program, twin, made, findings
        self.outputs = self.lines = self.elements = 0

    def run(self, command, format):
        run = self.program.run(*command, "-F", format)
        what = "%s -F %s" % (" ".join(command), format)
        self.outputs += 1
        self.findings.check(run.code in (0, 1, 2) and not run.err, "%s: exit %d %r" % (what, run.code, run.err[:200]))
        self.findings.check(not raw_in(run.out), "%s: raw %s" % (what, raw_in(run.out)))
        return what, run.out.decode("utf-8")

    def check_all(self):
        for command in COMMANDS:
            for format in ("table", "markdown", "html"):
                if command[0] == "check" and format != "table":
                    continue  # it has no such form
                what, text = self.run(command, format)
                if format == "html":
                    self.check_page(what, text, command)
                elif format == "markdown":
                    self.check_markdown(what, text)
        for key in COLUMNS:
            self.check_column(key)
            self.check_markdown_column(key)
            self.check_page_column(key)
            for columns in (40, 60, 80):
                self.check_terminal(key, columns)

    def check_column(self, key):
        """The number behind a text stands in one column, and the text before it is the text."""
        what, text = self.run(("list", "-n", "0", "--columns", key + ",total_operations"), "table")
        lines = text.rstrip("\n").split("\n")[1:]
        self.findings.check(len(lines) == len(self.made) + 1, "%s: %d lines" % (what, len(lines)))
        for line in lines[1:]:
            self.lines += 1
            self.findings.check(line.endswith("  7") and width(line) == width(lines[1]), "%s: a broken column: %a" % (what, line))
        shown = sorted(line[:-1].rstrip(" ") for line in lines[1:])
        wanted = sorted(visible(report[key]).rstrip(" ") for report in self.made)
        self.findings.check(shown == wanted, what + ": the texts differ")

    def check_terminal(self, key, columns):
        """On a terminal long texts are shortened to fit; colours alone may act."""
        if key in ("id", "definition_id"):
            return  # never shortened: a part of one is worth nothing
        master, slave = pty.openpty()
        subprocess.run(["stty", "cols", str(columns), "rows", "50", "-opost"], stdin=slave, check=True)
        environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "xterm", "JOBTALLY_PAGER": "", "JOBTALLY_NOW": NOW}
        process = subprocess.Popen([self.program.path, "--db", self.program.store, "list", "-n", "0", "--columns", key + ",total_operations"],
                                   stdout=slave, stdin=slave, stderr=slave, env=environment)
        os.close(slave)
        output = b""
        try:
            while piece := os.read(master, 65536):
                output += piece
        except OSError:
            pass
        os.close(master)
        process.wait()
        self.outputs += 1
        bare = re.sub(rb"\x1b\[[0-9]*m", b"", output)
        what = "list of %s on a terminal of %d columns" % (key, columns)
        self.findings.check(process.returncode == 0 and not raw_in(bare), "%s: raw %s" % (what, raw_in(bare)))
        lines = bare.decode("utf-8", "replace").rstrip("\n").split("\n")[2:]
        self.findings.check(len(lines) == len(self.made), "%s: %d lines" % (what, len(lines)))
        for line in lines:
            self.lines += 1
            self.findings.check(line.endswith("  7") and width(line) == width(lines[0]) <= columns, "%s: %a" % (what, line))

    def check_markdown(self, what, text):
        columns = None
        for line in text.split("\n"):
            self.lines += 1
            cells = markdown_cells(line) if line.startswith("|") else None
            if not line.startswith("|"):
                columns = None
                continue
            columns = columns or (len(cells) if cells else None)
            self.findings.check(cells is not None and len(cells) == columns, "%s: a broken row: %a" % (what, line))
            bare = line.replace("**", "") if "total" in line else line
            self.findings.check(set(line) <= set("|-: ") or not live_markdown(bare), "%s: live marks: %a" % (what, line))

    def check_markdown_column(self, key):
        what, text = self.run(("list", "-n", "0", "--columns", key + ",total_operations"), "markdown")
        rows = [markdown_cells(line) for line in text.rstrip("\n").split("\n") if line.startswith("|")][2:]
        wanted = sorted(visible(report[key]).strip(" ") for report in self.made)
        self.findings.check(sorted(row[0] for row in rows) == wanted, what + ": the texts differ")

    def check_page(self, what, text, command):
        """The same shape as the page of harmless texts."""
        page = Page(text)
        harmless = Page(self.twin.run(*command, "-F", "html").out.decode("utf-8"))
        self.elements += sum(page.tags.values())
        more = {tag: (count, harmless.tags.get(tag, 0)) for tag, count in page.tags.items() if count != harmless.tags.get(tag, 0)}
        self.findings.check(page.tags == harmless.tags, "%s: elements, and those of the harmless page: %s" % (what, more))
        self.findings.check(page.attributes <= harmless.attributes, "%s: attributes %s" % (what, page.attributes - harmless.attributes))
        self.findings.check(len(page.links) == len(harmless.links), "%s: links %s" % (what, page.links[:5]))

    def check_page_column(self, key):
        what, text = self.run(("list", "-n", "0", "--columns", key + ",total_operations"), "html")
        cells = Page(text).cells
        wanted = sorted([visible(report[key]) for report in self.made])
        found = sorted(cell for cell in cells[2::2])
        self.findings.check(found == wanted, "%s: the texts differ: %s" % (what, [(a, b) for a, b in zip(found, wanted) if a != b][:3]))
