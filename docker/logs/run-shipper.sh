#!/bin/sh
# The log shipper in a container: syslog-ng in the foreground, with the password from its file.
set -eu
SHIPPER_PASSWORD=$(cat "${SHIPPER_PASSWORD_FILE:-/run/secrets/shipper_password}")
export SHIPPER_PASSWORD
exec syslog-ng --foreground --no-caps --cfgfile="${SHIPPER_CONFIG:-/concord/docker/logs/syslog-ng.conf}" \
  --persist-file="${SHIPPER_STATE:-/var/lib/syslog-ng}/syslog-ng.persist" --control=/tmp/syslog-ng.ctl --pidfile=/tmp/syslog-ng.pid
