# Runs the server given as arguments and ends it when standard input ends. That input is a pipe
# held open by the process the server belongs to: however it dies, the kernel closes the pipe.

# A service manager may signal every process at once; this script must go on.
trap '' HUP INT TERM
exec 3<&0 </dev/null

"$@" 3<&- &
server=$!

(
    while read -r _; do :; done <&3
    # Fast shutdown; again every second, as a server that is only just starting misses the first.
    # Never once it is gone: its number may by then be another process's.
    seconds=0
    while [ "$seconds" -lt 20 ]; do
        kill -INT "$server" 2>/dev/null || exit
        sleep 1
        seconds=$((seconds + 1))
    done
    # Immediate shutdown: nothing is lost, the next start recovers.
    kill -QUIT "$server" 2>/dev/null
) &
exec 3<&-

wait "$server"
code=$?
# Only the reader above and its sleep are left in this process group.
trap '' USR1
kill -USR1 0
exit "$code"
