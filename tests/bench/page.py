"""Tables of what was measured, each row held against its bar: for people, and for README.md, which is made of them."""

import os
import platform
import re
import statistics
import textwrap
from pathlib import Path

from asking import JUDGEMENTS, QUESTIONS
from bar import LIMITS, SPELLED, rows
from measuring import spelled

UNITS = {"s": "s", "ms": "ms", "requests/s": "/s", "MB": "MB"}
OTHERS = {  # peers without a bar: figure -> (what it does, ours beside it)
    "F1.1m.duckdb_no_key": ("load 1 M into DuckDB without a key", "F1.1m.jobtally"),
    "F1.10m.duckdb_no_key": ("load 10 M into DuckDB without a key", "F1.10m.jobtally"),
    "F1.100k.sqlite_utils": ("load 100 k by `sqlite-utils insert --pk id`", "F1.100k.jobtally"),
    "F2.jobtally_with_access_log": ("POSTs, jobtally with its log of requests", "F2.jobtally"),
    "F3.1m.duckdb_from_file": ("`rates` of 1 M by DuckDB, straight from the NDJSON", "F3.1m.rates"),
    "F3.1m.sqlite3_sums": ("counts and sums of 1 M by `sqlite3`, GROUP BY", "F3.1m.rates"),
    "F3.100k.jq_counter": ("a counter for each definition of 100 k by `jq`", None),
    "F3.100k.miller_percentiles": ("two percentiles of 100 k by Miller", None),
    "F4.as_many.rates": ("`rates` in 10 M, of as many reports as the last week of 1 M", "F4.1m.rates"),
    "F5.true": ("`true`: any process", "F5.rates"),
    "F5.version": ("`jobtally --version`", "F5.rates"),
}


class Measured:
    """recorded is Figures.recorded; a name ending in /cpu or /memory is that part of a figure of times."""

    def __init__(self, recorded):
        self.recorded = recorded

    def values(self, name):
        name, _, part = (name or "").partition("/")
        return self.recorded.get(name, {}).get(part or "values") or None

    def text(self, name):
        values = self.values(name)
        if not values:
            return "-"
        unit = "MB" if name.endswith("/memory") else self.recorded[name]["unit"]
        return f"{spelled(statistics.median(values))} {UNITS[unit]}"

    def ratios(self, name, other):
        """Pair by pair, for what was measured by turns."""
        ours, theirs = self.values(name), self.values(other)
        return [a / b for a, b in zip(ours, theirs)] if ours and theirs and all(theirs) else None


def table(head, body):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *body]) + "\n"


def judged(measured):
    body = []
    for row in rows():
        ours = measured.values(row.ours)
        ratios = measured.ratios(row.ours, row.peers)
        value = ours if row.peers is None or row.is_beside else ratios
        sign = "at least" if row.is_least else "at most"
        bar = f"{sign} {row.bar:g}" + (" times" if value is ratios and row.peers and not row.is_beside else "")
        body.append([row.group, row.work, with_cpu(measured, row.ours),
                     f"{row.peer}: {with_cpu(measured, row.peers)}" if row.peers else "", range_of(ratios),
                     range_of(measured.ratios(f"{row.ours}/cpu", f"{row.peers}/cpu")), bar, verdict(row, value)])
    return table(["", "work", "jobtally", "peer", "ratio", "of processor time", "must be", ""], body)


def verdict(row, values):
    if not values:
        return "not measured"
    value = statistics.median(values)
    return "reached" if (value >= row.bar if row.is_least else value <= row.bar) else "**missed**"


def with_cpu(measured, name):
    used = measured.values(f"{name}/cpu")
    return measured.text(name) + (f" ({spelled(statistics.median(used))})" if used else "")


def range_of(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})" if values else ""


def growth(measured):
    """Time, processor time and memory as the number of reports grows."""
    works = {"ingest": ("F1.{}.jobtally", "F1.{}.jobtally/memory"),
             **{command: ("F3.{}." + command, "F8.{}." + command) for command in QUESTIONS},
             **{command: ("F7.{}." + command, "F8.{}." + command) for command in JUDGEMENTS}}
    body = []
    for work, (name, memory) in works.items():
        cells = [", ".join([with_cpu(measured, name.format(size)), measured.text(memory.format(size))]) for size in SPELLED]
        times = [measured.values(name.format(size)) for size in ("1m", "10m")]
        factor = f"{statistics.median(times[1]) / statistics.median(times[0]):.1f}" if all(times) else "-"
        body.append([f"`{work}`", *cells, factor])
    return table(["", *SPELLED.values(), "10 M / 1 M"], body)


def others(measured):
    body = [[what, measured.text(name), measured.text(ours) if ours else ""] for name, (what, ours) in OTHERS.items()]
    return table(["what", "takes", "jobtally"], body)


def spread(measured):
    """How far the runs of a figure are apart, as a share of the median."""
    shares = [(max(values) - min(values)) / statistics.median(values)
              for values in map(measured.values, measured.recorded) if values and len(values) > 1 and min(values) > 0]
    return f"{100 * statistics.median(shares):.0f} %" if shares else "-"


def machine(folder):
    processor = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    return (f"{os.cpu_count()} processors ({processor.group(1) if processor else platform.machine()}), {memory:.0f} GiB, "
            f"{file_system(folder)}, Linux {platform.release().split('-')[0]}, {system}")


def file_system(folder):
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(len(place), kind) for _, place, kind, *_ in mounts if Path(place) in [folder, *folder.parents]]
    return max(holding)[1]


def filled(text, indent=""):
    return textwrap.fill(text, 125, subsequent_indent=indent) + "\n"


def tables(measured):
    return judged(measured) + "\n" + growth(measured) + "\n" + others(measured)


def readme(measured, about):
    limits = "".join(filled(f"- **{name}** {text}", "  ") for name, text in LIMITS.items())
    return f"""# How fast, beside others

This page is written by `tests/bench/run.sh --large --page`; don't edit it. `run.sh` measures and prints a line a figure, and
then these tables; `setup.sh` installs the peers. Nothing here is asserted in a test: `tests/counted` is what fails.

Medians of at least five runs, by turns with the peer; times are of whole processes, on the clock and (in brackets) of all
processors, of POSTs the microseconds that one takes of them; ratios are taken pair by pair, with the least and the
greatest, and judged by the clock. The reports are made up: 300 definitions, three years, the same for all. DuckDB has two threads, its own table in
its own file, the types given. It is asked the same question and must give the same answer, and only the query is timed, in
a process that is there already.

{filled(about)}
## Against the bar

{judged(measured)}
## As the number of reports grows

Time (processor time), most memory.

{growth(measured)}
## Others

{others(measured)}
## What the limit is made of

{limits}"""
