#!/usr/bin/env bash
# Builds what is shipped into dist/: fabric, libflagfabric.so, include/flagfabric.h, fabric.bpf.o; and fabric-chaos, which checks it.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh

need_build_tools
make -s -C bpf OUT="$PWD/dist"

# One file with its runtime inside, so that a host needs no .NET. Published again only when a source is newer.
if [ ! -x dist/fabric ] || [ -n "$(find src bpf web Directory.*.props global.json -newer dist/fabric -not -path '*/obj/*' -not -path '*/bin/*' -not -path '*/node_modules*' -not -path 'web/dist*' -type f -print -quit)" ]; then
    echo "  PUBLISH  dist/fabric"
    dotnet publish src/Fabric.Cli -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false \
        -p:DebugType=none -o dist/publish -v quiet --nologo
    mv dist/publish/fabric dist/fabric
    rm -rf dist/publish
    touch dist/fabric
fi

# For developers, who have .NET: one file without it, and what kills a node at a call of its own.
make -s -C chaos/native OUT="$PWD/dist/chaos" "$PWD/dist/chaos/kill-at"
if [ ! -x dist/fabric-chaos ] || [ -n "$(find chaos/Fabric.Chaos Directory.*.props global.json -newer dist/fabric-chaos -not -path '*/obj/*' -not -path '*/bin/*' -type f -print -quit)" ]; then
    echo "  PUBLISH  dist/fabric-chaos"
    dotnet publish chaos/Fabric.Chaos -c Release -r linux-x64 --no-self-contained -p:PublishSingleFile=true -p:DebugType=none -o dist/publish-chaos -v quiet --nologo
    mv dist/publish-chaos/fabric-chaos dist/fabric-chaos
    rm -rf dist/publish-chaos
    touch dist/fabric-chaos
fi
