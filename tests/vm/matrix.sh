#!/bin/bash
# matrix.sh EXPECTATION…: a kernel, as a shipped node finds it. Runs in the guest; prints RESULT lines.
#
#     closed           there is no override door, and the node says why; the shared door works
#     nop5, nop10      the override door is open, and this is the no-operation that the kernel makes a call
#     integrity, confidentiality   how the kernel is locked down
#     overlay          there are overlays, and a file may become a copy in one
#     verifier         its verifier is asked about every program, too
set -u
. "$(dirname "$(readlink -f "$0")")/guest.sh"

expectations=" $* "
four=000000c000080004 # CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF

is_expected() { [[ $expectations == *" $1 "* ]]; }
is_locked_down() { grep -qF "[$1]" /sys/kernel/security/lockdown; }
is_confined() { # whether each thread of the node has the four capabilities, and nothing that it starts would gain more
    local status held threads=0
    for status in /proc/"$node_pid"/task/*/status; do
        held=$(awk '/^Cap(Prm|Eff|Bnd):|^NoNewPrivs:/ { print $2 }' "$status" 2>/dev/null | xargs)
        [ -n "$held" ] || continue # it has ended meanwhile
        [ "$held" = "$four $four $four 1" ] || { echo "$status: $held"; return 1; }
        threads=$((threads + 1))
    done
    [ $threads -gt 3 ]
}
never_says() { ! grep -q "$2" "$work/$1"; }

start_programs() {
    local language
    start_target c "$targets/target" checkout
    start_target cold "$targets/target" --cold "$targets/name"
    for language in c cpp rust go; do start_target "example-$language" "$targets/override-$language" checkout; done
}
attach_all() {
    local language
    attach $url "$targets/target" is_feature_enabled flag || return 1
    for language in c cpp rust; do attach $url "$targets/override-$language" is_feature_enabled flag || return 1; done
    attach $url "$targets/override-go" main.isFeatureEnabled flag
}

test_closed() {
    local why='this kernel refuses register writes'
    check the-node-says-why-nothing-is-overridden grep -q "\"override\":{\"supported\":false,\"reason\":\"$why" <(curl -sS "$url/api/v1/node")
    check so-does-the-doctor grep -q "$why" <("$root/dist/fabric" doctor 2>&1)
    check what-is-attached-is-refused refused "$targets/target" is_feature_enabled "$why"
    check nothing-is-pinned test -z "$(find /run/fabric/bpf/vm/links -type f)"

    mkfifo "$work/questions"
    "$root/tests/native/out/ask" <"$work/questions" >"$work/asked" &
    pids+=($!)
    exec 9>"$work/questions"
    check the-library-answers within 40 library_says 1
    switch off
    check a-put-switches-it-off within 40 library_says 0
    switch on
    check and-on within 40 library_says 1
    check all-others-answer-for-themselves all_say off
}
refused() { # EXE SYMBOL REASON
    curl -sS -X POST "$url/api/v1/attachments?timeout=30s" -H 'content-type: application/json' \
        -d "{\"exe\":\"$1\",\"symbol\":\"$2\"}" | tee "$work/attached" | grep -q "\"state\":\"refused\".*$3" ||
        { cat "$work/attached"; return 1; }
}
library_says() { # 0|1: what a running program is told when it asks now
    echo checkout >&9
    sleep 0.2
    [[ $(tail -n 1 "$work/asked") == "$1 "* ]]
}

test_switching() {
    check the-override-door-is-open grep -q '"override":{"supported":true' <(curl -sS "$url/api/v1/node")
    check own-answers-before all_say off
    check attaches-all attach_all
    check running-programs-switch-on all_say on
    check so-does-one-whose-flags-name-is-in-no-memory last_is cold 'flag checkout on'
    switch off
    check a-put-switches-all-off all_say off
    switch on
    check a-put-switches-all-on all_say on
    check an-unknown-flag-keeps-the-default last_is unknown 'flag nobody-knows-this off'
}

# What is attached is the inode: a hard link is the same one, a copy is another.
test_files() {
    cp "$targets/target" "$work/shop" && cp "$targets/target" "$work/copy" && ln "$work/shop" "$work/link"
    check attaches-a-file attach $url "$work/shop" is_feature_enabled flag
    "$work/link" checkout >"$work/link.says" & pids+=($!)
    "$work/copy" checkout >"$work/copy.says" & pids+=($!)
    check a-hard-link-is-answered within 40 last_is link.says 'flag checkout on'
    check a-copy-is-not within 40 last_is copy.says 'flag checkout off'
}

# A file that is written in an overlay is another inode from then on: it escapes, and the door goes after it. The node stands
# still meanwhile, so that the escape is seen.
test_overlay() {
    local shop=$work/merged/shop
    mkdir "$work"/{lower,upper,worker,merged}
    cp "$targets/target" "$work/lower/shop"
    mount -t overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/worker" overlay "$work/merged"
    check attaches-in-an-overlay attach $url "$shop" is_feature_enabled flag
    "$shop" checkout >"$work/shop-below" & pids+=($!)
    check a-file-in-an-overlay-is-answered within 40 last_is shop-below 'flag checkout on'
    kill -STOP "$node_pid"
    touch -d 2020-01-01 "$shop"
    check it-was-copied-up test -s "$work/upper/shop"
    "$shop" checkout >"$work/shop-above" & pids+=($!)
    check its-copy-escapes within 40 last_is shop-above 'flag checkout off'
    check who-runs-the-old-one-is-answered last_is shop-below 'flag checkout on'
    kill -CONT "$node_pid"
    check the-door-goes-after-the-copy within 40 last_is shop-above 'flag checkout on'
}

# Rules that take the whole machine. From 7.0 on this machine's kernel never has memory for them, since it does without
# cmpxchg16b: there they are evaluated in the spare places.
test_facts() {
    check the-kernel-knows-the-programs-name says comm '{"==":[{"var":"process.comm"},"target"]}' "$targets/target"
    check the-kernel-knows-the-user says uid '{"===":[{"var":"process.uid"},0]}' "$targets/target"
    if is_expected confidentiality; then # which lets no program read the kernel's memory
        check the-programs-path-is-null says exe '{"==":[{"var":"process.exe"},null]}' "$targets/target"
        check so-is-the-control-group says cgroup '{"==":[{"var":"process.cgroup"},null]}' "$targets/target"
        return
    fi
    check the-kernel-knows-the-programs-path says exe "{\"==\":[{\"var\":\"process.exe\"},\"$targets/target\"]}" "$targets/target"
    check the-kernel-knows-the-control-group says cgroup '{"==":[{"var":"process.cgroup"},"/"]}' "$targets/target"
}

test_kill() {
    kill -9 "$node_pid"
    wait "$node_pid" 2>/dev/null
    check a-killed-nodes-functions-stay-answered all_say on
    "$targets/target" checkout >"$work/orphan" & pids+=($!)
    check also-in-a-program-started-after-it-was-killed within 40 last_is orphan 'flag checkout on'
    check which-never-answered-otherwise never_says orphan ' off'
    check the-copy-never-was-answered never_says copy.says ' on'
    check nor-was-the-unknown-flag never_says unknown ' on'
}

echo "$(uname -r), $(cat /sys/kernel/security/lockdown)"
lockdown=none
for mode in integrity confidentiality; do is_expected $mode && lockdown=$mode; done
check "lockdown-is-$lockdown" is_locked_down $lockdown
is_expected verifier && "$here/verifier.sh"
start_programs
"$targets/target" nobody-knows-this >"$work/unknown" & pids+=($!)
check node-starts start_node vm 7401 "$FABRIC_TABLE"
check it-has-four-capabilities-in-each-thread is_confined
check flag-is-put switch on
if is_expected closed; then
    test_closed
else
    for site in nop5 nop10; do is_expected $site && no_operation=$site; done
    test_switching
    library_is_overridden "$no_operation"
    test_files
    is_expected overlay && test_overlay
    test_facts
    test_kill
fi
check nobody-crashed all_run
