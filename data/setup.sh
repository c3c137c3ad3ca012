# shellcheck shell=bash
# Sourced by data/quickstart.sh, tests/run.sh and .ci/run: installs the Debian and Ubuntu packages that a build
# needs, only where one is missing, and runs build steps quietly. Needs nothing but bash.

if [ -t 1 ] && [ -t 2 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    c_bold=$'\e[1m' c_dim=$'\e[2m' c_red=$'\e[31m' c_green=$'\e[32m' c_off=$'\e[0m'
else
    c_bold='' c_dim='' c_red='' c_green='' c_off=''
fi

# Two clones of the same sources share what the compiler cache holds.
CCACHE_BASEDIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CCACHE_BASEDIR CCACHE_NOHASHDIR=1

# Progress and complaints go to stderr; stdout belongs to the caller.
say() { printf '%s%s%s\n' "$c_bold" "$*" "$c_off" >&2; }
note() { printf '%s%s%s\n' "$c_dim" "$*" "$c_off" >&2; }
fail() {
    printf '%serror:%s %s\n' "$c_red" "$c_off" "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# quietly LOG WHAT COMMAND...: runs the command with its output in LOG; shows the end of LOG when it fails.
quietly() {
    local log=$1 what=$2 begun=$SECONDS status=0
    shift 2
    printf '%s ... ' "$what" >&2
    "$@" </dev/null >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        printf '%sfailed%s\n' "$c_red" "$c_off" >&2
        tail -n 60 "$log" | sed 's/^/    /' >&2
        fail "\"$what\" failed with status $status" "the whole output is in $log"
    fi
    printf '%sdone%s in %d s\n' "$c_green" "$c_off" "$((SECONDS - begun))" >&2
}

# What os-release says under the key $1, or nothing.
os_release() {
    [ -r /etc/os-release ] || return 0
    # shellcheck disable=SC1091
    (. /etc/os-release && eval "printf '%s' \"\${$1:-}\"")
}

# What the program itself is built with, one package a line. Debian 12's own libboost-dev is 1.74, too old; newer
# systems have 1.81 or later.
program_packages() {
    if [ "$(os_release VERSION_CODENAME)" = bookworm ]; then
        printf '%s\n' libboost1.81-dev libboost-json1.81-dev
    else
        printf '%s\n' libboost-dev libboost-json-dev
    fi
    printf '%s\n' g++ cmake ninja-build tzdata \
        libsqlitecpp-dev libsqlite3-dev libfmt-dev libcli11-dev libtomlplusplus-dev libhowardhinnant-date-dev libssl-dev
}

# What the tests need besides.
test_packages() {
    printf '%s\n' catch2 ccache python3 curl jq openssl valgrind strace
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# as_root COMMAND...: runs it as root, through sudo where need be.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt_install() {
    local options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    # Old package lists may still do, so a failed update is not the end.
    as_root apt-get "${options[@]}" update || true
    # --no-remove: a build must never throw out what its user has installed.
    as_root env DEBIAN_FRONTEND=noninteractive TZ=Etc/UTC apt-get "${options[@]}" install \
        --yes --no-install-recommends --no-remove "$@"
}

# need_packages LOG PACKAGE...: installs those that are missing.
need_packages() {
    local log=$1 missing=() package
    shift
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        note "this system has no apt-get; its own packages must provide: $*"
        return 0
    fi
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "these packages are missing, and there is neither root nor sudo to install them: ${missing[*]}" \
                "as root: apt-get install --no-install-recommends ${missing[*]}"
        # Asks for the password now, while there is someone to ask, and not behind the log.
        if [ -t 0 ]; then
            sudo -v || fail "sudo was refused" "as root: apt-get install --no-install-recommends ${missing[*]}"
        else
            sudo -n true 2>/dev/null || fail "sudo wants a password and there is no terminal to ask for it" \
                "as root: apt-get install --no-install-recommends ${missing[*]}"
        fi
    fi
    quietly "$log" "installing ${#missing[@]} packages (${missing[*]})" apt_install "${missing[@]}"
}

# How many compilers fit: one a core, and 1.5 GB of memory for each.
build_jobs() {
    local cores memory_kb jobs
    cores=$(nproc)
    memory_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || true)
    jobs=$((${memory_kb:-1500000} / 1500000))
    [ "$jobs" -ge 1 ] || jobs=1
    [ "$jobs" -le "$cores" ] || jobs=$cores
    printf '%s' "$jobs"
}

# How many tests run at once, for so many a core: they wait half of their time, for clocks, timeouts and each other's answers.
test_slots() { printf '%s' "$(($1 * $(nproc)))"; }
