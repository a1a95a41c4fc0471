# ready.sh: start one of our servers, and wait until it says that it is ready. Read with
# `. tests/ready.sh` by the scripts that speak to servers; $tmp is their folder.
#
#	start_ready COMMAND...   $server: its process; $port: of its first address
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
