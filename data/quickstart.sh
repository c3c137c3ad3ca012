#!/usr/bin/env bash
# Builds jobtally and shows it at work: a listener with a store of its own receives the vendor's sample report, the
# sample history is loaded, and the first questions are asked. Leaves nothing running.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$source_dir/data/setup.sh"

build_dir=$source_dir/build/release
samples=$source_dir/data/samples
logs=$build_dir/logs
mkdir -p "$logs"

mapfile -t packages < <(program_packages; printf 'curl\n')
need_packages "$logs/packages.log" "${packages[@]}"
quietly "$logs/configure.log" "configuring" cmake -S "$source_dir" -B "$build_dir" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DJOBTALLY_TESTS=OFF
quietly "$logs/build.log" "building (the first time takes some minutes)" \
    cmake --build "$build_dir" --parallel "$(build_jobs)" --target jobtally
jobtally=$build_dir/cli/jobtally

# Everything of this run is in one new folder; what the user has set up elsewhere plays no part.
play=$(mktemp -d "${TMPDIR:-/tmp}/jobtally.XXXXXX")
unset "${!JOBTALLY_@}"
export JOBTALLY_DB=$play/jobtally.db
listener=
stop_listener() {
    [ -n "$listener" ] || return 0
    kill -TERM "$listener" 2>/dev/null || true
    local status=0
    wait "$listener" || status=$?
    listener=
    [ "$status" -eq 0 ] || fail "the listener ended with status $status" "its log is $play/listener.log"
}
trap stop_listener EXIT

# show COMMAND...: prints a jobtally command as one would type it, then what it says.
show() {
    printf '\n%s$ jobtally %s%s\n' "$c_bold" "$*" "$c_off"
    "$jobtally" "$@"
}

# The secret goes through files, never through an argument that `ps` would show.
secret="Bearer $(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
(
    umask 077
    printf 'quickstart: %s\n' "$secret" >"$play/authorization"
    printf 'Authorization: %s\n' "$secret" >"$play/header"
)

exec 2>&1 # From here on the notes belong between the answers.
say ""
say "A listener on a free port, with a secret of its own, receives a report as the platform sends it"
: >"$play/listener.log"
"$jobtally" listen --bind 127.0.0.1:0 --auth-file "$play/authorization" 2>"$play/listener.log" &
listener=$!
url=
for _ in {1..100}; do
    url=$(sed -n 's/^jobtally: listening on //p' "$play/listener.log")
    [ -z "$url" ] || break
    kill -0 "$listener" 2>/dev/null || break
    sleep 0.1
done
[ -n "$url" ] || { cat "$play/listener.log"; fail "the listener did not start"; }
printf '\n%s$ curl -H "Authorization: Bearer ..." --data-binary @data/samples/webhook.json %s%s\n' "$c_bold" "$url" "$c_off"
curl --silent --show-error --fail-with-body --noproxy '*' --max-time 10 -H "@$play/header" \
    -H 'Content-Type: application/json' --data-binary "@$samples/webhook.json" "$url"
printf '\n'
stop_listener

say ""
say "90 days of an invented fleet; for it the clock is set to 2026-11-22 08:30 UTC"
export JOBTALLY_NOW=2026-11-22T08:30:00Z
cd "$source_dir"
show ingest data/samples/history.ndjson data/samples/list.json
show rates
show failures
show durations
show summary

cat <<END

${c_green}It works.${c_off}
The program  $jobtally
The store    $JOBTALLY_DB

Next:
  PATH="$build_dir/cli:\$PATH"
  export JOBTALLY_DB="$JOBTALLY_DB" JOBTALLY_NOW=$JOBTALLY_NOW
  jobtally rates --last 30d --by weekday      # any window, other groups
  jobtally failures --recent 5                # the latest failed reports
  jobtally rates --json                       # the same for scripts
  jobtally --help
To receive your own reports see "Receive reports" in README.md; to remove what this made: rm -r "$play"
END
