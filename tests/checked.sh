# shellcheck shell=bash
# Sourced by tests/fuzz/run.sh, tests/coverage.sh and .ci/run after data/setup.sh: the build of the preset "checked".
# By clang, with AddressSanitizer and UndefinedBehaviorSanitizer, and fuzzers: one build for both.

checked_packages() { printf '%s\n' clang lld llvm libclang-rt-dev; }

# build_preset PRESET TARGET...: configures and builds with the preset, in build/PRESET.
build_preset() {
    local preset=$1
    shift
    mkdir -p "build/$preset/logs"
    quietly "build/$preset/logs/configure.log" "configuring $preset" cmake --preset "$preset"
    quietly "build/$preset/logs/build.log" "building $preset" \
        cmake --build "build/$preset" --parallel "$(build_jobs)" --target "$@"
}

# shellcheck disable=SC2034
checked_targets=(jobtally unit_tests fuzz guard_watch)  # no simulators, which aren't run here

# run_checked PRESET [ctest arguments]: nearly all tests, with the programs of that preset.
# Left out: what traces the program, which the leak detector does not bear (p2, p4, p5, cursor_killed, undeletable, spool_found, units);
# what preloads a library of its own (controls, uptime); what measures latencies (h2), needs servers (engines), installs (package) or
# is what random draws give, which other compilers draw otherwise (simulator); what looks at the shells, the papers or other
# programs (completion, documents, alerts, layers, the page in a browser, readers of check); and what starts the program so
# often that it takes minutes and asks what the golden tests ask (d2, mail, reference, without_segments), or is refused before a
# byte was read (p13); and power_cut, for stores that were cut are read by p11, damaged_log and the fuzzer of the store's file.
# What times are spent is not asked either.
run_checked() {
    local preset=$1
    local left_out='^(fault\.(p2_order|p4_kill_at|p5_errors|cursor_killed|undeletable|spool_found|uptime|controls)|systemd\.units|http\.h2_slow|simulator\..*'
    left_out+='|package\..*|engines\..*|data\.d2_naughty|mail\.m1_told_once|reference|store\.(without_segments|p13_planted|power_cut)|completion_as_typed'
    left_out+='|documents.*|alerts|layers.*|samples.*|page|probe\..*)$'
    shift
    ctest --test-dir "build/$preset" --no-tests=error --output-on-failure --parallel "$(test_slots 2)" --timeout 600 \
        -E "$left_out" "$@"
}

# What findings are, for all that is run from that build. Counters are thrown away unless coverage.sh asks for them.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:malloc_context_size=5
tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export UBSAN_OPTIONS=print_stacktrace=1:suppressions=$tests_dir/ubsan.supp
export LLVM_PROFILE_FILE=/dev/null
