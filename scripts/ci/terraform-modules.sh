#!/usr/bin/env bash
# Format, validity and tests of every module; needs their providers (TF_CLI_CONFIG_FILE).
set -euo pipefail
cd "$(dirname "$0")/../../infra/terraform"
terraform fmt -check -recursive
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r . "$copy"
for folder in "$copy"/modules/* "$copy"/stacks/*; do
  terraform -chdir="$folder" init -input=false >/dev/null
  terraform -chdir="$folder" validate
  [ ! -d "$folder/tests" ] || terraform -chdir="$folder" test
done
