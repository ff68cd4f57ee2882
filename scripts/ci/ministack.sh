#!/usr/bin/env bash
# Prints a Python that has ministack, which answers in AWS's place and really runs tasks, databases and caches as containers of an
# engine: the system's, or one made in FOLDER. Usage: ministack.sh FOLDER
set -euo pipefail
if python3 -c 'import cryptography, docker, ministack' 2>/dev/null; then
  command -v python3
  exit 0
fi
[ -x "$1/bin/python" ] || { python3 -m venv "$1" && "$1/bin/python" -m pip install -q 'ministack==1.5.33' docker cryptography; } >&2
echo "$1/bin/python"
