#!/bin/sh
# graders.sh: what a student begins with, and what a grade is worth.
#
# The failures it guards against: a start that does not compile, or that has the work still
# in it; points for a program that does nothing; and a program that the grader does not
# survive: one that is silent, that prints without end, that leaves processes behind.
# With LONG=yes each program's start is built and graded, not only two of them.
#
# The last line is "N passed, N failed, N skipped".
set -u
export LC_ALL=C

cd "$(dirname "$0")/.." || exit 1
BIN=${BIN:-bin} BUILD=${BUILD:-build}
# shellcheck source=tests/report.sh
. tests/report.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
MINE=$tmp/mine
grade() { SWITCHBOARD_TESTS=$BUILD/tests SWITCHBOARD_BIN=$BIN "$BIN/switchboard" check "$@"; }
make_here() { make -s MINE="$MINE" BIN="$BIN" BUILD="$BUILD" "$@"; }

expect() { # WORDS COMMAND...: it succeeds
	words=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		ok "$words"
	else
		not_ok "$words"
		sed 's/^/	/' "$tmp/out"
	fi
}

# ---- starts ----

begins() { # NAME: the functions that are marked are empty, and only those
	make_here "start-$1" && grep -q 'Yours: ' "$MINE/$1"/*.c &&
		! grep -q 'exercise: ' "$MINE/$1"/*.c
}

builds() { # NAME: without a word from the compiler
	make_here "$MINE/$1/$1" >"$tmp/words" 2>&1 || { cat "$tmp/words"; return 1; }
	! grep -E '^[^ ]*\.[ch]:[0-9]+.*: ' "$tmp/words"
}

# NAME CHECK: it loses that check.
loses() {
	CK_RUN_CASE=$2 GRADE_SECONDS=60 grade "$1" "$MINE/$1/$1" >"$tmp/grade" 2>&1
	grep -q "^failed 0/[0-9]* $2" "$tmp/grade" || { cat "$tmp/grade"; return 1; }
}

starts() {
	for name; do
		expect "a start of $name" begins "$name"
	done
	expect 'a start that is there is left alone' begins_once tcpecho
}

begins_once() {
	echo mine >"$MINE/$1/kept"
	! make_here "start-$1" >"$tmp/words" 2>&1 && grep -q 'is there already' "$tmp/words" &&
		[ "$(cat "$MINE/$1/kept")" = mine ]
}

# ---- programs that do not behave ----

misbehave() { # NAME SCRIPT: a program of that name in $tmp
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/$1"
	chmod 755 "$tmp/$1"
}

grade_misbehaving() { # NAME...: all at once, for they mostly make the grader wait
	for name; do
		{
			GRADE_SECONDS=1 grade tcpechod "$tmp/$name"
			echo "status $?"
		} >"$tmp/$name.grade" 2>&1 &
		graders="${graders:-} $!"
	done
	# shellcheck disable=SC2086 # a list of numbers
	wait $graders
}

# NAME: no points, each lost check told, in time, and no process of it is left.
survives() {
	if ! grep -q '^status 1$' "$tmp/$1.grade" || ! grep -q '^points: 0 of [1-9]' "$tmp/$1.grade" ||
		! grep -q '^failed .*time for all checks is over' "$tmp/$1.grade" || pgrep -f "$tmp/$1"; then
		cat "$tmp/$1.grade"
		return 1
	fi
}

all=$(sed -n 's/^\(SERVERS\|CLIENTS\)  *= //p' Makefile | tr '\n' ' ')

# shellcheck disable=SC2086 # a list of names
starts $all
if [ "${LONG:-}" ]; then
	for name in $all; do
		expect "the start of $name compiles" builds "$name"
	done
else
	for name in tcpechod tcpecho; do
		expect "the start of $name compiles" builds "$name"
	done
fi
expect 'the start of tcpechod echoes nothing' loses tcpechod echo_text
expect 'the start of tcpecho copies nothing' loses tcpecho line_there_and_back

misbehave silent 'exec sleep 1000'
misbehave endless 'exec cat /dev/zero'
# shellcheck disable=SC2016 # for that shell
misbehave scattered 'trap "" TERM INT HUP
if [ "$1" != again ]; then setsid "$0" again & setsid "$0" again & fi
sleep 1000 & wait'
grade_misbehaving silent endless scattered
for name in silent endless scattered; do
	expect "a grader survives a program that is $name" survives "$name"
done

report
