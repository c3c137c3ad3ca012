# shellcheck shell=bash
# Sourced: clean roots of Debian releases. Takes root and debootstrap. What debootstrap made is kept in
# $JOBTALLY_ROOTS and copied for each use.

JOBTALLY_ROOTS=${JOBTALLY_ROOTS:-/var/tmp/jobtally-roots}

# clean_root RELEASE FOLDER: makes FOLDER a root of the release.
clean_root() {
    local base=$JOBTALLY_ROOTS/$1.base
    mkdir -p "$JOBTALLY_ROOTS"
    if [ ! -d "$base" ]; then
        rm -rf "$base.part"
        debootstrap --variant=minbase "$1" "$base.part"
        mv "$base.part" "$base"
    fi
    rm -rf "$2"
    cp -a "$base" "$2"
    printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d" # no services in there
    chmod 755 "$2/usr/sbin/policy-rc.d"
    in_root "$2" apt-get -q update
}

# in_root FOLDER COMMAND...: with the namespaces of its own that its processes end with.
in_root() {
    local folder=$1
    shift
    unshare --mount --pid --fork --kill-child --mount-proc="$folder/proc" \
        chroot "$folder" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${JOBTALLY_JOBS:+JOBTALLY_JOBS=$JOBTALLY_JOBS} ${DEBEMAIL:+DEBEMAIL="$DEBEMAIL"} "$@"
}

# in_root_offline FOLDER COMMAND...: the same without a network.
in_root_offline() {
    local folder=$1
    shift
    # shellcheck disable=SC2016
    unshare --net bash -c '. "$0"; in_root "$@"' "${BASH_SOURCE[0]}" "$folder" "$@"
}
