# words.sh: the words that the bench scripts share. Each reads it with `. "$here/words.sh"`.
#
#	fail WORDS		say why, and end
#	have COMMAND		is there such a program?
#	median FILE		of its numbers, one a line
#
# The others are for scripts that have all servers run at once and load them in turn; each
# server has NAME.pid, NAME.port and NAME.err in the folder $scratch. Such a script has
#
#	usage			say how it is called, and end
#	become NAME PORT	turn this process into the server, so that $! is its own number
#	port_for NAME		a port that is free for it
#	answers NAME PORT PID	wait until it does; or fail, and say why
#
# shellcheck shell=sh disable=SC2034,SC2154 # $here and $servers are the script's

fail()
{
	echo "bench: $*" >&2
	exit 1
}

have()
{
	command -v "$1" >/dev/null 2>&1
}

median() # FILE
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ---- the run ----

# Sets $seconds of a measurement, $rounds, $strict, $output, and $operands.
read_options() # ARGUMENT...
{
	rounds=5 seconds=1 strict=0 output='' operands=''
	while [ $# -gt 0 ]; do
		case $1 in
		-d | -o | -r) [ $# -ge 2 ] || usage ;;
		esac
		case $1 in
		-d) seconds=$2 && shift ;;
		-o) output=$2 && shift ;;
		-r) rounds=$2 && shift ;;
		--strict) strict=1 ;;
		-*) usage ;;
		*) operands="$operands $1" ;;
		esac
		shift
	done
	case $rounds in '' | *[!0-9]* | 0*) usage ;; esac
	case $seconds in '' | *[!0-9.]* | *.*.* | .) usage ;; esac
	[ -z "$output" ] || true >"$output" || exit 1
}

# At the end everything is stopped, and $scratch removed.
begin_scratch()
{
	scratch=$(mktemp -d)
	trap stop_all EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	printf 'measure\tclients\tserver\tround\tvalue\tstatus\n' >"$scratch/figures.tsv"
}

preamble() # PROGRAM [WHERE]
{
	cores=$(getconf _NPROCESSORS_ONLN)
	read -r busy _ </proc/loadavg
	echo "$1 and its peers, $(date '+%Y-%m-%d %H:%M %Z')"
	echo "$(uname -srm), $cores cores, load average $busy at start"
	echo "rounds: $rounds of $seconds s, servers in turn${2:+, $2}"
	[ "$rounds" -ge 5 ] || echo "note: fewer than 5 rounds show that it works, not how fast it is"
	awk -v b="$busy" -v c="$cores" 'BEGIN { exit b <= c / 4 }' </dev/null &&
		echo "note: something else keeps this machine busy; expect noise"
	echo
}

# A missing figure is not a zero: status tells why it is missing.
record() # MEASURE CLIENTS SERVER ROUND VALUE STATUS
{
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$scratch/figures.tsv"
}

progress() # WORDS: on a terminal, in place of those before
{
	[ ! -t 2 ] || printf '\r%-60s\r%s' '' "$*" >&2
}

# Every round each of $servers. The order moves on by one every time, so that nobody always
# follows the same neighbour.
alternate() # COMMAND...: with SERVER ROUND behind it
{
	order=$servers
	round=1
	while [ "$round" -le "$rounds" ]; do
		for server in $order; do
			"$@" "$server" "$round"
		done
		order="${order#* } ${order%% *}"
		round=$((round + 1))
	done
}

judge() # GOALS [awk's options]: tables and verdicts
{
	goals=$1
	shift
	progress ''
	[ -z "$output" ] || cp "$scratch/figures.tsv" "$output"
	awk -v strict="$strict" "$@" -f "$here/report.awk" "$goals" "$scratch/figures.tsv"
}

# ---- servers ----

xinetd_conf() # PORT stream|dgram ADDRESS: its internal echo
{
	protocol=tcp wait=no
	[ "$2" = stream ] || protocol=udp wait=yes
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
		id = echo-$2
		socket_type = $2
		protocol = $protocol
		port = $1
		bind = $3
		wait = $wait
		user = $(id -un)
		flags = NOLIBWRAP
	}
	END
}

become_xinetd() # PORT stream|dgram ADDRESS
{
	xinetd_conf "$@" >"$scratch/xinetd.conf"
	exec xinetd -f "$scratch/xinetd.conf" -dontfork \
		-filelog "$scratch/xinetd.log" -pidfile "$scratch/xinetd.own"
}

last_words() # NAME
{
	tail -n 1 "$scratch/$1.err"
}

# Runs in the background a program that says one line when it is ready; $line is that line.
await_line() # NAME COMMAND...
{
	name=$1
	shift
	rm -f "$scratch/$name.ready"
	mkfifo "$scratch/$name.ready"
	"$@" >"$scratch/$name.ready" 2>"$scratch/$name.err" </dev/null &
	echo $! >"$scratch/$name.pid"
	line=$(timeout 10 head -n 1 "$scratch/$name.ready") || line=
}

# Ours choose their port and tell it.
start_own() # NAME COMMAND...
{
	await_line "$@"
	case $line in
	*': listening on '*:*) echo "${line##*:}" >"$scratch/$1.port" ;;
	*) fail "$1 is not ready: ${line:-$(last_words "$1")}" ;;
	esac
}

# A peer gets a port that is free now; when another takes it first, the next try has another.
start_peer() # NAME
{
	for try in 1 2 3 4 5; do
		port=$(port_for "$1")
		become "$1" "$port" >"$scratch/$1.err" 2>&1 </dev/null &
		echo $! >"$scratch/$1.pid"
		echo "$port" >"$scratch/$1.port"
		answers "$1" "$port" $! 2>>"$scratch/$1.err" && kill -0 $! 2>/dev/null && return
		stop "$1"
	done
	echo "skip: $1 did not start in $try tries: $(last_words "$1")"
	return 1
}

children() # PID
{
	grep -l "^PPid:[[:space:]]$1\$" /proc/[0-9]*/status 2>/dev/null | cut -d / -f 3
}

stop() # NAME, with the processes that it has started
{
	[ -f "$scratch/$1.pid" ] || return 0
	read -r pid <"$scratch/$1.pid"
	rm -f "$scratch/$1.pid"
	# shellcheck disable=SC2046 # a list of numbers
	kill "$pid" $(children "$pid") 2>/dev/null || :
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
