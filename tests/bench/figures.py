#!/usr/bin/env python3
"""Prints the figures F1 to F6; tests/bench/run.sh builds what it needs and calls it.

Usage: figures.py --folder FOLDER --program JOBTALLY [--small] [--rounds N] [F1 F3 ...]
"""

import argparse

import asking
import duckdb
import listening
import loading
from material import LARGE_NEEDS, Material, has_room_for_large
from measuring import note

NAMES = ("F1", "F2", "F3", "F4", "F5", "F6")


def read_arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--folder", required=True, help="where reports, stores and peers are")
    parser.add_argument("--program", required=True, help="the jobtally to measure")
    parser.add_argument("--small", action="store_true", help="leave out what needs 10 million reports")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each work; the figure is their median")
    parser.add_argument("figures", nargs="*", metavar="F1", help="which figures; default all")
    arguments = parser.parse_args()
    for name in arguments.figures:
        if name not in NAMES:
            parser.error(f"there is no figure \"{name}\"; they are {' '.join(NAMES)}")
    return arguments


def is_large(arguments):
    if arguments.small or has_room_for_large(arguments.folder):
        return not arguments.small
    note(f"without the figures of 10 million reports: they need {LARGE_NEEDS // 10**9} GB of room")
    return False


def main():
    arguments = read_arguments()
    material = Material(arguments.folder, arguments.program, is_large(arguments))
    rounds = arguments.rounds
    peer = duckdb.start(material.folder / "peers")
    prints = {"F1": lambda: loading.print_f1(material, peer, rounds),
              "F2": lambda: listening.print_f2(material, rounds),
              "F3": lambda: asking.print_f3(material, peer, rounds),
              "F4": lambda: asking.print_f4(material, rounds),
              "F5": lambda: asking.print_f5(material, rounds),
              "F6": lambda: loading.print_f6(material, rounds)}
    if peer:
        note(f"DuckDB {peer.rows(':memory:', ([], 'SELECT version()'))[0][0]}, {duckdb.DuckDB.THREADS} threads")
    try:
        for name in arguments.figures or NAMES:
            prints[name]()
    finally:
        if peer:
            peer.close()


if __name__ == "__main__":
    main()
