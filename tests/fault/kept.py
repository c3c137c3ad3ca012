"""What a store holds, read by SQLite itself and never by the program under test.

Read-only connections: one that can write would checkpoint the log when it closes, outside the write guard.
"""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager

from reports import BASE


@contextmanager
def reading(store):
    with closing(sqlite3.connect("file:%s?mode=ro" % store, uri=True, timeout=30)) as database:
        yield database


@contextmanager
def copied(store):
    """The path of a copy with its logs, which SQLite may recover without touching what the next run finds. Only where
    nobody writes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy.db")
        for ending in ("", "-wal", "-journal"):
            if os.path.exists(store + ending):
                shutil.copy(store + ending, copy + ending)
        if os.path.exists(copy):
            with closing(sqlite3.connect(copy)) as database:
                database.execute("SELECT count(*) FROM sqlite_schema")
        yield copy


def versions(store):
    """{id: version}; a row whose fields are not of one version has the version None."""
    with reading(store) as database:
        rows = database.execute("SELECT id, total_operations, updated_at FROM report").fetchall()
    return {id: version_of(count, at) for id, count, at in rows}


def versions_of(store, ids):
    """As versions(), of these ids alone: quick in a large store."""
    found = {}
    with reading(store) as database:
        for id in ids:
            row = database.execute("SELECT total_operations, updated_at FROM report WHERE id = ?", (id,)).fetchone()
            if row:
                found[id] = version_of(*row)
    return found


def version_of(count, at):
    return count if at == (BASE + count) * 1000 else None


def duplicates(store):
    """How many rows have an id that another has: by the table alone, for an index would hide them."""
    with reading(store) as database:
        rows, ids = database.execute("SELECT count(*), count(DISTINCT id) FROM report NOT INDEXED").fetchone()
    return rows - ids


def damage(store):
    """What is wrong with the file, as SQLite finds it; empty where nothing is."""
    with reading(store) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def lost(store, acknowledged):
    """The acknowledged reports, {id: version}, that are not there in their version or a newer one."""
    few = len(acknowledged) < 2000
    there = versions_of(store, acknowledged) if few else versions(store)
    return {id: (version, there.get(id)) for id, version in acknowledged.items() if (there.get(id) or 0) < version}
