#!/bin/sh
# golden.sh: conversations written down, played through a server with no port at all.
#
# The failure it guards: a session whose bytes depend on what is at the other end.
# Under -i descriptors 0 and 1 may be files, pipes or sockets, and the same bytes in
# must give the same bytes out.
#
# tests/golden/PROGRAM/CASE.args    an argument on each line; -i is added in front
#                      CASE.in      what the client sends
#                      CASE.out     what it must get, to the byte
#                      CASE.status  the exit status; 0 where there is no such file
#                      CASE.err     words that standard error must have, line by line
# Each case is played with files and with pipes. The program is $BIN/PROGRAM, or the
# command $SUT, for somebody's own server; one that only has an address (SUT=tcp:...)
# cannot be played to.
set -eu
export LC_ALL=C
unset LISTEN_FDS LISTEN_PID

cd "$(dirname "$0")/.."
bin=${BIN:-bin}
seconds=60 # bound for one case

. tests/report.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/golden.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# judge NAME REASON: ok if there is no reason to the contrary.
judge() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1:$2"
		sed 's/^/	stderr: /' "$tmp/err"
	fi
}

# The server's own words of one line are SUT's to choose; `exec` so that timeout reaches it.
play() { # play ARGS...
	if [ -n "${SUT:-}" ]; then
		timeout "$seconds" sh -c "exec $SUT \"\$@\"" "$program" -i "$@"
	else
		timeout "$seconds" "$bin/$program" -i "$@"
	fi
}

with_files() {
	status=0
	play "$@" <"$input" >"$tmp/out" 2>"$tmp/err" || status=$?
}

# The server's status is the middle of the pipe's, so it goes through a file.
with_pipes() {
	# shellcheck disable=SC2002 # cat makes it a pipe, which is the point
	cat "$input" | {
		status=0
		play "$@" 2>"$tmp/err" || status=$?
		echo "$status" >"$tmp/status"
	} | cat >"$tmp/out"
	read -r status <"$tmp/status"
}

# What differs from the case: nothing, or the reasons.
differences() { # differences CASE STATUS
	[ "$2" -eq "$want" ] || printf ' status %s in place of %s;' "$2" "$want"
	cmp "$tmp/out" "$1.out" >"$tmp/cmp" 2>&1 || printf ' %s;' "$(cat "$tmp/cmp")"
	[ -e "$1.err" ] || return 0
	while IFS= read -r words; do
		grep -qF -e "$words" "$tmp/err" || printf ' stderr lacks: %s;' "$words"
	done <"$1.err"
}

play_case() { # play_case CASE, without its suffix
	input=$1.in want=0
	[ ! -e "$1.status" ] || read -r want <"$1.status"
	set -- "$1" # the arguments of the case go behind
	while IFS= read -r argument || [ -n "$argument" ]; do
		set -- "$@" "$argument"
	done <"$1.args"
	case_name=$1
	shift
	for way in files pipes; do
		"with_$way" "$@"
		judge "$program $(basename "$case_name") through $way" \
			"$(differences "$case_name" "$status")"
	done
}

# More than any buffer on the way holds, so that reads and writes are cut somewhere.
play_long() {
	input=$tmp/long.in want=0
	awk 'BEGIN { for (i = 0; i < 60000; i++)
		printf "%d the quick brown fox jumps over the lazy dog, \303\244\303\266\n", i }' >"$input"
	for way in files pipes; do
		cp "$input" "$tmp/long.out"
		"with_$way"
		judge "$program long, $(wc -c <"$input") bytes through $way" \
			"$(differences "$tmp/long" "$status")"
		tr '[:lower:]' '[:upper:]' <"$input" >"$tmp/long.out"
		"with_$way" -U
		judge "$program long in upper case through $way" \
			"$(differences "$tmp/long" "$status")"
	done
}

# An answer that cannot be written is a session that failed, not one that is done.
play_full() {
	if [ ! -c /dev/full ]; then
		skip "$program on a full device (no /dev/full)"
		return
	fi
	status=0
	echo hello | play >/dev/full 2>"$tmp/err" || status=$?
	reason=
	[ "$status" -eq 1 ] || reason=" status $status in place of 1;"
	[ -n "${SUT:-}" ] || grep -q ENOSPC "$tmp/err" || reason="$reason stderr lacks ENOSPC;"
	judge "$program on a full device" "$reason"
}

for directory in tests/golden/*/; do
	program=$(basename "$directory")
	case ${SUT:-} in
	tcp:*)
		skip "$program: $SUT cannot be started with -i"
		continue
		;;
	esac
	for file in "$directory"*.args; do
		play_case "${file%.args}"
	done
	[ "$program" != tcpechod ] || play_long
	play_full
done

report
