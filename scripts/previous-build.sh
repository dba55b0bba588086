#!/usr/bin/env bash
# Builds fabric as it was at a commit of this repository, once, and says where it is: scripts/previous-build.sh COMMIT
# It exits 3 where the history does not have the commit, as in a shallow clone.
set -euo pipefail
cd "$(dirname "$0")/.."

commit=$(git rev-parse --verify --quiet "$1^{commit}") || { echo "the history has no commit $1: fetch all of it" >&2; exit 3; }
folder=$PWD/dist/previous/$commit
if [ ! -x "$folder/fabric" ]; then
    source=$(mktemp -d)
    trap 'rm -rf "$source"' EXIT
    git archive "$commit" | tar -x -C "$source"
    (cd "$source" && ./build.sh) >&2
    mkdir -p "$folder"
    mv "$source/dist/fabric" "$folder/fabric"
fi
echo "$folder/fabric"
