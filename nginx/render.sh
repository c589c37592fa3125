#!/bin/sh
# Writes the edge's configuration into a folder, from the settings in the environment (README.md) and for the NGINX that is installed.
#   nginx/render.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: render.sh FOLDER}
nginx=${NGINX_PATH:-nginx}

: "${EDGE_PUBLIC_URL:=https://localhost}"
: "${EDGE_LISTEN:=0.0.0.0}"
: "${EDGE_HTTPS_PORT:=443}"
: "${EDGE_HTTP_PORT:=80}"
: "${EDGE_INSIDE_LISTEN:=127.0.0.1:8081}"
: "${EDGE_GATEWAYS:=127.0.0.1:8080}"
: "${EDGE_RESOLVER:=}"
: "${EDGE_TRIES:=2}"
: "${EDGE_CERTIFICATE:=certificates/edge.crt}"
: "${EDGE_CERTIFICATE_KEY:=certificates/edge.key}"
: "${EDGE_TLS_1_2:=off}"
: "${EDGE_HSTS:=max-age=31536000; includeSubDomains}"
: "${EDGE_TRUSTED_PROXIES:=}"
: "${EDGE_REQUESTS_PER_SECOND:=100}"
: "${EDGE_REQUESTS_BURST:=1200}"
: "${EDGE_WEBHOOKS_PER_SECOND:=200}"
: "${EDGE_WEBHOOKS_BURST:=1000}"
: "${EDGE_CONNECTIONS_PER_ADDRESS:=256}"
: "${EDGE_CONSOLE_FOLDER:=}"
: "${EDGE_ACME_FOLDER:=acme}"
: "${EDGE_ACCESS_LOG:=/dev/stdout}"
: "${EDGE_ERROR_LOG:=stderr}"
: "${EDGE_WORKERS:=auto}"

fail() {
  echo "render.sh: $1" >&2
  exit 1
}

# A value goes into the configuration as it is, so it must not be able to end a directive; HSTS stands in quotes.
refuse() {
  case $2 in
    *["$3"]*) fail "$1 holds a character that it must not: $2" ;;
  esac
}
for setting in $(set | sed -n 's/^\(EDGE_[A-Z0-9_]*\)=.*/\1/p'); do
  eval "value=\$$setting"
  if [ "$setting" = EDGE_HSTS ]; then refuse "$setting" "$value" '"{}$\'; else refuse "$setting" "$value" ';"{}$\'; fi
  export "$setting"
done
for setting in HTTPS_PORT HTTP_PORT TRIES REQUESTS_PER_SECOND REQUESTS_BURST WEBHOOKS_PER_SECOND WEBHOOKS_BURST CONNECTIONS_PER_ADDRESS; do
  eval "value=\$EDGE_$setting"
  case $value in
    '' | 0 | *[!0-9]*) fail "EDGE_$setting must be a whole number above 0, not '$value'" ;;
  esac
done
case $EDGE_PUBLIC_URL in
  https://*/) fail 'EDGE_PUBLIC_URL must not end with a slash' ;;
  https://?*) ;;
  *) fail 'EDGE_PUBLIC_URL must begin with https://' ;;
esac
case $EDGE_TLS_1_2 in
  on) EDGE_TLS_PROTOCOLS='TLSv1.2 TLSv1.3' ;;
  off) EDGE_TLS_PROTOCOLS=TLSv1.3 ;;
  *) fail 'EDGE_TLS_1_2 must be on or off' ;;
esac
EDGE_PUBLIC_SOCKET_URL=wss${EDGE_PUBLIC_URL#https}
# By which the inside listener tells that a reload has taken effect.
EDGE_RENDERED=$(date -u +%Y%m%dT%H%M%SZ)-$$
export EDGE_TLS_PROTOCOLS EDGE_PUBLIC_SOCKET_URL EDGE_RENDERED

command -v "$nginx" >/dev/null || fail "there is no NGINX at '$nginx': install it or set NGINX_PATH"
version=$("$nginx" -v 2>&1 | sed -n 's|.*nginx/\([0-9.]*\).*|\1|p')

# Whether NGINX is at least of the given version, such as 1.25.1.
at_least() {
  awk -v have="$version" -v want="$1" 'BEGIN {
    split(have, h, "."); split(want, w, ".")
    for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
    exit 0
  }'
}

mkdir -p "$folder/conf" "$folder/temp" "$folder/acme"
folder=$(cd "$folder" && pwd)

(cd "$here" && awk -v folder="$folder" '{
  out = ""; rest = $0
  while (match(rest, /[$][{]EDGE_[A-Z0-9_]+[}]/)) {
    name = substr(rest, RSTART + 2, RLENGTH - 3)
    if (!(name in ENVIRON)) { print "render.sh: " FILENAME " names " name ", which is no setting" > "/dev/stderr"; exit 1 }
    out = out substr(rest, 1, RSTART - 1) ENVIRON[name]
    rest = substr(rest, RSTART + RLENGTH)
  }
  print out rest > (folder "/" FILENAME)
}' nginx.conf conf/*.conf)

# What depends on the version, or is a list.
if at_least 1.25.1; then
  for address in $EDGE_LISTEN; do echo "listen $address:$EDGE_HTTPS_PORT ssl;"; done >"$folder/conf/listen-tls.conf"
  echo 'http2 on;' >>"$folder/conf/listen-tls.conf"
else
  for address in $EDGE_LISTEN; do echo "listen $address:$EDGE_HTTPS_PORT ssl http2;"; done >"$folder/conf/listen-tls.conf"
fi
for address in $EDGE_LISTEN; do echo "listen $address:$EDGE_HTTP_PORT;"; done >"$folder/conf/listen-plain.conf"
# A kept connection is not closed under a client that has just used it, also at a reload.
if at_least 1.27.4; then echo 'keepalive_min_timeout 5s;' >>"$folder/conf/connections.conf"; fi

for proxy in $EDGE_TRUSTED_PROXIES; do echo "set_real_ip_from $proxy;"; done >"$folder/conf/trusted-proxies.conf"

# As NGINX reads paths: from its folder.
case $EDGE_CONSOLE_FOLDER in
  /*) console=$EDGE_CONSOLE_FOLDER ;;
  *) console=$folder/$EDGE_CONSOLE_FOLDER ;;
esac
if [ -n "$EDGE_CONSOLE_FOLDER" ] && [ -f "$console/index.html" ]; then
  mv "$folder/conf/console-files.conf" "$folder/conf/console.conf"
  rm "$folder/conf/console-proxied.conf"
else
  mv "$folder/conf/console-proxied.conf" "$folder/conf/console.conf"
  rm "$folder/conf/console-files.conf"
fi

# No replica is set aside after failures (max_fails=0): the gateway's own 503 tells of one service behind it, and would close
# the way to all. A dead one refuses at once, a silent one within a second, and the request goes to the next.
group() {
  echo 'upstream gateways {'
  echo '  zone gateways 256k;'
  echo '  least_conn;'
  for gateway in $EDGE_GATEWAYS; do echo "  server $gateway max_fails=0$1;"; done
  echo '  # Below the 72 s after which the gateway closes an idle connection, so that it never does so under a request.'
  echo '  keepalive 64;'
  echo '  keepalive_requests 100000;'
  echo '  keepalive_timeout 55s;'
  echo '}'
  echo 'map "" $edge_gateways { default gateways; }'
}
{
  [ -z "$EDGE_RESOLVER" ] || echo "resolver $EDGE_RESOLVER valid=2s ipv6=off; resolver_timeout 2s;"
  if [ -z "$EDGE_RESOLVER" ]; then
    group ''
  elif at_least 1.27.3; then
    group ' resolve'
  else
    # Older ones look a name up afresh only where it comes from a variable, and keep no connections then.
    case $EDGE_GATEWAYS in
      *' '*) fail "NGINX $version finds replicas by one name only: EDGE_GATEWAYS is '$EDGE_GATEWAYS'" ;;
    esac
    echo "map \"\" \$edge_gateways { default $EDGE_GATEWAYS; }"
  fi
} >"$folder/conf/upstream.conf"
