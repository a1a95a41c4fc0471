#!/bin/sh
# examples.sh: run the commands of one page; manual.sh starts it, once for each page.
#
# examples.sh NAME STEPS PORT runs STEPS/*.cmd in order, in the current directory, and
# compares what they print with STEPS/*.exp. Says `ok`, `not ok` or `skip` for each.
# Nothing here waits for time to pass: each wait is for a line, and has a bound.
set -u

name=$1 steps=$2 port=$3
here=$(dirname "$0")
tries=200 # tenths of a second to wait for a line
status=0

# Root alone sees this line of a server; it need not be on the page.
user_line='^[a-z-]*: root given up: now user '

fits() { # fits STEP WHOLE
	grep -v "$user_line" "$1.out" >"$1.seen"
	awk -v port="$port" -v whole="$2" -f "$here/match.awk" "$1.exp" "$1.seen"
}

say() { # not echo, which in some shells takes a backslash for its own
	printf '%s\n' "$*"
}

# How many TIME_WAITs the kernel has thrown away because it had too many; Linux tells.
time_waits_lost() {
	awk '/^TcpExt:/ { if (!n++) split($0, names); else for (i in names)
		if (names[i] == "TCPTimeWaitOverflow") print $i }' /proc/net/netstat 2>/dev/null
}

fail() { # fail STEP WHY
	if grep -qi 'time.\{0,1\}wait' "$1.exp" && [ "$(time_waits_lost)" != "$lost" ]; then
		say "skip $title: the kernel keeps no more TIME_WAITs now: too many connections"
		return
	fi
	say "not ok $title: $2"
	echo "	expected:"
	sed 's/^/	| /' "$1.exp"
	echo "	printed (status $status):"
	sed 's/^/	| /' "$1.out"
}

background() {
	eval "$command" >"$1.out" 2>&1 </dev/null
	status=0
	n=0
	until fits "$1" 0; do
		n=$((n + 1))
		if [ "$n" -gt "$tries" ] || ! kill -0 "$!" 2>/dev/null; then
			fits "$1" 0 && break
			fail "$1" 'the expected lines did not come'
			return
		fi
		sleep 0.1
	done
	say "ok $title"
}

# Type each line when the program has prompted for it, as a person does. In a subshell,
# because the page's `$!` must stay what it is. The result is the program's status.
dialogue() (
	mkfifo "$1.keys"
	script -qec "$command" /dev/null <"$1.keys" >"$1.out" 2>&1 &
	program=$!
	exec 3>"$1.keys"
	prompts=0
	while IFS= read -r text; do
		prompts=$((prompts + 1))
		n=0
		until [ "$(grep -c '^> ' "$1.out")" -ge "$prompts" ]; do
			n=$((n + 1))
			if [ "$n" -gt "$tries" ] || ! kill -0 "$program" 2>/dev/null; then
				break 2
			fi
			sleep 0.1
		done
		printf '%s\n' "$text" >&3
	done <"$1.typed"
	wait "$program"
)

has_terminal() {
	script --version 2>/dev/null | grep -q util-linux
}

judge() {
	if ! fits "$1" 1; then
		fail "$1" 'printed something else'
	elif [ "$status" -ne 0 ] && ! grep -q 'echo \$?' "$2" 2>/dev/null; then
		fail "$1" "ended with status $status"
	else
		say "ok $title"
	fi
}

lost=$(time_waits_lost)
set -- "$steps"/*.cmd
while [ $# -gt 0 ]; do
	step=${1%.cmd}
	command=$(sed "s/7007/$port/g" "$1")
	title="$name:$(cat "$step.line"): $(head -n 1 "$1")"
	shift
	say "$title" >"$steps/at" # for manual.sh to tell where it hangs, if it does
	case $command in
	*'&')
		background "$step"
		continue
		;;
	esac
	if [ ! -e "$step.typed" ]; then
		(exit "$status")
		eval "$command" >"$step.out" 2>&1 </dev/null
		status=$?
	elif has_terminal; then
		dialogue "$step"
		status=$?
	else
		say "skip $title: no script(1) of util-linux"
		status=0
		continue
	fi
	judge "$step" "${1-}"
done

# What the page left in the background ends here. The list goes through a file: in a
# command substitution some shells have no jobs.
say "$name: ending what is in the background" >"$steps/at"
jobs -p >"$steps/jobs"
while read -r job; do
	kill "$job" 2>/dev/null
done <"$steps/jobs"
wait
