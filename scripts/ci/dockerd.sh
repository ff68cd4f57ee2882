#!/usr/bin/env bash
# Starts a Docker engine of its own on a private socket, with its own bridge, and prints DOCKER_HOST. Root, no systemd.
# Usage: dockerd.sh FOLDER
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
if [ -S "$folder/docker.sock" ] && DOCKER_HOST="unix://$folder/docker.sock" timeout 10 docker info >/dev/null 2>&1; then
  echo "unix://$folder/docker.sock"
  exit 0
fi
bridge=rkbr0
if ! ip link show "$bridge" >/dev/null 2>&1; then
  ip link add "$bridge" type bridge
  ip addr add 10.210.0.1/24 dev "$bridge"
  ip link set "$bridge" up
fi
setsid nohup dockerd -H "unix://$folder/docker.sock" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" \
  --bridge "$bridge" --default-address-pool base=10.211.0.0/16,size=24 >"$folder/dockerd.log" 2>&1 </dev/null &
for _ in $(seq 100); do
  if DOCKER_HOST="unix://$folder/docker.sock" timeout 5 docker info >/dev/null 2>&1; then
    echo "unix://$folder/docker.sock"
    exit 0
  fi
  sleep 0.2
done
tail -20 "$folder/dockerd.log" >&2
exit 1
