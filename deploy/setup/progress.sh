# How the shell scripts talk: Dutch sentences on stderr, and a sign of life while something runs.

inform() { printf '%s\n' "$*" >&2; }

on_terminal() { [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; }

# watched LOG STATUS COMMAND...: runs the command with its output in LOG; STATUS is a function that
# prints in a few words how far it is. On a terminal one line that changes, elsewhere a line now and then.
# $worker is its process id meanwhile, for who wants to stop it.
watched() {
    watched_log=$1 watched_status=$2
    shift 2
    "$@" >"$watched_log" 2>&1 </dev/null &
    worker=$!
    watched_since=$(date +%s) watched_reported=0
    while kill -0 "$worker" 2>/dev/null; do
        watched_show
        sleep 0.2
    done
    on_terminal && printf '\r\033[K' >&2
    wait "$worker"
    watched_outcome=$?
    worker=''
    return "$watched_outcome"
}

watched_show() {
    watched_seconds=$(($(date +%s) - watched_since))
    if on_terminal; then
        printf '\r\033[K  %s (%s s)' "$("$watched_status")" "$watched_seconds" >&2
    elif [ $((watched_seconds - watched_reported)) -ge 10 ]; then
        watched_reported=$watched_seconds
        inform "  $("$watched_status") ($watched_seconds s)"
    fi
}
