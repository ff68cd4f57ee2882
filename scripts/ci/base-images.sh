#!/usr/bin/env bash
# Builds the three base images where no registry of images can be reached: a Debian from Debian's own packages, with the
# pinned Node, with PostgreSQL, and with a Redis-compatible server. Users get the official ones by default.
# Usage: base-images.sh FOLDER   (DOCKER_HOST names the engine)
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mkdir -p "$1" && cd "$1" && pwd)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The mirror that apt uses here, in either format of its sources.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -v '^#' | grep -Eo 'https?://[^] ]+' | head -n 1 || true)

if ! docker image inspect rookery-base/debian >/dev/null 2>&1; then
  rm -rf "$folder/rootfs"
  debootstrap --variant=minbase --include=ca-certificates,libatomic1,redis-server,postgresql "$suite" "$folder/rootfs" "$mirror" >"$folder/debootstrap.log" 2>&1
  # Certificates and npm settings of this machine, so that a build inside reaches the same package registry.
  cp /etc/ssl/certs/ca-certificates.crt "$folder/rootfs/etc/ssl/certs/ca-certificates.crt"
  npm config ls --json | node -e '
    const all = JSON.parse(require("fs").readFileSync(0, "utf8"));
    for (const key of ["registry", "cafile"]) if (all[key]) console.log(`${key}=${key === "cafile" ? "/etc/ssl/certs/ca-certificates.crt" : all[key]}`);
  ' >"$folder/rootfs/root/.npmrc"
  tar -C "$folder/rootfs" -c . | docker import - rookery-base/debian >/dev/null
fi

context="$folder/node"
rm -rf "$context" && mkdir -p "$context/npm"
cp -L node_modules/.bin/node "$context/node"
cp -rL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")/." "$context/npm/"
cat >"$context/Dockerfile" <<'DOCKER'
FROM rookery-base/debian
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
DOCKER
docker build -q --network none -t rookery-base/node "$context" >/dev/null

context="$folder/postgres"
mkdir -p "$context"
cat >"$context/entrypoint.sh" <<'SCRIPT'
#!/bin/bash
# The part of the official image's contract that docker-compose.yml uses.
set -euo pipefail
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres)")
data=/var/lib/postgresql/data
install -d -o postgres -g postgres -m 700 "$data"
as() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
if [ ! -e "$data/PG_VERSION" ]; then
  as "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8 >/dev/null
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  as "$bin/pg_ctl" -D "$data" -w -o "-c listen_addresses=" start >/dev/null
  as "$bin/createdb" -U "$POSTGRES_USER" -h /var/run/postgresql "$POSTGRES_DB"
  as "$bin/pg_ctl" -D "$data" -w stop >/dev/null
fi
exec setpriv --reuid postgres --regid postgres --init-groups "$bin/postgres" -D "$data" -c listen_addresses='*'
SCRIPT
chmod 755 "$context/entrypoint.sh"
cat >"$context/Dockerfile" <<'DOCKER'
FROM rookery-base/debian
COPY entrypoint.sh /usr/local/bin/entrypoint.sh
RUN mkdir -p /var/run/postgresql && chown postgres /var/run/postgresql
CMD ["/usr/local/bin/entrypoint.sh"]
DOCKER
docker build -q --network none -t rookery-base/postgres "$context" >/dev/null

context="$folder/valkey"
mkdir -p "$context"
cat >"$context/Dockerfile" <<'DOCKER'
FROM rookery-base/debian
RUN ln -s /usr/bin/redis-server /usr/local/bin/valkey-server && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["/bin/sh", "-c", "exec \"$0\" \"$@\" --bind 0.0.0.0 --protected-mode no --dir /data"]
CMD ["valkey-server"]
DOCKER
docker build -q --network none -t rookery-base/valkey "$context" >/dev/null
