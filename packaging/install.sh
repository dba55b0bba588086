#!/usr/bin/env bash
# Installs what ./build.sh has built: packaging/install.sh [DESTDIR]. Without DESTDIR, onto this very host, which then
# has the user and the units; nothing is started.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
dist=$here/../dist
destination=${1:-}

[ -x "$dist/fabric" ] || { echo "install: dist/fabric is missing: run ./build.sh" >&2 && exit 1; }

put() { # MODE FROM TO
    install -D -m "$1" "$2" "$destination$3"
}
put 755 "$dist/fabric" /usr/bin/fabric
put 644 "$dist/libflagfabric.so" /usr/lib/libflagfabric.so
put 644 "$dist/include/flagfabric.h" /usr/include/flagfabric.h
put 644 "$here/systemd/fabric.service" /usr/lib/systemd/system/fabric.service
put 644 "$here/systemd/run-fabric-bpf.mount" /usr/lib/systemd/system/run-fabric-bpf.mount
put 644 "$here/systemd/run-fabric-usage.mount" /usr/lib/systemd/system/run-fabric-usage.mount
put 644 "$here/systemd/fabric.sysusers" /usr/lib/sysusers.d/fabric.conf
# What an operator has written stays.
[ -e "$destination/etc/fabric/fabric.env" ] || put 644 "$here/systemd/fabric.env" /etc/fabric/fabric.env

if [ -z "$destination" ]; then
    ldconfig
    systemd-sysusers fabric.conf
    systemctl daemon-reload
    echo "installed; write /etc/fabric/fabric.env, then: systemctl enable --now fabric"
fi
