#!/usr/bin/env bash
# Runs every test, or those named: `./test.sh`, `./test.sh Raft vm`. The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")"
. scripts/need.sh

suites=(Tidy Flags Language Fuzz Raft Bpf Node Telemetry Cli Checkers Chaos Gate Examples Packaging Web vm)

# What is no project of tests runs by a script of its own, which prints `RESULT ok|fail …` lines, and has so many seconds.
declare -A scripts=([vm]=tests/vm/run-tests [Fuzz]="tests/fuzz/run 20" [Packaging]=tests/packaging/run [Web]=tests/web/run [Gate]=chaos/gate)
declare -A seconds=([vm]=2700 [Fuzz]=300 [Packaging]=150 [Web]=900 [Gate]=480)

usage() {
    cat <<TEXT
usage: ./test.sh [SUITE…] [--list]

Suites: ${suites[*]}
vm, Fuzz, Gate, Packaging and Web are scripts, all others projects under tests/ or chaos/. vm boots Debian kernels in an emulator: whether their verifiers take the
programs, the override door, and what a shipped node finds on each. Fuzz feeds the evaluator with its corpus and with what a fuzzer
makes of it. Packaging runs the units under a systemd of its own. Web uses the page of live nodes in a headless browser. Gate breaks a
fabric in many ways while it is used, and checks what was recorded (chaos/README.md).
Logs are in TestResults/SUITE.log.
TEXT
}

wanted=()
for argument in "$@"; do
    case $argument in
    -h | --help) usage && exit 0 ;;
    --list) printf '%s\n' "${suites[@]}" && exit 0 ;;
    *)
        printf '%s\n' "${suites[@]}" | grep -qx "$argument" || { usage >&2 && exit 2; }
        wanted+=("$argument")
        ;;
    esac
done
[ ${#wanted[@]} -eq 0 ] && wanted=("${suites[@]}")

need_build_tools
need strace golang-go g++ binutils qemu-system-x86 busybox-static zstd xz-utils util-linux systemd curl prometheus
command -v rustc >/dev/null || need rustc
./build.sh || exit 1
make -s -C tests/native
dotnet build Fabric.sln -c Release -v quiet --nologo || exit 1

rm -rf TestResults
mkdir -p TestResults

# Prints `PASSED FAILED SKIPPED` from a suite's log.
count_of() {
    if [ -n "${scripts[$1]:-}" ]; then
        printf '%d %d 0\n' "$(grep -c '^RESULT ok ' "TestResults/$1.log")" "$(grep -c '^RESULT fail ' "TestResults/$1.log")"
        return
    fi
    sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "TestResults/$1.log" |
        tail -n 1 | awk '{ print $1 - $3 - $4, $2 + $3, $4 }'
}

# The suite's program, wherever its project is.
program_of() {
    local folder
    for folder in tests chaos; do
        folder=$folder/Fabric.$1.Tests/bin/Release/net10.0
        [ ! -x "$folder/Fabric.$1.Tests" ] || echo "$folder/Fabric.$1.Tests"
    done
}

run_suite() {
    local code=0 since=$SECONDS
    if [ -n "${scripts[$1]:-}" ]; then
        # shellcheck disable=SC2086 # a script and its arguments
        timeout "${seconds[$1]}" ${scripts[$1]} >"TestResults/$1.log" 2>&1 || code=$?
    else
        timeout 1500 "$(program_of "$1")" -noColor -showLiveOutput >"TestResults/$1.log" 2>&1 || code=$?
    fi
    echo "$code" >"TestResults/$1.code"
    echo "  $1 took $((SECONDS - since)) s" >&2
}

# The emulator takes one core for a while; the rest runs beside it, one suite after the other, as they time things out.
pids=()
for suite in "${wanted[@]}"; do
    [ "$suite" = vm ] && { run_suite vm & pids+=($!); }
done
for suite in "${wanted[@]}"; do
    [ "$suite" = vm ] || run_suite "$suite"
done
[ ${#pids[@]} -gt 0 ] && wait "${pids[@]}"

passed=0 failed=0 skipped=0
for suite in "${wanted[@]}"; do
    read -r p f s <<<"$(count_of "$suite")"
    p=${p:-0} f=${f:-0} s=${s:-0}
    # A suite that ended badly without a failed test failed as a whole: it must never count as passed.
    [ "$(cat "TestResults/$suite.code")" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && f=1
    printf '%-9s %4d passed %3d failed %3d skipped\n' "$suite" "$p" "$f" "$s"
    if [ "$f" -gt 0 ]; then
        grep -vE '^\s*$' "TestResults/$suite.log" | grep -E -A 12 '\[FAIL\]|RESULT fail|error|Unhandled' | head -n 120
    fi
    [ "$suite" = Chaos ] && sed -nE 's/.*\[OUTPUT\] /         /p' "TestResults/$suite.log"
    [ "$s" -gt 0 ] && grep -A 1 -F '[SKIP]' "TestResults/$suite.log"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
