#!/bin/sh
# Renders again and has the running NGINX take it over without losing a request: new settings, new certificates, reopened logs.
#   nginx/reload.sh FOLDER
# A configuration that does not pass leaves the running one as it is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: reload.sh FOLDER}
nginx=${NGINX_PATH:-nginx}
"$here/render.sh" "$folder"
"$nginx" -t -q -e stderr -p "$folder" -c nginx.conf
"$nginx" -e stderr -p "$folder" -c nginx.conf -s reload
