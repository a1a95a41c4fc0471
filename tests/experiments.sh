#!/bin/sh
# The lab's experiments: what each predicts must come true. The failure it guards: a page
# that goes on telling what is no longer so.
# usage: experiments.sh [NAME...]
#
# Those that compare speeds are played by `make experiments` only: what they predict
# needs a machine that is not busy with something else.
set -u

cd "$(dirname "$0")/.." || exit 1
BIN=${BIN:-bin} BUILD=${BUILD:-build}
[ $# -gt 0 ] || set -- backlog forgotten-descriptor glued half-read sticky time-wait zero-reads
. tests/report.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if ! command -v ss >/dev/null 2>&1; then
	for name; do
		skip "$name: no ss here (sh etc/deps.sh test installs it)"
	done
	report
	exit
fi
# After a storm of short connections (make bench) the kernel's table may be full for a minute.
time_wait_is_full() {
	waiting=$(sed -n 's/^TCP: .* tw \([0-9]*\).*/\1/p' /proc/net/sockstat)
	[ "$waiting" -ge $(($(cat /proc/sys/net/ipv4/tcp_max_tw_buckets) * 9 / 10)) ]
}

for name; do
	if XDG_RUNTIME_DIR=$dir SWITCHBOARD_LAB=etc/lab SWITCHBOARD_PITFALLS=$BUILD/pitfalls \
		"$BIN/switchboard" demo "$name" >"$dir/said" 2>&1; then
		ok "$name"
	elif [ "$name" = time-wait ] && time_wait_is_full; then
		skip "$name: the kernel keeps no more connections in TIME_WAIT now"
	else
		cat "$dir/said"
		not_ok "$name"
	fi
done
report
