#!/usr/bin/env bash
# Installs what the build needs, builds the program and its tests, and runs all tests.
# Usage: tests/run.sh [ctest arguments]. The last line is ctest's summary; the exit status is ctest's.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$source_dir/data/setup.sh"

build_dir=$source_dir/build/test
logs=$build_dir/logs
mkdir -p "$logs"

# A compiler that is newer than the code may warn of new things: that must stop us, not our users.
warnings_are_errors=OFF
[ "${CI:-}" != true ] || warnings_are_errors=ON

mapfile -t packages < <(program_packages; test_packages)
need_packages "$logs/packages.log" "${packages[@]}"
quietly "$logs/configure.log" "configuring" cmake -S "$source_dir" -B "$build_dir" -G Ninja \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_UNITY_BUILD=ON -DJOBTALLY_WERROR="$warnings_are_errors" -DJOBTALLY_TESTS=ON
quietly "$logs/build.log" "building (the first time takes some minutes)" cmake --build "$build_dir" --parallel "$(build_jobs)"

say "testing"
status=0
ctest --test-dir "$build_dir" --no-tests=error --output-on-failure --parallel "$(test_slots 3)" --timeout 300 "$@" 2>&1 |
    awk '/% tests passed, [0-9]+ tests? failed out of/ { summary = $0; next }
         { print; fflush() }
         END { if (summary != "") print summary }' || status=${PIPESTATUS[0]}
exit "$status"
