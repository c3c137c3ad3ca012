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
