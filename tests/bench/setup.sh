#!/usr/bin/env bash
# Installs what tests/bench/run.sh compares jobtally with: Debian packages, and below build/bench/peers DuckDB (from the
# npm registry) and nginx, unpacked there because an installed one would start to serve. Run again, it does nothing new.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$source_dir/data/setup.sh"

peers=$source_dir/build/bench/peers
logs=$source_dir/build/bench/logs
mkdir -p "$peers" "$logs"

unpack_nginx() {
    cd "$peers"
    apt-get download nginx
    dpkg-deb -x nginx_*.deb nginx
    rm nginx_*.deb
    nginx/usr/sbin/nginx -v
}

install_duckdb() {
    npm install --prefix "$peers" --no-save --no-audit --no-fund --ignore-scripts @duckdb/node-api
}

packages=(sqlite3 jq miller wrk sqlite-utils time)
# A node of another origin brings its npm along.
command -v npm >/dev/null || packages+=(nodejs npm)
need_packages "$logs/peers.log" "${packages[@]}"
command -v nginx >/dev/null || [ -x "$peers/nginx/usr/sbin/nginx" ] ||
    quietly "$logs/nginx.log" "unpacking nginx" unpack_nginx
[ -d "$peers/node_modules/@duckdb/node-api" ] || quietly "$logs/duckdb.log" "installing DuckDB" install_duckdb
