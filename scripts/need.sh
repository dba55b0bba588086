# Sourced by the scripts at the root: installs Debian packages that are missing, once, and says which.

need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing Debian packages: ${missing[*]}" >&2
        echo "install them with: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "installing ${missing[*]}" >&2
    if ! apt-get install -y --no-install-recommends "${missing[@]}" >/tmp/fabric-apt.log 2>&1; then
        # The package lists of a fresh machine are missing or old.
        apt-get update >/tmp/fabric-apt.log 2>&1
        apt-get install -y --no-install-recommends "${missing[@]}" >>/tmp/fabric-apt.log 2>&1 || {
            tail -n 20 /tmp/fabric-apt.log >&2
            exit 1
        }
    fi
}

need_dotnet() {
    command -v dotnet >/dev/null || {
        echo "the .NET SDK is missing; global.json names its version" >&2
        exit 1
    }
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
}

# npm brings json-logic-engine and what makes the page when the node is built, and OpenFeature's clients when it is tested; any Node.js from 18 on will do.
need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
}

# What building needs.
need_build_tools() {
    need_dotnet
    need_node
    need clang-19 libbpf-dev libbpf1 libc6-dev make gcc
}

# What examples/ is written in, beside what building needs. Whatever is there already is taken, of any version.
need_languages() {
    need_build_tools
    need g++ python3
    command -v rustc >/dev/null || need rustc
    command -v go >/dev/null || need golang-go
    command -v javac >/dev/null || need default-jdk-headless
    [ -e "$(node -p 'require("path").resolve(process.execPath, "../../include/node/node_api.h")')" ] || need libnode-dev
}
