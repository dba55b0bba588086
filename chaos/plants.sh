#!/usr/bin/env bash
# Plants one bug after the other into a build of its own, and shows which checker finds each: `chaos/plants.sh [PLANT…]`. Needs root.
# The last line is `N planted, N caught`; a bug that no named checker finds fails the script.
set -uo pipefail
cd "$(dirname "$0")/.."

# The bug, the faults that expose it, the checkers of which one has to find it, and for how many minutes it may take.
plants="
acknowledged-before-commit isolate-leader,kill-leader                 acknowledged|conditions|order      0.3
refused-although-appended  pause-majority,pause-all                   refused                            0.8
lost-idempotency           isolate-leader,pause-leader,kill-leader    once                               0.5
half-applied               kill-one                                   acknowledged|origin                0.2
condition-by-presence      kill-one                                   conditions                         0.2
stale-read                 isolate-leader,pause-leader                reads|register                     0.5
local-as-linearizable      isolate-one,pause-one                      reads|register                     0.3
applied-twice-at-start     kill-one,kill-all                          agreement|final                    0.3
skipped-at-start           kill-one,kill-all                          agreement|final|log|tables         0.3
table-before-commit        isolate-leader,kill-leader                 tables                             0.4
snapshot-unchecked         crash-points                               acknowledged|once|final|reads      0
fsync-ignored              small-snapshots,power-all,power-two        healing|final|acknowledged|self-ended 0.5
split-change-set           kill-one                                   tables                             0.3
table-goes-back            kill-one,kill-all                          tables|healing                             0.4
deletion-not-shown         kill-one                                   tables|final                       0.2
event-missing              kill-one                                   events|acknowledged|log            0.3
events-resume-now          kill-one,kill-all,reset                    events                             0.4
"

tool=$PWD/dist/fabric-chaos
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT

./build.sh || exit 1
make -s -C chaos/native || exit 1
echo "  BUILD    with bugs that can be planted"
dotnet build src/Fabric.Cli -c Release -p:FabricPlants=true --artifacts-path "$planted/build" -v quiet --nologo || exit 1
node=$planted/build/bin/Fabric.Cli/release
cp dist/fabric.bpf.o dist/flagnode.so "$node/"

# Runs one: its name, faults, checkers, minutes. Says who found it, or that nobody did.
try() {
    local out=$planted/$1.txt found
    export FABRIC_PLANT=$1
    if [ "$2" = crash-points ]; then
        timeout -s KILL 600 "$tool" crash-points --spoil-snapshot --from 180 --to 300 --step 30 --node "$node/fabric" >"$out" 2>&1
    else
        timeout -s KILL 600 "$tool" run --node "$node/fabric" --faults "$2" --minutes "$4" --seed "${SEED:-7}" --keep "$planted/run-$1" >"$out" 2>&1
        rm -rf "$planted/run-$1"
    fi
    found=$(grep -E "(^|: )($3) +ILLEGAL" "$out" | head -n 1)
    if [ -n "$found" ]; then
        printf 'CAUGHT %-27s by %s\n' "$1" "$(cut -c 1-170 <<<"$found")"
        return 0
    fi
    printf 'MISSED %-27s by %s\n' "$1" "$3"
    tail -n 25 "$out"
    return 1
}

# The log of the library without its fences needs no build of its own: one slow disk and two deaths lose what was acknowledged.
stock_log() {
    local out=$planted/stock-log.txt test=A_write_is_not_acknowledged_before_a_majority_has_it_on_disk
    dotnet build chaos/Fabric.Chaos.Tests -c Release -v quiet --nologo || return 1
    FABRIC_TEST_STOCK_LOG=1 timeout -s KILL 600 chaos/Fabric.Chaos.Tests/bin/Release/net10.0/Fabric.Chaos.Tests -noColor -class '*SlowDisk*' >"$out" 2>&1
    if grep -q "$test \[FAIL\]" "$out"; then
        printf 'CAUGHT %-27s by %s\n' stock-log "$test: $(grep -m 1 -oE 'not in [0-9]+ s: .*' "$out")"
        return 0
    fi
    printf 'MISSED %-27s by %s\n' stock-log "$test"
    tail -n 25 "$out"
    return 1
}

count=0 caught=0
if [ $# -eq 0 ] || [[ " $* " == *" stock-log "* ]]; then
    count=1
    stock_log && caught=1
fi
while read -r name faults checkers minutes; do
    [ -n "$name" ] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    count=$((count + 1))
    try "$name" "$faults" "$checkers" "$minutes" </dev/null && caught=$((caught + 1))
done <<<"$plants"

echo "$count planted, $caught caught"
[ "$count" -gt 0 ] && [ "$count" -eq "$caught" ]
