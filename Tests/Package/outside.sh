#!/bin/sh
# What walk.sh wants done from outside of its machine, with programs that the machine has not: outside.sh PID PACKAGES.
# freeze: a thread's number, which is held at its next system call while the file is not empty. load: start, stop.
set -u
first=$1 packages=$2
here=$(dirname "$0")
tracer=
while kill -0 "$first" 2>/dev/null; do
    thread=$(cat "$packages/freeze" 2>/dev/null)
    if [ -n "$thread" ] && [ -z "$tracer" ]; then
        # Every call of this thread alone is put off by ten minutes: it stands still, the others go on.
        nsenter -t "$first" -p strace -qq -o /dev/null -p "$thread" -e inject=all:delay_enter=600s &
        tracer=$!
    elif [ -z "$thread" ] && [ -n "$tracer" ]; then
        # nsenter waits for the tracer, which is its child. A killed tracer lets its thread go.
        kill -KILL "$(tr -d ' ' <"/proc/$tracer/task/$tracer/children")"
        wait "$tracer" 2>/dev/null
        tracer=
    fi
    if grep -q start "$packages/load" 2>/dev/null; then
        echo running >"$packages/load"
        nsenter -t "$first" -n python3 "$here/load.py" panel.example.org "$packages/load" >"$packages/loaded" 2>&1 &
    fi
    sleep 0.2
done
