#!/bin/sh
# The long tests: what only shows after a while. A descriptor lost now and then, a
# zombie, memory that creeps up, a pool that never shrinks, a count that drifts; and a
# thousand copies that are cut off.
# usage: soak.sh [SECONDS]  (per model, 60 if not given)
set -eu

cd "$(dirname "$0")/.."
BIN=${BIN:-bin}
BUILD=${BUILD:-build}
seconds=${1:-60}
load=$BUILD/tests/load
dir=$(mktemp -d)
server=
. tests/report.sh
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT

check() { # NAME WANTED GOT
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1: wanted $2, got $3"
	fi
}

start() { # ARGUMENTS...: sets $server and $port
	mkfifo "$dir/ready"
	"$BIN/tcpechod" -q -p 0 -l 0.0.0.0 "$@" >"$dir/ready" 2>"$dir/log" &
	server=$!
	read -r line <"$dir/ready"
	port=${line##*:}
	rm "$dir/ready"
}

descriptors() { find "/proc/$server/fd" -type l | wc -l; }
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$server/status"; }
children() { pgrep -c -P "$server" || true; }
zombies() { pgrep -c -r Z -P "$server" || true; }

# Wait until the server has at most $1 children: at most a minute.
settle() {
	tries=600
	while [ "$(children)" -gt "$1" ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		timeout 0.1 tail -f /dev/null || true
	done
}

# After the storm everything must be as it was after a first breeze.
soak() { # MODEL IDLE_CHILDREN
	start -m "$1" -c 1024
	"$load" short -p "$port" -c 16 -d 1 >/dev/null
	settle "$2"
	fds=$(descriptors) kib=$(memory)
	echo "$1: $("$load" short -p "$port" -c 64 -d "$seconds") connections a second"
	echo "$1: $("$load" pingpong -p "$port" -c 500 -d "$seconds") round trips a second"
	echo "$1: $("$load" bulk -p "$port" -n 8192) MB/s"
	settle "$2"
	check "$1: no child too many" "$2" "$(children)"
	check "$1: no zombie" 0 "$(zombies)"
	check "$1: no descriptor too many" "$fds" "$(descriptors)"
	grown=$(($(memory) - kib))
	check "$1: memory stays (grown by $grown KiB of 256)" 1 $((grown <= 256))
	check "$1: nothing to complain about" '' "$(cat "$dir/log")"
	kill "$server"
	status=0
	wait "$server" || status=$?
	check "$1: ends well" 0 "$status"
	server=
}

# Copies that are cut off at a random byte, and go on with the next attempt: CUTS of
# them, half of each way. What is lost or corrupt fails the check; SEED repeats it.
cuts() { # CUTS
	SEED=${SEED:-$(date +%s)}
	export SEED
	echo "filecp: cuts of SEED=$SEED"
	for way in put_comes_through get_comes_through; do
		if CUTS=$1 CK_TIMEOUT_MULTIPLIER=20 CK_RUN_CASE=$way "$BUILD/tests/e2e_filecp" >"$dir/$way" 2>&1 &&
			grep -q '^100%: Checks: 1,' "$dir/$way"; then
			ok "filecp: $way, cut $(($1 / 2)) times"
		else
			not_ok "filecp: $way: $(tail -n 5 "$dir/$way")"
		fi
	done
}

cuts 1000
soak fork 0
soak prefork 4
report
