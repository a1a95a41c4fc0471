#!/bin/sh
# Run test suites, the quick ones first, and sum up: the last line is
# "N passed, N failed, N skipped". usage: run.sh [SUITE...]
# What failed is said once more above it, a line each: "failed: SUITE: WHAT".
#
# BIN has the programs, BUILD/tests the test programs. SUITES names those of a
# run with no argument. SUT names a program to grade instead of ours: README.md.
# JOBS suites run at a time (as many as there are processors), each is shown when it
# has ended: suites mostly wait, and none may depend on the load of the machine.
set -u

BIN=${BIN:-bin}
BUILD=${BUILD:-build}
export BIN BUILD
cd "$(dirname "$0")/.." || exit 1

# A line for each kind, the quick ones first.
all='unit fuzz golden manual dissector
	tcpecho tcpload tcpchat messages filecp filed tftp ftp rcmd rcmdd ftpadm ftpd httpd
	udpechod udpecho udptimed udptime udpchat udpchatd tftpd
	experiments lab graders install pitfalls interop netns
	tcpechod'

if [ $# -eq 0 ]; then
	# shellcheck disable=SC2086
	set -- ${SUITES:-$all}
fi

JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
passed=0 failed=0 skipped=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' HUP INT TERM

# Add up a suite by its own last words: Check's, or "N passed, N failed, N skipped".
count() {
	name=$1 status=$2 out=$dir/$1.out
	line=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$out" |
		awk '{ c += $1; f += $2 + $3 } END { if (NR) print c, f }')
	if [ -n "$line" ]; then
		bad=${line#* }
		good=$((${line% *} - bad))
		skip=$(grep -c '^skip' "$out")
	else
		line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1)
		good=$(echo "$line" | sed 's/^\([0-9]*\) passed.*/\1/')
		bad=$(echo "$line" | sed 's/.* \([0-9]*\) failed.*/\1/')
		skip=$(echo "$line" | sed -n 's/.* \([0-9]*\) skipped.*/\1/p')
	fi
	# A suite that says nothing, or lies, has failed.
	if [ -z "$line" ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		echo "$name: exit status $status without a failed check" | tee -a "$out"
		bad=$((${bad:-0} + 1))
	fi
	grep -E '^not ok |^[^ :]+:[0-9]+:[FE]:|^[^ :]+: exit status [0-9]+ without' "$out" |
		sed "s/^/failed: $name: /" >>"$dir/failed"
	passed=$((passed + ${good:-0}))
	failed=$((failed + ${bad:-0}))
	skipped=$((skipped + ${skip:-0}))
}

# A suite that waits more than it works goes faster in parts, side by side.
# Points are counted in one piece.
run_in_shards() { # PROGRAM PARTS
	if [ -n "${SUT:-}" ]; then
		"$1"
		return
	fi
	out=$dir/${1##*/}.shard # two suites may run side by side
	pids=
	part=0
	while [ $part -lt "$2" ]; do
		SHARD=$part/$2 "$1" >"$out.$part" 2>&1 &
		pids="$pids $!"
		part=$((part + 1))
	done
	status=0
	for pid in $pids; do
		wait "$pid" || status=$?
	done
	part=0
	while [ $part -lt "$2" ]; do
		cat "$out.$part"
		rm -f "$out.$part"
		part=$((part + 1))
	done
	return $status
}

run() {
	case $1 in
	unit) run_in_shards "$BUILD/tests/unit_tests" 8 ;;
	tcpechod) run_in_shards "$BUILD/tests/e2e_tcpechod" 4 ;;
	udpchatd | tftp | ftp | ftpd | httpd) run_in_shards "$BUILD/tests/e2e_$1" 3 ;;
	switchboard) sh tests/lab.sh ;;
	messages) SUT=${SUT:-$BUILD/pitfalls/framed} "$BUILD/tests/e2e_messages" ;;
	*)
		if [ -x "$BUILD/tests/e2e_$1" ]; then
			"$BUILD/tests/e2e_$1"
		else
			sh "tests/$1.sh"
		fi
		;;
	esac
}

# A worker takes suite after suite, whichever nobody has taken yet.
work() {
	for suite; do
		mkdir "$dir/$suite.taken" 2>/dev/null || continue
		start=$(date +%s)
		run "$suite" >"$dir/$suite.out" 2>&1
		echo $? "$(($(date +%s) - start))" >"$dir/$suite.ended"
		: >"$dir/$suite.bell" & # rings when somebody listens
	done
	wait
}

for suite; do
	mkfifo "$dir/$suite.bell" || exit 1
done
while [ "$JOBS" -gt 0 ]; do
	work "$@" &
	JOBS=$((JOBS - 1))
done
for suite; do
	read -r _ <"$dir/$suite.bell"
	read -r status seconds <"$dir/$suite.ended"
	echo "== $suite"
	cat "$dir/$suite.out"
	count "$suite" "$status"
	echo "== $suite: $seconds s"
done

cat "$dir/failed"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
