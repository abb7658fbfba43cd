#!/bin/sh
# What walk.sh wants done from outside of its machine, with programs that the machine has not: outside.sh PID PACKAGES.
# freeze: a thread's number, which is held at its next system call while the file is not empty.
set -u
first=$1 packages=$2
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
    sleep 0.2
done
