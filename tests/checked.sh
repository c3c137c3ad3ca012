# shellcheck shell=bash
# Sourced by tests/fuzz/run.sh, tests/coverage.sh and .ci/run after data/setup.sh: the build of the preset "checked".
# By clang, with AddressSanitizer and UndefinedBehaviorSanitizer, fuzzers, and counters for coverage: one build for all.

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

# What findings are, for all that is run from that build. Counters are thrown away unless coverage.sh asks for them.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export UBSAN_OPTIONS=print_stacktrace=1:suppressions=$tests_dir/ubsan.supp
export LLVM_PROFILE_FILE=/dev/null
