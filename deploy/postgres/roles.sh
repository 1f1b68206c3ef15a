#!/bin/sh
# One role and one database for each service: a role owns its own database and can open no other.
# Safe to repeat: what is there stays, passwords become those of now, rights are set again.
# Signs in as psql would by itself (PGHOST, PGUSER, ...); inside the image of PostgreSQL as its superuser.
set -eu

prefix=${HOUVAST_PREFIX:-houvast}
services='meetings intake questionnaires notifications'

password_of() {
    printf '%s_DATABASE_PASSWORD' "$1" | tr '[:lower:]' '[:upper:]'
}

as_superuser() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${PGUSER:-${POSTGRES_USER:-postgres}}" \
        --dbname postgres "$@"
}

for service in $services; do
    if [ -z "$(printenv "$(password_of "$service")")" ]; then
        echo "Zet eerst een wachtwoord in $(password_of "$service"). Er is niets veranderd." >&2
        exit 1
    fi
done

as_superuser <<'SQL'
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
SQL

# psql reads the password from the environment itself, so that no list of processes shows it.
for service in $services; do
    as_superuser --set name="${prefix}_$service" --set variable="$(password_of "$service")" <<'SQL'
\getenv password :variable
SELECT format('CREATE ROLE %I', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING %L LOCALE %L', :'name', :'name', 'UTF8', 'C.UTF-8')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
