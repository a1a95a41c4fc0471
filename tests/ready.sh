# ready.sh: start one of our servers, and wait until it says that it is ready. Read with
# `. tests/ready.sh` by the scripts that speak to servers; $tmp is their folder.
#
#	start_ready COMMAND...   $server: its process; $port: of its first address
#	find_port SERVER         $port: free, for a program that cannot choose one and tell
#
# A server that does not start ends the script, and what it said is shown.
#
# shellcheck shell=sh disable=SC2034,SC2154

start_ready() {
	: >"$tmp/ready"
	"$@" >"$tmp/ready" 2>"$tmp/log" </dev/null &
	server=$!
	tries=0
	until grep -q 'listening on .*:[0-9]' "$tmp/ready"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 200 ]; then
			echo "$1 does not start:"
			cat "$tmp/log"
			exit 1
		fi
		sleep 0.05
	done
	port=$(sed -n 's/.*listening on [a-z]* [^ ]*:\([0-9]*\).*/\1/p' "$tmp/ready" | head -n 1)
}

# Where this server of ours could start a moment ago. Such a port is given to nobody else
# meanwhile: it is above those of the harness, and below those that the kernel hands out.
find_port() {
	tried=0
	port=${last_port-$((30000 + $$ * 31 % 2700))}
	while [ "$tried" -lt 200 ]; do
		tried=$((tried + 1))
		port=$((30000 + (port + 97) % 2700))
		: >"$tmp/ready"
		"$1" -q -p "$port" >"$tmp/ready" 2>"$tmp/log" </dev/null &
		server=$!
		until [ -s "$tmp/ready" ] || ! kill -0 "$server" 2>/dev/null; do
			sleep 0.05
		done
		kill "$server" 2>/dev/null || :
		wait "$server" || :
		[ -s "$tmp/ready" ] || continue
		last_port=$port
		return 0
	done
	echo 'no free port found' >&2
	return 1
}
