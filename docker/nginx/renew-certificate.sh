#!/bin/sh
# The ACME companion: asks for a certificate until there is one, and twice a day whether it should be renewed. Proofs go where the
# edge serves them; a new certificate is put in place of the old one, whole, and the edge reloads by itself.
set -eu
domain=${PUBLIC_URL#https://}
domain=${domain%%[:/]*}
lineage=/etc/letsencrypt/live/$domain

hand_over() {
  [ -s "$lineage/fullchain.pem" ] || return 0
  cmp -s "$lineage/fullchain.pem" /certificates/edge.crt && return 0
  cp "$lineage/fullchain.pem" /certificates/edge.crt.new
  cp "$lineage/privkey.pem" /certificates/edge.key.new
  chmod 400 /certificates/edge.key.new
  chown 101:101 /certificates/edge.crt.new /certificates/edge.key.new
  mv /certificates/edge.key.new /certificates/edge.key
  mv /certificates/edge.crt.new /certificates/edge.crt
  echo "The certificate of $domain is in place."
}

trap 'exit 0' TERM INT
while :; do
  # Keeps what is not yet due, so that it may be asked at any time.
  if certbot certonly --non-interactive --agree-tos --email "$ACME_EMAIL" --server "${ACME_SERVER:?}" \
    --webroot --webroot-path /acme --domain "$domain" --cert-name "$domain" --keep-until-expiring --quiet; then
    wait=43200
  else
    # Let's Encrypt counts failures: five an hour are its limit.
    wait=1800
  fi
  hand_over
  sleep "$wait" &
  wait $!
done
