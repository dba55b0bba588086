#!/bin/bash
# Whether this kernel's verifier takes every program, and after how many instructions. Runs in the guest; prints RESULT lines.
set -u
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
release=$(uname -r)

# Register writes came with 6.18.
[ "$(printf '%s\n' 6.18 "$release" | sort -V | head -n 1)" != 6.18 ] || export FABRIC_VERIFY_OVERRIDE=1
"$root/tests/native/out/verify" "$root/dist/fabric.bpf.o" "$root/tests/native/out/evaluate.bpf.o" 2>&1 | while read -r verdict name rest; do
    case $verdict in
    verified) echo "RESULT ok verifier-takes-$name $rest instructions on $release" ;;
    *) echo "RESULT fail verifier-takes-$name $rest on $release" ;;
    esac
done
