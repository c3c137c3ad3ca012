#!/usr/bin/env bash
# Builds the preset "coverage" (that of "checked", with counters), runs nearly all tests, and prints which share of lines and
# branches they reached, by area and in all. Branches are those of the sources' own conditions: there are none for exceptions that may be thrown.
# Usage: tests/coverage.sh [ctest arguments]. A page for each file, with what was missed, is at build/coverage/shares/html.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$source_dir"
. data/setup.sh
. tests/checked.sh
build_dir=$source_dir/build/coverage
work=$build_dir/shares
mkdir -p "$work"

mapfile -t packages < <(program_packages; test_packages; checked_packages)
need_packages "$work/packages.log" "${packages[@]}"
build_preset coverage "${checked_targets[@]}"
rm -f "$work"/*.profraw
export LLVM_PROFILE_FILE=$work/%4m.profraw  # four files a program, into which all its runs are counted
status=0
run_checked coverage "$@" || status=$?

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
