"""F8: the most memory that a question takes, beside that of DuckDB's whole process for the same."""

import re
import shutil
from pathlib import Path

import duckdb
from asking import QUESTIONS, duckdb_table
from measuring import peak_of

# What is asked of all reports, as far as a command has something to say of all.
ALL_QUESTIONS = {"rates": [], "failures": [], "durations": [], "definitions": [], "missed": [], "list": ["-n", "20"],
                 "summary": [], "incidents": [], "export": []}
ROUNDS = 3  # some take a minute, and memory is nearly the same each time


def measure_f8(figures, material, peer, _rounds):
    if not shutil.which("time"):
        return figures.skip("F8", "time")
    for size in material.sizes():
        store = material.store(size)
        for command, options in ALL_QUESTIONS.items():
            peaks = [peak_of([material.program, "--db", store, command, *options]) for _ in range(ROUNDS)]
            figures.add(f"F8.{size}.{command}", peaks, "MB")
    if not peer:
        return figures.skip(f"F8.{size}.rates.duckdb", "duckdb")
    database = duckdb_table(material, peer, size)
    peer.let_go()  # so that another process may open it
    figures.add("F8.node", duckdb_peak(peer.packages, ":memory:", ([], "SELECT 1")), "MB")
    for command in QUESTIONS:
        peaks = [duckdb_peak(peer.packages, database, duckdb.question(command)) for _ in range(ROUNDS)]
        figures.add(f"F8.{size}.{command}.duckdb", peaks, "MB")


def duckdb_peak(packages, database, statements):
    """In MB, of a new process: a node, which alone takes what F8.node says."""
    peer = duckdb.DuckDB(packages)
    try:
        peer.run(database, statements)
        status = Path(f"/proc/{peer.process.pid}/status").read_text()
    finally:
        peer.close()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024e-6
