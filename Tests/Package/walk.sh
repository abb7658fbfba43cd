#!/bin/sh
# From nothing to HTTPS, inside of a machine (machine.sh): install, set up two real nodes, read, upgrade under load, freeze
# loops, back up and restore, remove, purge. Every fact that does not hold ends it.
set -eu

say() { printf '%s %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$*"; }
fail() {
    echo "FAILED: $*" >&2
    journalctl --no-pager -n 60 >&2 || true
    exit 1
}
# until SECONDS COMMAND…: again and again until it succeeds.
until_true() {
    left=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "not so in time: $*"
        sleep 0.2
    done
}

old=$(echo /packages/vpn-web_0.1.0_*.deb)
new=$(echo /packages/vpn-web_*upgrade*.deb)
url=https://panel.example.org

# A node: a network and files of its own, real WireGuard with a device behind it, and sshd.
node() {
    name=$1 number=$2
    ip netns add "$name"
    ip link add "v$number" type veth peer name eth0 netns "$name"
    ip addr add "10.9.$number.1/24" dev "v$number"
    ip link set "v$number" up
    ip netns add "$name-device"
    ip link add inner netns "$name" type veth peer name eth0 netns "$name-device"
    mkdir -p "/nodes/$name"
    cat >"/nodes/$name/start" <<NODE
set -e
mount -t tmpfs tmpfs /nodes/$name
# Copies: what the panel's package does to its machine is not done here.
for place in etc root usr/local var; do
    mkdir -p /nodes/$name/\$place
    cp -a /\$place/. /nodes/$name/\$place
    mount --bind /nodes/$name/\$place /\$place
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/wireguard /var/run/wireguard
ip link set lo up
ip addr add 10.9.$number.2/24 dev eth0
ip link set eth0 up
ip addr add 10.8.$number.1/24 dev inner
ip link set inner up
rm -f /etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
mkdir -p /root/.ssh
cp /nodes-key.pub /root/.ssh/authorized_keys
wireguard-go wg0 >/dev/null 2>&1
wg set wg0 private-key /nodes-$name.private listen-port 51820 peer "\$(cat /nodes-$name-device.public)" allowed-ips 10.7.$number.2/32
ip addr add 10.7.$number.1/24 dev wg0
ip link set wg0 up
exec /usr/sbin/sshd -D -o PidFile=none
NODE
    cat >"/nodes/$name-device" <<NODE
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/wireguard
ip link set lo up
ip addr add 10.8.$number.2/24 dev eth0
ip link set eth0 up
wireguard-go wg0 >/dev/null 2>&1
wg set wg0 private-key /nodes-$name-device.private peer "\$(cat /nodes-$name.public)" allowed-ips 10.7.$number.1/32 endpoint 10.8.$number.1:51820 persistent-keepalive 1
ip addr add 10.7.$number.2/24 dev wg0
ip link set wg0 up
exec ping -q -i 0.05 -s 1000 10.7.$number.1
NODE
    for key in "$name" "$name-device"; do
        (umask 077 && wg genkey >"/nodes-$key.private" && wg pubkey <"/nodes-$key.private" >"/nodes-$key.public")
    done
    systemd-run -q --unit="$name" ip netns exec "$name" unshare --mount sh "/nodes/$name/start"
    systemd-run -q --unit="$name-device" ip netns exec "$name-device" unshare --mount sh "/nodes/$name-device"
    until_true 20 ssh-keyscan "10.9.$number.2"
}

get() { curl -sS --cacert /etc/vpn-web/tls/certificate.pem -H "Authorization: Bearer $token" "$url$1"; }
health() { get /health | grep -q '"status":"ok"'; }
online() { [ "$(get /api/servers | grep -o '"status":"online"' | wc -l)" = 2 ]; }

ssh-keygen -q -t ed25519 -N '' -f /nodes-key
say 'nodes come up'
node main 1
node eu1 2

say 'apt install'
begun=$(date +%s)
apt-get install -y -q "$old" >/tmp/install.log 2>&1 || { cat /tmp/install.log; fail install; }
grep -q 'Next: vpn-web setup' /tmp/install.log || fail 'the installation does not say what is next'
! systemctl is-active -q vpn-web.service || fail 'it runs without a configuration'

pin() { ssh-keyscan -t ed25519 "$1" 2>/dev/null | ssh-keygen -lf - | cut -d' ' -f2; }
say 'vpn-web setup'
mkdir -p /opt/bot/data
peer() { printf '{"telegram_id":7,"server_id":"%s","public_key":"%s","wg_ip":"%s","active":true}' "$1" "$(cat "/nodes-$1-device.public")" "$2"; }
echo '{"7":{"telegram_id":7,"username":"owner","role":"owner","active":true}}' >/opt/bot/data/users.json
printf '{"a":%s,"b":%s}' "$(peer main 10.7.1.2)" "$(peer eu1 10.7.2.2)" >/opt/bot/data/peers.json
echo 'lemon ridge tunnel otter' | vpn-web setup --yes --password-stdin --url "$url" \
    --node main=10.9.1.2 --node eu1=10.9.2.2 --fingerprint "main=$(pin 10.9.1.2)" --fingerprint "eu1=$(pin 10.9.2.2)" |
    tee /tmp/setup.log
grep -q "The panel: $url" /tmp/setup.log || fail 'setup does not end with the URL'
for name in main eu1; do
    address=10.9.1.2
    [ "$name" = main ] || address=10.9.2.2
    vpn-web node-setup "$name" |
        ssh -i /nodes-key -o StrictHostKeyChecking=accept-new "root@$address" sh >/tmp/node.log 2>&1 || {
        cat /tmp/node.log
        fail "node-setup $name"
    }
done
systemctl reload vpn-web.service
token=$(runuser -u vpn-web -- vpn-web token create walk | grep -Eo '[A-Za-z0-9_-]{30,}' | tail -1)
until_true 60 health
until_true 60 online
say "first numbers $(($(date +%s) - begun)) s after apt install"
until_true 30 sh -c 'runuser -u vpn-web -- vpn-web check'
vpn-web setup --yes >/tmp/again.log
! grep -q '^made   /' /tmp/again.log || { cat /tmp/again.log; fail 'a second setup made something'; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://panel.example.org/")" = 301 ] || fail 'HTTP does not lead to HTTPS'
curl -s --cacert /etc/vpn-web/tls/certificate.pem -H 'Accept-Encoding: gzip' -D - -o /dev/null \
    "$url/static/vpn-web.css" | grep -qi 'content-encoding: gzip' || fail 'static files are not sent compressed'

say 'systemd and the journal'
systemd-analyze verify --man=no /lib/systemd/system/vpn-web*.service /lib/systemd/system/vpn-web.socket 2>&1 | grep vpn-web && fail verify
score=$(systemd-analyze security --no-pager vpn-web.service | sed -n 's/.*exposure level for vpn-web.service: \([0-9.]*\).*/\1/p')
say "exposure $score"
[ "$(printf '%s\n1.3\n' "$score" | sort -n | head -1)" = "$score" ] || fail "exposure $score is over 1.3"
journalctl -u vpn-web.service EVENT=started -o json --no-pager | grep -q '"NODES":"2"' || fail 'no fields in the journal'
grep -Eq 'CapEff:\s*0+$' "/proc/$(systemctl show -P MainPID vpn-web.service)/status" || fail 'it has capabilities'

say 'loops are frozen one by one'
frozen() {
    loop=$1 thread=$2
    pid=$(systemctl show -P MainPID vpn-web.service)
    for task in "/proc/$pid/task/"*; do
        [ "$(cat "$task/comm")" = "$thread" ] || continue
        echo "${task##*/}" >/packages/freeze
    done
    [ -s /packages/freeze ] || fail "no thread $thread"
    began=$(date +%s)
    until_true 90 sh -c "journalctl -u vpn-web.service --no-pager --since @$began | grep -q 'Watchdog timeout'"
    # A thread that is held by a tracer could not be killed either.
    : >/packages/freeze
    until_true 60 health
    journalctl -u vpn-web.service --no-pager -o json "EVENT=a_loop_stands_still_systemd_is_not_told_that_all_is_well" |
        grep -q "\"LOOP\":\"$loop\"" || fail "the journal does not name $loop"
    say "$loop: killed and started anew within $(($(date +%s) - began)) s"
}
if [ -e /packages/freezes ]; then
    # Shorter than shipped, so that this test is.
    mkdir -p /etc/systemd/system/vpn-web.service.d
    printf '[Service]\nWatchdogSec=8\n' >/etc/systemd/system/vpn-web.service.d/short.conf
    systemctl daemon-reload
    systemctl restart vpn-web.service
    until_true 60 health
    frozen bookkeeper bookkeeper
    frozen front fastcgi-accept
    frozen collector node-eu1
    rm /etc/systemd/system/vpn-web.service.d/short.conf
    systemctl daemon-reload
    systemctl restart vpn-web.service
    until_true 60 health
fi

say 'upgrade under load'
before=$(systemctl show -P MainPID vpn-web.service)
echo start >/packages/load
until_true 20 test -s /packages/loaded
apt-get install -y -q "$new" >/tmp/upgrade.log 2>&1 || { cat /tmp/upgrade.log; fail upgrade; }
[ "$(systemctl show -P MainPID vpn-web.service)" != "$before" ] || fail 'the upgrade did not start it anew'
until_true 60 health
echo stop >/packages/load
until_true 30 grep -q ended /packages/loaded
cat /packages/loaded
grep -q ', 0 failed' /packages/loaded || fail 'requests were lost'

say 'no byte is lost'
for name in main eu1; do systemctl stop "$name-device"; done
sleep 3
counted() {
    name=$1 number=$2
    shown=$(ssh -i /nodes-key "root@10.9.$number.2" wg show wg0 transfer |
        awk '{ printf "\"rx_bytes\":%s,\"tx_bytes\":%s,", $2, $3 }')
    get /api/traffic | tr '{' '\n' | grep "\"server_id\":\"$name\"" | grep -qF "$shown"
}
until_true 30 counted main 1
until_true 30 counted eu1 2

say 'backup and restore'
systemctl start vpn-web-backup.service
copy=$(ls /var/backups/vpn-web/vpn-web-*.db)
systemctl stop vpn-web.socket vpn-web.service
runuser -u vpn-web -- vpn-web restore "$copy" >/dev/null
systemctl start vpn-web.socket vpn-web.service
until_true 60 health
until_true 30 counted main 1

say 'undo, remove, purge'
cp /etc/vpn-web/config.yaml /tmp/config.yaml
apt-get remove -y -q vpn-web >/dev/null 2>&1
[ -e /var/lib/vpn-web/vpn-web.db ] || fail 'a removal took the data'
cmp -s /tmp/config.yaml /etc/vpn-web/config.yaml || fail 'a removal touched the configuration'
nginx -t -q 2>/dev/null || fail 'nginx is broken after the removal'
apt-get install -y -q "$new" >/dev/null 2>&1
vpn-web setup --yes >/dev/null
until_true 60 health
vpn-web setup --undo >/tmp/undo.log
cat /tmp/undo.log
for path in /etc/nginx/sites-available/vpn-web /etc/nginx/sites-enabled/vpn-web /etc/vpn-web/config.yaml; do
    [ ! -e $path ] || fail "undo left $path"
done
[ -e /var/lib/vpn-web/vpn-web.db ] || fail 'undo took the data'
apt-get purge -y -q vpn-web >/dev/null 2>&1
left=$(find / -xdev \( -name '*vpn-web*' -o -name '*vpn_web*' \) ! -path '/proc/*' ! -path '/nodes*' ! -path '/packages/*' \
    ! -path '/tmp/*' ! -path '/var/lib/systemd/*' ! -path '/var/cache/apt/*' ! -path '/run/*')
[ -z "$left" ] || fail "left behind: $left"
! getent passwd vpn-web >/dev/null || fail 'the user is left behind'
say 'all of it holds'
