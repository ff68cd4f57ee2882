#!/usr/bin/env bash
# Format of every module; validity and tests of those for Docker, whose provider TF_CLI_CONFIG_FILE names (AWS: aws-modules.sh).
set -euo pipefail
cd "$(dirname "$0")/../../infra/terraform"
terraform fmt -check -recursive
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r . "$copy"
for folder in "$copy"/modules/* "$copy"/stacks/*; do
  [[ $folder != *-aws ]] || continue
  terraform -chdir="$folder" init -input=false >/dev/null
  terraform -chdir="$folder" validate
  [ ! -d "$folder/tests" ] || terraform -chdir="$folder" test
done
