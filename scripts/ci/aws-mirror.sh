#!/usr/bin/env bash
# Prints the folder of unpacked providers that holds Terraform's provider for AWS (TF_MIRROR, or found).
set -euo pipefail
if [ -n "${TF_MIRROR:-}" ]; then
  echo "$TF_MIRROR"
  exit 0
fi
found=$(find / -maxdepth 6 -path /proc -prune -o -type d -path '*/registry.terraform.io/hashicorp/aws' -print -quit 2>/dev/null || true)
[ -n "$found" ] || { echo 'No mirror holds the provider hashicorp/aws: set TF_MIRROR.' >&2; exit 1; }
echo "${found%/registry.terraform.io/hashicorp/aws}"
