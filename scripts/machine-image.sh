#!/usr/bin/env bash
# Fills FOLDER/rootfs with the files of a machine image: Node, the bundles of edge, agent, runtime and rookery-machine, their
# units. Copy it on a Debian 12 and make an AMI of that, or build docker/machine/Dockerfile with FOLDER as its context.
# Usage: machine-image.sh FOLDER   (after npm run build)
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
rm -rf "$folder/rootfs"
cp -r docker/machine/rootfs "$folder/rootfs"
root=$folder/rootfs/opt/rookery
mkdir -p "$root/lib"
cp services/edge/dist/edge.mjs services/provisioner/dist/agent.mjs services/provisioner/dist/rookery-machine.mjs services/broker-runtime/dist/*.mjs "$root/lib/"
cp -L node_modules/.bin/node "$root/bin/node"
chmod -R a+rX,go-w "$folder/rootfs"
