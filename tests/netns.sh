#!/bin/sh
# netns.sh: datagrams between two machines, which are two network namespaces made here.
#
#	home: one and two, 10.77.0.1/24 10.77.0.3/24 fd77::1 fd77::3
#	  |   udpechod on every address, in a group of each family
#	(veth)
#	  |
#	away: 10.77.0.2/24 fd77::2, without a default route; udpecho
#
# The failure it guards: what works on loopback only. There a broadcast has one hearer, all
# addresses are near, and nothing is ever forwarded or resolved.
#
# Without the right to make namespaces, or without ip(8), all of it is a skip that is said.
# The last line is "N passed, N failed, N skipped".
set -u
export LC_ALL=C

cd "$(dirname "$0")/.." || exit 1
bin=${BIN:-bin}
PATH=$PATH:/usr/sbin:/sbin
home=sbh$$ away=sba$$ # names of namespaces, and of the ends of the cable
server=
. tests/report.sh
. tests/ready.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/netns.XXXXXX")

leave() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	ip netns del "$home" 2>/dev/null
	ip netns del "$away" 2>/dev/null
	rm -rf "$tmp"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

if ! ip netns add "$home" 2>"$tmp/why" || ! ip netns add "$away" 2>"$tmp/why"; then
	skip "netns: may not make network namespaces: $(head -n 1 "$tmp/why")"
	report
	exit
fi

# ---- two machines and a cable ----

at() { # at NAMESPACE COMMAND...
	space=$1
	shift
	ip netns exec "$space" "$@"
}

# Without "nodad" an IPv6 address is of no use for a second or two.
cable() {
	ip link add "$home" netns "$home" type veth peer name "$away" netns "$away" &&
		ip -n "$home" addr add 10.77.0.1/24 brd + dev "$home" &&
		ip -n "$home" addr add 10.77.0.3/24 dev "$home" &&
		ip -n "$away" addr add 10.77.0.2/24 brd + dev "$away" &&
		ip -n "$home" addr add fd77::1/64 dev "$home" nodad &&
		ip -n "$home" addr add fd77::3/64 dev "$home" nodad &&
		ip -n "$away" addr add fd77::2/64 dev "$away" nodad &&
		for space in "$home" "$away"; do
			at "$space" sysctl -qw "net.ipv6.conf.$space.accept_dad=0" 2>/dev/null || :
			ip -n "$space" link set lo up && ip -n "$space" link set "$space" up || return 1
		done
}

start() { # start OPTIONS...: udpechod at home, which ip becomes; $server and $port
	start_ready ip netns exec "$home" "$bin/udpechod" -q -p 0 "$@"
}

stop() {
	kill "$server"
	wait "$server"
	server=
}

# A link-local address of IPv6 is there when the link is; the group needs it to be asked from.
await_link_local() {
	for space in "$home" "$away"; do
		tries=0
		until ip -n "$space" -6 addr show dev "$space" scope link | grep -v tentative | grep -q fe80; do
			tries=$((tries + 1))
			[ "$tries" -lt 200 ] || return 0 # the check will tell
			sleep 0.05
		done
	done
}

# ---- checks ----

# check NAME STATUS REGEX COMMAND...: run away from home; what it prints has such a line
check() {
	name=$1 wanted=$2 regex=$3
	shift 3
	status=0
	at "$away" timeout 20 "$@" >"$tmp/out" 2>&1 </dev/null || status=$?
	if [ "$status" = "$wanted" ] && grep -Eq -e "$regex" "$tmp/out"; then
		ok "$name"
	else
		not_ok "$name: status $status, and no line like $regex in:"
		sed 's/^/	/' "$tmp/out"
	fi
}

find_it() { # find_it HOST REGEX: who is there?
	check "udpecho -b finds it by $1" 0 "$2" "$bin/udpecho" -b -t 0.5 -p "$port" "$1"
}

discovery() {
	start -l '*' -g "239.7.0.7%$home" -g "ff02::7:7%$home"
	find_it "255.255.255.255%$away" "^10\.77\.0\.1:$port  .*\"Hi\"$"
	find_it 10.77.0.255 "^10\.77\.0\.1:$port  .*\"Hi\"$"
	find_it "239.7.0.7%$away" "^10\.77\.0\.1:$port  .*\"Hi\"$"
	find_it "ff02::7:7%$away" "^\[fe80::.*\]:$port  .*\"Hi\"$"
	check 'nobody is in another group' 1 '^udpecho: 0 answers' \
		"$bin/udpecho" -b -t 0.5 -p "$port" "239.7.0.8%$away"
	check 'no route, no interface: it is told in words' 1 'ENETUNREACH .*name the interface' \
		"$bin/udpecho" -b -t 0.5 -p "$port" 255.255.255.255
	check 'not without -b' 1 'EACCES .*needs -b$' "$bin/udpecho" -p "$port" 10.77.0.255
}

# A connected client hears an answer only if it is from the address that it asked.
two_addresses() {
	for host in 10.77.0.1 10.77.0.3 fd77::1 fd77::3; do
		check "$host answers for itself" 0 '^2 sent, 2 received, 0 lost' \
			"$bin/udpecho" -q -c 2 -i 0 -p "$port" "$host"
	done
	check 'larger than a packet of the network' 0 '^2 sent, 2 received, 0 lost' \
		"$bin/udpecho" -q -c 2 -i 0 -s 65507 -p "$port" 10.77.0.3
	stop
}

# Off loopback the rate counts without having been asked for: 1000 at once, and no more.
the_rate() {
	start -4 -l '*' -r 5
	check 'more than the rate is not answered' 0 '^50 sent, ([5-9]|1[0-9]) received' \
		"$bin/udpecho" -q -c 50 -i 0.001 -t 0.3 -p "$port" 10.77.0.1
	stop
	start -4 -l '*' -B
	check 'with -B a broadcast is ignored' 1 '^udpecho: 0 answers' \
		"$bin/udpecho" -b -t 0.5 -p "$port" 10.77.0.255
	check 'but not who asks for it' 0 '^1 sent, 1 received' "$bin/udpecho" -c 1 -p "$port" 10.77.0.1
	stop
	check 'a server that has gone is reported from afar' 1 'ECONNREFUSED .*no one listens' \
		"$bin/udpecho" -c 1 -p "$port" 10.77.0.1
}

cable || {
	echo 'netns.sh: the namespaces have no cable'
	exit 1
}
await_link_local
discovery
two_addresses
the_rate

report
