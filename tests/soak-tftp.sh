#!/bin/sh
# What TFTP must stand for long: a network that loses, doubles, swaps, delays and cuts 10
# of 100 datagrams each, in both directions; many transfers at once; many blocks; peers that
# vanish. Every file is the same at the end, or its transfer was refused in words; and no
# process stays. usage: soak-tftp.sh [TRANSFERS]  (1000 if not given)
set -u
export LC_ALL=C

cd "$(dirname "$0")/.." || exit 1
bin=$(cd "${BIN:-bin}" && pwd) || exit 2
relay=${BUILD:-build}/tests/relay
transfers=${1:-1000}
at_once=200
dir=$(mktemp -d)
started=
. tests/report.sh
# shellcheck disable=SC2086
trap 'kill $started 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$dir"
mkdir -m 777 "$dir/served"
mkdir "$dir/files" "$dir/got" "$dir/status"

# verify NAME OTHERWISE TEST...: ok NAME if test(1) says so
verify() {
	name=$1 otherwise=$2
	shift 2
	if test "$@"; then
		ok "$name"
	else
		not_ok "$otherwise"
	fi
}

# start COMMAND...: in the background; its port in $port, its process in $pid
start() {
	mkfifo "$dir/ready"
	"$@" >"$dir/ready" 2>>"$dir/log" &
	pid=$!
	started="$started $pid"
	read -r line <"$dir/ready"
	port=${line##*:}
	rm "$dir/ready"
}

start "$bin/tftpd" -q -W -O -c 2000 -r 0 -p 0 "$dir/served"
server=$pid direct=$port

# Of the same process name and command line: none of ours may stay.
left() { pgrep -c -P "$server" || :; }
await_none() { # for half a minute at most: a server dallies
	tries=60
	while [ "$(left)" -gt 0 ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.5
	done
}

for size in 0 1 511 512 513 1024 7000 65464 100000; do
	head -c "$size" /dev/urandom >"$dir/files/$size"
	cp "$dir/files/$size" "$dir/served/$size"
	chmod 644 "$dir/served/$size"
done

# ---- a bad network ----

# one NUMBER: its size, direction, block size and window follow from the number
one() {
	# shellcheck disable=SC2046
	set -- "$1" $(awk -v n="$1" 'BEGIN {
		split("0 1 511 512 513 1024 7000 65464 100000", s); split("512 1428 8192", b); split("1 4 16", w)
		print s[n % 9 + 1], b[int(n / 9) % 3 + 1], w[int(n / 27) % 3 + 1] }')
	if [ $(($1 % 2)) -eq 0 ]; then
		"$bin/tftp" -q -T 170 -B "$3" -w "$4" -p "$port" get "127.0.0.1:$2" "$dir/got/$1" 2>"$dir/status/$1.err"
		status=$?
		[ $status != 0 ] || cmp -s "$dir/files/$2" "$dir/got/$1" || status=different
		[ $status = 0 ] || [ ! -e "$dir/got/$1" ] || status=different
	else
		"$bin/tftp" -q -T 170 -B "$3" -w "$4" -p "$port" put "$dir/files/$2" "127.0.0.1:up$1" 2>"$dir/status/$1.err"
		status=$?
		# unconfirmed is no success, but what has the name is whole in any case
		[ ! -e "$dir/served/up$1" ] || cmp -s "$dir/files/$2" "$dir/served/up$1" || status=different
		[ $status != 0 ] || [ -e "$dir/served/up$1" ] || status=different
	fi
	rm -f "$dir/got/$1" "$dir/served/up$1"
	echo "$status" >"$dir/status/$1"
}

start "$relay" -L 10 -O 10 -D 10 -S 10 -C 10 -Z 1 127.0.0.1 "$direct"
begin=$(date +%s)
n=0
while [ $n -lt "$transfers" ]; do
	last=$((n + at_once < transfers ? n + at_once : transfers))
	pids=
	while [ $n -lt $last ]; do
		one $n &
		pids="$pids $!"
		n=$((n + 1))
	done
	# shellcheck disable=SC2086
	wait $pids
done
whole=$(cat "$dir/status"/*[0-9] | grep -c '^0$')
different=$(cat "$dir/status"/*[0-9] | grep -c different)
silent=$(for f in "$dir"/status/*[0-9]; do [ "$(cat "$f")" = 0 ] || [ -s "$f.err" ] || echo "$f"; done | wc -l)
echo "$transfers transfers over a bad network in $(($(date +%s) - begin)) s: $whole whole, $((transfers - whole - different)) refused"
sort "$dir"/status/*.err | sed 's/^tftp: 127.0.0.1: [^:]*: //' | sort | uniq -c | sort -rn | head -n 8
verify 'none of them is different' "$different files are different" "$different" -eq 0
verify 'each failure is told' "$silent failures without a word" "$silent" -eq 0
verify 'most arrive' "only $whole of $transfers arrive" $((whole * 5)) -ge $((transfers * 4))
await_none
verify 'none is left running' "$(left) are left running" "$(left)" -eq 0
port=$direct

# ---- many at once ----

head -c 4000000 /dev/urandom >"$dir/files/many"
cp "$dir/files/many" "$dir/served"
chmod 644 "$dir/served/many"
pids=
n=0
while [ $n -lt 64 ]; do
	"$bin/tftp" -q -p "$port" get 127.0.0.1:many "$dir/got/many$n" &
	pids="$pids $!"
	n=$((n + 1))
done
# shellcheck disable=SC2086
wait $pids
same=0
for file in "$dir"/got/many*; do
	! cmp -s "$dir/files/many" "$file" || same=$((same + 1))
done
verify '64 at once' "of 64 at once $same are whole" $same -eq 64
rm -f "$dir"/got/* "$dir/files/many"

# ---- many blocks ----

# both ways SIZE OPTIONS...
both_ways() {
	size=$1
	shift
	head -c "$size" /dev/urandom >"$dir/files/large"
	if "$bin/tftp" -q "$@" -p "$port" put "$dir/files/large" 127.0.0.1:large &&
		"$bin/tftp" -q "$@" -p "$port" get 127.0.0.1:large "$dir/got/large" &&
		cmp "$dir/files/large" "$dir/got/large"; then
		ok "$size bytes, $*"
	else
		not_ok "$size bytes, $*"
	fi
}

both_ways 34603008 -B 512 -w 1
both_ways 34603008 -n
both_ways 104857600 -B 1428 -w 16
both_ways 104857600

# ---- who vanishes ----

n=0
while [ $n -lt 20 ]; do
	timeout -s KILL "0.0$((n + 1))" "$bin/tftp" -q -B 512 -w 1 -p "$port" get 127.0.0.1:large "$dir/got/v$n" 2>/dev/null
	timeout -s KILL "0.0$((n + 1))" "$bin/tftp" -q -B 512 -w 1 -p "$port" put "$dir/files/large" "127.0.0.1:v$n" 2>/dev/null
	n=$((n + 1))
done
await_none
verify 'of those who vanished none is served' "$(left) are left running" "$(left)" -eq 0
verify 'nothing half is left' 'half files are left' "$(find "$dir/served" -name 'v*' | wc -l)" -eq 0

report
