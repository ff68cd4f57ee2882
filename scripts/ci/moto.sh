#!/usr/bin/env bash
# Prints a Python that has moto, which answers in AWS's place: the system's, or one made in FOLDER. Usage: moto.sh FOLDER
set -euo pipefail
if python3 -c 'import moto.server' 2>/dev/null; then
  command -v python3
  exit 0
fi
[ -x "$1/bin/python" ] || { python3 -m venv "$1" && "$1/bin/python" -m pip install -q 'moto[server]==5.2.1'; } >&2
echo "$1/bin/python"
