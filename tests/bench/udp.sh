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
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
INETD=${INETD:-inetd}
pace=20000 # datagrams a second that must not be lost

usage()
{
	echo 'usage: udp.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]' >&2
	exit 2
}

# ---- servers ----

become() # NAME PORT
{
	case $1 in
	inetd)
		echo "$host:echo dgram udp wait root internal" >"$scratch/inetd.conf"
		exec "$INETD" -i -R 0 "$scratch/inetd.conf"
		;;
	xinetd) become_xinetd "$2" dgram "$host" ;;
	socat) exec socat "UDP4-RECVFROM:$2,bind=$host,fork" PIPE ;;
	esac
}

# What is free for TCP now is probably free for UDP; inetd has its own.
port_for() # NAME
{
	if [ "$1" = inetd ]; then
		echo 7
	else
		"$tools/probe" port
	fi
}

answers() # NAME PORT PID
{
	"$tools/udpload" wait -a "$host" -p "$2"
}

# An address of this machine that is not loopback, whose datagrams stay within it all the same.
own_address()
{
	ip -4 -o address show scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }'
}

is_here() # NAME
{
	case $1 in
	inetd) [ "$host" != 127.0.0.1 ] && have "$INETD" && [ "$(id -u)" = 0 ] && grep -q '^echo.*7/udp' /etc/services ;;
	*) have "$1" ;;
	esac
}

start_all()
{
	start_own udpechod "$BIN/udpechod" -l "$host" -r 0 -p 0
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

measure() # MEASURE IN_FLIGHT SERVER ROUND
{
	progress "$1, $2 in flight, round $4 of $rounds: $3"
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

read_options "$@"
[ -z "$operands" ] || usage
for tool in udpload probe; do
	[ -x "$tools/$tool" ] || fail "$tools/$tool is missing: make bench-udp"
done
host=$(own_address)
host=${host:-127.0.0.1}
begin_scratch
preamble udpechod "at $host"
start_all
alternate measure datagrams 1
alternate measure datagrams 32
alternate measure lost $pace
judge "$here/goals-udp" -v kind=udp
