#!/bin/sh
# Installs Debian packages as root; for anybody else it prints the one command that does it.
# Usage: sh deploy/setup/debian.sh PACKAGE...
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
. "$here/progress.sh"

one_command() {
    if command -v sudo >/dev/null 2>&1; then
        inform "    sudo sh -c 'apt-get update && apt-get install -y $*'"
    else
        inform "    su -c 'apt-get update && apt-get install -y $*'"
    fi
}

# The package lists are only fetched when the ones at hand do not do: a fresh machine has none.
install() {
    get install "$@" || { get update && get install "$@"; }
}

get() {
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    action=$1
    shift
    case $action in
        update) watched "$log" fetching apt-get -q -o DPkg::Lock::Timeout=120 update ;;
        install) watched "$log" installing apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" ;;
    esac
}

fetching() { printf 'De pakketlijst van Debian wordt opgehaald'; }
installing() { printf 'De pakketten worden geïnstalleerd'; }

stopped() {
    inform "Ik maak apt-get eerst af, anders blijft er iets half staan."
    if [ -n "$worker" ]; then wait "$worker"; fi
    rm -f "$log"
    exit 130
}

if ! command -v apt-get >/dev/null 2>&1; then
    inform "Deze computer heeft geen apt-get. Installeer zelf wat hier in Debian zo heet: $*"
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    inform "Dat kan alleen de beheerder van deze computer. Dit is de opdracht:"
    one_command "$@"
    exit 1
fi

worker=''
log=$(mktemp) || exit 1
trap stopped INT TERM HUP
inform "Ik installeer $* met apt-get."
if install "$@"; then
    rm -f "$log"
    exit 0
fi
inform "apt-get kon dit niet installeren. Dit zei het als laatste:"
tail -n 5 "$log" | sed 's/^/    /' >&2
rm -f "$log"
exit 1
