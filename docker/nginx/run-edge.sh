#!/bin/sh
# The edge in a container: nginx/run.sh, and a look every minute whether someone (the ACME companion) has renewed the certificate.
set -eu
folder=${1:?usage: run-edge.sh FOLDER}
certificate=${EDGE_CERTIFICATE:?}
key=${EDGE_CERTIFICATE_KEY:?}
state() { cat "$certificate" "$key" 2>/dev/null | cksum; }
(
  # Taken when the edge has made or read the certificate for the first time.
  until [ -s "$folder/conf/upstream.conf" ]; do sleep 1; done
  read_last=$(state)
  while sleep "${EDGE_CERTIFICATE_CHECK_S:-60}"; do
    now=$(state)
    [ "$now" != "$read_last" ] || continue
    if /concord/nginx/reload.sh "$folder"; then read_last=$now; fi
  done
) &
exec /concord/nginx/run.sh "$folder"
