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
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"

usage()
{
	echo "usage: run.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]" \
		"[conn|pingpong|bulk|memory]..." >&2
	exit 2
}

# The Makefile has built the tools already; this is for the script on its own.
build_tool() # NAME
{
	[ -z "$(find "$here/$1.c" -newer "$tools/$1" 2>&1)" ] && return
	mkdir -p "$tools"
	"${CC:-cc}" -O2 -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
		-o "$tools/$1" "$here/$1.c"
}

# ---- servers ----

become() # NAME PORT
{
	case $1 in
	fork | prefork | epoll | coroutine) exec "$BIN/tcpechod" -l 0.0.0.0 -p 0 -m "$1" ;;
	xinetd) become_xinetd "$2" stream 0.0.0.0 ;;
	tcpserver) exec tcpserver -c 2000 -b 1024 -H -R -l 0 0 "$2" cat ;;
	socat) exec socat "TCP-LISTEN:$2,fork,reuseaddr,backlog=1024" PIPE ;;
	esac
}

port_for() # NAME
{
	"$tools/probe" port
}

answers() # NAME PORT PID
{
	"$tools/probe" wait "$2" "$3"
}

start() # NAME
{
	case $1 in
	fork | prefork | epoll | coroutine) start_own "$1" become "$1" 0 ;;
	*) start_peer "$1" ;;
	esac
}

# Sets $servers to ours and the peers that are here; who is missing is told.
find_servers()
{
	servers="fork prefork epoll coroutine"
	for peer in xinetd tcpserver socat; do
		if have "$peer"; then
			servers="$servers $peer"
		else
			echo "skip: $peer is not installed (sh etc/deps.sh test)"
		fi
	done
}

measure() # MEASURE MODE CLIENTS SERVER ROUND
{
	progress "$1, $3 clients, round $5 of $rounds: $4"
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

# ---- memory: proportional set size, each server alone, so that no sibling shares its pages ----

# The largest of several processes, in KiB; nothing when there is none or /proc does not tell.
largest_pss() # PID...
{
	for pid; do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || :
	done | awk '$1 == "Pss:" && $2 > max { max = $2 } END { if (max) print max }'
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
		alternate measure "$1" "${modes%% *}" "$clients"
	done
}

run() # MEASURE...
{
	preamble tcpechod
	find_servers
	case " $* " in *" memory "*) run_memory ;; esac
	start_all
	for what; do
		[ "$what" = memory ] || run_speed "$what"
	done
}

read_options "$@"
for measure in $operands; do
	case $measure in
	conn | pingpong | bulk | memory) ;;
	*) usage ;;
	esac
done
[ -x "$BIN/tcpechod" ] || fail "$BIN/tcpechod is missing: make tcpechod"
build_tool load
build_tool probe
begin_scratch
# shellcheck disable=SC2086
run ${operands:-conn pingpong bulk memory}
judge "$here/goals"
