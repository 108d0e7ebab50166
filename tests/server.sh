# To be sourced: starts a server of one's own, with new data, which ends with the script. PORT says where; $work is its scratch directory.
cargo build --quiet --bin shophouse
work=$(mktemp -d /tmp/shophouse-tried-XXXXXX)
# As root, PostgreSQL runs under another account, which must be able to enter the directory.
chmod 755 "$work"
env -u DATABASE_URL SHOPHOUSE_DATA_DIR="$work/data" ROCKET_PORT="$PORT" \
    target/debug/shophouse >"$work/out" 2>"$work/log" &
server=$!
finish() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

until grep -q 'is ready at' "$work/out"; do
    kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
