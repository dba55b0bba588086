# What the guests' scripts share: a node as it is shipped, programs, attachments and flags over HTTP. Sourced by them.
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
targets=$here/targets/out
url=http://127.0.0.1:7401
export FABRIC_URL=$url FABRIC_TABLE=/run/fabric/bpf/table
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null' EXIT

check() { # NAME COMMAND…: one result, from whether the command succeeds
    local name=$1
    shift
    if "$@"; then echo "RESULT ok $name after ${SECONDS}s"; else echo "RESULT fail $name after ${SECONDS}s"; fi
}

within() { # SECONDS COMMAND…: whether it succeeds in time
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

last_is() { [ "$(tail -n 1 "$work/$1" 2>/dev/null)" = "$2" ]; }
last_says() { [[ $(tail -n 1 "$work/$1" 2>/dev/null) = ?(flag )"$2" ]]; } # the examples leave out the first word
all_say() { # on|off: what every program answers for the flag that is changed
    local program
    for program in "${programs[@]}"; do
        within 40 last_says "$program" "checkout $1" || { echo "$program: $(tail -n 1 "$work/$program")"; return 1; }
    done
}
all_run() {
    local pid
    for pid in "${target_pids[@]}"; do kill -0 "$pid" 2>/dev/null || return 1; done
}

start_node() { # NAME PORT TABLE [WRAPPER…]
    "${@:4}" "$root/dist/fabric" node --name "$1" --data "$work/$1.data" --http "127.0.0.1:$2" --table "$3" \
        >"$work/$1.out" 2>>"$work/$1.log" &
    node_pid=$!
    pids+=("$node_pid")
    within 600 grep -q ^ready "$work/$1.out" || { cat "$work/$1.log"; return 1; }
}
start_target() { # NAME PROGRAM ARG…
    local name=$1
    shift
    "$@" >"$work/$name" 2>&1 &
    pids+=($!)
    target_pids+=($!)
    programs+=("$name")
}

attach() { # URL EXE SYMBOL SIGNATURE
    curl -sS -f -X POST "$1/api/v1/attachments?timeout=30s" -H 'content-type: application/json' \
        -d "{\"exe\":\"$2\",\"symbol\":\"$3\",\"abi\":\"auto\",\"signature\":\"$4\"}" | tee "$work/attached" | grep -q '"state":"attached"' ||
        { cat "$work/attached"; return 1; }
}
absent() { # URL EXE SYMBOL SIGNATURE: attaches to what this host has not
    curl -sS -f -X POST "$1/api/v1/attachments?timeout=30s" -H 'content-type: application/json' \
        -d "{\"exe\":\"$2\",\"symbol\":\"$3\",\"signature\":\"$4\"}" | tee "$work/attached" | grep -q '"state":"absent"' ||
        { cat "$work/attached"; return 1; }
}
detach() { curl -sS -f -o "$work/detached" -X DELETE "$1/api/v1/attachments?exe=$2&symbol=$3"; }
attached_again() { [ "$(curl -sS "$url/api/v1/attachments" | grep -o '"host":"[^"]*","state":"attached"' | wc -l)" = 3 ]; }
put_at() { curl -sS -f -o "$work/put" -X PUT "$1/api/v1/flags/$2" -H 'content-type: application/json' -d "$3"; } # URL NAME DEFINITION
put() { put_at $url "$@"; }
is_known() { echo "$1" | "$root/tests/native/out/ask" | awk '{ exit $6 == 0 }'; }
put_and_wait() { # NAME DEFINITION: a write is answered when it is committed, and in the table some moments later
    put "$1" "$2" && within 20 is_known "$1"
}
switch() {
    put checkout "{\"state\":\"ENABLED\",\"variants\":{\"on\":true,\"off\":false},\"defaultVariant\":\"$1\"}"
}

# The bytes that a process has at a place of a file, as hexadecimal digits.
bytes_at() { # PID FILE OFFSET COUNT
    local range perms offset rest start
    while read -r range perms offset rest; do
        start=$((16#${range%-*})) offset=$((16#$offset))
        [[ $perms == *x* && $rest == *"$2" ]] || continue
        dd if="/proc/$1/mem" bs=1 skip=$((start + $3 - offset)) count="$4" 2>/dev/null | od -An -tx1 | tr -d ' \n'
    done <"/proc/$1/maps"
}

# libflagfabric's own entry, in a process that finds no table: only the override can say on.
library_is_overridden() { # nop5|nop10: which no-operation has to have become a call there
    local library entry asker site
    library=$(readlink -f "$root/dist/libflagfabric.so")
    check attaches-the-library attach $url "$library" is_feature_enabled flag
    check "its-probe-is-a-$1" grep -q "\"probe\":\"$1\"" "$work/attached"
    mkfifo "$work/questions"
    FABRIC_TABLE=/nowhere "$root/tests/native/out/ask" <"$work/questions" >"$work/asked" & asker=$!
    exec 9>"$work/questions"
    for _ in 1 2 3; do echo checkout >&9; done
    # is_feature_enabled is overridden, _for is not
    check the-library-is-overridden-where-it-finds-no-table within 40 grep -q 'the two functions disagree' "$work/asked"
    entry=$((16#$(nm -D "$library" | awk '$3 == "is_feature_enabled" { print $1 }')))
    site=$(bytes_at $asker dist/libflagfabric.so $entry 16)
    case $1:$site in
    nop5:660*e8????????* | nop5:662e0f1f840000000000e8*) echo "RESULT ok the-five-byte-no-operation-became-a-call $site" ;;
    nop10:488d6424*e8*) echo "RESULT ok the-ten-byte-no-operation-became-a-call $site" ;;
    *) echo "RESULT fail the-$1-became-no-call $site" ;;
    esac
    exec 9>&-
    detach $url "$library" is_feature_enabled
}

bare='"state":"ENABLED","variants":{"on":true,"off":false}'
variants="$bare,\"defaultVariant\":\"off\""

says() { # NAME RULE PROGRAM: whether the program answers on by a flag whose rule is this
    put_and_wait "$1" "{$variants,\"targeting\":{\"if\":[$2,\"on\",\"off\"]}}"
    "$3" "$1" >"$work/$1.says" & local asking=$!
    within 20 test -s "$work/$1.says"
    kill $asking
    wait $asking 2>/dev/null
    [ "$(cat "$work/$1.says")" = "flag $1 on" ] || { cat "$work/$1.says"; return 1; }
}
asks() { # NAME RULE: the same of the library, in the program ask
    put_and_wait "$1" "{$variants,\"targeting\":{\"if\":[$2,\"on\",\"off\"]}}"
    echo "$1" | "$root/tests/native/out/ask" | grep -q '^1 '
}

programs=() target_pids=()
