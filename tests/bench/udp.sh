#!/bin/sh
# udp.sh: how many datagrams udpechod answers, beside the servers people would use instead.
#
# usage: udp.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]
#
#	-d  seconds of one measurement (1)
#	-o  keep every single figure in this file
#	-r  rounds (5); the median of the rounds counts
#	--strict  exit 1 when a goal is missed or could not be judged
#
# The failure it guards against is that of run.sh: a figure that compares two hours. All
# servers run at once and are loaded in turn, round after round, each round beginning with
# another server; only ratios within this one run are judged, against ./goals-udp.
#
# Peers are the internal dgram echo of openbsd-inetd (whose port is 7, so it needs root; INETD
# names one that is only unpacked, as it cannot be installed beside xinetd) and of xinetd, and socat with a process for each datagram: one
# for each client would send them through a pipe, where they stick together. openbsd-inetd
# answers no loopback address, so where this machine has another that one is used. xinetd reads
# its socket empty after each answer, and so loses what has come meanwhile: its figures tell
# of that and not of its speed, and it is in the table only.
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

here=$(dirname "$0")
tools=${BUILD:-$here/../../build}/tests
BIN=${BIN:-$here/../../bin}
INETD=${INETD:-inetd}
pace=20000 # datagrams a second that must not be lost

usage()
{
	echo 'usage: udp.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]' >&2
	exit 2
}

fail()
{
	echo "bench: $*" >&2
	exit 1
}

# ---- servers: each has NAME.pid, NAME.port and NAME.err in the scratch folder ----

xinetd_conf() # PORT
{
	cat <<-END
	defaults
	{
		instances = UNLIMITED
		per_source = UNLIMITED
		cps = 1000000 1
		log_on_success =
		log_on_failure =
	}
	service echo
	{
		type = INTERNAL UNLISTED
		id = echo-dgram
		socket_type = dgram
		protocol = udp
		port = $1
		bind = $host
		wait = yes
		user = $(id -un)
		flags = NOLIBWRAP
	}
	END
}

# Turns this (background) process into the server, so that $! is the server's own number.
become() # NAME PORT
{
	case $1 in
	inetd)
		echo "$host:echo dgram udp wait root internal" >"$scratch/inetd.conf"
		exec "$INETD" -i -R 0 "$scratch/inetd.conf"
		;;
	xinetd)
		xinetd_conf "$2" >"$scratch/xinetd.conf"
		exec xinetd -f "$scratch/xinetd.conf" -dontfork \
			-filelog "$scratch/xinetd.log" -pidfile "$scratch/xinetd.own"
		;;
	socat) exec socat "UDP4-RECVFROM:$2,bind=$host,fork" PIPE ;;
	esac
}

# Ours chooses its port and tells it.
start_own()
{
	mkfifo "$scratch/ready"
	"$BIN/udpechod" -l "$host" -r 0 -p 0 >"$scratch/ready" 2>"$scratch/udpechod.err" </dev/null &
	echo $! >"$scratch/udpechod.pid"
	line=$(timeout 10 head -n 1 "$scratch/ready") || line=
	case $line in
	'udpechod: listening on udp '*:*) echo "${line##*:}" >"$scratch/udpechod.port" ;;
	*) fail "udpechod is not ready: $line $(cat "$scratch/udpechod.err")" ;;
	esac
}

# A peer gets a port that is free for TCP now, and so probably for UDP; inetd has its own.
start_peer() # NAME
{
	for try in 1 2 3; do
		port=$("$tools/probe" port)
		[ "$1" != inetd ] || port=7
		become "$1" "$port" >"$scratch/$1.err" 2>&1 </dev/null &
		echo $! >"$scratch/$1.pid"
		echo "$port" >"$scratch/$1.port"
		"$tools/udpload" wait -a "$host" -p "$port" 2>>"$scratch/$1.err" && kill -0 $! 2>/dev/null && return
		stop "$1"
	done
	echo "skip: $1 did not start in $try tries: $(tail -n 1 "$scratch/$1.err")"
	return 1
}

stop() # NAME, with the processes that it has started
{
	[ -f "$scratch/$1.pid" ] || return 0
	read -r pid <"$scratch/$1.pid"
	rm -f "$scratch/$1.pid"
	children=$(grep -l "^PPid:[[:space:]]$pid\$" /proc/[0-9]*/status 2>/dev/null | cut -d / -f 3) || :
	# shellcheck disable=SC2086 # a list of numbers
	kill "$pid" $children 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
}

stop_all()
{
	trap '' HUP INT TERM
	for name in udpechod inetd xinetd socat; do
		stop "$name"
	done
	rm -rf "$scratch"
}

# An address of this machine that is not loopback, whose datagrams stay within it all the same.
own_address()
{
	ip -4 -o address show scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }'
}

is_here() # NAME
{
	case $1 in
	inetd) [ "$host" != 127.0.0.1 ] && command -v "$INETD" >/dev/null && [ "$(id -u)" = 0 ] && grep -q '^echo.*7/udp' /etc/services ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

start_all()
{
	start_own
	servers=udpechod
	for peer in inetd xinetd socat; do
		if ! is_here "$peer"; then
			echo "skip: $peer is not installed, or it needs root and a network (sh etc/deps.sh test)"
		elif start_peer "$peer"; then
			servers="$servers $peer"
		fi
	done
}

# ---- measurements ----

record() # MEASURE IN_FLIGHT SERVER ROUND VALUE STATUS
{
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$scratch/figures.tsv"
}

measure() # MEASURE IN_FLIGHT SERVER ROUND
{
	[ ! -t 2 ] || printf '\r%-60s\r' "$1, $2 in flight, round $4 of $rounds: $3" >&2
	read -r port <"$scratch/$3.port"
	case $1 in
	datagrams) set -- "$@" flight -w "$2" -d "$seconds" ;;
	lost) set -- "$@" pace -r $pace -d 2 ;;
	esac
	measured=$1 flying=$2 server=$3 number=$4
	shift 4
	if value=$("$tools/udpload" "$1" -a "$host" -p "$port" "$2" "$3" "$4" "$5" 2>"$scratch/load.err"); then
		record "$measured" "$flying" "$server" "$number" "$value" ok
	else
		reason=$(head -n 1 "$scratch/load.err")
		record "$measured" "$flying" "$server" "$number" - "invalid: $reason"
		echo "invalid: $measured, $flying in flight, round $number, $server: $reason"
	fi
}

# The order moves on by one every round, so that nobody always follows the same neighbour.
alternate() # MEASURE IN_FLIGHT
{
	order=$servers
	round=1
	while [ "$round" -le "$rounds" ]; do
		for server in $order; do
			measure "$1" "$2" "$server" "$round"
		done
		order="${order#* } ${order%% *}"
		round=$((round + 1))
	done
}

preamble()
{
	cores=$(getconf _NPROCESSORS_ONLN)
	read -r busy _ </proc/loadavg
	echo "udpechod and its peers, $(date '+%Y-%m-%d %H:%M %Z')"
	echo "$(uname -srm), $cores cores, load average $busy at start"
	echo "rounds: $rounds of $seconds s, servers in turn, at $host"
	[ "$rounds" -ge 5 ] || echo "note: fewer than 5 rounds show that it works, not how fast it is"
	awk -v b="$busy" -v c="$cores" 'BEGIN { exit b <= c / 4 }' </dev/null &&
		echo "note: something else keeps this machine busy; expect noise"
	echo
}

rounds=5 seconds=1 strict=0 output=''
while [ $# -gt 0 ]; do
	case $1 in
	-d | -o | -r) [ $# -ge 2 ] || usage ;;
	esac
	case $1 in
	-d) seconds=$2 && shift ;;
	-o) output=$2 && shift ;;
	-r) rounds=$2 && shift ;;
	--strict) strict=1 ;;
	*) usage ;;
	esac
	shift
done
case $rounds in '' | *[!0-9]* | 0*) usage ;; esac
case $seconds in '' | *[!0-9.]* | *.*.* | .) usage ;; esac

for tool in udpload probe; do
	[ -x "$tools/$tool" ] || fail "$tools/$tool is missing: make bench-udp"
done
host=$(own_address)
host=${host:-127.0.0.1}
scratch=$(mktemp -d)
trap stop_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
printf 'measure\tclients\tserver\tround\tvalue\tstatus\n' >"$scratch/figures.tsv"
preamble
start_all
alternate datagrams 1
alternate datagrams 32
alternate lost $pace
[ ! -t 2 ] || printf '\r%-60s\r' '' >&2
[ -z "$output" ] || cp "$scratch/figures.tsv" "$output"
awk -v strict="$strict" -v kind=udp -f "$here/report.awk" "$here/goals-udp" "$scratch/figures.tsv"
