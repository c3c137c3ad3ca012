"""The reports and stores that the figures are measured on, made once below build/bench and kept for the next run."""

import itertools
import shutil
import subprocess
from pathlib import Path

from measuring import NOW, note, remove_store, run

SEED = 1
COUNTS = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
LARGE_NEEDS = 20_000_000_000  # bytes free: 2.9 GB of reports, a store of them twice, DuckDB's table


class Material:
    """folder holds everything; program is jobtally; is_large says whether 10 million reports may be made."""

    def __init__(self, folder, program, is_large):
        self.folder = Path(folder).resolve()
        self.program = program
        self.is_large = is_large

    def sizes(self):
        return ["10k", "1m", "10m"] if self.is_large else ["10k", "1m"]

    def reports(self, size):
        """The NDJSON file of that many reports. 10k and 100k are the newest of 1m, so the last days are in them too."""
        path = self.folder / f"reports-{size}.ndjson"
        if not path.exists():
            note(f"making {path.name}")
            part = path.with_suffix(".part")
            if size in ("10k", "100k"):
                self._write_tail(part, COUNTS[size])
            else:
                with open(part, "wb") as file:
                    self._generate(file, COUNTS[size])
            part.rename(path)
        return path

    def store(self, size):
        """A store that holds them, loaded by one `ingest`."""
        path = self.folder / f"store-{size}.db"
        if not path.exists():
            reports = self.reports(size)
            note(f"making {path.name}")
            part = self.folder / "store.part"
            remove_store(part)
            run([self.program, "--db", part, "ingest", reports])
            part.rename(path)
        return path

    def scratch(self, name):
        """A path for a store of one run, where there is none yet."""
        path = self.folder / name
        remove_store(path)
        return path

    def warm(self, path):
        """Reads a file once, so that no figure pays for the disk."""
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass
        return path

    def _generate(self, file, count):
        subprocess.run([self.program, "--now", NOW, "send", "unix:nowhere", "--dry-run", "--count", str(count),
                        "--seed", str(SEED), "--definitions", "300"], stdout=file, check=True)

    def _write_tail(self, path, count):
        with open(self.reports("1m"), "rb") as source, open(path, "wb") as file:
            file.writelines(itertools.islice(source, COUNTS["1m"] - count, None))


def has_room_for_large(folder):
    return shutil.disk_usage(folder).free >= LARGE_NEEDS
