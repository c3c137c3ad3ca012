"""F1 and F6: `ingest` of a million reports into a new store, and of the same reports into the store that has them."""

import shutil

import duckdb
from measuring import figure, interleaved, note, ratio, remove_store, run, settle_disk, skipped, time_figure

MEGABYTE = 1e-6


def ingest(material, reports, store):
    settle_disk()
    return run([material.program, "--db", store, "ingest", reports])


def ingest_anew(material, reports):
    store = material.scratch("ingest.db")
    done = ingest(material, reports, store)
    remove_store(store)
    return done


def print_f1(material, peer, rounds):
    reports = material.warm(material.reports("1m"))
    works = {"jobtally": lambda: ingest_anew(material, reports)}
    if peer:
        works["duckdb_key"] = lambda: duckdb_load(material, peer, duckdb.load_with_key(reports))
        works["duckdb_no_key"] = lambda: duckdb_load(material, peer, duckdb.load(reports))
    results = interleaved(rounds, works)

    jobtally = time_figure("F1.ingest.jobtally", results["jobtally"])
    if peer:
        with_key = time_figure("F1.ingest.duckdb_key", results["duckdb_key"])
        without = time_figure("F1.ingest.duckdb_no_key", results["duckdb_no_key"])
        ratio("F1.ratio_to_duckdb_key", jobtally, with_key)
        ratio("F1.ratio_to_duckdb_no_key", jobtally, without)
    else:
        skipped("F1.ingest.duckdb_key", "duckdb")
    print_memory(material, results["jobtally"])
    print_sqlite_utils(material, rounds)


def duckdb_load(material, peer, statements):
    database = material.scratch("load.duckdb")
    settle_disk()
    done = peer.run(database, statements)
    peer.let_go()
    remove_store(database)
    return done


def print_memory(material, runs):
    figure("F1.memory.1m", [done.memory for done in runs], "MB", MEGABYTE)
    if not material.is_large:
        return
    reports = material.reports("10m")
    note("ingesting 10 million reports")
    done = ingest_anew(material, reports)
    figure("F1.memory.10m", done.memory, "MB", MEGABYTE)
    time_figure("F1.ingest.jobtally_10m", [done])


def print_sqlite_utils(material, rounds):
    if not shutil.which("sqlite-utils"):
        return skipped("F1.ingest_100k.sqlite_utils", "sqlite-utils")
    reports = material.warm(material.reports("100k"))
    results = interleaved(rounds, {
        "jobtally": lambda: ingest_anew(material, reports),
        "sqlite_utils": lambda: insert_with_sqlite_utils(material, reports)})
    jobtally = time_figure("F1.ingest_100k.jobtally", results["jobtally"])
    ratio("F1.ratio_to_sqlite_utils", jobtally, time_figure("F1.ingest_100k.sqlite_utils", results["sqlite_utils"]))


def insert_with_sqlite_utils(material, reports):
    database = material.scratch("sqlite-utils.db")
    settle_disk()
    done = run(["sqlite-utils", "insert", database, "report", reports, "--nl", "--pk", "id"])
    remove_store(database)
    return done


def print_f6(material, rounds):
    reports = material.warm(material.reports("1m"))
    first, again = [], []
    for _ in range(rounds):
        store = material.scratch("ingest.db")
        first.append(ingest(material, reports, store))
        again.append(ingest(material, reports, store))
        remove_store(store)
    once = time_figure("F6.ingest.first", first)
    ratio("F6.ratio", time_figure("F6.ingest.again", again), once)
