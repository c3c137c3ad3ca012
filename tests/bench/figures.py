#!/usr/bin/env python3
"""Prints the figures F1 to F8, then tables of them; tests/bench/run.sh builds what it needs and calls it.

Usage: figures.py --folder FOLDER --program JOBTALLY [--large] [--rounds N] [--page] [F1 F3 ...]
"""

import argparse
import json
import os
from pathlib import Path

import asking
import duckdb
import listening
import loading
import page
import remembering
from material import LARGE_NEEDS, Material, has_room_for_large
from measuring import Figures, note

PAGE = Path(__file__).with_name("README.md")
WORKS = {"F1": loading.measure_f1, "F2": listening.measure_f2, "F3": asking.measure_f3, "F4": asking.measure_f4,
         "F5": asking.measure_f5, "F6": loading.measure_f6, "F7": asking.measure_f7, "F8": remembering.measure_f8}


def read_arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--folder", required=True, help="where reports, stores and peers are")
    parser.add_argument("--program", required=True, help="the jobtally to measure")
    parser.add_argument("--large", action="store_true", help="also what needs 10 million reports")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each work; the figure is their median")
    parser.add_argument("--page", action="store_true", help="write README.md of the last figures of each kind")
    parser.add_argument("figures", nargs="*", metavar="F1", help="which figures; default all")
    arguments = parser.parse_args()
    for name in arguments.figures:
        if name not in WORKS:
            parser.error(f"there is no figure \"{name}\"; they are {' '.join(WORKS)}")
    if arguments.large and not has_room_for_large(arguments.folder):
        parser.error(f"10 million reports need {LARGE_NEEDS // 10**9} GB of room")
    return arguments


def measure(material, peer, rounds, names):
    """Each kind is kept in figures.json when it is done, with how busy the machine was before."""
    kept = material.folder / "figures.json"
    everything = json.loads(kept.read_text()) if kept.exists() else {}
    for name in names:
        figures, load = Figures(), os.getloadavg()[0]
        WORKS[name](figures, material, peer, rounds)
        everything[name] = {"figures": figures.recorded, "load": load}
        kept.write_text(json.dumps(everything))
    return everything


def about(material, peer, everything, measured):
    """The machine and its noise, without what names it."""
    versions = f"; DuckDB {peer.version()}" if peer else ""
    loads = [kind["load"] for kind in everything.values()]
    return (f"Measured on {page.machine(material.folder)}{versions}. The load of the machine before each kind of figure was "
            f"{min(loads):.1f} to {max(loads):.1f}; half of the figures have runs that are {page.spread(measured)} of their "
            "median apart, or more. On a quiet machine the load is below 1 and that share below 15 %.")


def main():
    arguments = read_arguments()
    material = Material(arguments.folder, arguments.program, arguments.large)
    peer = duckdb.start(material.folder / "peers")
    try:
        everything = measure(material, peer, arguments.rounds, arguments.figures or WORKS)
        measured = page.Measured({name: value for kind in everything.values() for name, value in kind["figures"].items()})
        described = about(material, peer, everything, measured)
    finally:
        if peer:
            peer.close()
    print(f"\n{described}\n\n{page.tables(measured)}", end="")
    if arguments.page:
        PAGE.write_text(page.readme(measured, described))
        note(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
