"""F1 and F6: `ingest` of reports into a new store, and of the same reports into the store that has them."""

import shutil

import duckdb
from measuring import interleaved, remove_store, run, settle_disk


def ingest(material, reports, store):
    settle_disk()
    return run([material.program, "--db", store, "ingest", reports])


def ingest_anew(material, reports):
    store = material.scratch("ingest.db")
    done = ingest(material, reports, store)
    remove_store(store)
    return done


def measure_f1(figures, material, peer, rounds):
    for size in material.sizes():
        reports = material.warm(material.reports(size))
        works = {"jobtally": lambda: ingest_anew(material, reports)}
        if peer:
            works["duckdb_key"] = lambda: duckdb_load(material, peer, duckdb.load_with_key(reports))
            works["duckdb_no_key"] = lambda: duckdb_load(material, peer, duckdb.load(reports))
        else:
            figures.skip(f"F1.{size}.duckdb_key", "duckdb")
        for name, runs in interleaved(rounds, works).items():
            figures.add_times(f"F1.{size}.{name}", runs)
    measure_sqlite_utils(figures, material, rounds)


def duckdb_load(material, peer, statements):
    database = material.scratch("load.duckdb")
    settle_disk()
    done = peer.run(database, statements)
    peer.let_go()
    remove_store(database)
    return done


def measure_sqlite_utils(figures, material, rounds):
    if not shutil.which("sqlite-utils"):
        return figures.skip("F1.100k.sqlite_utils", "sqlite-utils")
    reports = material.warm(material.reports("100k"))
    results = interleaved(rounds, {
        "jobtally": lambda: ingest_anew(material, reports),
        "sqlite_utils": lambda: insert_with_sqlite_utils(material, reports)})
    for name, runs in results.items():
        figures.add_times(f"F1.100k.{name}", runs)


def insert_with_sqlite_utils(material, reports):
    database = material.scratch("sqlite-utils.db")
    settle_disk()
    done = run(["sqlite-utils", "insert", database, "report", reports, "--nl", "--pk", "id"])
    remove_store(database)
    return done


def measure_f6(figures, material, _peer, rounds):
    reports = material.warm(material.reports("1m"))
    first, again = [], []
    for _ in range(rounds):
        store = material.scratch("ingest.db")
        first.append(ingest(material, reports, store))
        again.append(ingest(material, reports, store))
        remove_store(store)
    figures.add_times("F6.first", first)
    figures.add_times("F6.again", again)
