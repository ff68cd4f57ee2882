#!/usr/bin/env bash
# Builds Terraform's docker provider from the Go module proxy where no registry of providers can be reached, puts it into a
# mirror, and prints a file for TF_CLI_CONFIG_FILE. Users get the released provider from the registry.
# Usage: docker-provider.sh FOLDER
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
version=4.6.0
module=github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4
# Terraform and OpenTofu each ask under the name of their own registry.
registry=$("${TERRAFORM_BIN:-terraform}" -chdir="$(dirname "$0")/../../infra/terraform/modules/runtime-docker" providers | sed -n 's/.*provider\[\([^/]*\)\/.*/\1/p' | head -n 1)
target=$folder/mirror/$registry/kreuzwerker/docker/$version/linux_$(go env GOARCH)
binary=$target/terraform-provider-docker_v$version
if [ ! -x "$binary" ]; then
  mkdir -p "$target"
  source=$(go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  (cd "$source" && CGO_ENABLED=0 GOFLAGS=-modcacherw go build -trimpath -ldflags '-s -w' -o "$binary" .)
fi
cat >"$folder/cli.tfrc" <<CONFIG
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path = "$folder/mirror"
  }
}
CONFIG
echo "$folder/cli.tfrc"
