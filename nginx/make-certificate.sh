#!/bin/sh
# A self-signed certificate for development: edge.crt and edge.key in a folder, for localhost and the names given.
#   nginx/make-certificate.sh FOLDER [NAME…]
# One that is valid for another week at least is kept.
set -eu
folder=${1:?usage: make-certificate.sh FOLDER [NAME…]}
shift
umask 077
mkdir -p "$folder"
if [ -s "$folder/edge.crt" ] && [ -s "$folder/edge.key" ] && openssl x509 -in "$folder/edge.crt" -noout -checkend 604800 >/dev/null; then
  exit 0
fi

names='DNS:localhost,IP:127.0.0.1,IP:::1'
for name in "$@"; do
  case $name in
    *[!A-Za-z0-9.*-]*) echo "make-certificate.sh: '$name' is no host name" >&2 && exit 1 ;;
  esac
  names="$names,DNS:$name"
done

# Written beside and then renamed, so that whoever reads meanwhile finds the old one whole.
new=$(mktemp -d "$folder/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 90 -subj /CN=localhost \
  -addext "subjectAltName=$names" -addext 'basicConstraints=critical,CA:FALSE' -addext 'extendedKeyUsage=serverAuth' \
  -keyout "$new/edge.key" -out "$new/edge.crt" 2>"$new/said" || { cat "$new/said" >&2 && exit 1; }
chmod 644 "$new/edge.crt"
mv "$new/edge.key" "$folder/edge.key"
mv "$new/edge.crt" "$folder/edge.crt"
