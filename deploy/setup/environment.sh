# Makes .venv from the hashed lists and keeps it the same as them; sourced by houvast, which sets $here.
#
# The stamp is a copy of each list, put in .venv/made-from as the very last thing: a .venv without
# the stamp is half a one and is made again; one whose list has changed is set aside until the new
# one is whole, and put back when that does not come about.

venv=${here:?}/.venv
aside=$here/.venv.old
log=$here/.venv.log
worker=''
# In a session of its own a worker can be stopped together with what it started.
setsid=$(command -v setsid)

# make_environment LIST...: the last list holds the others whole, at the same versions.
make_environment() {
    is_current "$@" && return 0
    check_place && find_python && alone || return 1
    # Whoever held the lock may have made it meanwhile.
    recover
    is_current "$@" && { exec 9>&-; return 0; }
    started=$(date +%s)
    if [ $# -eq 2 ] && may_add "$1" "$2"; then add "$2"; else rebuild "$@"; fi || return 1
    exec 9>&-
    rm -f "$log"
    inform "Klaar, in $(($(date +%s) - started)) seconden."
}

# Runs Python too: after an upgrade of the machine's Python a .venv looks whole and finds nothing.
is_current() {
    [ -x "$venv/bin/python" ] || return 1
    for list in "$@"; do
        cmp -s -- "$here/$list" "$venv/made-from/$list" || return 1
    done
    "$venv/bin/python" -c 'import click' </dev/null >/dev/null 2>&1
}

check_place() {
    case $here in
        *:*)
            inform "In de naam van de map $here staat een dubbele punt; daar kan Python niet mee overweg."
            inform "Geef de map een andere naam en probeer het opnieuw. Er is niets veranderd."
            return 1
            ;;
    esac
    [ -w "$here" ] && return 0
    inform "In $here mag je niet schrijven, en Houvast moet daar nog de map .venv maken."
    inform "Vraag het iemand die dat wel mag, of zet Houvast in een map van jezelf. Er is niets veranderd."
    return 1
}

# The machine's own python3 first; another one only when that is too old, or cannot make a .venv.
find_python() {
    python='' seen=''
    for candidate in python3 python3.13 python3.12 python3.11; do
        found=$("$candidate" -c 'import sys; print(sys.executable)' 2>/dev/null </dev/null) || continue
        seen=${seen:-$("$found" -c 'import platform; print(platform.python_version())' </dev/null)}
        "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null || continue
        python=${python:-$found}
        can_make_venv "$found" || continue
        python=$found
        return 0
    done
    [ -n "$python" ] && return 0
    inform "Houvast heeft Python 3.11 of nieuwer nodig. Op deze computer vind ik: ${seen:-geen Python}."
    inform "Op Debian 12 en nieuwer zet je die klaar met: apt-get install python3"
    inform "Probeer het daarna opnieuw. Er is niets veranderd."
    return 1
}

can_make_venv() { has_uv || "$1" -c 'import ensurepip, venv' </dev/null >/dev/null 2>&1; }

has_uv() { uv --version </dev/null >/dev/null 2>&1; }

# The lock goes with the process that holds it, so nothing has to be cleaned up after a kill. A pip that
# outlives its command keeps it until it is done: two of them in one folder would spoil it.
alone() {
    command -v flock >/dev/null || return 0
    exec 9>"$here/.venv.lock"
    flock -n 9 && return 0
    inform "Houvast wordt hier al klaargezet door een ander venster of programma. Ik wacht daarop."
    flock 9
}

# After a kill halfway: what had been set aside is still whole.
recover() { [ -d "$venv/made-from" ] || undo; }

undo() { rm -rf "$venv" && [ -d "$aside" ] && mv -- "$aside" "$venv"; }

may_add() {
    is_current "$1" && [ ! -e "$venv/made-from/$2" ] || return 1
    has_uv || "$venv/bin/python" -m pip --version </dev/null >/dev/null 2>&1
}

# A stop halfway leaves what was there at its own versions, with its own stamp.
add() {
    inform "De tests hebben nog wat meer nodig; dat haal ik nu op. Dit hoeft maar één keer."
    cp -- "$here/$1" "$venv/$1" || return 1
    trap 'stopped 130' INT
    trap 'stopped 143' TERM HUP
    install_list "$venv/$1" && mv -- "$venv/$1" "$venv/made-from/$1" || return 1
    trap - INT TERM HUP
}

rebuild() {
    can_make_venv "$python" || install_venv_package || return 1
    case $# in 1) about='een minuut' ;; *) about='twee minuten' ;; esac
    inform "Houvast haalt op wat het nodig heeft. Dat duurt ongeveer $about en hoeft maar één keer."
    trap 'stopped 130' INT
    trap 'stopped 143' TERM HUP
    if [ -d "$venv/made-from" ]; then
        rm -rf "$aside" && mv -- "$venv" "$aside" || return 1
    fi
    if ! build "$@"; then
        undo
        return 1
    fi
    rm -rf "$aside"
    trap - INT TERM HUP
}

build() {
    rm -rf "$venv"
    watched "$log" making new_venv || { explain; return 1; }
    mkdir "$venv/making" || return 1
    for list in "$@"; do
        cp -- "$here/$list" "$venv/making/$list" || return 1
    done
    install_list "$venv/making/$list" && mv -- "$venv/making" "$venv/made-from"
}

install_list() {
    total=$(grep -c '^[A-Za-z0-9].*==' "$1")
    watched "$log" fetched get_list "$1" || { explain; return 1; }
    # On disk before the stamp is: the power may go too.
    sync -f "$venv" 2>/dev/null || sync
}

# These two run in the background, where exec makes the worker's process id the program's own.
new_venv() {
    if has_uv; then
        exec $setsid uv venv --no-python-downloads --python "$python" "$venv"
    fi
    exec $setsid "$python" -m venv "$venv"
}

get_list() {
    if has_uv; then
        exec $setsid uv pip install --python "$venv/bin/python" --require-hashes -r "$1"
    fi
    exec $setsid "$venv/bin/python" -m pip install --require-hashes --no-input --disable-pip-version-check \
        --no-warn-script-location --progress-bar off -r "$1"
}

making() { printf 'De map .venv wordt gemaakt'; }

fetched() {
    count=$(grep -c '^Collecting' "$log" 2>/dev/null)
    if grep -q '^Installing collected' "$log" 2>/dev/null; then
        printf 'Alles is binnen en wordt uitgepakt'
    elif [ "${count:-0}" -gt 0 ]; then
        printf 'Opgehaald: %s van %s onderdelen' "$count" "$total"
    else
        printf 'De onderdelen worden opgehaald'
    fi
}

# Debian keeps the part of Python that makes a .venv in a package of its own.
install_venv_package() {
    package=python3-venv
    case $python in */python3.*) package=${python##*/}-venv ;; esac
    inform "Python mist hier het onderdeel dat een .venv maakt; in Debian heet het $package."
    sh "$here/deploy/setup/debian.sh" "$package" && can_make_venv "$python" && return 0
    inform "Probeer het opnieuw als dat onderdeel er is. Er is niets veranderd."
    return 1
}

explain() {
    case $(cat "$log") in
        *'DO NOT MATCH THE HASHES'* | *'Hash mismatch'*)
            inform "Een onderdeel is niet wat het hoort te zijn: het controlegetal klopt niet. Ik gebruik het niet." ;;
        *'No space left'*)
            inform "De schijf is vol. Maak ongeveer 500 MB vrij en probeer het opnieuw." ;;
        *'NewConnectionError'* | *'name resolution'* | *'dns error'* | *'timed out'* | *'error sending request'*)
            inform "Ik krijg geen verbinding om de onderdelen op te halen. Kijk of je internet hebt en probeer het opnieuw." ;;
        *)
            inform "Het klaarzetten lukte niet. Probeer het opnieuw; blijft het zo, vraag dan een technicus om hulp." ;;
    esac
    inform "Alles blijft zoals het was. Dit waren de laatste regels; de rest staat in $log:"
    tail -n 4 "$log" | sed 's/^/    /' >&2
}

stopped() {
    trap '' INT TERM HUP
    if [ -n "$worker" ]; then
        kill -- "-$worker" 2>/dev/null || kill "$worker" 2>/dev/null
        wait "$worker" 2>/dev/null
    fi
    recover
    inform ''
    inform "Gestopt. Er is niets half blijven staan."
    exit "$1"
}
