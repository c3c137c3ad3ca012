#!/bin/sh
# What the loader and an attacker would see of the built program. Usage: hardening.sh PROGRAM. Prints a line a check.
# shellcheck disable=SC2317  # holds() calls them
set -eu
export LC_ALL=C
program=$1
failed=0

# holds NAME COMMAND...: the check, and whether the command says yes.
holds() {
    name=$1
    shift
    if "$@"; then echo "ok      $name"; else echo "MISSING $name"; failed=1; fi
}
header() { readelf -hW "$program" | grep -q "$1"; }
segment() { readelf -lW "$program" | grep -q "$1"; }
dynamic() { readelf -dW "$program" | grep -q "$1"; }
uses() { readelf -sW "$program" | grep -q "$1"; }
has_no_executable_stack() { readelf -lW "$program" | grep GNU_STACK | grep -qv RWE; }
has_no_search_path() { ! readelf -dW "$program" | grep -Eq 'RPATH|RUNPATH'; }
marks_control_flow() { readelf -nW "$program" | grep -q 'IBT, SHSTK'; }

holds "position-independent executable" header 'Type:.*DYN'
holds "PIE flag" dynamic 'FLAGS_1.*PIE'
holds "RELRO" segment GNU_RELRO
holds "BIND_NOW" dynamic 'FLAGS_1.*NOW'
holds "stack not executable (NX)" has_no_executable_stack
holds "stack protector" uses __stack_chk_fail
holds "fortified calls" uses '__[a-z]*_chk@'
holds "no RPATH or RUNPATH" has_no_search_path
# The mark needs every object, the system's static libraries too, so it is told but not asked for.
if marks_control_flow; then echo "ok      control-flow protection (IBT, SHSTK)"; else echo "note    no control-flow mark"; fi
exit "$failed"
