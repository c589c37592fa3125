#!/bin/sh
# Renders the configuration into a folder and becomes NGINX, in the foreground: a container's entry point, and for use by hand.
#   nginx/run.sh FOLDER
# With EDGE_SELF_SIGNED=on a missing certificate is made; without, it stops the start.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: run.sh FOLDER}
nginx=${NGINX_PATH:-nginx}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

certificate=${EDGE_CERTIFICATE:-certificates/edge.crt}
case $certificate in
  /*) ;;
  *) certificate=$folder/$certificate ;;
esac
if [ ! -s "$certificate" ]; then
  [ "${EDGE_SELF_SIGNED:-off}" = on ] || { echo "run.sh: there is no certificate at $certificate (EDGE_SELF_SIGNED=on makes one)" >&2 && exit 1; }
  host=${EDGE_PUBLIC_URL:-https://localhost}
  host=${host#https://}
  "$here/make-certificate.sh" "$(dirname "$certificate")" "${host%%[:/]*}"
fi
"$here/render.sh" "$folder"
"$nginx" -t -q -e stderr -p "$folder" -c nginx.conf
exec "$nginx" -e stderr -p "$folder" -c nginx.conf -g 'daemon off;'
