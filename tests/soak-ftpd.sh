#!/bin/sh
# The long test of ftpd: sessions that race for the last of a quota, transfers that are cut
# off at any point and gone on with, two hundred sessions at once, processes that are
# killed, a disk that is full, clients that stall. See soak-ftpd.py.
# usage: soak-ftpd.sh [PORTION [PART...]]  (1 if not given: some minutes; 0.05 for a look)
set -eu

cd "$(dirname "$0")/.."
bin=$(cd "${BIN:-bin}" && pwd)
portion=${1:-1}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- quota crowd kills disk slow broken
out=$(mktemp)
. tests/report.sh
trap 'rm -f "$out"' EXIT

for part; do
	if python3 tests/soak-ftpd.py "$bin" "$portion" "$part" >"$out" 2>&1; then
		ok "$(sed -n 's/^ok //p' "$out")"
	else
		not_ok "$part"
		cat "$out"
	fi
done
report
