#!/usr/bin/env bash
# The long forms of the proofs, one after another: some hours in all. Prints the last line of each and how it ended; the
# whole output is in build/long/NAME.log.
# Usage: tests/long.sh [--program PATH] [NAME]...; without names all of them. Build first: tests/run.sh does.
set -uo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$source_dir" || exit 1
program=build/test/cli/jobtally
[ "${1:-}" != --program ] || { program=$2; shift 2; }
[ -x "$program" ] || { echo "there is no program \"$program\": build it by tests/run.sh" >&2; exit 2; }
logs=build/long
mkdir -p "$logs"

names=(p1_kill p2_order power_cut p4_kill_at p5_errors p6_full p7_locked p8_crowd p9_ingest p10_activation p11_damaged p12_another_hand
    p13_planted gone_peer terminate ingest_killed cursor_killed other_program hung_reader damaged_log h1_malformed h1_corpus h2_slow h3_limits h4_split
    k1_kept h5_descriptors h6_giving_way rhythm_simulator d1_json d1_utf8 d1_times d2_naughty engines)
[ "$#" -eq 0 ] || names=("$@")
failed=0
for name in "${names[@]}"; do
    begun=$SECONDS status=0
    if [ "$name" = power_cut ]; then
        command=(build/test/tests/vfs/power_cut --long)
    elif [ "$name" = rhythm_simulator ]; then
        command=(build/test/tests/rhythm_simulator --long)
    else
        script=$(find tests -name "$name.py" | head -n 1)
        [ -n "$script" ] || { echo "there is no proof \"$name\"" >&2; exit 2; }
        command=(python3 "$script" "$program" --long)
    fi
    "${command[@]}" >"$logs/$name.log" 2>&1 || status=$?
    # 77: skipped.
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ] || failed=1
    printf '%s: exit %d in %d s: %s\n' "$name" "$status" "$((SECONDS - begun))" "$(tail -n 1 "$logs/$name.log")"
done
exit "$failed"
