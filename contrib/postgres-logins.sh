#!/usr/bin/env bash
# Makes the two logins and the database, as "With a PostgreSQL of your own" in docs/configuration.md does by hand. The
# postgres image runs this once, when it sets up an empty data directory.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v web="$WEB_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE shophouse_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE shophouse_web LOGIN NOINHERIT PASSWORD :'web';
CREATE DATABASE shophouse OWNER shophouse_owner;
\connect shophouse
ALTER SCHEMA public OWNER TO shophouse_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE shophouse FROM PUBLIC;
GRANT CONNECT ON DATABASE shophouse TO shophouse_web;
SQL
