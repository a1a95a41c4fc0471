#!/bin/sh
# rcmd.sh: how fast rcmd runs commands and streams output, beside ssh over a multiplexed
# connection to a local sshd, which people would use instead.
#
# usage: rcmd.sh [-n commands] [-m mebibytes] [-r rounds] [--strict]
#
# The failure it guards against: a figure from another hour or mood of this machine. Both
# are measured in turn, round after round; only the ratio of the medians is judged. A
# missed goal is told and is no failure, except with --strict.
#
# $SSHD names the server (sshd); without one the figures of rcmd stand alone. sshd runs on
# a free port of loopback with keys of its own, in the scratch folder. That is also the
# home of its sessions: else bash would read a ~/.bashrc there for each command, and what
# that costs (150 ms with some) would be counted as ssh's.
set -eu
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

here=$(dirname "$0")
BIN=${BIN:-$here/../../bin}
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
SSHD=${SSHD:-$(command -v sshd || :)}
commands=100 mebibytes=1024 rounds=5 strict=0
goal_true=3 goal_stream=2

usage() {
	echo "usage: rcmd.sh [-n commands] [-m mebibytes] [-r rounds] [--strict]" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	-n) commands=${2-} && shift ;;
	-m) mebibytes=${2-} && shift ;;
	-r) rounds=${2-} && shift ;;
	--strict) strict=1 ;;
	*) usage ;;
	esac
	shift
done
case $commands$mebibytes$rounds in *[!0-9]* | '') usage ;; esac

scratch=$(mktemp -d)
made_run=
stop() {
	trap '' HUP INT TERM
	[ ! -S "$scratch/ctl" ] || ssh -S "$scratch/ctl" -O exit "$host" 2>/dev/null || :
	for file in "$scratch"/*.pid; do
		[ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || :
	done
	[ -z "$made_run" ] || rmdir /run/sshd 2>/dev/null || :
	rm -rf "$scratch"
}
host=127.0.0.1
trap stop EXIT
trap 'exit 130' HUP INT TERM

# With children that are ready, as the process of sshd is that serves our connection.
start_rcmdd() {
	user=''
	[ "$(id -u)" != 0 ] || user='-u nobody'
	# shellcheck disable=SC2086
	"$BIN/rcmdd" -q $user -m prefork -p 0 >"$scratch/ready" 2>"$scratch/rcmdd.err" &
	echo $! >"$scratch/rcmdd.pid"
	until grep -qs listening "$scratch/ready"; do
		kill -0 "$(cat "$scratch/rcmdd.pid")" || exit 1
		sleep 0.05
	done
	port=$(sed 's/.*://' "$scratch/ready")
}

# A port that rcmdd had a moment ago is free.
start_sshd() {
	[ -n "$SSHD" ] || { echo "skip: no sshd (SSHD=/path/to/sshd)" && return 1; }
	[ "$(id -u)" != 0 ] || [ -d /run/sshd ] || { mkdir /run/sshd && made_run=1; }
	chmod 755 "$scratch"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/host"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/user"
	for try in 1 2 3 4 5; do
		ssh_port=$((20000 + ($$ * 7 + try * 131) % 10000))
		"$SSHD" -D -e -f /dev/null -p "$ssh_port" -h "$scratch/host" -o UsePAM=no \
			-o "AuthorizedKeysFile=$scratch/user.pub" -o StrictModes=no \
			-o ListenAddress=127.0.0.1 -o PidFile=none -o PermitRootLogin=yes \
			-o "SetEnv=HOME=$scratch" \
			2>"$scratch/sshd.err" &
		echo $! >"$scratch/sshd.pid"
		tries=0
		until ssh -q -M -N -f -F none -S "$scratch/ctl" -p "$ssh_port" -i "$scratch/user" \
			-o BatchMode=yes -o StrictHostKeyChecking=no \
			-o UserKnownHostsFile=/dev/null "$host" 2>>"$scratch/ssh.err"; do
			tries=$((tries + 1))
			[ "$tries" -lt 20 ] || break
			sleep 0.1
		done
		[ ! -S "$scratch/ctl" ] || return 0
	done
	echo "skip: sshd does not let us in: $(tail -n 1 "$scratch/sshd.err")"
	return 1
}

run_rcmd() { "$BIN/rcmd" -n -p "$port" "$host" "$@"; }
run_ssh() { ssh -n -S "$scratch/ctl" "$host" "$@"; }

# Seconds of a run: of `true' so many times, or of so many mebibytes.
many_true() { # HOW
	i=0
	while [ "$i" -lt "$commands" ]; do
		"run_$1" true
		i=$((i + 1))
	done
}
stream() { "run_$1" head -c "$((mebibytes * 1048576))" /dev/zero >/dev/null; }

measure() { # WHAT HOW
	begin=$(date +%s.%N)
	"$1" "$2"
	end=$(date +%s.%N)
	echo "$begin $end" | awk '{ printf "%.4f\n", $2 - $1 }' >>"$scratch/$1.$2"
}

report() { # WHAT AMOUNT UNIT GOAL
	ours=$(median "$scratch/$1.rcmd")
	if [ -f "$scratch/$1.ssh" ]; then
		theirs=$(median "$scratch/$1.ssh")
	else
		theirs=0
	fi
	awk -v what="$1" -v n="$2" -v unit="$3" -v goal="$4" -v a="$ours" -v b="$theirs" 'BEGIN {
		if (b == 0) {
			printf "%-10s rcmd %8.0f %s\n", what, n / a, unit
			exit 0
		}
		printf "%-10s rcmd %8.0f  ssh %8.0f %s  ratio %.2f  goal >= %s: %s\n", what,
			n / a, n / b, unit, b / a, goal, (b / a >= goal) ? "reached" : "missed"
		exit (b / a < goal)
	}'
}

start_rcmdd
peers=rcmd
! start_sshd || peers='rcmd ssh'
echo "rcmd and ssh, $(getconf _NPROCESSORS_ONLN) cores, load average $(cut -d ' ' -f 1 /proc/loadavg), $rounds rounds in turn"
round=0
while [ "$round" -lt "$rounds" ]; do
	for peer in $peers; do
		measure many_true "$peer"
		measure stream "$peer"
	done
	round=$((round + 1))
done
missed=0
report many_true "$commands" commands/s "$goal_true" || missed=1
report stream "$mebibytes" MiB/s "$goal_stream" || missed=1
[ "$strict" = 0 ] || exit "$missed"
