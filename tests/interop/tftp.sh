# tftp with other people's servers, tftpd with other people's clients: files of awkward
# sizes, both ways; with LONG=yes also those with more blocks than there are numbers.
# Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2317 # variables of interop.sh; functions called by name

PATH=$PATH:/usr/sbin:/sbin
sizes='0 1 511 512 513 1024 1428 2856 100000'
mkdir "$tmp/files" "$tmp/served" "$tmp/got"
chmod 755 "$tmp"
chmod 777 "$tmp/served"
for size in $sizes; do
	head -c "$size" /dev/urandom >"$tmp/files/f$size"
done
cp "$tmp/files/"* "$tmp/served"
chmod 644 "$tmp/served/"*

# The file $1 here, as $2 there, and back.
ours_get() { timeout "$seconds" "$bin/tftp" -q "$@" -p "$port" get "$host:f$size" "$tmp/got/f$size"; }
ours_put() { timeout "$seconds" "$bin/tftp" -q "$@" -p "$port" put "$tmp/files/f$size" "$host:up$size"; }

# every get|put COMMAND...: all of $sizes; a command finds the size in $size.
every() {
	direction=$1
	shift
	for size in $sizes; do
		"$@" </dev/null || {
			echo "$size bytes: status $?"
			return 1
		}
		case $direction in
		get) cmp "$tmp/files/f$size" "$tmp/got/f$size" ;;
		put) await_same "$tmp/files/f$size" "$tmp/served/up$size" ;;
		esac || return 1
		rm -f "$tmp/got/f$size" "$tmp/served/up$size"
	done
}

# A server may put its last bytes into the file when its client has gone already.
await_same() {
	tries=0
	until cmp -s "$1" "$2"; do
		tries=$((tries + 1))
		[ "$tries" -lt 40 ] || { cmp "$1" "$2"; return 1; }
		sleep 0.05
	done
}

# judge COMMAND...: ok if it ends well
judge() {
	if "$@" >"$tmp/out" 2>&1; then
		ok "$name"
	else
		not_ok "$name:"
		sed 's/^/	/' "$tmp/out" "$tmp/log"
	fi
}

# ---- our client ----

# serve COMMAND...: in the background, on $port of $host, until it answers
serve() {
	"$@" >"$tmp/log" 2>&1 </dev/null &
	started="$started $!"
	tries=0
	until "$bin/tftp" -q -t 0.5 -p "$port" get "$host:f1" "$tmp/got/f1" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || break # the checks will tell
		sleep 0.1
	done
}

gets_from() { # gets_from PEER [put]
	name="tftp gets from $1"
	judge every get ours_get
	name="tftp gets from $1, without options"
	judge every get ours_get -n
	name="tftp gets from $1 in blocks of 1428, windows of 8"
	judge every get ours_get -B 1428 -w 8
	[ "${2:-}" = put ] || return 0
	name="tftp puts to $1"
	judge every put ours_put
	name="tftp puts to $1, without options"
	judge every put ours_put -n
	name="tftp puts to $1 in blocks of 1428, windows of 8"
	judge every put ours_put -B 1428 -w 8
}

# More blocks than numbers, both ways; 64 MiB would not fit a 16-bit size of anything.
long_with() { # long_with PEER [put]
	[ "${LONG:-}" = yes ] || return 0
	all_sizes=$sizes sizes=34603008 seconds=120
	head -c "$sizes" /dev/urandom >"$tmp/files/f$sizes"
	cp "$tmp/files/f$sizes" "$tmp/served"
	chmod 644 "$tmp/served/f$sizes"
	name="tftp gets 33 MiB in blocks of 512 from $1"
	judge every get ours_get -B 512 -w 1
	name="tftp puts 33 MiB in blocks of 512 to $1"
	[ "${2:-}" != put ] || judge every put ours_put -B 512 -w 1
	rm -f "$tmp/files/f$sizes" "$tmp/served/f$sizes"
	sizes=$all_sizes seconds=20
}

# Servers that exclude each other as packages: etc/deps.sh unpacks them there.
PATH=$PATH:$root/build/peers/tftpd-hpa/usr/sbin:$root/build/peers/atftpd/usr/sbin
host=127.0.0.1

name='tftp with tftpd-hpa'
if [ "$(id -u)" -ne 0 ]; then
	skip "$name: only root may chroot"
elif has in.tftpd; then
	stop_all
	find_port "$bin/udpechod" || exit 1
	serve in.tftpd -L -4 -a "127.0.0.1:$port" -s -c -U 000 -u nobody "$tmp/served"
	gets_from tftpd-hpa put
	long_with tftpd-hpa put
fi

name='tftp with atftpd'
if has atftpd; then
	stop_all
	find_port "$bin/udpechod" || exit 1
	serve atftpd --daemon --no-fork --logfile - --user "$(id -un)" --group "$(id -gn)" \
		--port "$port" --bind-address 127.0.0.1 "$tmp/served"
	gets_from atftpd put
	long_with atftpd put
fi

# It listens at port 69 and no other: at an address that nobody else has.
name='tftp with dnsmasq'
if [ "$(id -u)" -ne 0 ]; then
	skip "$name: only root may listen at port 69"
elif has dnsmasq; then
	stop_all
	host=127.69.$(($$ / 250 % 250)).$(($$ % 250 + 1)) port=69
	serve dnsmasq -k -u root -p 0 --conf-file=/dev/null --pid-file= --bind-interfaces \
		--listen-address="$host" --enable-tftp --tftp-root="$tmp/served"
	gets_from dnsmasq
	long_with dnsmasq
	host=127.0.0.1
fi

# ---- our server ----

hpa_get() { timeout "$seconds" tftp -4 -m binary 127.0.0.1 "$port" -c get "f$size" "$tmp/got/f$size"; }
hpa_put() { timeout "$seconds" tftp -4 -m binary 127.0.0.1 "$port" -c put "$tmp/files/f$size" "up$size"; }
atftp_get() { timeout "$seconds" atftp "$@" -g -r "f$size" -l "$tmp/got/f$size" 127.0.0.1 "$port"; }
atftp_put() { timeout "$seconds" atftp "$@" -p -r "up$size" -l "$tmp/files/f$size" 127.0.0.1 "$port"; }
curl_get() { timeout "$seconds" curl -sS "$@" -o "$tmp/got/f$size" "tftp://127.0.0.1:$port/f$size"; }
curl_put() { timeout "$seconds" curl -sS "$@" -T "$tmp/files/f$size" "tftp://127.0.0.1:$port/up$size"; }
busybox_get() { timeout "$seconds" busybox tftp "$@" -g -r "f$size" -l "$tmp/got/f$size" 127.0.0.1 "$port"; }
busybox_put() { timeout "$seconds" busybox tftp "$@" -p -r "up$size" -l "$tmp/files/f$size" 127.0.0.1 "$port"; }

with() { # with PEER COMMAND OPTIONS...: both ways with our server
	peer=$1 command=$2
	shift 2
	name="$peer gets from tftpd"
	judge every get "${command}_get" "$@"
	name="$peer puts to tftpd"
	judge every put "${command}_put" "$@"
}

if [ -x "$bin/tftpd" ]; then
	stop_all
	start "$bin/tftpd" -q -W -O -p 0 "$tmp/served"
	name='tftp-hpa with tftpd'
	has tftp && with tftp-hpa hpa
	name='atftp with tftpd'
	if has atftp; then
		with atftp atftp
		with 'atftp (blksize 1428, windowsize 8)' atftp --option 'blksize 1428' --option 'windowsize 8'
	fi
	name='curl with tftpd'
	if has curl; then
		all_sizes=$sizes
		sizes=${sizes#0 } # it fails to get what is empty, from anybody
		with curl curl
		with 'curl (blksize 1428)' curl --tftp-blksize 1428
		with 'curl (no options)' curl --tftp-no-options
		sizes=$all_sizes
	fi
	name='busybox with tftpd'
	if has busybox; then
		with busybox busybox
		with 'busybox (blksize 1428)' busybox -b 1428
	fi
	if [ "${LONG:-}" = yes ]; then
		all_sizes=$sizes sizes=34603008 seconds=120
		head -c "$sizes" /dev/urandom >"$tmp/files/f$sizes"
		cp "$tmp/files/f$sizes" "$tmp/served"
		chmod 644 "$tmp/served/f$sizes"
		has tftp && with 'tftp-hpa (33 MiB)' hpa
		has curl && with 'curl (33 MiB)' curl
		has busybox && with 'busybox (33 MiB)' busybox
		sizes=$all_sizes seconds=20
	fi
fi
