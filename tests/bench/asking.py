"""F3, F4 and F5: queries as whole processes, over the whole history, over its last week, and over a small store."""

import shutil

import duckdb
from measuring import interleaved, note, ratio, run, skipped, text_of, time_figure

QUESTIONS = ("rates", "failures", "durations")
# For a window; `--last 7d` is given to each.
WINDOW_QUESTIONS = {"rates": [], "failures": [], "durations": [], "definitions": [], "summary": [], "list": ["-n", "20"]}


def ask(material, size, command, *options):
    store = material.store(size)
    return lambda: run([material.program, "--db", store, command, *options])


def print_f3(material, peer, rounds):
    for size in material.sizes():
        works = {command: ask(material, size, command) for command in QUESTIONS}
        if peer:
            works["duckdb"] = duckdb_question(material, peer, size)
        for work in works.values():
            work()  # so that neither pays for the disk
        results = interleaved(rounds, works)
        query = None
        if peer:
            query = time_figure(f"F3.{size}.duckdb_query", results["duckdb"], "ms")
        else:
            skipped(f"F3.{size}.duckdb_query", "duckdb")
        for command in QUESTIONS:
            whole = time_figure(f"F3.{size}.{command}", results[command], "ms")
            ratio(f"F3.{size}.{command}_ratio", whole, query)
    print_others(material, peer, rounds)


def duckdb_question(material, peer, size):
    """Its table is in its own file and its process stays, so this is the query's time alone, DuckDB's best."""
    database = material.folder / f"table-{size}.duckdb"
    if not database.exists():
        note(f"making {database.name}")
        part = material.scratch("table.part")
        peer.run(part, duckdb.load(material.reports(size)))
        peer.let_go()
        part.rename(database)
    counted = peer.rows(database, ([], "SELECT count(*) FROM report"))[0][0]
    stored = text_of([material.program, "--db", material.store(size), "rates", "--get", "reports"])
    if str(counted) != stored:
        raise RuntimeError(f"DuckDB has {counted} reports, jobtally {stored}")
    return lambda: peer.run(database, duckdb.question())


def print_others(material, peer, rounds):
    """What other tools take for parts of the same."""
    if peer:
        from_file = duckdb.question(duckdb.source(material.warm(material.reports("1m"))))
        time_figure("F3.1m.duckdb_from_file", [peer.run(":memory:", from_file) for _ in range(rounds)])
    reports = material.warm(material.reports("100k"))
    grouped = "SELECT definition, count(*), sum(total_operations), sum(total_failed) FROM report GROUP BY definition"
    others = {
        "F3.1m.sqlite3_sums": ["sqlite3", "-readonly", material.store("1m"), grouped],
        "F3.100k.jq_counter": ["jq", "-n", "reduce inputs as $r ({}; .[$r.definition_id] += 1)", reports],
        "F3.100k.miller_percentiles": ["mlr", "--ojson", "--ijsonl", "stats1", "-a", "count,p50,p95", "-f",
                                       "total_operations", "-g", "definition_id", reports]}
    for name, command in others.items():
        if shutil.which(command[0]):
            time_figure(name, [run(command) for _ in range(rounds)])
        else:
            skipped(name, {"mlr": "miller"}.get(command[0], command[0]))


def print_f4(material, rounds):
    for command, options in WINDOW_QUESTIONS.items():
        works = {size: ask(material, size, command, "--last", "7d", *options) for size in material.sizes()}
        if material.is_large:
            # 10m has ten times the reports a day: a tenth of the week is as many reports as the week of 1m.
            works["10m_as_many"] = ask(material, "10m", command, "--last", "1008m", *options)
        for work in works.values():
            work()
        results = interleaved(3 * rounds, works)
        medians = {name: time_figure(f"F4.{command}.{name}", results[name], "ms") for name in works}
        ratio(f"F4.{command}.ratio", medians.get("10m"), medians["1m"])
        ratio(f"F4.{command}.ratio_as_many", medians.get("10m_as_many"), medians["1m"])


def print_f5(material, rounds):
    works = {"rates": ask(material, "10k", "rates"),
             "version": lambda: run([material.program, "--version"]),
             "true": lambda: run(["true"])}
    works["rates"]()
    results = interleaved(5 * rounds, works)
    time_figure("F5.rates_10k", results["rates"], "ms")
    time_figure("F5.version", results["version"], "ms")
    time_figure("F5.bare_process", results["true"], "ms")  # what this system takes for any program at all
