#!/usr/bin/env bash
# Roles and database of a fresh PostgreSQL, as psp/embedded/databases.py makes them for `make run`:
# an owner that makes and changes tables, and a role for the program that can do neither.
#
# PostgreSQL's image runs this once, on an empty volume. On another server run it as its superuser:
#   PGHOST=... PGPASSWORD=... POSTGRES_USER=postgres PSP_DB_NAME=psp ... deploy/init-db.sh
#
# PSP_DB_NAME, PSP_DB_OWNER, PSP_DB_OWNER_PASSWORD, PSP_DB_APP, PSP_DB_APP_PASSWORD   names and passwords
# PSP_DB_EXTENSIONS   extensions that the database needs, separated by spaces; may be empty
# PSP_DB_COPIER_PASSWORD   of the role psp_copier, which may copy the whole server for a backup and read no table;
#                          without it there is no such role
set -euo pipefail

for name in PSP_DB_NAME PSP_DB_OWNER PSP_DB_OWNER_PASSWORD PSP_DB_APP PSP_DB_APP_PASSWORD; do
  if [ -z "${!name:-}" ]; then
    echo "init-db.sh: $name is not set." >&2
    exit 2
  fi
done
export PSP_DB_EXTENSIONS="${PSP_DB_EXTENSIONS:-}"

# Passwords go through the environment, never through a command line that others can list.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv database PSP_DB_NAME
\getenv owner PSP_DB_OWNER
\getenv owner_password PSP_DB_OWNER_PASSWORD
\getenv app PSP_DB_APP
\getenv app_password PSP_DB_APP_PASSWORD
\getenv extensions PSP_DB_EXTENSIONS

SET password_encryption = 'scram-sha-256';
CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE :"database" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8'
  LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE :"database", postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";

\connect :"database"
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name)
  FROM regexp_split_to_table(trim(:'extensions'), '\s+') AS name WHERE name <> ''
\gexec
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"app";
SQL

if [ -n "${PSP_DB_COPIER_PASSWORD:-}" ]; then
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv copier_password PSP_DB_COPIER_PASSWORD
SET password_encryption = 'scram-sha-256';
CREATE ROLE psp_copier LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'copier_password';
SQL
  # The image lets every role in from elsewhere, but for copying.
  if [ -w "${PGDATA:-/nonexistent}/pg_hba.conf" ]; then
    echo "host replication psp_copier all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  fi
fi
