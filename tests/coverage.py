#!/usr/bin/env python3
"""Prints what `llvm-cov export -summary-only` says, by area: lines and branches reached. Used by coverage.sh.

Usage: coverage.py SUMMARY.json SOURCE_DIR
"""
import json
import os
import sys
from collections import defaultdict
from pathlib import Path


def area_of(path):
    return path.parts[0] if path.parts[0] == "cli" else "/".join(path.parts[:2])


def main():
    summary, root = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]).resolve()
    counts = defaultdict(lambda: [0, 0, 0, 0])
    for file in summary["data"][0]["files"]:
        path = Path(os.path.relpath(os.path.normpath(file["filename"]), root))
        if path.parts[0] not in ("core", "cli"):
            continue
        for name in (area_of(path), "all"):
            for place, kind in enumerate(("lines", "branches")):
                counts[name][2 * place] += file["summary"][kind]["covered"]
                counts[name][2 * place + 1] += file["summary"][kind]["count"]

    def share(covered, count):
        return f"{100 * covered / count:6.1f} %" if count else "       -"

    print(f"{'area':<14} {'lines':>8} {'of':>7}  {'branches':>8} {'of':>7}")
    for name in sorted(counts, key=lambda name: (name == "all", name)):
        lines, all_lines, branches, all_branches = counts[name]
        print(f"{name:<14} {share(lines, all_lines)} {all_lines:7}  {share(branches, all_branches)} {all_branches:7}")


if __name__ == "__main__":
    main()
