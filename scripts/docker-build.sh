#!/bin/sh
# Builds the image of the Dockerfile with buildah and tries it: --version and a health probe.
#
# Without a registry of images it makes a base of its own from Debian packages and the Node that
# package.json pins. Where that is impossible it says why and exits 0.
#
#   scripts/docker-build.sh [TAG]         NODE_IMAGE=… uses that base instead of making one
set -eu

tag=${1:-countersign:local}
root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd)
base=localhost/countersign-base:node$(cat "$root/.nvmrc")-bookworm
work=$(mktemp -d)
container=
trap 'if [ -n "$container" ]; then buildah rm "$container" >/dev/null; fi; rm -rf "$work"' EXIT

skip() {
  echo "docker-build: skipped: $1"
  exit 0
}

need_tools() {
  missing=
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  if [ -z "$missing" ]; then return; fi
  [ "$(id -u)" -eq 0 ] || skip "missing$missing, and only root can install them"
  command -v apt-get >/dev/null || skip "missing$missing, and there is no apt-get to install them"
  apt-get update -qq >"$work/apt.log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
      >>"$work/apt.log" 2>&1 || skip "could not install$missing: $(tail -n 1 "$work/apt.log")"
}

# As slim as the official image: Debian's minimal base, Node, npm and the machine's certificates.
make_base() {
  node=$root/node_modules/node/bin/node
  [ -x "$node" ] || skip 'node_modules is not there: run `npm ci` first'
  npm=$(npm root --global 2>/dev/null)/npm
  [ -d "$npm" ] || skip 'npm is not installed globally, so that there is none to copy'
  echo 'docker-build: making a base image (about a minute, once)'
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libatomic1 bookworm \
    "$work/base.tar" >"$work/base.log" 2>&1 || skip "no base: $(tail -n 1 "$work/base.log")"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$work/base.tar" / >/dev/null
  buildah copy --quiet "$container" "$node" /usr/local/bin/node >/dev/null
  buildah copy --quiet "$container" "$npm" /usr/local/lib/node_modules/npm >/dev/null
  buildah run --isolation chroot "$container" -- \
    ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  certificates=/etc/ssl/certs/ca-certificates.crt
  if [ -f "$certificates" ]; then
    buildah copy --quiet "$container" "$certificates" "$certificates" >/dev/null
    buildah config --env "NODE_EXTRA_CA_CERTS=$certificates" "$container"
  fi
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet "$container" "$base" >/dev/null
  buildah rm "$container" >/dev/null
  container=
}

need_tools buildah crun
if [ -z "${NODE_IMAGE:-}" ]; then
  NODE_IMAGE=$base
  if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
    need_tools mmdebstrap
    make_base
  fi
fi

if [ -f "$HOME/.npmrc" ]; then set -- --secret "id=npmrc,src=$HOME/.npmrc"; else set --; fi
buildah bud --isolation chroot --pull-never --format docker "$@" \
  --build-arg "NODE_IMAGE=$NODE_IMAGE" --tag "$tag" "$root"

container=$(buildah from --pull-never "$tag")
in_image() {
  buildah run --isolation chroot --user 10001:10001 "$container" -- "$@"
}
echo "docker-build: $tag is $(in_image /app/bin/countersign --version), run as uid $(in_image id -u)"

# The isolation shares the machine's network: ports of its own, so that nothing else is asked.
in_image sh -c '
  /app/bin/countersign --config /etc/countersign/config.yaml \
    --set receivers.otlp.protocols.http.endpoint=127.0.0.1:24318 \
    --set service.health.endpoint=127.0.0.1:23133 \
    --set service.telemetry.metrics.address=127.0.0.1:28888 >/tmp/out 2>/tmp/err &
  daemon=$!
  probe="fetch(\"http://127.0.0.1:23133/livez\").then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if node -e "$probe"; then
      echo "docker-build: alive after attempt $attempt"
      kill -TERM $daemon
      wait $daemon
      exit $?
    fi
    sleep 0.5
  done
  cat /tmp/err >&2
  kill -KILL $daemon
  exit 1
'
echo "docker-build: $tag built, started, probed and stopped"
