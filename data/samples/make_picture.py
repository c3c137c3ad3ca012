#!/usr/bin/env python3
"""Makes data/page.png, the picture of the page in README.md, of the sample history; Chromium draws it.

Usage: make_picture.py [--check] JOBTALLY. The picture holds the sum of the page that it shows (a tEXt chunk): --check says
whether that is the page of today, which takes no browser.
"""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent
PICTURE = DATA / "page.png"
WIDTH, HEIGHT = 1000, 960


def page(program, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "TZ": "UTC", "JOBTALLY_CONFIG": "/dev/null",
                   "JOBTALLY_DB": f"{folder}/tour.db", "JOBTALLY_NOW": "2026-11-22T08:30:00Z"}
    for words in (["ingest", DATA / "samples/history.ndjson", DATA / "samples/list.json"],
                  ["summary", "--last", "7d", "-o", "page.html"]):
        subprocess.run([program, "-q", *words], env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return Path(folder, "page.html")


def sum_of(file):
    """Of the page without the version: a new one makes no new picture."""
    return hashlib.sha256(re.sub(rb"jobtally \d+\.\d+\.\d+", b"jobtally", file.read_bytes())).hexdigest()


def chunks(png):
    place = 8
    while place < len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        yield kind, png[place + 8:place + 8 + length]
        place += length + 12


def packed(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main():
    program = os.path.abspath(sys.argv[-1])
    with tempfile.TemporaryDirectory() as folder:
        file = page(program, folder)
        note = b"page-sha256\0" + sum_of(file).encode()
        if "--check" in sys.argv:
            is_right = (b"tEXt", note) in chunks(PICTURE.read_bytes())
            print("the picture is of this page" if is_right else f"{PICTURE.name} shows another page: {sys.argv[0]} JOBTALLY")
            return 0 if is_right else 1
        shot = Path(folder, "shot.png")
        chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
        subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
                        f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}", f"file://{file}"],
                       check=True, capture_output=True, timeout=120)
        kept = {}
        for kind, data in chunks(shot.read_bytes()):
            kept[kind] = kept.get(kind, b"") + data
        kept[b"IDAT"] = zlib.compress(zlib.decompress(kept[b"IDAT"]), 9)
        PICTURE.write_bytes(b"\x89PNG\r\n\x1a\n" + packed(b"IHDR", kept[b"IHDR"]) + packed(b"tEXt", note) +
                            packed(b"IDAT", kept[b"IDAT"]) + packed(b"IEND", b""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
