#!/bin/sh
# Copies the primary once, then follows it. `standby.signal` in the folder keeps it a replica until it is promoted.
set -eu
data=${PGDATA:-/var/lib/postgresql/data}
if [ ! -s "$data/PG_VERSION" ]; then
  # libpq wants its password's file readable by its owner only, which it is; a copy that broke off is begun again.
  find "$data" -mindepth 1 -delete
  slot=concord_replica
  PGPASSFILE=/run/secrets/pgpass
  export PGPASSFILE
  from="host=postgres port=5432 user=concord_replication application_name=concord_replica passfile=/run/secrets/pgpass"
  # The slot of a replica that was made anew is still there.
  if ! pg_basebackup --dbname="$from" --pgdata="$data" --write-recovery-conf --wal-method=stream --checkpoint=fast --create-slot --slot="$slot"; then
    find "$data" -mindepth 1 -delete
    pg_basebackup --dbname="$from" --pgdata="$data" --write-recovery-conf --wal-method=stream --checkpoint=fast --slot="$slot"
  fi
  chmod 700 "$data"
fi
exec docker-entrypoint.sh "$@"
