#!/usr/bin/env bash
# Builds an image with this machine's terraform and the providers of a mirror, where no registry of images can be reached.
# Users get the official image by default.
# Usage: terraform-image.sh FOLDER MIRROR   (after base-images.sh; DOCKER_HOST names the engine)
set -euo pipefail
context=$(mkdir -p "$1" && cd "$1" && pwd)
rm -rf "$context/mirror"
cp -L "$(command -v "${TERRAFORM_BIN:-terraform}")" "$context/terraform"
cp -r "$2" "$context/mirror"
cat >"$context/Dockerfile" <<'DOCKER'
FROM rookery-base/debian
COPY terraform /bin/terraform
COPY mirror /usr/local/share/terraform/plugins
DOCKER
docker build -q --network none -t rookery-base/terraform "$context" >/dev/null
