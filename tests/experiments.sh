#!/bin/sh
# The lab's experiments: what each predicts must come true. The failure it guards: a page
# that goes on telling what is no longer so.
# usage: experiments.sh [NAME...]
#
# Those that compare speeds are played by `make experiments` only: what they predict
# needs a machine that is not busy with something else.
set -u

BIN=${BIN:-bin}
[ $# -gt 0 ] || set -- backlog forgotten-descriptor glued half-read time-wait zero-reads
passed=0 failed=0 skipped=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if ! command -v ss >/dev/null 2>&1; then
	echo "skip all: no ss here (sh etc/deps.sh test installs it)"
	echo "0 passed, 0 failed, $# skipped"
	exit 0
fi
# After a storm of short connections (make bench) the kernel's table may be full for a minute.
time_wait_is_full() {
	waiting=$(sed -n 's/^TCP: .* tw \([0-9]*\).*/\1/p' /proc/net/sockstat)
	[ "$waiting" -ge $(($(cat /proc/sys/net/ipv4/tcp_max_tw_buckets) * 9 / 10)) ]
}

for name; do
	if XDG_RUNTIME_DIR=$dir SWITCHBOARD_LAB=etc/lab "$BIN/switchboard" demo "$name" >"$dir/said" 2>&1; then
		echo "ok $name"
		passed=$((passed + 1))
	elif [ "$name" = time-wait ] && time_wait_is_full; then
		echo "skip $name: the kernel keeps no more connections in TIME_WAIT now"
		skipped=$((skipped + 1))
	else
		cat "$dir/said"
		echo "not ok $name"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
