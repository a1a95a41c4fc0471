#!/bin/sh
# models.sh: what each model of tcpechod costs, from 1 client to 10,000: a table, a TSV
# and a picture.
#
# usage: models.sh [-d seconds] [-m models] [-o file.tsv] [-p file.svg] [clients...]
#
#	-d  seconds of one measurement (2)
#	-m  only these models, in quotes
#	-o  keep the figures there; -p  draw them there
#	operands: numbers of clients (1 10 100 1000 10000)
#
# For each model and number of clients: round trips a second on connections that stay, short
# connections a second, and, while the round trips run, the server's processor time and context
# switches for each of them, and its memory (proportional set size of all its processes) for
# each client; then round trips a second of 16 clients while so many others are connected and
# silent. A model is left out where it cannot (select beyond 1024 descriptors) or should
# not (a process or thread for each of 10,000).
#
# The failure it guards against: a belief about models that nobody has measured.

set -eu
LC_ALL=C
export LC_ALL

here=$(dirname "$0")
BIN=${BIN:-$here/../../bin}
all='iterative fork prefork thread nonblock select poll epoll epoll-et coroutine'
models=$all seconds=2 output='' picture='' counts=''
talkers=16 # beside silent clients

usage() {
	echo "usage: models.sh [-d seconds] [-m models] [-o file.tsv] [-p file.svg] [clients...]" >&2
	exit 2
}

while getopts d:m:o:p: option; do
	case $option in
	d) seconds=$OPTARG ;;
	m) models=$OPTARG ;;
	o) output=$OPTARG ;;
	p) picture=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
counts=${*:-1 10 100 1000 10000}

dir=$(mktemp -d)
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# How many clients a model is tried with, at most.
most() { # MODEL
	case $1 in
	iterative) echo 1 ;;
	select | fork | prefork | thread | nonblock) echo 1000 ;;
	*) echo 10000 ;;
	esac
}

start() { # MODEL CLIENTS: sets $server and $port
	mkfifo "$dir/ready"
	"$BIN/tcpechod" -q -m "$1" -l 0.0.0.0 -p 0 -b 4096 -c $(($2 + talkers + 10)) -W 1 \
		</dev/null >"$dir/ready" 2>"$dir/log" &
	server=$!
	read -r line <"$dir/ready"
	rm "$dir/ready"
	port=${line##*:}
}

stop() {
	kill "$server"
	wait "$server" || :
	server=
}

family() { # the server and its children
	echo "$server"
	pgrep -P "$server" || :
}

# Processor ticks and context switches of the family, and its memory in KiB.
sample() {
	files=
	for pid in $(family); do
		files="$files /proc/$pid/stat /proc/$pid/smaps_rollup /proc/$pid/task/*/status"
	done
	# shellcheck disable=SC2086
	cat $files 2>/dev/null | awk '
		/^[0-9]+ \(/ { ticks += $14 + $15 + $16 + $17 }
		/^(non)?voluntary_ctxt_switches/ { switches += $2 }
		$1 == "Pss:" { kib += $2 }
		END { print ticks + 0, switches + 0, kib + 0 }'
}

# A column of tcpload's TSV, by its name.
column() { # FILE NAME
	awk -F '\t' -v name="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
		NR == 2 && at { print $at }' "$1"
}

pause() { # SECONDS, a sum
	timeout "$(awk "BEGIN { print $1 }")" tail -f /dev/null || :
}

# Round trips on connections that stay, looked at from below in their last part.
measure_long() { # CLIENTS: sets $trips $p99 $cpu $switches $kib
	"$BIN/tcpload" -q -L -R -c "$1" -d "$seconds" -p "$port" -o "$dir/long.tsv" 127.0.0.1 \
		>"$dir/out" 2>"$dir/err" &
	client=$!
	pause "$seconds * 0.2 + $1 / 8000" # all connect before the clock starts
	before=$(sample)
	pause "$seconds * 0.4"
	after=$(sample)
	wait "$client" || { echo "models: $model, $1 clients: $(tail -n 1 "$dir/err")" >&2; return 1; }
	trips=$(column "$dir/long.tsv" round_trips_per_s)
	p99=$(column "$dir/long.tsv" latency_p99_us)
	figures=$(echo "$before $after" | awk -v trips="$trips" -v s="$seconds" -v n="$1" \
		-v hz="$(getconf CLK_TCK)" '{
			made = trips * s * 0.4
			if ($5 < $2) # it was over before it could be looked at
				exit 1
			printf "%.1f %.2f %.1f", ($4 - $1) / hz * 1e6 / made, ($5 - $2) / made, $6 / n
		}') || figures="- - -"
	cpu=${figures%% *}
	kib=${figures##* }
	switches=${figures#* }
	switches=${switches% *}
}

measure_short() { # CLIENTS: sets $conns
	conns=-
	[ "$1" -le 1000 ] || return 0
	"$BIN/tcpload" -q -S -R -c "$1" -d "$seconds" -p "$port" -o "$dir/short.tsv" 127.0.0.1 \
		>"$dir/out" 2>"$dir/err" || return 0
	conns=$(column "$dir/short.tsv" connections_per_s)
}

# A message a second of all of them is as good as silence.
measure_silent() { # CLIENTS: sets $beside
	beside=-
	[ "$model" != iterative ] || return 0
	"$BIN/tcpload" -q -L -R -c "$1" -r 1 -d 0 -p "$port" 127.0.0.1 >"$dir/out" 2>"$dir/err" &
	crowd=$!
	pause "0.2 + $1 / 4000"
	if "$BIN/tcpload" -q -L -c "$talkers" -d "$seconds" -p "$port" -o "$dir/beside.tsv" 127.0.0.1 \
		>"$dir/out" 2>>"$dir/err" && kill -0 "$crowd"; then
		beside=$(column "$dir/beside.tsv" round_trips_per_s)
		beside=${beside%.*}
	fi
	kill "$crowd" 2>/dev/null || :
	wait "$crowd" || :
}

row() { # MODEL CLIENTS
	start "$1" "$2"
	if measure_long "$2"; then
		measure_short "$2"
		measure_silent "$2"
		printf '%s\t%s\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$trips" "$conns" \
			"$p99" "$cpu" "$switches" "$kib" "$beside" >>"$dir/models.tsv"
		printf '%-10s %7s %12.0f %12s %10s %10s %10s %10s %12s\n' "$1" "$2" "$trips" \
			"${conns%.*}" "${p99%.*}" "$cpu" "$switches" "$kib" "$beside"
	fi
	stop
}

where="$(uname -s) $(uname -r), $(getconf _NPROCESSORS_ONLN) cores, $(date +%Y-%m-%d)"
printf 'model\tclients\ttrips\tconns\tp99_us\tcpu_us\tswitches\tkib\tbeside\n' >"$dir/models.tsv"
echo "tcpechod, 64 bytes there and back; $where"
printf '%-10s %7s %12s %12s %10s %10s %10s %10s %12s\n' model clients trips/s conns/s 'p99 us' \
	'cpu us' switches 'KiB/client' 'beside/s'
for count in $counts; do
	for model in $models; do
		[ "$count" -gt "$(most "$model")" ] || row "$model" "$count"
	done
done
echo 'cpu us, switches: of the server, for each round trip'
echo "beside/s: round trips a second of $talkers clients beside so many silent ones"
[ -z "$output" ] || cp "$dir/models.tsv" "$output"
[ -z "$picture" ] || awk -v caption="tcpechod's models, 64 bytes there and back; $where" \
	-f "$here/plot.awk" "$dir/models.tsv" >"$picture"
