"""F3, F4, F5 and F7: queries as whole processes, over the whole history, over its last week, and over a small store."""

import json
import shutil

import duckdb
from measuring import interleaved, note, run, text_of

QUESTIONS = ("rates", "failures", "durations")
JUDGEMENTS = ("missed", "summary")
# For a window; `--last 7d` is given to each.
WINDOW_QUESTIONS = {"rates": [], "failures": [], "durations": [], "definitions": [], "summary": [], "list": ["-n", "20"]}


def ask(material, size, command, *options):
    store = material.store(size)
    return lambda: run([material.program, "--db", store, command, *options])


def measure(figures, rounds, works):
    """{figure: work}, interleaved; each is done once before, so that none pays for the disk."""
    for work in works.values():
        work()
    for name, runs in interleaved(rounds, works).items():
        figures.add_times(name, runs, "ms")


def measure_f3(figures, material, peer, rounds):
    for size in material.sizes():
        works = {f"F3.{size}.{command}": ask(material, size, command) for command in QUESTIONS}
        if peer:
            for command in QUESTIONS:
                works[f"F3.{size}.{command}.duckdb"] = duckdb_question(material, peer, size, command)
        else:
            figures.skip(f"F3.{size}.rates.duckdb", "duckdb")
        measure(figures, rounds, works)
    measure_others(figures, material, peer, rounds)


def duckdb_table(material, peer, size):
    """Its table in a file of its own."""
    database = material.folder / f"table-{size}.duckdb"
    if not database.exists():
        reports = material.reports(size)
        note(f"making {database.name}")
        part = material.scratch("table.part")
        peer.run(part, duckdb.load(reports))
        peer.let_go()
        part.rename(database)
    return database


def duckdb_question(material, peer, size, command):
    """Its process stays, so this is the query's time alone, DuckDB's best. Its answer must be jobtally's."""
    database = duckdb_table(material, peer, size)
    asked = duckdb.question(command)
    theirs = sorted(duckdb.comparable_row(command, row) for row in peer.rows(database, asked))
    answer = json.loads(text_of([material.program, "--db", material.store(size), command, "-F", "json"]))
    ours = sorted(duckdb.comparable_group(command, group) for group in answer["groups"])
    if theirs != ours:
        raise RuntimeError(f"{command} of {size}: DuckDB answers {theirs[:1]}, jobtally {ours[:1]}")
    return lambda: peer.run(database, asked)


def measure_others(figures, material, peer, rounds):
    """What other tools take for parts of the same."""
    if peer:
        asked = duckdb.question("rates", duckdb.source(material.warm(material.reports("1m"))))
        measure(figures, rounds, {"F3.1m.duckdb_from_file": lambda: peer.run(":memory:", asked)})
    reports = material.warm(material.reports("100k"))
    grouped = "SELECT definition, count(*), sum(total_operations), sum(total_failed) FROM report GROUP BY definition"
    others = {
        "F3.1m.sqlite3_sums": ["sqlite3", "-readonly", material.store("1m"), grouped],
        "F3.100k.jq_counter": ["jq", "-n", "reduce inputs as $r ({}; .[$r.definition_id] += 1)", reports],
        "F3.100k.miller_percentiles": ["mlr", "--ojson", "--ijsonl", "stats1", "-a", "count,p50,p95", "-f",
                                       "total_operations", "-g", "definition_id", reports]}
    for name, command in others.items():
        if shutil.which(command[0]):
            measure(figures, rounds, {name: lambda: run(command)})
        else:
            figures.skip(name, {"mlr": "miller"}.get(command[0], command[0]))


def measure_f4(figures, material, _peer, rounds):
    for command, options in WINDOW_QUESTIONS.items():
        works = {f"F4.{size}.{command}": ask(material, size, command, "--last", "7d", *options)
                 for size in material.sizes() if size != "10k"}
        if material.is_large:
            # 10m has ten times the reports a day: a tenth of the week is as many reports as the week of 1m.
            works[f"F4.as_many.{command}"] = ask(material, "10m", command, "--last", "1008m", *options)
        measure(figures, 3 * rounds, works)


def measure_f5(figures, material, _peer, rounds):
    works = {"F5.rates": ask(material, "10k", "rates"),
             "F5.version": lambda: run([material.program, "--version"]),
             "F5.true": lambda: run(["true"])}  # what this system takes for any program at all
    if shutil.which("sqlite3"):
        works["F5.sqlite3"] = lambda: run(["sqlite3", ":memory:", "select 1"])
    else:
        figures.skip("F5.sqlite3", "sqlite3")
    measure(figures, 5 * rounds, works)


def measure_f7(figures, material, _peer, rounds):
    for size in material.sizes():
        measure(figures, rounds, {f"F7.{size}.{command}": ask(material, size, command) for command in JUDGEMENTS})
