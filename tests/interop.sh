#!/bin/sh
# interop.sh: our programs with other people's. usage: interop.sh [PROGRAM...]
#
# The failure it guards: a client and a server that only understand each other. Each
# file tests/interop/NAME.sh is read with the words below and tries one pair of
# programs, in the folder $tmp, with peers that a machine may have; a missing one is a skip that is said.
# The last line is "N passed, N failed, N skipped".
#
# shellcheck disable=SC2034,SC2154 # the parts set $name, and use $bin and $port
set -u
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
bin=$(cd "${BIN:-bin}" && pwd) || exit 2
seconds=20 # bound for one peer
. tests/report.sh
. tests/ready.sh
started=
top=$(mktemp -d "${TMPDIR:-/tmp}/interop.XXXXXX")
chmod 755 "$top" # peers may be other users

stop_all() {
	for pid in $started; do
		# with its children, if it has a group of its own
		kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	started=
}

trap 'stop_all; rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM

# has COMMAND: is there such a peer? If not it is a skip of $name.
has() {
	command -v "$1" >/dev/null 2>&1 && return
	skip "$name: no $1 here (sh etc/deps.sh test installs it)"
	return 1
}

# check REGEX COMMAND...: ok if it ends well and prints a line that matches
check() {
	regex=$1
	shift
	if timeout "$seconds" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null && grep -Eq -e "$regex" "$tmp/out"; then
		ok "$name"
	else
		not_ok "$name: no line like $regex in:"
		sed 's/^/	/' "$tmp/out" "$tmp/err"
	fi
}

# start COMMAND...: a server in the background, stopped at the end of the part; $port
start() {
	start_ready "$@"
	started="$started $server"
}

[ $# -gt 0 ] || set -- tests/interop/*.sh
for part; do
	part=$(basename "$part" .sh)
	tmp=$top/$part # each has a folder of its own
	mkdir "$tmp"
	# shellcheck source=/dev/null
	. "tests/interop/$part.sh"
	stop_all
done

report
