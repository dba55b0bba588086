#!/bin/bash
# The override door, whole: a node as it is shipped, programs that have never heard of Fabric, and
# changes over HTTP that switch them while they run. Runs in the guest; prints RESULT lines. Takes the no-operation that the
# kernel makes a call: nop5, nop10.
set -u
. "$(dirname "$(readlink -f "$0")")/guest.sh"

start_target c "$targets/target" checkout
start_target c-key "$targets/target" --for somebody checkout
start_target go "$targets/target-go" checkout
start_target unknown "$targets/target" nobody-knows-this
programs=(c c-key go)

check node-starts start_node vm 7401 "$FABRIC_TABLE"
check override-is-supported grep -q '"override":{"supported":true' <(curl -sS "$url/api/v1/node")
check own-answers-before all_say off
check flag-is-put switch on
check nothing-attached-nothing-changed all_say off

check attaches-c attach $url "$targets/target" is_feature_enabled flag
check attaches-c-with-key attach $url "$targets/target" is_feature_enabled_for flag,key
check attaches-go attach $url "$targets/target-go" main.isFeatureEnabled flag
check go-is-recognised grep -q '"abi":"go"' "$work/attached"
check running-programs-switch-on all_say on
switch off
check a-put-switches-all-off all_say off
switch on
check a-put-switches-all-on all_say on
check an-unknown-flag-keeps-the-default last_is unknown 'flag nobody-knows-this off'

"$targets/target" checkout >"$work/later" & later=$!
check a-program-started-later-is-overridden-from-its-first-call within 40 last_is later 'flag checkout on'
check and-never-answered-otherwise test "$(wc -l <"$work/later")" = 1
kill $later

# The same table, evaluated in the kernel and by the library.
put_and_wait quarter '{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",25],["off",75]]}}'
"$targets/target" --keys 100 quarter >"$work/by-kernel"
for i in $(seq 0 99); do echo "quarter user-$i"; done | "$root/tests/native/out/ask" |
    awk '{ print "user-" NR - 1, $1 ? "on" : "off" }' >"$work/by-library"
check a-percentage-agrees-with-the-library-for-100-keys cmp "$work/by-kernel" "$work/by-library"
ons=$(grep -c ' on$' "$work/by-kernel")
check "a-percentage-divides-the-keys-($ons-of-100-on-at-25-percent)" test "$ons" -gt 10 -a "$ons" -lt 45

# Rules that look at the key, at other flags and at the clock: both doors, 100 keys each.
agrees() { # NAME DEFINITION: whether the kernel and the library give 100 keys the same answers, and not all the same
    put_and_wait "$1" "$2"
    "$targets/target" --keys 100 "$1" >"$work/by-kernel"
    for i in $(seq 0 99); do echo "$1 user-$i"; done | "$root/tests/native/out/ask" |
        awk '{ print "user-" NR - 1, $1 ? "on" : "off" }' >"$work/by-library"
    diff "$work/by-kernel" "$work/by-library" >"$work/apart" || { head -n 6 "$work/apart"; return 1; }
    [ "$(awk '{ print $2 }' "$work/by-kernel" | sort -u | wc -l)" = 2 ]
}
key='{"var":"targetingKey"}'
check a-rule-on-the-key-agrees agrees by-key "{$variants,\"targeting\":{\"if\":[{\"or\":[{\"in\":[$key,[\"user-1\",\"user-70\",\"user-99\"]]},{\"ends_with\":[$key,\"3\"]},{\">\":[$key,\"user-95\"]}]},\"on\",{\"fractional\":[{\"cat\":[\"seed-\",$key]},[\"on\",30],[\"off\",70]]}]}}"
check a-ramp-agrees agrees ramping "{$variants,\"salt\":\"grain\",\"ramp\":{\"variant\":\"on\",\"from\":40,\"to\":40,\"start\":\"2020-01-01T00:00:00Z\",\"end\":\"2020-01-02T00:00:00Z\"}}"
check prerequisites-and-activation-agree agrees needing "{$bare,\"defaultVariant\":\"on\",\"offVariant\":\"off\",\"activateAt\":\"2020-01-01T00:00:00Z\",\"prerequisites\":[{\"flag\":\"by-key\",\"variant\":\"on\"}]}"

# What the kernel knows of the process that asks; the library knows the same of its own.
check the-kernel-knows-the-programs-path says exe "{\"==\":[{\"var\":\"process.exe\"},\"$targets/target\"]}" "$targets/target"
check the-kernel-knows-the-programs-name says comm '{"==":[{"var":"process.comm"},"target"]}' "$targets/target"
check the-kernel-knows-the-user says uid '{"===":[{"var":"process.uid"},0]}' "$targets/target"
mkdir -p /sys/fs/cgroup/shop.slice/web && echo $$ >/sys/fs/cgroup/shop.slice/web/cgroup.procs
check the-kernel-knows-the-control-group says cgroup '{"==":[{"var":"process.cgroup"},"/shop.slice/web"]}' "$targets/target"
check the-library-knows-the-programs-path asks exe-library "{\"==\":[{\"var\":\"process.exe\"},\"$root/tests/native/out/ask\"]}"
check the-library-knows-the-programs-name asks comm-library '{"==":[{"var":"process.comm"},"ask"]}'
check the-library-knows-the-control-group asks cgroup-library '{"==":[{"var":"process.cgroup"},"/shop.slice/web"]}'
echo $$ >/sys/fs/cgroup/cgroup.procs

# A flag that every host has before it is due: the running program turns by itself.
due=$(date -u -d '+20 seconds' +%Y-%m-%dT%H:%M:%SZ)
put_and_wait due "{$bare,\"defaultVariant\":\"on\",\"offVariant\":\"off\",\"activateAt\":\"$due\"}"
"$targets/target" due >"$work/due" & waiting=$!
check a-flag-that-is-not-due-is-off within 10 last_is due 'flag due off'
check and-turns-on-by-itself-when-it-is within 60 last_is due 'flag due on'
kill $waiting

library_is_overridden "$1"

# Many at once on one CPU, each now and then interrupted while it is answered: nobody may get what is another's.
crowd=()
for i in $(seq 40); do
    "$targets/target" checkout nobody-knows-this >"$work/crowd-$i" & crowd+=($!)
done
sleep 8
check a-crowd-of-programs-runs-on kill -0 "${crowd[@]}"
kill "${crowd[@]}" && wait "${crowd[@]}" 2>/dev/null
check and-every-one-has-its-own-answers test "$(sort "$work"/crowd-* | uniq -c | awk '{ print $1 $3 $4 }' | xargs)" = '40checkouton 40nobody-knows-thisoff'

# Two nodes of one host at one function: the second must leave alone what the first has answered. It is of an ordinary user and
# has two capabilities, with which it answers programs whose files it may read.
first=$node_pid
two=000000c000000000 # CAP_PERFMON, CAP_BPF
mkdir -p /run/fabric/bpf/second "$work/second.data" && chmod 755 "$work"
chown -R nobody /run/fabric/bpf/second "$work/second.data"
check a-second-node-starts start_node second 7402 /run/fabric/bpf/second/table \
    setpriv --reuid=nobody --regid=nogroup --clear-groups --bounding-set=-all,+bpf,+perfmon --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon
check it-has-two-capabilities-and-is-nobodys test "$(awk '/^Cap(Prm|Eff|Bnd):/ { print $2 } /^Uid:/ { print $3 }' /proc/$node_pid/status | xargs)" = "65534 $two $two $two"
cp "$targets/target" "$work/lone"
"$work/lone" lone >"$work/lone.says" & lone=$!
check they-suffice-to-attach attach http://127.0.0.1:7402 "$work/lone" is_feature_enabled flag
check its-flag-is-put put_at http://127.0.0.1:7402 lone "{$bare,\"defaultVariant\":\"on\"}"
check and-to-answer within 40 last_is lone.says 'flag lone on'
kill $lone
check it-attaches-to-the-same-function attach http://127.0.0.1:7402 "$targets/target" is_feature_enabled flag
switch off
check both-attached-programs-still-switch-off all_say off
switch on
check both-attached-programs-still-switch-on all_say on
kill -9 $node_pid
wait $node_pid 2>/dev/null
check nobody-crashed all_run

# What a node leaves that is no more is given back without it; who runs is left alone.
clean() { "$root/dist/fabric" detach --all >"$work/cleaned" 2>"$work/cleaned.err"; }
check cleaning-fails-while-a-node-runs test "$(clean; echo $?)" = 1
check it-removes-what-the-dead-node-left grep -q '^removed /run/fabric/bpf/second/links/' "$work/cleaned"
check it-leaves-alone-and-names-the-living-one grep -q 'node vm runs' "$work/cleaned.err"
check and-all-is-answered-by-the-living-one all_say on

check detaches detach $url "$targets/target" is_feature_enabled
check the-function-answers-for-itself-again within 40 last_is c 'flag checkout off'
check the-others-stay-attached last_is go 'flag checkout on'
check attaches-again attach $url "$targets/target" is_feature_enabled flag
check and-is-overridden-again all_say on

# What is attached is pinned: a node that is killed leaves it answered, and its next start goes on with the same links. A
# program that asks all the time would see a single default answer.
nice "$targets/target" --steadily checkout >"$work/steady" & steady=$!
pids+=($steady)
check a-program-asks-all-the-time within 40 last_is steady 'flag checkout on'
answers() { cat "$work/steady" "$work/c" "$work/c-key" "$work/go"; }
links() { ls /run/fabric/bpf/vm/links; }
answers >"$work/answers-before" && links >"$work/links-before"
kill -9 $first
wait $first 2>/dev/null
check a-killed-nodes-functions-stay-answered all_say on
sleep 3
"$targets/target" checkout >"$work/orphan" & orphan=$!
check also-in-a-program-started-after-it-was-killed within 40 last_is orphan 'flag checkout on'
kill $orphan
check the-node-starts-again start_node vm 7401 "$FABRIC_TABLE"
check it-goes-on-with-what-was-attached within 40 attached_again
check with-the-same-links diff "$work/links-before" <(links)
check and-no-default-answer-was-seen-meanwhile diff "$work/answers-before" <(answers)
switch off
check and-the-restarted-node-switches-all-off all_say off
check as-it-does-the-one-that-asks-all-the-time within 40 last_is steady 'flag checkout off'
switch on
check and-on all_say on

# A new version in the place of the one that runs: both are answered.
install() { cp "$targets/target" "$work/shop.new" && mv "$work/shop.new" "$work/shop"; }
check a-program-that-is-not-there-yet-may-be-attached absent $url "$work/shop" is_feature_enabled flag
install
"$work/shop" checkout >"$work/shop-1" & shop1=$!
check and-is-overridden-once-it-is-there within 40 last_is shop-1 'flag checkout on'
install
sleep 5
"$work/shop" checkout >"$work/shop-2" & shop2=$!
check so-is-its-next-version-from-the-first-call within 40 last_is shop-2 'flag checkout on'
switch off
check the-old-version-is-still-answered within 40 last_is shop-1 'flag checkout off'
check and-the-new-one within 40 last_is shop-2 'flag checkout off'
check which-never-answered-otherwise test "$(head -n 1 "$work/shop-2")" = 'flag checkout on'
switch on
kill $shop1 $shop2

# A container is a mount namespace with other files at the same paths.
mkdir "$work/inside"
check a-path-that-only-a-container-has-may-be-attached absent $url "$work/inside/shop" is_feature_enabled flag
unshare --mount --propagation private sh -c "mount -t tmpfs tmpfs $work/inside && cp $targets/target $work/inside/shop && exec $work/inside/shop checkout" >"$work/container" & container=$!
check and-is-overridden-in-the-container within 40 last_is container 'flag checkout on'
kill $container

kill $node_pid
wait $node_pid 2>/dev/null
check a-node-that-is-stopped-leaves-all-answered all_say on
check the-host-is-clean-after-detach-all clean
check nothing-is-pinned-any-more test -z "$(find /run/fabric/bpf -type f)"
check and-all-answer-for-themselves all_say off
check nobody-crashed-in-all-this all_run
