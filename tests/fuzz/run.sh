#!/usr/bin/env bash
# Builds the fuzzers (clang; preset "checked") and runs each for SECONDS, as many at once as there are cores.
# Prints for each target: executions, edges covered, inputs in its corpus, findings. The exit status is 1 with findings.
# Usage: tests/fuzz/run.sh [SECONDS [TARGET]...]; the default is 60 seconds for all targets.
# The corpora and findings stay in build/checked/fuzz: a later run goes on where this one ended.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$source_dir"
. data/setup.sh
. tests/checked.sh
build_dir=build/checked
work=$source_dir/$build_dir/fuzz
seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "not a number of seconds: \"$seconds\"" "usage: tests/fuzz/run.sh [SECONDS [TARGET]...]"
shift || true
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    for seeds in tests/fuzz/*/seeds; do targets+=("$(basename "$(dirname "$seeds")")"); done
fi
mkdir -p "$work"

mapfile -t packages < <(program_packages; test_packages; checked_packages)
need_packages "$work/packages.log" "${packages[@]}"
build_preset checked fuzz

# fuzz TARGET: bounded in time, in the length of inputs, and in what one input may take. The timeout goes by the clock: it is
# long enough that a machine which stands still for some seconds makes no finding.
fuzz() {
    local target=$1 options=()
    mkdir -p "$work/corpus/$target" "$work/findings/$target"
    [ ! -f "tests/fuzz/$target/$target.dict" ] || options+=("-dict=tests/fuzz/$target/$target.dict")
    "$build_dir/tests/fuzz/fuzz_$target" "${options[@]}" -max_total_time="$seconds" -timeout=40 -rss_limit_mb=4096 \
        -max_len=4096 -print_final_stats=1 -print_funcs=0 -artifact_prefix="$work/findings/$target/" \
        "$work/corpus/$target" "tests/fuzz/$target/seeds" >"$work/$target.log" 2>&1 </dev/null
}

note "fuzzing ${targets[*]} for $seconds s each"
running=0
for target in "${targets[@]}"; do
    [ -x "$build_dir/tests/fuzz/fuzz_$target" ] || fail "there is no fuzz target \"$target\""
    rm -rf "${work:?}/findings/$target"
    if [ "$running" -ge "$(nproc)" ]; then
        wait -n || true
        running=$((running - 1))
    fi
    (fuzz "$target" && echo 0 >"$work/$target.status" || echo 1 >"$work/$target.status") &
    running=$((running + 1))
done
wait || true

total=0
printf '%-14s %12s %8s %8s %9s\n' target executions edges inputs findings
for target in "${targets[@]}"; do
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
    edges=$(grep -o 'cov: [0-9]*' "$work/$target.log" | tail -n 1 | cut -d ' ' -f 2)
    inputs=$(find "$work/corpus/$target" -type f | wc -l)
    findings=$(find "$work/findings/$target" -type f | wc -l)
    [ "$findings" -gt 0 ] || findings=$(cat "$work/$target.status")
    total=$((total + findings))
    printf '%-14s %12s %8s %8s %9s\n' "$target" "${executions:--}" "${edges:--}" "$inputs" "$findings"
    [ "$findings" -eq 0 ] || grep -E -m 12 'ERROR|ALARM|Base64|demand failed|runtime error|SUMMARY|^    #[0-9] .* in jobtally' "$work/$target.log" | sed 's/^/    /' || true
done
printf 'fuzz: %d targets, %d s each, %d findings\n' "${#targets[@]}" "$seconds" "$total"
[ "$total" -eq 0 ]
