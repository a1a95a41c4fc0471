#!/bin/sh
# tftp.sh: how fast tftp and tftpd are, beside what people would use instead.
#
# usage: tftp.sh [-c processors] [-d directory] [-n clients] [-o file] [-r rounds] [-s MiB]
#		[--strict] [part...]
#
#	-c  use these processors, a list as taskset(1) takes it (all)
#	-d  where the files are (/dev/shm: memory, so that no disk is measured)
#	-n  clients at once, in the part `many' (64)
#	-o  all medians as a table there, tab-separated
#	-r  rounds (3); the median of the rounds counts
#	-s  MiB of the file (64)
#	--strict  exit 1 when a goal is missed or could not be judged
#
# Parts (all of them):
#	default	each pair as it comes, without options
#	plain	blocks of 512, windows of 1: a round trip for each block
#	grid	blocks of 512, 1428, 65464 in windows of 1, 8, 16, 64;
#		grid-512, grid-1428, grid-65464 are a row of it
#	foreign	clients of others, with tftpd and with tftpd-hpa
#	many	many clients at once, with tftpd and with tftpd-hpa
#
# The failure it guards against: a figure that compares two moods of one machine. In each
# round all pairs are measured in turn; only ratios within this run are judged. A missed
# goal is told and is no failure, except with --strict: speed is not a gate. A pair that
# takes longer than LIMIT is taken to need that long.
#
# A pair with one block at a time has two moods: client and server take turns on one
# processor, or on two, of which each sleeps and has to be woken for each block. On a virtual
# machine that takes ten times as long, and the scheduler chooses. `-c 0' decides it: there
# everybody has the good one.
#
# Peers: tftpd-hpa and tftp-hpa, atftpd and atftp, dnsmasq, curl, busybox; those that are
# missing are said. ATFTPD and HPA_TFTP name programs that are not on PATH.
set -eu
LC_ALL=C
export LC_ALL

here=$(dirname "$0")
BIN=${BIN:-$here/../../bin}
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
PATH=$PATH:/usr/sbin:/sbin
where=/dev/shm clients=64 rounds=3 size=64 strict='' table='' LIMIT=${LIMIT:-30}

usage()
{
	echo "usage: tftp.sh [-c processors] [-d directory] [-n clients] [-o file] [-r rounds]" \
		"[-s MiB] [--strict] [default | plain | grid[-blksize] | foreign | many]..." >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--strict) strict=yes ;;
	-c | -d | -n | -o | -r | -s)
		[ $# -gt 1 ] || usage
		case $1 in
		-c) taskset -p -c "$2" $$ >/dev/null || exit 2 ;;
		-d) where=$2 ;;
		-n) clients=$2 ;;
		-o) table=$2 ;;
		-r) rounds=$2 ;;
		-s) size=$2 ;;
		esac
		shift
		;;
	-*) usage ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || set -- default plain grid foreign many
parts=
for part; do
	case $part in
	grid) parts="$parts grid-512 grid-1428 grid-65464" ;;
	default | plain | grid-512 | grid-1428 | grid-65464 | foreign | many) parts="$parts $part" ;;
	*) usage ;;
	esac
done

dir=$(mktemp -d "$where/tftpbench.XXXXXX")
pids=
# shellcheck disable=SC2086
trap '[ -z "$pids" ] || kill $pids 2>/dev/null || true; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$dir/served" "$dir/here" "$dir/times"
chmod 755 "$dir" "$dir/served"

# ---- servers: each on a port of its own, in $port_NAME ----

await_port() # PORT: something is bound to it
{
	hex=$(printf ':%04X 00000000:0000 07' "$1")
	tries=2000
	until grep -q "$hex" /proc/net/udp || [ $tries -eq 0 ]; do
		tries=$((tries - 1))
	done
}

start() # NAME PORT COMMAND...
{
	name=$1
	eval "port_$name=$2"
	await=$2
	shift 2
	if ! have "$1"; then
		echo "skip $name: no $1 here" >&2
		eval "port_$name="
		return
	fi
	"$@" >/dev/null 2>"$dir/$name.said" &
	pids="$pids $!"
	await_port "$await"
}

start ours 23611 "$BIN/tftpd" -q -c 1000 -p 23611 "$dir/served"
start hpa 23612 in.tftpd --listen --foreground --address 127.0.0.1:23612 --secure "$dir/served"
start atftpd 23613 "${ATFTPD:-atftpd}" --daemon --no-fork --user root --group root \
	--bind-address 127.0.0.1 --port 23613 --maxthread 200 "$dir/served"
# dnsmasq serves TFTP at port 69 alone.
if have dnsmasq && [ "$(id -u)" -eq 0 ] && ! grep -q ':0045 00000000:0000 07' /proc/net/udp; then
	start dnsmasq 69 dnsmasq --keep-in-foreground --port=0 --enable-tftp --user=root \
		--listen-address=127.0.0.1 --bind-interfaces --tftp-root="$dir/served" \
		--tftp-max=200 --conf-file=/dev/null --pid-file="$dir/dnsmasq.pid"
else
	# shellcheck disable=SC2034 # measure reads it by its name
	port_dnsmasq=''
	echo "skip dnsmasq: it needs port 69, and root" >&2
fi

# ---- clients: get_NAME PORT BLKSIZE WINDOW FILE; 0: what the client has by itself ----

get_ours()
{
	set -- "$1" "$2" "$3" "$4" "$BIN/tftp" -q
	blksize=$2 window=$3 to=$4 port=$1
	shift 4
	[ "$blksize" = 0 ] || set -- "$@" -B "$blksize" -w "$window"
	"$@" -p "$port" get 127.0.0.1:large "$to"
}

get_hpa() # blocks of 512, windows of 1
{
	"${HPA_TFTP:-tftp}" -m binary 127.0.0.1 "$1" -c get large "$4"
}

get_atftp()
{
	port=$1 blksize=$2 window=$3 to=$4
	set -- atftp
	[ "$blksize" = 0 ] || set -- "$@" --option "blksize $blksize"
	[ "$window" -le 1 ] || set -- "$@" --option "windowsize $window"
	"$@" -g -r large -l "$to" 127.0.0.1 "$port"
}

get_curl() # windows of 1
{
	port=$1 blksize=$2 to=$4
	set -- curl -s -S -o "$to"
	[ "$blksize" = 0 ] || set -- "$@" --tftp-blksize "$blksize"
	"$@" "tftp://127.0.0.1:$port/large"
}

get_busybox() # windows of 1
{
	busybox tftp -g -b "$2" -r large -l "$4" 127.0.0.1 "$1"
}

limited() # COMMAND...: a shell function, and not longer than LIMIT
{
	"$@" >/dev/null 2>"$dir/said" &
	runs=$!
	(sleep "$LIMIT" && kill "$runs" 2>/dev/null) >/dev/null 2>&1 &
	watch=$!
	status=0
	wait "$runs" || status=$?
	kill "$watch" 2>/dev/null || true
	return $status
}

# measure CASE CLIENT SERVER BLKSIZE WINDOW: seconds, added to times/CASE.CLIENT-SERVER
measure()
{
	eval "to_port=\$port_$3"
	[ -n "$to_port" ] || return 0
	case $2 in
	ours) ;;
	hpa) have "${HPA_TFTP:-tftp}" || return 0 ;;
	*) have "$2" || return 0 ;;
	esac
	rm -f "$dir/here/got"
	begin=$(date +%s.%N)
	if limited "get_$2" "$to_port" "$4" "$5" "$dir/here/got" &&
		cmp -s "$dir/here/got" "$dir/served/large"; then
		end=$(date +%s.%N)
	else
		echo "$1: $2 with $3 failed: $(head -n 1 "$dir/said")" >&2
		end=$(echo "$begin $LIMIT" | awk '{ printf "%.6f", $1 + $2 }')
	fi
	echo "$begin $end" | awk '{ print $2 - $1 }' >>"$dir/times/$1.$2-$3"
}

peers() # CASE BLKSIZE WINDOW: every pair of others that can do that
{
	if [ "$3" -gt 1 ]; then
		measure "$1" atftp atftpd "$2" "$3"
		return
	fi
	for server in hpa atftpd dnsmasq; do
		case $2 in
		0 | 512) measure "$1" hpa "$server" "$2" "$3" ;;
		esac
		measure "$1" atftp "$server" "$2" "$3"
		measure "$1" curl "$server" "$2" "$3"
	done
}

many() # SERVER: all clients at once
{
	eval "to_port=\$port_$1"
	if [ -z "$to_port" ] || ! have atftp; then
		return 0
	fi
	begin=$(date +%s.%N)
	waits=
	for i in $(seq "$clients"); do
		atftp --option "blksize 1428" -g -r small -l "$dir/here/got$i" 127.0.0.1 "$to_port" \
			>/dev/null 2>&1 &
		waits="$waits $!"
	done
	for pid in $waits; do
		wait "$pid" || echo "many: a client of $1 failed" >&2
	done
	end=$(date +%s.%N)
	rm -f "$dir"/here/got*
	echo "$begin $end" | awk '{ print $2 - $1 }' >>"$dir/times/many.atftp-$1"
}

round_of()
{
	case $1 in
	default)
		measure default ours ours 0 0
		peers default 0 0
		;;
	plain)
		measure plain ours ours 512 1
		peers plain 512 1
		;;
	grid-*)
		for window in 1 8 16 64; do
			measure "$1-$window" ours ours "${1#grid-}" $window
			peers "$1-$window" "${1#grid-}" $window
		done
		;;
	foreign)
		for server in ours hpa; do
			measure foreign-hpa hpa $server 0 0
			measure foreign-atftp atftp $server 1428 1
			measure foreign-curl curl $server 0 0
			measure foreign-busybox busybox $server 1428 1
		done
		;;
	many)
		many ours
		many hpa
		;;
	esac
}

# ---- judge ----

missed=0
# ratio CASE OURS GOAL: how often the best other pair's time contains that of pair OURS.
ratio()
{
	best='' who=
	for file in "$dir/times/$1".*; do
		pair=${file##*.}
		if [ ! -f "$file" ] || [ "$pair" = "$2" ]; then
			continue
		fi
		seconds=$(median "$file")
		if [ -z "$best" ] || echo "$seconds $best" | awk '{ exit !($1 < $2) }'; then
			best=$seconds who=$pair
		fi
	done
	if [ -z "$best" ] || [ ! -f "$dir/times/$1.$2" ]; then
		echo "skip $1: not measured"
		missed=$((missed + 1))
		return
	fi
	ours=$(median "$dir/times/$1.$2")
	verdict=$(awk -v o="$ours" -v t="$best" -v g="$3" \
		'BEGIN { printf "%.2f %s", t / o, (t / o >= g) ? "reached" : "missed" }')
	printf '%-14s %8.3f s   %-14s %8.3f s   %sx   goal %s: %s\n' "$1" "$ours" "$who" "$best" \
		"${verdict% *}" "$3" "${verdict#* }"
	[ "${verdict#* }" = reached ] || missed=$((missed + 1))
}

judge()
{
	case $1 in
	default) ratio default ours-ours 3 ;;
	plain) ratio plain ours-ours 1.2 ;;
	grid-*)
		for window in 1 8 16 64; do
			ratio "$1-$window" ours-ours 1
		done
		;;
	foreign)
		for client in hpa atftp curl busybox; do
			ratio foreign-$client $client-ours 1.1
		done
		;;
	many) ratio many atftp-ours 1 ;;
	esac
}

echo "tftp.sh: a file of $size MiB, $clients clients of 4 MiB, $rounds rounds, in $where"
dd if=/dev/urandom of="$dir/served/large" bs=1048576 count="$size" 2>/dev/null
dd if=/dev/urandom of="$dir/served/small" bs=1048576 count=4 2>/dev/null
chmod 644 "$dir"/served/*
round=0
while [ $round -lt "$rounds" ]; do
	for part in $parts; do
		round_of "$part"
	done
	round=$((round + 1))
done
for part in $parts; do
	judge "$part"
done
if [ -n "$table" ]; then
	printf 'case\tpair\tseconds\n' >"$table"
	for file in "$dir"/times/*; do
		name=${file##*/}
		printf '%s\t%s\t%s\n' "${name%.*}" "${name##*.}" "$(median "$file")" >>"$table"
	done
fi
[ -z "$strict" ] || [ $missed -eq 0 ]
