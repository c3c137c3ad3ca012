#!/usr/bin/env bash
# round_trip.sh FOLDER RELEASE...: installs, upgrades, removes and purges the packages that data/package/make.sh put into
# FOLDER, each in a clean root of its release (bookworm, trixie). Takes root, debootstrap and a network for the packages
# that it depends on; nothing is started that outlives the test.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$source_dir/data/setup.sh"
. "$source_dir/data/package/clean_root.sh"

folder=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/jobtally-round-trip.XXXXXX")
trap 'rm -rf "$work"' EXIT

declare -A suffix=([bookworm]=deb12 [trixie]=deb13)

# older PACKAGE FILE: the same package as of a version before.
older() {
    dpkg-deb -R "$1" "$work/older"
    sed -i 's/^Version: .*/Version: 0.1.0-1/' "$work/older/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/older" "$2" >/dev/null
    rm -rf "$work/older"
}

# inside: runs in the root. Prints a line a step; any command that fails ends it.
inside() {
    set -euo pipefail
    step() { printf '  %s\n' "$*"; }
    expect() { [ "$2" = "$3" ] || { printf 'WRONG: %s: "%s", not "%s"\n' "$1" "$2" "$3"; exit 1; }; }
    # dpkg, apt and the journal keep records of their own, and the user stays.
    traces() {
        find / -xdev -path /proc -prune -o -path /tmp -prune -o -path /var/log -prune -o -path /var/lib/dpkg -prune -o \
            -name '*jobtally*' -print
    }
    store=/var/lib/jobtally/jobtally.db samples=/usr/share/jobtally/samples
    quietly() { "$@" >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; }
    count() { jobtally --db $store rates -g reports; }

    quietly apt-get -y install --no-install-recommends systemd # the units' own needs are no part of what is timed
    begun=$(date +%s)
    quietly apt-get -y install /tmp/older.deb
    jobtally --db :memory: rates --from $samples/history.ndjson -g reports >/tmp/count
    step "installed; the first answer after $(($(date +%s) - begun)) s: $(cat /tmp/count) reports"
    expect "the older version" "$(dpkg-query -W -f '${Version}' jobtally)" 0.1.0-1
    expect "the store's mode" "$(stat -c '%a %U %G' $store /var/lib/jobtally | tr '\n' ,)" \
        "640 jobtally jobtally,750 jobtally jobtally,"
    quietly systemd-analyze verify --man=no jobtally.service jobtally-summary.service jobtally-admin.socket jobtally-summary.timer

    # The listener as the service's user, a report by `send`, and who may read the store.
    printf 'db = "%s"\n' $store >/etc/jobtally/config.toml
    (umask 077 && printf 'console: Bearer x\n' >/etc/jobtally/authorization)
    runuser -u jobtally -- jobtally -q ingest $samples/history.ndjson >/dev/null
    JOBTALLY_AUTHORIZATION='Bearer x' setpriv --reuid jobtally --regid jobtally --clear-groups \
        jobtally listen --bind 127.0.0.1:0 2>/tmp/listen.log &
    listener=$!
    until grep -q 'listening on' /tmp/listen.log; do
        kill -0 $listener 2>/dev/null || { cat /tmp/listen.log; exit 1; }
        sleep 0.1
    done
    url=$(sed -n 's/^.*listening on //p' /tmp/listen.log)
    jobtally -q send --auth-file /etc/jobtally/authorization "$url" $samples/webhook.json >/tmp/sent
    grep -q '^200 stored' /tmp/sent
    useradd reader -G jobtally
    useradd stranger
    reports=$(count)
    expect "a member of the group reads" "$(runuser -u reader -- jobtally rates -g reports)" "$reports"
    expect "a stranger reads" "$(runuser -u stranger -- jobtally rates -g reports 2>/dev/null || echo refused)" refused
    expect "a member writes" "$(runuser -u reader -- jobtally -q ingest $samples/list.json 2>/dev/null || echo refused)" refused
    kill $listener
    wait $listener
    expect "a member reads without the listener" "$(runuser -u reader -- jobtally rates -g reports)" "$reports"
    step "a report came in by send; $reports reports; the group reads, and writes nothing"

    quietly apt-get -y install /tmp/new.deb
    expect "reports after the upgrade" "$(count)" "$reports"
    expect "the version" "$(jobtally --version | sed -n '1s/jobtally //p')" "$(dpkg-query -W -f '${Version}' jobtally | sed 's/-.*//')"
    step "upgraded to $(dpkg-query -W -f '${Version}' jobtally)"

    sum=$(sha256sum $store)
    quietly apt-get -y remove jobtally
    [ ! -e /usr/bin/jobtally ]
    expect "the store after the removal" "$(sha256sum $store)" "$sum"
    [ -e /etc/jobtally/authorization ]
    step "removed; the store and /etc/jobtally stay"

    quietly apt-get -y install /tmp/new.deb
    expect "reports after another installation" "$(count)" "$reports"
    mkdir -p /etc/systemd/system/multi-user.target.wants
    ln -s /usr/lib/systemd/system/jobtally.service /etc/systemd/system/multi-user.target.wants/jobtally.service
    quietly apt-get -y purge jobtally
    expect "what purge leaves" "$(traces)" ""
    expect "the package's state" "$(dpkg-query -W -f '${Status}' jobtally 2>/dev/null || echo none)" none
    step "purged; nothing is left"
}

for release in "$@"; do
    packages=("$folder"/jobtally_*~"${suffix[$release]}"_*.deb)
    [ -e "${packages[0]}" ] || fail "no package for $release in $folder" "data/package/make.sh $folder $release"
    root=$work/$release
    quietly "$work/log" "a clean root of $release" clean_root "$release" "$root"
    older "${packages[0]}" "$root/tmp/older.deb"
    cp "${packages[0]}" "$root/tmp/new.deb"
    chmod 755 "$root/tmp"/*.deb
    say "$release: ${packages[0]##*/}"
    in_root "$root" bash -c "$(declare -f inside); inside"
done
printf 'round trip: %d releases, 0 wrong\n' $#
