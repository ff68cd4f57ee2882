#!/bin/bash
# The part of the official image's contract that ministack uses. As on RDS the owner of the database is no superuser.
set -euo pipefail
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres)")
data=/var/lib/postgresql/data
[ "${1:-}" != postgres ] || shift
install -d -o postgres -g postgres -m 700 "$data"
as() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
if [ ! -e "$data/PG_VERSION" ]; then
  as "$bin/initdb" -D "$data" -U rdsadmin --auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8 >/dev/null
  # RDS refuses what is not encrypted.
  sed -i '/^host /d' "$data/pg_hba.conf"
  echo 'hostssl all all all scram-sha-256' >>"$data/pg_hba.conf"
  as "$bin/pg_ctl" -D "$data" -w -o "-c listen_addresses=" start >/dev/null
  as "$bin/psql" -q -U rdsadmin -h /var/run/postgresql -v ON_ERROR_STOP=1 -v "name=$POSTGRES_USER" -v "password=$POSTGRES_PASSWORD" -v "db=$POSTGRES_DB" postgres <<'SQL'
CREATE ROLE :"name" LOGIN CREATEROLE CREATEDB PASSWORD :'password';
CREATE DATABASE :"db" OWNER :"name";
SQL
  as "$bin/pg_ctl" -D "$data" -w stop >/dev/null
fi
exec setpriv --reuid postgres --regid postgres --init-groups "$bin/postgres" -D "$data" -c listen_addresses='*' "$@"
