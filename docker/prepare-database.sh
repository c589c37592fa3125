#!/bin/sh
# Roles, migrations, grants and the view for the dashboards, in this order, at every start; changes nothing when nothing has changed.
# Secrets come from the folder SECRETS (/run/secrets), the server's host from PGHOST (postgres).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
secrets=${SECRETS:-/run/secrets}
export PGHOST="${PGHOST:-postgres}" PGUSER=postgres PGDATABASE=concord PGCONNECT_TIMEOUT=10
PGPASSWORD=$(cat "$secrets/postgres_password")
export PGPASSWORD
for role in owner auth consensus inference exporter monitoring replication; do
  name=$(echo "CONCORD_${role}_PASSWORD" | tr '[:lower:]' '[:upper:]')
  value=$(cat "$secrets/concord_${role}_password")
  export "$name=$value"
done
run() { psql --no-psqlrc --quiet --output=/dev/null --set ON_ERROR_STOP=1 --file "$here/postgres/$1"; }

prepare() {
  run roles.sql && DATABASE_URL_FILE=$secrets/database_url concord migrate && run grants.sql && run usage.sql
}

# A server that is busy or has just begun may cut a connection; whatever was done is found done.
tries=1
until prepare; do
  [ "$tries" -lt 5 ] || { echo 'prepare-database.sh: the database could not be prepared' >&2 && exit 1; }
  sleep $((tries * 2))
  tries=$((tries + 1))
done
echo 'Roles and grants are up to date.'
