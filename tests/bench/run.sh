#!/bin/sh
# run.sh: how fast tcpechod echoes, beside the servers that people would use instead.
#
# usage: run.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict] [conn|pingpong|bulk|memory]...
#
#	-d  seconds of one measurement (1)
#	-o  keep every single figure in this file
#	-r  rounds (5); the median of the rounds counts
#	--strict  exit 1 when a goal is missed or could not be judged
#	operands: measure only these
#
# The failure it guards against: a figure that compares two machines, two hours or two moods of
# one machine. All servers run at once and are loaded in turn, round after round, each round
# beginning with another server; only ratios within this one run are judged (see ./goals).
# A missed goal is told and is no failure, except with --strict: speed is not a gate.
#
# Programs are taken from $BIN (bin), the tools from $BUILD/tests (build). It needs Linux: epoll, /proc/PID/smaps_rollup.

set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

here=$(dirname "$0")
tools=${BUILD:-$here/../../build}/tests
BIN=${BIN:-$here/../../bin}

usage()
{
	echo "usage: run.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]" \
		"[conn|pingpong|bulk|memory]..." >&2
	exit 2
}

fail()
{
	echo "bench: $*" >&2
	exit 1
}

# The Makefile has built the tools already; this is for the script on its own.
build_tool() # NAME
{
	[ -z "$(find "$here/$1.c" -newer "$tools/$1" 2>&1)" ] && return
	mkdir -p "$tools"
	"${CC:-cc}" -O2 -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
		-o "$tools/$1" "$here/$1.c"
}

# ---- servers: each has NAME.pid, NAME.port and NAME.err in the scratch folder ----

xinetd_conf() # PORT
{
	cat <<-END
	defaults
	{
		instances = UNLIMITED
		per_source = UNLIMITED
		cps = 100000 1
		log_on_success =
		log_on_failure =
	}
	service echo
	{
		type = INTERNAL UNLISTED
		id = echo-stream
		socket_type = stream
		protocol = tcp
		port = $1
		bind = 0.0.0.0
		wait = no
		user = $(id -un)
		flags = NOLIBWRAP
	}
	END
}

# Turns this (background) process into the server, so that $! is the server's own number.
become() # NAME PORT
{
	case $1 in
	fork | prefork | epoll | coroutine)
		exec "$BIN/tcpechod" -l 0.0.0.0 -p 0 -m "$1" </dev/null
		;;
	xinetd)
		xinetd_conf "$2" >"$scratch/xinetd.conf"
		exec xinetd -f "$scratch/xinetd.conf" -dontfork \
			-filelog "$scratch/xinetd.log" -pidfile "$scratch/xinetd.own"
		;;
	tcpserver)
		exec tcpserver -c 2000 -b 1024 -H -R -l 0 0 "$2" cat
		;;
	socat)
		exec socat "TCP-LISTEN:$2,fork,reuseaddr,backlog=1024" PIPE
		;;
	esac
}

# Runs in the background a program that says one line when it is ready, and prints that line.
await_line() # NAME COMMAND...
{
	name=$1
	shift
	rm -f "$scratch/$name.ready"
	mkfifo "$scratch/$name.ready"
	"$@" >"$scratch/$name.ready" 2>"$scratch/$name.err" &
	echo $! >"$scratch/$name.pid"
	line=$(timeout 10 head -n 1 "$scratch/$name.ready") || line=
}

# tcpechod chooses its port and tells it.
start_own() # NAME
{
	await_line "$1" become "$1" 0
	case $line in
	"tcpechod: listening on tcp "*:*) echo "${line##*:}" >"$scratch/$1.port" ;;
	*) fail "tcpechod -m $1 is not ready: ${line:-$(last_words "$1")}" ;;
	esac
}

# A peer gets a port that is free now; when another takes it first, the next try has another.
start_peer() # NAME
{
	for try in 1 2 3 4 5; do
		port=$("$tools/probe" port)
		become "$1" "$port" >"$scratch/$1.err" 2>&1 &
		echo $! >"$scratch/$1.pid"
		echo "$port" >"$scratch/$1.port"
		"$tools/probe" wait "$port" $! 2>>"$scratch/$1.err" && kill -0 $! 2>/dev/null && return
		stop "$1"
	done
	echo "skip: $1 did not start in $try tries: $(last_words "$1")"
	return 1
}

start() # NAME
{
	case $1 in
	fork | prefork | epoll | coroutine) start_own "$1" ;;
	*) start_peer "$1" ;;
	esac
}

last_words() # NAME
{
	tail -n 1 "$scratch/$1.err"
}

stop() # NAME
{
	[ -f "$scratch/$1.pid" ] || return 0
	read -r pid <"$scratch/$1.pid"
	rm -f "$scratch/$1.pid"
	kill "$pid" 2>/dev/null || return 0
	tries=0
	while kill -0 "$pid" 2>/dev/null; do
		if [ "$tries" -ge 100 ]; then
			kill -KILL "$pid" 2>/dev/null || :
			break
		fi
		tries=$((tries + 1))
		sleep 0.1
	done
	wait "$pid" 2>/dev/null || :
}

stop_all()
{
	trap '' HUP INT TERM
	for file in "$scratch"/*.pid; do
		file=${file##*/}
		stop "${file%.pid}"
	done
	rm -rf "$scratch"
}

# Sets $servers to ours and the peers that are here; who is missing is told.
find_servers()
{
	servers="fork prefork epoll coroutine"
	for peer in xinetd tcpserver socat; do
		if command -v "$peer" >/dev/null; then
			servers="$servers $peer"
		else
			echo "skip: $peer is not installed (sh etc/deps.sh test)"
		fi
	done
}

# ---- measurements: a line of tab-separated fields each ----

# A missing figure is not a zero: status tells why it is missing.
record() # MEASURE CLIENTS SERVER ROUND VALUE STATUS
{
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$scratch/figures.tsv"
}

measure() # MEASURE MODE CLIENTS SERVER ROUND
{
	[ ! -t 2 ] || printf '\r%-60s\r' "$1, $3 clients, round $5 of $rounds: $4" >&2
	read -r port <"$scratch/$4.port"
	if value=$("$tools/load" "$2" -p "$port" -c "$3" -d "$seconds" 2>"$scratch/load.err"); then
		record "$1" "$3" "$4" "$5" "$value" ok
		return
	fi
	reason=$(head -n 1 "$scratch/load.err")
	read -r pid <"$scratch/$4.pid"
	kill -0 "$pid" 2>/dev/null || reason="the server is gone; $reason"
	record "$1" "$3" "$4" "$5" - "invalid: $reason"
	words=$(last_words "$4")
	echo "invalid: $1, $3 clients, round $5, $4: $reason${words:+ ($4 said: $words)}"
}

# The order moves on by one every round, so that nobody always follows the same neighbour.
alternate() # MEASURE MODE CLIENTS
{
	order=$servers
	round=1
	while [ "$round" -le "$rounds" ]; do
		for server in $order; do
			measure "$1" "$2" "$3" "$server" "$round"
		done
		order="${order#* } ${order%% *}"
		round=$((round + 1))
	done
}

# ---- memory: proportional set size, each server alone, so that no sibling shares its pages ----

# The largest of several processes, in KiB; nothing when there is none or /proc does not tell.
largest_pss() # PID...
{
	for pid; do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || :
	done | awk '$1 == "Pss:" && $2 > max { max = $2 } END { if (max) print max }'
}

children() # PID
{
	grep -l "^PPid:[[:space:]]$1\$" /proc/[0-9]*/status 2>/dev/null | cut -d / -f 3
}

record_pss() # MEASURE CLIENTS SERVER PID...
{
	kib=$(
		shift 3
		largest_pss "$@"
	)
	[ -z "$kib" ] || record "$1" "$2" "$3" 1 "$kib" ok
}

memory() # SERVER
{
	start "$1" || return 0
	read -r parent <"$scratch/$1.pid"
	read -r port <"$scratch/$1.port"
	record_pss pss-parent 0 "$1" "$parent"
	# shellcheck disable=SC2046
	record_pss pss 0 "$1" $(children "$parent")
	for clients in 1 16; do
		await_line hold "$tools/probe" hold "$port" "$clients"
		[ "$line" = holding ] || echo "invalid: memory, $1: $(last_words hold)"
		# shellcheck disable=SC2046
		[ "$line" != holding ] || record_pss pss "$clients" "$1" $(children "$parent")
		stop hold
	done
	stop "$1"
}

# ---- the run ----

preamble()
{
	cores=$(getconf _NPROCESSORS_ONLN)
	read -r busy _ </proc/loadavg
	echo "tcpechod and its peers, $(date '+%Y-%m-%d %H:%M %Z')"
	echo "$(uname -srm), $cores cores, load average $busy at start"
	echo "rounds: $rounds of $seconds s, servers in turn"
	[ "$rounds" -ge 5 ] || echo "note: fewer than 5 rounds show that it works, not how fast it is"
	awk -v b="$busy" -v c="$cores" 'BEGIN { exit b <= c / 4 }' </dev/null &&
		echo "note: something else keeps this machine busy; expect noise"
	echo
}

start_all()
{
	running=
	for server in $servers; do
		! start "$server" || running="$running $server"
	done
	servers=${running# }
}

# Memory comes first: when the others run, nobody is alone any more.
run_memory()
{
	for server in $servers; do
		memory "$server"
	done
}

run_speed() # MEASURE
{
	case $1 in
	conn) modes="short 1 16 64" ;;
	pingpong) modes="pingpong 1 64" ;;
	bulk) modes="bulk 1" ;;
	esac
	for clients in ${modes#* }; do
		alternate "$1" "${modes%% *}" "$clients"
	done
}

run() # MEASURE...
{
	preamble
	find_servers
	case " $* " in *" memory "*) run_memory ;; esac
	start_all
	for what; do
		[ "$what" = memory ] || run_speed "$what"
	done
	[ ! -t 2 ] || printf '\r%-60s\r' '' >&2
}

rounds=5 seconds=1 strict=0 output='' measures=''
while [ $# -gt 0 ]; do
	case $1 in
	-d | -o | -r) [ $# -ge 2 ] || usage ;;
	esac
	case $1 in
	-d) seconds=$2 && shift ;;
	-o) output=$2 && shift ;;
	-r) rounds=$2 && shift ;;
	--strict) strict=1 ;;
	conn | pingpong | bulk | memory) measures="$measures $1" ;;
	*) usage ;;
	esac
	shift
done
case $rounds in '' | *[!0-9]* | 0*) usage ;; esac
case $seconds in '' | *[!0-9.]* | *.*.* | .) usage ;; esac

[ -x "$BIN/tcpechod" ] || fail "$BIN/tcpechod is missing: make tcpechod"
[ -z "$output" ] || true >"$output" || exit 1
build_tool load
build_tool probe
scratch=$(mktemp -d)
trap stop_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
printf 'measure\tclients\tserver\tround\tvalue\tstatus\n' >"$scratch/figures.tsv"
# shellcheck disable=SC2086
run ${measures:-conn pingpong bulk memory}
[ -z "$output" ] || cp "$scratch/figures.tsv" "$output"
awk -v strict="$strict" -f "$here/report.awk" "$here/goals" "$scratch/figures.tsv"
