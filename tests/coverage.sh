#!/usr/bin/env bash
# Builds the preset "checked" (clang), runs nearly all tests, and prints which share of lines and branches they reached, by
# area and in all. Branches are those of the sources' own conditions: there are none for exceptions that may be thrown.
# Usage: tests/coverage.sh [ctest arguments]. A page for each file, with what was missed, is at build/checked/coverage/html.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$source_dir"
. data/setup.sh
. tests/checked.sh
build_dir=$source_dir/build/checked
work=$build_dir/coverage
mkdir -p "$work"

mapfile -t packages < <(program_packages; test_packages; checked_packages)
need_packages "$work/packages.log" "${packages[@]}"
build_preset checked jobtally unit_tests fuzz power_cut guard_watch  # no simulators, which aren't run here
rm -f "$work"/*.profraw
export LLVM_PROFILE_FILE=$work/%4m.profraw  # four files a program, into which all its runs are counted
# Left out: what traces the program, which the leak detector does not bear (p2, p4, p5, cursor_killed, undeletable,
# units); what preloads a library of its own (controls); what measures latencies (h2), needs servers (engines), installs (package) or
# is what random draws give, which other compilers draw otherwise (simulator); what looks at the shells, the papers or other
# programs (completion, documents, alerts, layers); and what starts the program so often that it takes minutes and asks what
# the golden tests ask (d2, mail, reference, without_segments).
left_out='^(fault\.(p2_order|p4_kill_at|p5_errors|cursor_killed|undeletable|controls)|systemd\.units|http\.h2_slow|simulator\..*|package\..*|engines\..*|data\.d2_naughty|mail\.m1_told_once|reference|store\.without_segments|completion_as_typed|documents.*|alerts|layers.*|samples.*)$'
status=0
ctest --test-dir "$build_dir" --no-tests=error --output-on-failure --parallel "$(test_slots 2)" --timeout 600 -E "$left_out" "$@" ||
    status=$?

llvm-profdata merge -sparse "$work"/*.profraw -o "$work/all.profdata"
programs=("$build_dir/cli/jobtally")
for program in "$build_dir/tests/unit/unit_tests" "$build_dir"/tests/fuzz/fuzz_*; do
    [ ! -x "$program" ] || programs+=(-object "$program")
done
chosen=(-instr-profile "$work/all.profdata" "${programs[@]}")
llvm-cov export -summary-only "${chosen[@]}" >"$work/summary.json"
llvm-cov show -format=html -show-branches=count -ignore-filename-regex='/(usr|tests)/' -output-dir "$work/html" \
    "${chosen[@]}" >/dev/null
python3 tests/coverage.py "$work/summary.json" "$source_dir"
exit "$status"
