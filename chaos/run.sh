#!/usr/bin/env bash
# Breaks a fabric while it is used and checks what was recorded: `chaos/run.sh --minutes 20`. The options are those of
# `fabric-chaos run`; `chaos/run.sh --help` names them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/need.sh

need iproute2 nftables iptables util-linux e2fsprogs strace faketime libnetfilter-queue-dev
./build.sh >&2
make -s -C chaos/native
exec dist/fabric-chaos run "$@"
