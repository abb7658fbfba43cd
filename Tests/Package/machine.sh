#!/bin/sh
# A machine to throw away, with systemd as its first process: machine.sh BASE SCRIPT [FILE…]
#
# BASE is a folder with a Debian in it, which is only read: changes go to memory. SCRIPT runs inside as root, with FILEs
# in /packages; its exit status is this one's. It has a network of its own, with nothing but loopback. What SCRIPT wants of
# the outside, outside.sh does.
set -eu

base=$1
script=$2
shift 2
folder=$(mktemp -d /tmp/vpn-web-machine-XXXXXX)
group=/sys/fs/cgroup/systemd/$(basename "$folder")
mkdir "$folder/root" "$folder/packages"
cp "$script" "$folder/packages/script"
for file in "$@"; do cp "$file" "$folder/packages/"; done
chmod -R a+rX "$folder/packages"
keeper=
helper=

# shellcheck disable=SC2317 # the trap calls it
close() {
    [ -z "$keeper" ] || kill -KILL "$keeper" 2>/dev/null || true
    [ -z "$helper" ] || kill "$helper" 2>/dev/null || true
    wait 2>/dev/null || true
    # The kernel ends what was in it after its first process, one by one.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -d "$group" ] || break
        find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
        sleep 0.2
    done
    rm -rf "$folder"
}
trap close EXIT
trap 'exit 1' INT TERM

cat >"$folder/boot" <<'BOOT'
set -eu
base=$1 folder=$2
root=$folder/root
mount --make-rprivate /
mount -t tmpfs -o size=3g tmpfs "$root"
mkdir "$root/upper" "$root/work" "$root/all"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$root/upper,workdir=$root/work" "$root/all"
root=$root/all
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty net/tun; do
    [ -e "/dev/$device" ] || continue
    mkdir -p "$root/dev/net"
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for place in dev/shm run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$place"; done
chmod 755 "$root/run"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mkdir "$root/sys/fs/cgroup/systemd" "$root/sys/fs/cgroup/unified"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified" || rmdir "$root/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
mkdir -p "$root/packages" "$root/old"
mount --bind "$folder/packages" "$root/packages"
rm -f "$root/usr/sbin/policy-rc.d"
echo panel >"$root/etc/hostname"
hostname panel
printf '127.0.0.1 localhost\n127.0.1.1 panel.example.org panel\n' >"$root/etc/hosts"
ip link set lo up
cd "$root"
pivot_root . old
umount -l /old
exec env -i container=vpn-web PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal --show-status=no
BOOT

# In a control group of its own, where this machine has groups of the first kind: what systemd makes there goes with it.
(
    if [ -d /sys/fs/cgroup/systemd ]; then
        mkdir "$group"
        sh -c 'echo $PPID' >"$group/cgroup.procs" 2>/dev/null || true
    fi
    exec unshare --mount --net --pid --ipc --uts --cgroup --fork --kill-child sh "$folder/boot" "$base" "$folder"
) >"$folder/console" 2>&1 &
keeper=$!
first=
tries=0
until [ -n "$first" ] && nsenter -t "$first" -a systemctl is-system-running 2>/dev/null | grep -Eq 'running|degraded'; do
    tries=$((tries + 1))
    if [ $tries -gt 240 ] || ! kill -0 "$keeper" 2>/dev/null; then
        cat "$folder/console" >&2
        echo 'machine.sh: systemd did not come up' >&2
        exit 1
    fi
    sleep 0.5
    first=$(tr -d ' ' 2>/dev/null <"/proc/$keeper/task/$keeper/children") || true
done

sh "$(dirname "$0")/outside.sh" "$first" "$folder/packages" &
helper=$!
status=0
nsenter -t "$first" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh /packages/script || status=$?
exit $status
