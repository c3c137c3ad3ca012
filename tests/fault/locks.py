"""The two locks that keep a listener from writing, held from outside."""

import fcntl
import os
import sqlite3
import struct
from contextlib import closing, contextmanager


@contextmanager
def guard_held(store):
    """The write guard of core/store/file/write_guard.cpp: an open-file-description lock on the first byte of its file."""
    with open(store + ".lock", "r+b") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLKW, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
        yield


@contextmanager
def sqlite_held(store):
    """SQLite's own lock of a writer, as a program has it that knows nothing of the guard."""
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")
