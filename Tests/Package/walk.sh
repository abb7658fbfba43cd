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
# The node's own count of its device, in what the panel has.
moves() { get /api/traffic | tr '{' '\n' | grep "\"server_id\":\"$1\"" | grep -q '"session_rx_bytes":"\?[1-9]'; }
online() { [ "$(get /api/servers | grep -o '"status":"online"' | wc -l)" = 2 ]; }

mkdir -p /root/.ssh
chmod 700 /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f /nodes-key
say 'nodes come up'
node main 1
node eu1 2

say 'apt install'
begun=$(date +%s)
apt-get install -y -q "$old" >/tmp/install.log 2>&1 || { cat /tmp/install.log; fail install; }
grep -q 'Next: vpn-web setup' /tmp/install.log || fail 'the installation does not say what is next'
! systemctl is-active -q vpn-web.service || fail 'it runs without a configuration'

mkdir -p /opt/vpnservice/bot/data
peer() { printf '{"telegram_id":7,"server_id":"%s","public_key":"%s","wg_ip":"%s","active":true}' "$1" "$(cat "/nodes-$1-device.public")" "$2"; }
echo '{"7":{"telegram_id":7,"username":"owner","role":"owner","active":true}}' >/opt/vpnservice/bot/data/users.json
printf '{"a":%s,"b":%s}' "$(peer main 10.7.1.2)" "$(peer eu1 10.7.2.2)" >/opt/vpnservice/bot/data/peers.json
printf 'WG_SSH_HOST=10.9.1.2\nWG_EU1_SSH_HOST=10.9.2.2\nWG_EU1_SSH_USER=root\n' >/opt/vpnservice/env_vars.txt

password='lemon ridge tunnel otter'
dialogue() { python3 /packages/dialogue.py "$@" -- vpn-web setup; }
everything() { find /etc \( -type f -exec sha256sum {} + \) -o -printf '%p %l %M %u:%g\n' | sort; }
everything >/tmp/before

say 'answers that cannot be'
# wrong STATUS WORDS PAIR…: the dialogue ends so, says these words, and has written nothing.
wrong() {
    status=0 wanted=$1 words=$2
    shift 2
    dialogue "$@" >/tmp/wrong.log || status=$?
    [ "$status" = "$wanted" ] || { cat /tmp/wrong.log; fail "ended with $status: $*"; }
    grep -qF -- "$words" /tmp/wrong.log || { cat /tmp/wrong.log; fail "does not say: $words"; }
    everything | cmp -s /tmp/before - || fail "something was written: $*"
    [ -z "$(ls -A /var/lib/vpn-web)" ] || fail "something was stored: $*"
}
wrong 1 'it ended before the answer' 'address=^D'
wrong 1 'is no address' 'address=not an address!' 'address=http://plain.example.org' 'address=https://a.example/path' 'address=^D'
wrong 1 '/not/there: No such file' 'env_vars=/not/there' 'env_vars=^D'
wrong 1 'That is no node' 'env_vars=none' 'A node=rubbish' 'A node=a b=c' 'A node=^D'
wrong 1 'It ends in' 'env_vars=none' 'A node=eu1=10.9.2.2' 'shows its peers=rm -rf /' 'shows its peers=^D'
wrong 1 'fewer than 12 characters' 'password=short' 'password=^D'
wrong 1 'among the first that are tried' 'password=panel.example.org' 'password=^D'
wrong 1 'The two differ' "password=$password" 'again=another one, longer' 'password=^D'
wrong 130 'password' 'password=^C'
wrong 130 'address' 'address=^C'
refused() {
    ! vpn-web setup --yes "$@" >/tmp/refused.log 2>&1 </dev/null || fail "not refused: $*"
    grep -q '^vpn-web: ' /tmp/refused.log || { cat /tmp/refused.log; fail "no plain words: $*"; }
    everything | cmp -s /tmp/before - || { cat /tmp/refused.log; fail "something was left: $*"; }
}
refused --timezone Mars/Phobos
refused --url 'https://panel.example.org/x'
refused --env-vars /not/there
refused --node rubbish
refused --password-stdin
refused --language de

say 'the dialogue, with Enter for every answer but the password'
# The owner's ssh to the nodes, and what the owner does in another terminal: the lines that are printed.
printf 'IdentityFile /nodes-key\nStrictHostKeyChecking accept-new\n' >/root/.ssh/config
typed="until grep -q 'Press Enter' /tmp/dialogue.log; do :; done; grep '^  vpn-web node-setup' /tmp/dialogue.log | sh -e >/tmp/node.log 2>&1"
: >/tmp/dialogue.log
{ dialogue "password=$password" "again=$password" "Press Enter=!$typed" || echo "status $?"; } | tee /tmp/dialogue.log
! grep -q '^status' /tmp/dialogue.log || fail dialogue
grep -q "The panel: $url" /tmp/dialogue.log || fail 'the dialogue does not end with the URL'
grep -q 'root.s ssh on this machine knows' /tmp/dialogue.log || fail 'host keys that root knows are not offered'
token=$(runuser -u vpn-web -- vpn-web token create walk | grep -Eo '[A-Za-z0-9_-]{30,}' | tail -1)
until_true 60 online
until_true 60 moves main
say "first numbers $(($(date +%s) - begun)) s after apt install"

say 'undo gives back what was'
vpn-web setup --undo >/tmp/undo.log
everything >/tmp/after
diff /tmp/before /tmp/after || { cat /tmp/undo.log; fail 'undo left something'; }
[ -e /var/lib/vpn-web/vpn-web.db ] || fail 'undo took the data'
! systemctl is-active -q vpn-web.service || fail 'undo left it running'
nginx -t -q 2>/dev/null || fail 'nginx is broken after the undo'
rm -f /var/lib/vpn-web/* /root/.ssh/known_hosts
mv /opt/vpnservice /opt/bot

say 'vpn-web setup with flags'
begun=$(date +%s)
pin() { ssh-keyscan -t ed25519 "$1" 2>/dev/null | ssh-keygen -lf - | cut -d' ' -f2; }
echo "$password" | vpn-web setup --yes --password-stdin --url "$url" --env-vars none \
    --node main=10.9.1.2 --node eu1=10.9.2.2 --fingerprint "main=$(pin 10.9.1.2)" --fingerprint "eu1=$(pin 10.9.2.2)" |
    tee /tmp/setup.log
grep -q "The panel: $url" /tmp/setup.log || fail 'setup does not end with the URL'
node_setup() {
    vpn-web node-setup "$1" |
        ssh "root@$2" sh >/tmp/node.log 2>&1 || {
        cat /tmp/node.log
        fail "node-setup $1"
    }
}
node_setup main 10.9.1.2
node_setup eu1 10.9.2.2
systemctl reload vpn-web.service
token=$(runuser -u vpn-web -- vpn-web token create walk | grep -Eo '[A-Za-z0-9_-]{30,}' | tail -1)
until_true 60 health
until_true 60 online
say "first numbers $(($(date +%s) - begun)) s after setup"
until_true 30 vpn-web check
[ -z "$(find /var/lib/vpn-web ! -user vpn-web)" ] || fail "root's check left files of root's"
vpn-web setup --yes >/tmp/again.log
! grep -q '^made   /' /tmp/again.log || { cat /tmp/again.log; fail 'a second setup made something'; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://panel.example.org/")" = 301 ] || fail 'HTTP does not lead to HTTPS'
curl -s --cacert /etc/vpn-web/tls/certificate.pem -H 'Accept-Encoding: gzip' -D - -o /dev/null \
    "$url/static/vpn-web.css" | grep -qi 'content-encoding: gzip' || fail 'static files are not sent compressed'

say 'a node that was written into the configuration later'
printf '  - id: eu2\n    ssh: { host: 10.9.2.2, key: eu2.key }\n' >>/etc/vpn-web/config.yaml
! vpn-web check >/tmp/eu2.log 2>&1 || fail 'a node without a key is well'
grep -q 'eu2.key is not there: vpn-web setup makes it' /tmp/eu2.log || { cat /tmp/eu2.log; fail 'a missing key has no mend'; }
vpn-web setup --yes --fingerprint "eu2=$(pin 10.9.2.2)" >/tmp/eu2.log
[ "$(stat -c '%U %a' /etc/vpn-web/eu2.key)" = 'vpn-web 600' ] || { cat /tmp/eu2.log; fail 'its key was not made'; }
# Two nodes on one host.
grep -q '^  vpn-web node-setup eu2 ' /tmp/eu2.log || { cat /tmp/eu2.log; fail 'setup does not say what to run on it'; }
node_setup eu2 10.9.2.2
until_true 30 vpn-web check

say 'undo leaves a changed configuration, and nothing that starts with it'
vpn-web setup --undo >/tmp/undo.log
[ -e /etc/vpn-web/config.yaml ] || fail 'undo took a changed configuration'
[ ! -e /etc/vpn-web/eu2.key ] || fail 'undo left a key that setup made'
for unit in vpn-web.service vpn-web.socket vpn-web-backup.timer; do
    ! systemctl is-enabled -q "$unit" || { cat /tmp/undo.log; fail "undo left $unit on"; }
done
sed -i '/id: eu2/,$d' /etc/vpn-web/config.yaml
vpn-web setup --yes --fingerprint "main=$(pin 10.9.1.2)" --fingerprint "eu1=$(pin 10.9.2.2)" >/tmp/setup.log
node_setup main 10.9.1.2
node_setup eu1 10.9.2.2
systemctl is-enabled -q vpn-web.service vpn-web.socket vpn-web-backup.timer || fail 'setup left units off'
systemctl reload vpn-web.service
until_true 60 online

say 'what the documents say is there'
for path in $(awk '/^[|] .\//{gsub(/[^A-Za-z0-9_.*\/-]/, "", $2); print $2}' /usr/share/doc/vpn-web/docs/deployment.md) \
    $(zcat /usr/share/man/man1/vpn-web.1.gz | sed -n 's/^\.I \(\/[^ ]*\)$/\1/p'); do
    # A name may stand for several, and a drop-in is made for some configurations alone.
    case $path in *ID.key* | *service.d*) continue ;; esac
    # shellcheck disable=SC2086
    ls -d $path >/dev/null 2>&1 || fail "the documents name $path"
done

say 'systemd and the journal'
systemd-analyze verify --man=no /lib/systemd/system/vpn-web*.service /lib/systemd/system/vpn-web.socket 2>&1 | grep vpn-web && fail verify
score=$(systemd-analyze security --no-pager vpn-web.service | sed -n 's/.*exposure level for vpn-web.service: \([0-9.]*\).*/\1/p')
say "exposure $score"
[ "$(printf '%s\n1.3\n' "$score" | sort -n | head -1)" = "$score" ] || fail "exposure $score is over 1.3"
journalctl -u vpn-web.service EVENT=started -o json --no-pager | grep -q '"NODES":"2"' || fail 'no fields in the journal'
grep -Eq 'CapEff:\s*0+$' "/proc/$(systemctl show -P MainPID vpn-web.service)/status" || fail 'it has capabilities'

say 'no node writes lines of its own into the journal'
ssh root@10.9.1.2 'cd /usr/local/lib/vpn-web && cp -p vpn-web-node-main kept && cat >vpn-web-node-main' <<'EVIL'
#!/bin/sh
printf 'words\rEVENT=forged\033[31m\nPRIORITY=0\n' >&2
exit 1
EVIL
until_true 60 sh -c "journalctl -u vpn-web.service -o json --no-pager EVENT=poll_failed NODE=main | grep -q 'words'"
[ -z "$(journalctl --no-pager -q -o cat EVENT=forged)" ] || fail 'a node forged a field'
! journalctl -u vpn-web.service -a --no-pager -o cat | grep -q "$(printf '\033')" || fail 'a control character is in the journal'
ssh root@10.9.1.2 'cd /usr/local/lib/vpn-web && mv kept vpn-web-node-main'
until_true 90 online

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
    frozen front fastcgi-room
    frozen collector node-eu1

    say 'a node that stands still is no reason to start anew'
    pid=$(systemctl show -P MainPID vpn-web.service)
    systemctl kill -s STOP eu1
    until_true 90 sh -c "journalctl -u vpn-web.service --no-pager -o json EVENT=poll_failed NODE=eu1 _PID=$pid | grep -q timedOut"
    sleep 30
    [ "$(systemctl show -P MainPID vpn-web.service)" = "$pid" ] || fail 'a stopped node started it anew'
    systemctl kill -s CONT eu1
    until_true 60 online

    rm /etc/systemd/system/vpn-web.service.d/short.conf
    systemctl daemon-reload
    systemctl restart vpn-web.service
    until_true 60 health
fi

say 'upgrade under load'
before=$(systemctl show -P MainPID vpn-web.service)
echo on >/tmp/load
python3 /packages/load.py panel.example.org /tmp/load >/tmp/loaded 2>&1 &
until_true 20 test -s /tmp/loaded
apt-get install -y -q "$new" >/tmp/upgrade.log 2>&1 || { cat /tmp/upgrade.log; fail upgrade; }
[ "$(systemctl show -P MainPID vpn-web.service)" != "$before" ] || fail 'the upgrade did not start it anew'
until_true 60 health
echo stop >/tmp/load
until_true 30 grep -q ended /tmp/loaded
cat /tmp/loaded
grep -q ', 0 failed' /tmp/loaded || fail 'requests were lost'

say 'no byte is lost'
for name in main eu1; do systemctl stop "$name-device"; done
sleep 3
counted() {
    name=$1 number=$2
    shown=$(ssh "root@10.9.$number.2" wg show wg0 transfer |
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

# block SECTION NUMBER: of the commands in that section of docs/deployment.md.
block() { awk -v section="$1" -v wanted="$2" \
    '/^## /{on=index($0, section)} on&&/^ *```/{n+=!inside; inside=!inside; next} on&&inside&&n==wanted' \
    /usr/share/doc/vpn-web/docs/deployment.md; }
echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/yes

say 'the way back, by the words of docs/deployment.md'
mkdir /tmp/back
cp "$old" /tmp/back/vpn-web_OLD_amd64.deb
block Updating 2 >/tmp/back.sh
runuser -u vpn-web -- vpn-web backup /var/lib/vpn-web/vpn-web.db.before-v1-1
(cd /tmp/back && sh -ex /tmp/back.sh) >/tmp/back.log 2>&1 || { cat /tmp/back.log; fail 'the way back'; }
grep -q '^Restored' /tmp/back.log || { cat /tmp/back.log; fail 'nothing was restored on the way back'; }
until_true 60 health
until_true 30 counted main 1
until_true 30 counted eu1 2

say 'removed and installed again'
cp /etc/vpn-web/config.yaml /tmp/config.yaml
apt-get remove -y -q vpn-web >/dev/null 2>&1
[ -e /var/lib/vpn-web/vpn-web.db ] || fail 'a removal took the data'
cmp -s /tmp/config.yaml /etc/vpn-web/config.yaml || fail 'a removal touched the configuration'
nginx -t -q 2>/dev/null || fail 'nginx is broken after the removal'
apt-get install -y -q "$new" >/dev/null 2>&1
vpn-web setup --yes >/dev/null
until_true 60 health

say 'moved to another machine, by the words of docs/deployment.md'
block 'another machine' 1 >/tmp/old.sh
block 'another machine' 2 >/tmp/new.sh
mkdir /tmp/there
cp "$new" /tmp/there
sh -ex /tmp/old.sh >/tmp/moving.log 2>&1 || { cat /tmp/moving.log; fail 'leaving the old machine'; }
mv /root/vpn-web-moving.tar.gz /tmp/there
apt-get purge -y -q vpn-web >/dev/null 2>&1
[ ! -e /etc/vpn-web ] || fail 'the old machine is not empty'
(cd /tmp/there && sh -ex /tmp/new.sh) >/tmp/moving.log 2>&1 || { cat /tmp/moving.log; fail 'arriving at the new machine'; }
until_true 60 health
until_true 60 online
until_true 30 counted main 1
until_true 30 counted eu1 2
! systemctl is-failed -q vpn-web-backup.timer || fail 'no backups on the new machine'

say purge
apt-get purge -y -q vpn-web >/dev/null 2>&1
left=$(find / -xdev \( -name '*vpn-web*' -o -name '*vpn_web*' \) ! -path '/proc/*' ! -path '/nodes*' ! -path '/packages/*' \
    ! -path '/tmp/*' ! -path '/var/lib/systemd/*' ! -path '/var/cache/apt/*' ! -path '/run/*')
[ -z "$left" ] || fail "left behind: $left"
! getent passwd vpn-web >/dev/null || fail 'the user is left behind'
say 'all of it holds'
