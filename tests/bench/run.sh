#!/usr/bin/env bash
# Measures what jobtally promises about time and memory, beside the peers that this machine has, and prints one line a
# figure, `name value unit`, then tables with what each must reach. No time is asserted; compare figures of one run.
# Usage: tests/bench/run.sh [--large] [--rounds N] [--page] [F1 F3 ...]
#   F1 ingest  F2 listen  F3 queries over everything  F4 over a week  F5 over 10,000 reports  F6 ingest again
#   F7 missed and summary  F8 memory
# --large: those of 10 million reports too, as the bar has them. --page: write README.md of this run; what it left out is
# taken from the last run that had it. tests/bench/setup.sh installs the peers. All data is made in build/bench: 0.5 GB, and
# 9 GB more (20 while it runs) with --large.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$source_dir/data/setup.sh"

build_dir=$source_dir/build/release
bench_dir=$source_dir/build/bench
logs=$bench_dir/logs
mkdir -p "$logs" "$bench_dir/peers"

mapfile -t packages < <(program_packages; printf 'python3\n')
need_packages "$logs/packages.log" "${packages[@]}"
quietly "$logs/configure.log" "configuring" cmake -S "$source_dir" -B "$build_dir" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DJOBTALLY_TESTS=OFF
quietly "$logs/build.log" "building (the first time takes some minutes)" \
    cmake --build "$build_dir" --parallel "$(build_jobs)" --target jobtally

exec python3 "$source_dir/tests/bench/figures.py" --folder "$bench_dir" --program "$build_dir/cli/jobtally" "$@"
