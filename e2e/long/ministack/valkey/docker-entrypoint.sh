#!/bin/sh
# The part of the official image's contract that ministack uses: flags of the server, or a command.
set -eu
case ${1:-} in
  -*) set -- redis-server "$@" ;;
  valkey-server) shift; set -- redis-server "$@" ;;
esac
exec "$@" --bind 0.0.0.0 --protected-mode no --dir /data
