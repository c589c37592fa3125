#!/bin/sh
# Makes the namespace and the Secrets of a development cluster, with random values; what is there already stays as it is.
#   k8s/overlays/dev/make-secrets.sh [NAMESPACE]
# In production the same Secrets come from your own store (k8s/README.md lists them); this shows their form.
set -eu
namespace=${1:-concord}
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace"

random() {
  openssl rand -hex 24
}

# Values go by files: a command line can be read by every process of the machine.
put() {
  printf '%s' "$2" >"$folder/$1"
}

# Takes every file of the folder, and empties it.
make() {
  if kubectl -n "$namespace" get secret "$1" >/dev/null 2>&1; then
    echo "secret/$1 is there"
  else
    kubectl -n "$namespace" create secret generic "$1" --from-file="$folder"
  fi
  rm -f "$folder"/*
}

password=$(random)
put password "$password"
put url "postgres://concord:$password@postgres:5432/concord"
put direct-url "postgres://concord:$password@postgres:5432/concord"
make concord-database

password=$(random)
put password "$password"
put url "redis://:$password@redis:6379"
make concord-redis

password=$(random)
put user concord
put password "$password"
put url "amqp://concord:$password@rabbitmq:5672"
put management-url "http://concord:$password@rabbitmq:15672/"
make concord-rabbitmq

put keys "k1:$(openssl rand -base64 32)"
make concord-vault

all=
for service in auth ai-inference consensus-orchestrator gateway; do
  secret=$(random)
  put "$service" "$secret"
  all=${all:+$all,}$service=$secret
done
put all "$all"
make concord-clients
