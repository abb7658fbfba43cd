#!/bin/sh
# vpn-web-node: the one command that the panel's SSH key may run on a node. It reads and prints, and changes nothing.
#
# It prints lines "#vpn-web KEY VALUE…" about the host, then what `wg show all dump` prints, with "(hidden)" for private
# keys, preshared keys and AmneziaWG's header protection key, then "#vpn-web end STATUS". See `vpn-web node-setup NODE`.

# What to ask, one command a line. Arguments, where there are any, stand for these lines.
COMMANDS='
wg show all dump
'

# The client's own words (SSH_ORIGINAL_COMMAND) and its environment have no say.
unset SSH_ORIGINAL_COMMAND ENV BASH_ENV CDPATH IFS
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
set -fu
umask 077

newline='
'
if [ "$#" -gt 0 ]; then
    COMMANDS=
    for command in "$@"; do
        COMMANDS=$COMMANDS$command$newline
    done
fi

# A container has its own network: the host's interface of the same name would be another one.
case $COMMANDS in
*docker* | *podman* | *nsenter* | *'ip netns'*) own_network=0 ;;
*) own_network=1 ;;
esac

ask() {
    printf '#vpn-web time '
    date +%s.%N
    echo '#vpn-web df'
    df -Pk / 2>/dev/null
    status=0
    IFS=$newline
    for command in $COMMANDS; do
        unset IFS
        # A line that the command before left unfinished ends here, and is known by it.
        echo '#vpn-web next'
        # Words, as written above: there is no pattern, no quote and no variable in them.
        # shellcheck disable=SC2086
        $command </dev/null || status=$?
    done
    echo "#vpn-web end $status"
}

# One awk for all of it: reading /proc costs no process so.
ask | awk -v own_network="$own_network" '
function first(path, line) {
    line = ""
    if ((getline line < path) <= 0) line = ""
    close(path)
    return line
}
BEGIN {
    FS = OFS = "\t"
    print "#vpn-web 1"
    if ((line = first("/proc/sys/kernel/random/boot_id")) != "") print "#vpn-web boot_id " line
    if (split(first("/proc/uptime"), part, " ") > 0) print "#vpn-web uptime " part[1]
    if (split(first("/proc/loadavg"), part, " ") > 2) print "#vpn-web load " part[1] " " part[2] " " part[3]
    while ((getline line < "/proc/meminfo") > 0)
        if (split(line, part, " ") > 1) memory[part[1]] = part[2]
    if ("MemAvailable:" in memory) print "#vpn-web memory " memory["MemTotal:"] " " memory["MemAvailable:"]
    if ("SwapTotal:" in memory) print "#vpn-web swap " memory["SwapTotal:"] " " memory["SwapFree:"]
    line = first("/proc/sys/net/netfilter/nf_conntrack_max")
    if (line != "") print "#vpn-web conntrack " first("/proc/sys/net/netfilter/nf_conntrack_count") " " line
    # TCP ports that somebody listens on (0A): they stand before the connections, which nobody needs to read.
    for (six = 0; six < 2; six++) {
        path = six ? "/proc/net/tcp6" : "/proc/net/tcp"
        getline line < path
        while ((getline line < path) > 0) {
            if (split(line, part, " ") < 4 || part[4] != "0A") break
            port = substr(part[2], length(part[2]) - 3)
            if (!(port in listens) && listening++ < 80) ports = ports (ports == "" ? "" : ",") port
            listens[port]
        }
        close(path)
    }
    if (own_network && ports != "") print "#vpn-web listen " ports
    while ((getline line < "/proc/net/dev") > 0) {
        sub(/:/, " ", line)
        if (split(line, part, " ") < 17 || part[2] !~ /^[0-9]+$/) continue
        ifindex = own_network ? first("/sys/class/net/" part[1] "/ifindex") : ""
        print "#vpn-web link " part[1] " " (ifindex == "" ? "-" : ifindex) " " part[2] " " part[10]
    }
}
# A line goes out when the next one begins: the last of a killed command may be cut anywhere.
function emit(line) {
    if (held != "") print held
    held = line
}
/#vpn-web / {
    if (index($0, "#vpn-web ") > 1) torn++
    sub(/^.*#vpn-web /, "")
    emit("")
    split($0, part, " ")
    in_df = part[1] == "df"
    if (part[1] == "time") print "#vpn-web " $0
    if (part[1] == "end") ended = 1
    if (part[1] == "end") status = part[2]
    next
}
in_df {
    n = split($0, part, " ")
    if (n > 5 && part[n - 4] ~ /^[0-9]+$/) print "#vpn-web disk " part[n - 4] " " part[n - 2]
    next
}
NF == 9 {
    if ($3 != "(none)") $3 = "(hidden)"
    emit($0)
    next
}
NF > 4 {
    if ($2 != "(none)") $2 = "(hidden)"
    # No port, so no interface: what has columns that are not known here has a preshared key.
    if ($4 !~ /^[0-9]+$/ && $3 != "(none)") $3 = "(hidden)"
    # Whatever column it has in which version: a key is a key.
    for (i = 4; i <= NF; i++) if (length($i) == 44 && $i ~ /=$/) $i = "(hidden)"
    emit($0)
    next
}
{ odd++ }
END {
    if (torn) print "#vpn-web torn " torn
    if (odd) print "#vpn-web odd " odd
    if (ended) print "#vpn-web end " status
    exit status
}'
