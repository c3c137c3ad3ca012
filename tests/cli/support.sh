# shellcheck shell=bash
# What the `cmd` of every golden case has at hand.

jobtally() { "$JOBTALLY" "$@"; }

# Loads the shipped samples into the case's store, without a word.
load_samples() { jobtally -q ingest "$SAMPLES/history.ndjson" "$SAMPLES/list.json" >/dev/null; }

# report ID STATUS CREATED UPDATED OPERATIONS FAILED [DEFINITION]: prints one report on one line.
report() {
    local name=${7:-alpha}
    printf '{"id":"%s","type":"import","status":"%s","created_at":"%s","updated_at":"%s",' "$1" "$2" "$3" "$4"
    printf '"total_operations":%d,"total_succeeded":%d,"total_failed":%d,' "$5" "$(($5 - $6))" "$6"
    printf '"definition_id":"id-%s","definition_name":"%s"}\n' "$name" "$name"
}

# listener_was_up 'BEGUN LAST_ALIVE HAS_ENDED'...: writes these spans of a listener, in place of others, into the store; all
# that the store has was received before them.
listener_was_up() {
    python3 - "$@" <<'END'
import sqlite3
import sys
from datetime import datetime, timezone

store = sqlite3.connect("store.db")


def micros(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()) * 1000000


store.execute("delete from uptime")
for span in sys.argv[1:]:
    begun, alive, ended = span.split()
    store.execute("insert into uptime (begun_at, last_alive_at, has_ended) values (?, ?, ?)", (micros(begun), micros(alive), int(ended)))
store.execute("update report set received_at = ?", (micros("2026-11-01T00:00"),))
store.execute("delete from segment")
store.commit()
END
}
