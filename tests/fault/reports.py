"""Reports whose content tells their version, so that what is read back shows which version is kept."""

import json

BASE = 1793527200000  # 2026-11-01T10:00:00Z in milliseconds


def report(id, version=1):
    """A report as a value; a higher version (1 to 99,999) replaces a lower one."""
    return {"id": id, "type": "import", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:%02d:%02d.%03dZ" % (version // 60000, version // 1000 % 60, version % 1000),
            "total_operations": version, "total_succeeded": version, "total_failed": 0,
            "definition_id": "d%d" % (hash_of(id) % 20), "definition_name": "Nightly %d" % (hash_of(id) % 20)}


def hash_of(id):
    """The same in every process, unlike hash()."""
    return sum(id.encode())


def body(id, version=1):
    return json.dumps(report(id, version)).encode()


def lines(ids, version=1):
    """NDJSON."""
    return b"".join(body(id, version) + b"\n" for id in ids)
