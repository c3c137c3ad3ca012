"""The stores whose pages are looked at: the samples, and odd ones."""

import json

HOSTILE = ["<script>alert(1)</script>", "\"><img src=http://127.0.0.1:9/x onerror=alert(1)>", "</title></style></script>", "a\u202eb\u0007c",
           "' onmouseover='alert(1)", "&amp;&lt;", "x" * 400, "\u0634\u0631\u0643\u0629 \u05e9\u05dc\u05d5\u05dd", "]]>--><!--", "javascript:alert(1)", ""]

TWINS = "Twins"  # the name of two definitions with short ids


def report(number, status="SUCCESS", hour=7, definition="d", name="Daily import", operations=10, failed=0, day=22, **more):
    return {"id": f"r{number}", "type": "import", "status": status, "created_at": f"2026-11-{day:02}T{hour:02}:00:00Z",
            "updated_at": f"2026-11-{day:02}T{hour:02}:00:05Z", "total_operations": operations,
            "total_succeeded": operations - failed, "total_failed": failed, "definition_id": definition,
            "definition_name": name, **more}


def hostile():
    rows = []
    for number, text in enumerate(HOSTILE):
        status = ("FAILURE", "SUCCESS", "RUNNING", text or "ODD")[number % 4]
        rows.append(report(number, status, definition=f"id {text}", name=text, failed=number % 2, type=text))
        rows.append(report(f"{text}{number}", "FAILURE", 6, definition=f"id {text}", name=text, operations=0))
    return rows


def odd_stores():
    """{name: reports}"""
    nameless = [report(1, "FAILURE", definition="only-an-id", name=None), report(2, definition=None, name=None),
                report(3, definition="one", name=TWINS), report(4, "FAILURE", definition="two", name=TWINS)]
    return {
        "empty": [],
        "one": [report(1)],
        "failures": [report(n, "FAILURE", n, operations=0) for n in range(1, 8)],
        "running": [report(1, "RUNNING"), report(2, "RUNNING", 6)],
        "nameless": nameless,
        "partial": [report(1, failed=3), report(2, hour=6, operations=0), report(3, hour=5, updated_at=None)],
        "hostile": hostile(),
    }


def write(path, reports):
    path.write_text("".join(json.dumps(row) + "\n" for row in reports), encoding="utf-8")
