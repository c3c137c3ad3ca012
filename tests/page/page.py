#!/usr/bin/env python3
"""Opens the pages of `-F html` in a real headless Chromium: looks for console errors and requests, holds the figures
on the page against the JSON, points, clicks, tabs, and tries phone, dark, print and no script.

Usage: page.py JOBTALLY. Exits with 77 (skipped) and one line where there is no chromium or chromedriver.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import browser as driver
import stores

SKIPPED = 77
SAMPLES = Path(__file__).resolve().parent.parent.parent / "data" / "samples"
NOW = "2026-11-22T08:30:00Z"
# Commands whose answer is one table: what to run, where its rows stand in the JSON.
TABLES = {"rates": "groups", "failures": "groups", "durations": "groups", "list -n 50": "reports", "failures --recent 5": "reports",
          "definitions": "definitions", "missed": "groups", "rates --every week --by none": "groups", "db rejected": "rejected"}

CELLS = """
const table = arguments[0] ? document.querySelector(arguments[0]) : document.querySelector("table");
if (!table) return null;
const keys = Array.from(table.tHead.rows[0].cells).map(cell => cell.dataset.key);
const values = row => Object.fromEntries(Array.from(row.cells).map((cell, at) => [keys[at], cell.dataset.value]));
return {rows: Array.from(table.tBodies[0].rows).map(values), total: table.tFoot ? values(table.tFoot.rows[0]) : null};
"""
FIGURES = """
return Array.from(document.querySelectorAll(arguments[0] + " [data-key][data-value]")).map(e => [e.dataset.key, e.dataset.value, e.textContent]);
"""


class Checks:
    def __init__(self):
        self.count, self.problems = 0, []

    def that(self, holds, what):
        self.count += 1
        if not holds:
            self.problems.append(what)

    def same(self, got, expected, what):
        self.that(got == expected, f"{what}: {got!r}, expected {expected!r}")


def same_value(shown, value):
    """A data-value against the value in the JSON."""
    if value is None:
        return shown == ""
    if isinstance(value, bool):
        return shown == str(value).lower()
    if isinstance(value, (int, float)):
        return shown not in (None, "") and math.isclose(float(shown), value, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(value, list):
        value = "; ".join(value)
    if any(not letter.isprintable() for letter in value):  # shown as an escape
        return bool(shown) and "\\u{" in shown
    return shown == value


class Tour:
    def __init__(self, program, browser, folder, checks):
        self.program, self.browser, self.folder, self.checks = program, browser, folder, checks

    def jobtally(self, store, command):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "JOBTALLY_NOW": NOW,
                       "JOBTALLY_DB": str(self.folder / f"{store}.db"), "HOME": str(self.folder)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return subprocess.run([self.program, *command], check=True, env=environment, capture_output=True).stdout

    def answer(self, store, command):
        return json.loads(self.jobtally(store, [*command.split(), "--json"]))

    def open(self, store, command, width=1280, height=900):
        page = self.folder / f"{store}-{'-'.join(command.split())}.html"
        page.write_bytes(self.jobtally(store, [*command.split(), "-F", "html"]))
        self.open_file(page, f"{store}: {command}", width, height)
        return page

    def open_file(self, page, what, width=1280, height=900):
        self.browser.open(page, width, height)
        self.checks.same(self.browser.log("browser"), [], f"{what}: console")
        self.checks.same(self.browser.requests(), [page.as_uri()], f"{what}: requests")
        wide = self.browser.run("return [document.documentElement.scrollWidth, window.innerWidth]")
        self.checks.that(wide[0] <= wide[1], f"{what}: {wide[0]} px wide in a window of {wide[1]}")
        self.checks.same(self.browser.run("return [document.querySelectorAll('main').length, document.querySelectorAll('h1').length, "
                                          "document.documentElement.lang]"), [1, 1, "en"], f"{what}: landmarks")

    def rows(self, selector, expected, total, what):
        """All cells of a table on the page against rows of the JSON, in their order."""
        cells = self.browser.run(CELLS, selector)
        if not expected and cells is None:
            return
        self.checks.that(cells is not None, f"{what}: no table")
        if cells is None:
            return
        self.checks.same(len(cells["rows"]), len(expected), f"{what}: rows")
        pairs = list(zip(cells["rows"], expected)) + ([(cells["total"], total)] if total and cells["total"] else [])
        for shown, row in pairs:
            if row.get("definition_name") == stores.TWINS:  # told apart for people
                row = {**row, "definition_name": f"{stores.TWINS} ({row['definition_id']})"}
            if row.get("definition_id") and not (row.get("definition_name", "-") or "").strip():  # people see the id
                row = {**row, "definition_name": row["definition_id"]}
            for key in row.keys() & shown.keys() - {"histogram"}:
                self.checks.that(same_value(shown[key], row[key]), f"{what}: {key} is {shown[key]!r}, in JSON {row[key]!r}")

    def digest(self, store):
        """The summary's headline, figures and sections against its JSON."""
        answer = self.answer(store, "summary")
        self.checks.same(self.browser.run("return document.querySelector('h1').textContent"), answer["headline"], f"{store}: headline")
        figures = self.browser.run(FIGURES, ".tiles")
        for key, shown, text in figures:
            if key in answer["total"]:
                self.checks.that(same_value(shown, answer["total"][key]), f"{store}: {key} is {shown}")
            self.checks.that(text != "", f"{store}: {key} says nothing")
        told = {key for key, *_ in figures}
        expected = {"reports", "finished", "succeeded", "failed", "running", "partial", "operations", "operations_succeeded", "operations_failed",
                    "job_success_rate", "operation_success_rate"}
        self.checks.that(expected <= told, f"{store}: not told: {expected - told}")
        sections = [key for key, rows in answer.items() if isinstance(rows, list)]
        self.checks.that("failed" in sections, f"{store}: no section failed")
        for key in sections:
            there = self.browser.run("return !!document.getElementById(arguments[0])", key)
            self.checks.same(there, bool(answer[key]), f"{store}: section {key} on the page")
            if there:
                self.rows(f"#{key} table", answer[key], None, f"{store}: {key}")
        rates = self.answer(store, "rates --last 24h")
        self.rows("#definitions table", rates["groups"], rates["total"], f"{store}: definitions")

    def charts(self):
        """The samples' charts against rates and durations over the same days."""
        span = ["--since", "2026-10-24", "--until", NOW]
        rates = json.loads(self.jobtally("samples", ["rates", *span, "--sort", "-failed", "--json"]))
        grid = {row["definition_name"]: row for row in self.browser.run(CELLS, "#grid table")["rows"]}
        self.checks.same(len(grid), len(rates["groups"]), "grid: rows")
        for row in rates["groups"]:
            for key in ("reports", "partial", "failed"):
                self.checks.that(same_value(grid[row["definition_name"]][key], row[key]), f"grid: {row['definition_name']} {key}")
        days = self.browser.run("return Array.from(document.querySelectorAll('#per-day .mark title')).map(title => title.textContent)")
        self.checks.same([days[0][:16], days[-1][:16], len(days)], ["Sat 24 Oct 2026:", "Sun 22 Nov 2026:", 30], "days")
        for at, day in ((-4, "2026-11-19"), (-18, "2026-11-05")):
            total = json.loads(self.jobtally("samples", ["rates", "--period", day, "--json"]))["total"]
            told = f": {total['reports']} reports: {total['succeeded']} succeeded ({total['job_success_rate'] * 100:.1f} %)"
            told += f", {total['partial']} of them partial" * (total["partial"] > 0) + f"; {total['failed']} failed" * (total["failed"] > 0)
            self.checks.that(days[at].endswith(told), f"days: {day} is told as {days[at]!r}, expected {told!r}")
        bars = self.browser.run("return ['clean', 'partial', 'failed'].map(kind => document.querySelectorAll('#per-day .mark rect.' + kind).length)")
        self.checks.that(min(bars) > 0, f"days: bars {bars}")
        lengths = json.loads(self.jobtally("samples", ["durations", *span, "--sort", "-p50_seconds", "--json"]))
        self.rows("#durations table", lengths["groups"], lengths["total"], "durations")
        signs = self.browser.run("return ['none', 'clean', 'partial', 'some', 'all'].map(sign => document.querySelectorAll('#grid td use[href$=' + sign + ']').length)")
        self.checks.that(min(signs) > 0 and sum(signs) == 30 * len(grid), f"grid: signs {signs}")
        unseen = self.browser.run("return Array.from(document.querySelectorAll('#grid use, #per-day .mark')).filter(e => e.getBoundingClientRect().width < 1).length")
        self.checks.same(unseen, 0, "marks that are not drawn")

    def sorting(self):
        column = "#definitions th[data-key=reports]"
        values = lambda: [int(row["reports"]) for row in self.browser.run(CELLS, "#definitions table")["rows"]]
        before = values()
        self.browser.click(f"{column} button")
        self.checks.same(values(), sorted(before, reverse=True), "sorted by a click")
        self.checks.that(values() != before, "a click changes the order")
        self.checks.same(self.browser.run("return document.querySelector(arguments[0]).ariaSort", column), "descending", "aria-sort")
        self.browser.click(f"{column} button")
        self.checks.same(values(), sorted(before), "sorted by a second click")
        self.checks.same(self.browser.run("return document.querySelector(arguments[0]).ariaSort", column), "ascending", "aria-sort")
        self.checks.same(self.browser.run("return document.querySelectorAll('#definitions th[aria-sort]').length"), 1, "one sorted column")

    def keyboard(self):
        """Tab reaches every link, sort button and scrolling box, with a visible focus; Enter sorts; arrows scroll a chart."""
        self.browser.run("document.activeElement.blur(); window.scrollTo(0, 0)")
        expected = self.browser.run("return Array.from(document.querySelectorAll('a[href], button, [tabindex=\"0\"]')).map(e => [e.tagName, (e.closest('section') || {}).id || '', e.textContent.slice(0, 20)])")
        reached, outlines = set(), set()
        for _ in range(len(expected)):
            self.browser.press(driver.TAB)
            *stop, line, width = self.browser.run("""
                const e = document.activeElement, style = getComputedStyle(e);
                return [e.tagName, (e.closest("section") || {}).id || "", e.textContent.slice(0, 20), style.outlineStyle, style.outlineWidth];""")
            reached.add(tuple(stop))
            outlines.add((line, width))
            if stop == ["BUTTON", "definitions", "failed"]:
                self.browser.press(driver.ENTER)
                self.checks.same(self.browser.run("return document.querySelector('#definitions th[data-key=failed]').ariaSort"), "descending", "Enter sorts")
        missing = [stop for stop in expected if tuple(stop) not in reached]
        self.checks.that(len(expected) > 50 and not missing, f"not reached by Tab: {missing}")
        self.checks.that(("BUTTON", "definitions", "failed") in reached, "the button that Enter was to press")
        self.checks.same(outlines, {("solid", "2px")}, "focus outlines")

    def phone(self, page):
        """Charts begin at their newest day, and arrow keys scroll to the older ones."""
        self.open_file(page, "samples on a phone", 360, 740)
        place = "const box = document.querySelector('#grid .scroll'); return [box.scrollLeft, box.scrollWidth - box.clientWidth]"
        at, end = self.browser.run(place)
        self.checks.that(end > 100 and abs(at - end) < 2, f"the grid begins at {at} of {end}")
        self.browser.run("document.querySelector('#grid .scroll').focus()")
        for _ in range(5):
            self.browser.press(driver.LEFT)
        self.checks.that(self.browser.run("return new Promise(done => setTimeout(() => done(document.querySelector('#grid .scroll').scrollLeft), 500))") < end - 20,
                         "an arrow key does not scroll the grid")

    def pointer(self):
        """What the pointer is over is marked; the browser shows the <title> of it by itself."""
        fill = "return getComputedStyle(document.querySelector('#per-day .mark:last-child .hit')).fill"
        before = self.browser.run(fill)
        self.browser.hover("#per-day .mark:last-child .hit")
        self.checks.that(self.browser.run(fill) != before, "the day under the pointer is not marked")
        at = "const box = document.querySelector('#grid tbody tr:first-child use:last-of-type').getBoundingClientRect(); const e = document.elementFromPoint(box.left + 5, box.top + 5); return (e.querySelector('title') || {}).textContent || ''"
        self.browser.run("document.querySelector('#grid').scrollIntoView()")
        self.checks.that(self.browser.run(at).startswith("Sun 22 Nov 2026: 1 report: 0 succeeded"), f"title under the pointer: {self.browser.run(at)}")

    def media(self, page):
        colors = "const of = (e, part) => getComputedStyle(document.querySelector(e), part); return [of('body').backgroundColor, of('h1').color, of('th button', '::after').content, of('.scroll').overflowX]"
        light = self.browser.run(colors)
        self.browser.media("dark")
        dark = self.browser.run(colors)
        self.checks.that(light[0] != dark[0] and light[1] != dark[1], f"dark: {dark}, light: {light}")
        self.browser.media("dark", "print")
        self.open_file(page, "print", 718, 1000)
        paper = self.browser.run(colors)
        self.checks.same(paper, ["rgb(255, 255, 255)", "rgb(0, 0, 0)", '""', "visible"], "print")
        clipped = self.browser.run("return Array.from(document.querySelectorAll('table, svg.days')).filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).length")
        self.checks.same(clipped, 0, "print: tables beyond the paper")
        self.browser.media()

    def without_script(self, page):
        self.browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open_file(page, "no script")
            self.checks.same(self.browser.run("return [document.querySelectorAll('th button').length, document.querySelectorAll('#per-day .mark title').length]"),
                             [0, 30], "no script: buttons and titles")
            self.rows("#definitions table", self.answer("samples", "rates --last 24h")["groups"], None, "no script: definitions")
        finally:
            self.browser.cdp("Emulation.setScriptExecutionDisabled", value=False)

    def planted(self, page):
        """What the policy must stop is stopped, and the checks above would see it."""
        plant = '<img src="http://127.0.0.1:9/planted"><script>document.title = "planted"</script>'
        broken = self.folder / "planted.html"
        broken.write_text(page.read_text(encoding="utf-8").replace("</main>", plant + "</main>"), encoding="utf-8")
        self.browser.open(broken)
        messages = [entry["message"] for entry in self.browser.log("browser")]
        self.checks.that(len(messages) == 2 and all("Content Security Policy" in text for text in messages), f"planted: {messages}")
        self.checks.same(self.browser.run("return document.title").startswith("jobtally"), True, "planted: no script ran")


def load(tour):
    samples = [str(SAMPLES / "history.ndjson"), str(SAMPLES / "list.json")]
    tour.jobtally("samples", ["-q", "ingest", *samples])
    for name, reports in stores.odd_stores().items():
        file = tour.folder / f"{name}.ndjson"
        stores.write(file, reports)
        tour.jobtally(name, ["-q", "ingest", str(file)])


def look_at_samples(tour):
    page = tour.open("samples", "summary")
    tour.digest("samples")
    tour.charts()
    tour.pointer()
    tour.keyboard()
    tour.open_file(page, "samples again")
    tour.sorting()
    tour.media(page)
    tour.phone(page)
    tour.without_script(page)
    tour.planted(page)
    tour.open("samples", "summary --last 365d", 360, 740)
    tour.open("samples", "show AaIBFtAlc6kfYMLeAC86 AaICLgmCc6kfYMLeDbuj")
    tour.checks.same(tour.browser.run("return document.querySelectorAll('table.record').length"), 2, "show: records")
    tour.open("samples", "db status")


def look_at_tables(tour, store):
    for command, rows_key in TABLES.items():
        answer = tour.answer(store, command)
        tour.open(store, command, 360, 740)
        tour.rows(None, answer[rows_key], answer.get("total"), f"{store}: {command}")


def main():
    programs = driver.find_programs()
    if not programs:
        print("page: skipped: there is no chromium with its chromedriver")
        return SKIPPED
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="page-") as folder, driver.Browser(*programs) as browser:
        tour = Tour(os.path.realpath(sys.argv[1]), browser, Path(os.path.realpath(folder)), checks)
        browser.media()
        load(tour)
        look_at_samples(tour)
        look_at_tables(tour, "samples")
        for name in stores.odd_stores():
            tour.open(name, "summary", 360, 740)
            tour.digest(name)
        look_at_tables(tour, "hostile")
        look_at_tables(tour, "empty")
    for problem in checks.problems[:40]:
        print(f"page: {problem}")
    print(f"page: {checks.count} checks, {len(checks.problems)} problems")
    return 1 if checks.problems or checks.count < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
