#!/usr/bin/env bash
# Builds docker compose v2 from the Go module proxy where Debian has only the old one. Prints the plugin's path.
# Usage: compose-plugin.sh FOLDER
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
plugin="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins/docker-compose"
if docker compose version >/dev/null 2>&1; then
  echo "$plugin"
  exit 0
fi
version=v5.6.0
cd "$folder"
printf 'module tools\n\ngo 1.26\n\nrequire github.com/docker/compose/v5 %s\n' "$version" >go.mod
printf '//go:build tools\npackage tools\nimport _ "github.com/docker/compose/v5/cmd"\n' >tools.go
go mod tidy >tidy.log 2>&1
mkdir -p "$(dirname "$plugin")"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=$version" -o "$plugin" github.com/docker/compose/v5/cmd
echo "$plugin"
