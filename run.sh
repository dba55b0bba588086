#!/usr/bin/env bash
# Runs a fabric of three nodes on this machine, with two programs that ask for flags while you change them.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh

usage() {
    cat <<'TEXT'
usage: ./run.sh [--data DIR] [--no-demo] [--detach]

  --data DIR   keep the nodes' logs in DIR, and go on with what is there (otherwise a folder that is removed at the end)
  --no-demo    the three nodes alone
  --detach     return once writes are accepted; prints how to end what was started

Nodes a, b and c: HTTP on 127.0.0.1:7401 to 7403, Raft on 127.0.0.1:7501 to 7503.
Prints a line that starts with "ready" when writes are accepted. Ctrl-C ends all that was started.
TEXT
}

data= demo=yes detach=
while [ $# -gt 0 ]; do
    case $1 in
    --data)
        [ $# -ge 2 ] || { usage >&2 && exit 2; }
        data=$2
        shift
        ;;
    --no-demo) demo= ;;
    --detach) detach=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done

need_build_tools
[ -z "$demo" ] || need python3
./build.sh

names=(a b c)
pids=()
temporary=
if [ -z "$data" ]; then
    data=$(mktemp -d /tmp/fabric-run-XXXXXX)
    temporary=yes
fi
mkdir -p "$data"
data=$(cd "$data" && pwd)

stop() {
    trap - INT TERM EXIT
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    [ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" 2>/dev/null || true
    [ -z "$temporary" ] || rm -rf "$data"
}
fail() {
    echo "$1" >&2
    for name in "${names[@]}"; do
        [ ! -s "$data/$name.log" ] || sed "s/^/$name: /" "$data/$name.log" | tail -n 15 >&2
    done
    stop
    exit 1
}
trap 'stop; exit 130' INT TERM
trap stop EXIT

table() { [ "$(id -u)" -eq 0 ] && echo "/run/fabric/bpf/$1/table" || echo "$data/$1/table"; }

for i in 0 1 2; do
    peers=()
    for j in 0 1 2; do
        [ "$i" -eq "$j" ] || peers+=(--peer "name=${names[j]},raft=127.0.0.1:$((7501 + j)),http=http://127.0.0.1:$((7401 + j))")
    done
    # Each in a session of its own: Ctrl-C reaches this script alone, which then ends them in order.
    setsid dist/fabric node --name "${names[i]}" --data "$data/${names[i]}" --http "127.0.0.1:$((7401 + i))" \
        --raft "127.0.0.1:$((7501 + i))" --table "$(table "${names[i]}")" "${peers[@]}" \
        >"$data/${names[i]}.out" 2>"$data/${names[i]}.log" </dev/null &
    pids+=($!)
done

for i in 0 1 2; do
    for _ in $(seq 600); do
        grep -qs '^ready' "$data/${names[i]}.out" && break
        kill -0 "${pids[i]}" 2>/dev/null || fail "node ${names[i]} ended:"
        sleep 0.1
    done
    grep -q '^ready' "$data/${names[i]}.out" || fail "node ${names[i]} was not ready within a minute:"
done

fabric() { FABRIC_URL=http://127.0.0.1:7401,http://127.0.0.1:7402,http://127.0.0.1:7403 dist/fabric "$@"; }

if [ -n "$demo" ]; then
    # What is there from an earlier run stays as it was left.
    fabric flag get new-checkout-flow >/dev/null 2>&1 || fabric flag set new-checkout-flow --default on >/dev/null
    fabric flag get gradual-rollout >/dev/null 2>&1 || fabric flag set gradual-rollout --percent 25 >/dev/null
fi

echo "ready: nodes a, b, c take writes at http://127.0.0.1:7401, :7402 and :7403"
echo
for name in "${names[@]}"; do
    sed -nE "s/^ready.* table=([^ ]*).*/table of $name:    \1/p" "$data/$name.out"
done
fabric doctor 2>/dev/null | grep -A 1 -E '^(OK|WARN|FAIL|SKIP) +(table|override)' || true
cat <<'TEXT'

Try, in another terminal:
  dist/fabric flag off new-checkout-flow
  dist/fabric flag on new-checkout-flow --url http://127.0.0.1:7403
  dist/fabric flag set gradual-rollout --percent 50
  curl -X PUT http://127.0.0.1:7402/api/v1/flags/new-checkout-flow -H 'content-type: application/json' \
       -d '{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}'
  dist/fabric cluster status
TEXT

if [ -n "$detach" ]; then
    echo
    echo "running in the background; end it with: kill ${pids[*]}"
    [ -z "$temporary" ] || echo "its data is in $data"
    trap - INT TERM EXIT
    exit 0
fi

if [ -n "$demo" ]; then
    clang-19 -O2 -Idist/include examples/c/demo.c -o "$data/demo" -Ldist -lflagfabric -Wl,-rpath,"$PWD/dist"
    echo
    FABRIC_TABLE=$(sed -nE 's/^ready.* table=([^ ]*).*/\1/p' "$data/a.out") INTERVAL_MS=5 "$data/demo" new-checkout-flow \
        > >(sed -u 's/^/C program:      /') &
    pids+=($!)
    FABRIC_TABLE=$(sed -nE 's/^ready.* table=([^ ]*).*/\1/p' "$data/b.out") FLAGFABRIC_LIBRARY="$PWD/dist/libflagfabric.so" \
        python3 examples/python/rollout.py gradual-rollout > >(sed -u 's/^/Python program: /') &
    pids+=($!)
fi
# Until Ctrl-C, or until a node ends by itself.
wait -n "${pids[@]}" || true
fail "something that was started ended by itself:"
