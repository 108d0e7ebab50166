#!/usr/bin/env bash
# Makes servers that have the extension Citus one database for Shophouse: `citus-nodes.sh HOST:PORT…`, the coordinator first, which holds
# the shops itself if it is alone. It connects as the superuser postgres, and changes nothing the second time. OWNER_PASSWORD and
# WEB_PASSWORD become the logins', where there are any. `shophouse citus setup` has to follow.
set -euo pipefail
export PGOPTIONS="-c client_min_messages=warning"

coordinator=$1
host=${coordinator%:*}
port=${coordinator##*:}

# Runs the SQL from standard input on a node, in a database.
on() {
    psql -qAtX -v ON_ERROR_STOP=1 -h "${1%:*}" -p "${1##*:}" -U postgres -d "$2" "${@:3}" >/dev/null
}

for node in "$@"; do
    on "$node" postgres <<'SQL'
SELECT 'CREATE DATABASE shophouse' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shophouse')\gexec
SQL
    on "$node" shophouse <<<'CREATE EXTENSION IF NOT EXISTS citus'
done

on "$coordinator" shophouse <<<"SELECT citus_set_coordinator_host('$host', $port)"
for node in "${@:2}"; do
    on "$coordinator" shophouse <<<"SELECT citus_add_node('${node%:*}', ${node##*:})"
done
holds_shops=$([ $# = 1 ] && echo true || echo false)
on "$coordinator" shophouse <<<"SELECT citus_set_node_property('$host', $port, 'shouldhaveshards', $holds_shops)"

# The logins come after the nodes: Citus then makes them on each of them.
on "$coordinator" shophouse -v owner="${OWNER_PASSWORD:-}" -v web="${WEB_PASSWORD:-}" <<'SQL'
SELECT 'CREATE ROLE shophouse_owner LOGIN CREATEROLE' WHERE to_regrole('shophouse_owner') IS NULL\gexec
SELECT 'CREATE ROLE shophouse_web LOGIN NOINHERIT' WHERE to_regrole('shophouse_web') IS NULL\gexec
SELECT format('ALTER ROLE shophouse_owner PASSWORD %L', :'owner') WHERE :'owner' <> ''\gexec
SELECT format('ALTER ROLE shophouse_web PASSWORD %L', :'web') WHERE :'web' <> ''\gexec
ALTER SCHEMA public OWNER TO shophouse_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
for node in "$@"; do
    on "$node" postgres <<'SQL'
ALTER DATABASE shophouse OWNER TO shophouse_owner;
REVOKE ALL ON DATABASE shophouse FROM PUBLIC;
GRANT CONNECT ON DATABASE shophouse TO shophouse_owner, shophouse_web;
SQL
done
