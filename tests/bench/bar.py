"""What each figure must reach, and what it can't go under: the rows of the table."""

from dataclasses import dataclass
from typing import Optional

from asking import QUESTIONS, WINDOW_QUESTIONS
from remembering import ALL_QUESTIONS


@dataclass
class Row:
    """ours and peers are names of figures. The bar is of ours / peers, pair by pair, or of ours where there is no peer."""
    group: str
    work: str
    ours: str
    bar: float
    peers: Optional[str] = None
    peer: str = ""
    is_least: bool = False  # the bar is the least that is wanted, else the most
    is_beside: bool = False  # the peer's is printed, but the bar is of ours alone


SHARES = {"1m": dict.fromkeys(QUESTIONS, 0.33), "10m": {"rates": 0.33, "failures": 0.10, "durations": 0.33}}
SPELLED = {"10k": "10 k", "1m": "1 M", "10m": "10 M"}
LARGE = ("1m", "10m")


def rows():
    yield from loading()
    nginx = "nginx, `return 204`"
    yield Row("F2", "durable POSTs a second, 64 connections", "F2.jobtally", 0.70, "F2.nginx", nginx, is_least=True)
    yield Row("F2", "p99 of those", "F2.jobtally_p99", 4, "F2.nginx_p99", nginx)
    for size in LARGE:
        for command in QUESTIONS:
            yield Row("F3", f"`{command}`, {SPELLED[size]}", f"F3.{size}.{command}", SHARES[size][command],
                      f"F3.{size}.{command}.duckdb", "DuckDB, the query alone")
    for command in WINDOW_QUESTIONS:
        yield Row("F4", f"`{command} --last 7d` in 10 M, ms", f"F4.10m.{command}", 10)
        yield Row("F4", "the same against 1 M", f"F4.10m.{command}", 1.1, f"F4.1m.{command}", "jobtally in 1 M")
    yield Row("F5", "`rates`, 10 k", "F5.rates", 2, "F5.sqlite3", "`sqlite3 :memory: 'select 1'`")
    yield Row("F6", "`ingest` of 1 M that are stored already", "F6.again", 1, "F6.first", "jobtally, the first time")
    for command in ("missed", "summary"):
        yield Row("F7", f"`{command}`, 10 M, ms", f"F7.10m.{command}", 150)
    for command in ALL_QUESTIONS:
        peers = f"F8.10m.{command}.duckdb" if command in QUESTIONS else None
        yield Row("F8", f"memory of `{command}`, 10 M, MB", f"F8.10m.{command}", 100, peers, "DuckDB's process",
                  is_beside=True)


def loading():
    for size in LARGE:
        yield Row("F1", f"`ingest`, {SPELLED[size]}, new store", f"F1.{size}.jobtally", 0.65, f"F1.{size}.duckdb_key",
                  "DuckDB, `id` the key")
        yield Row("F1", "its memory, MB", f"F1.{size}.jobtally/memory", 100)


LIMITS = {
    "F1": "Boost.JSON's event parser takes 0.3 us a report, SQLite's table and unique index 0.8 to 0.9 us where rows come "
          "by a virtual table, and without any log still 0.73 us; the rest is packing the copy, and the checkpoint, which "
          "reads the log back. DuckDB's table without a key is faster: it neither deduplicates nor indexes.",
    "F2": "Each request costs a recv and a send, which is all that nginx does, and each group an fdatasync. nginx keeps "
          "nothing: it is the least that any server takes.",
    "F3": "A whole process beside a query in a process that is there already: starting and opening the store weighs most in "
          "the small ones. DuckDB's table has no key, and is made first.",
    "F4": "Segments tell their times: only those of the week are read, and the rows that are not packed yet. A store of 10 "
          "M has ten times the reports in a week.",
    "F5": "Of 15.6 million instructions 54 % are the dynamic linker's (eleven libraries: OpenSSL takes half of that), 21 % "
          "the scan, 9 % the opening of the store, 5 % the commands with their options. With OpenSSL linked statically it "
          "is 11.7 million, but its security updates would not reach jobtally. `true` is what any process takes.",
    "F6": "Each id is looked for in the index, and nothing is written.",
    "F7": "How 300 definitions usually run is learned anew each time; only the reading grows with the store.",
    "F8": "What must be kept a report: failures and what ends them, the buckets of exact percentiles, and of `incidents` "
          "each run. DuckDB's process is node with DuckDB in it.",
}
