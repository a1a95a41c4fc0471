# udpechod with the clients that everybody has, udpecho with other people's servers.
# Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2016 # variables of interop.sh; $1 is for the inner shell

start "$bin/udpechod" -4 -l '*' -p 0
name='nc asks udpechod'
has nc && check '^hello$' sh -c 'echo hello | nc -u -w 1 127.0.0.1 "$1"' sh "$port"
name='ncat asks udpechod'
has ncat && check '^hello$' sh -c '(echo hello; sleep 0.5) | ncat -u -i 1s 127.0.0.1 "$1" || :' sh "$port"
name='socat asks udpechod'
has socat && check '^hello$' sh -c 'echo hello | socat -t 1 - "UDP4:127.0.0.1:$1"' sh "$port"
name='Python asks udpechod as in the notes'
has python3 && check '^all came back$' python3 tests/interop/udpecho.py ask "$port"
name='Python broadcasts to udpechod'
has python3 && check '^found Hi at 127\.0\.0\.1$' python3 tests/interop/udpecho.py find "$port"

# serve PEER COMMAND...: in the background, on $port; lines and a count with udpecho.
serve() {
	peer=$1
	shift
	setsid "$@" >"$tmp/log" 2>&1 </dev/null & # a child of socat waits for ever, else
	started="$started $!"
	tries=0
	until echo ready | "$bin/udpecho" -q -R 0 -t 0.2 -p "$port" 127.0.0.1 >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || break # the checks will tell
		sleep 0.05
	done
	name="udpecho asks $peer"
	check '^one,two,three,$' sh -c 'printf "one\ntwo\nthree\n" | "$1" -p "$2" 127.0.0.1 | tr "\n" ,' \
		sh "$bin/udpecho" "$port"
	name="udpecho counts with $peer"
	check '^5 sent, 5 received, 0 lost' "$bin/udpecho" -q -c 5 -i 0.1 -p "$port" 127.0.0.1
}

name='udpecho asks socat'
if has socat; then
	stop_all
	find_port "$bin/udpechod" || exit 1
	serve 'socat, a process for each datagram' socat "UDP4-RECVFROM:$port,bind=127.0.0.1,fork" PIPE
	stop_all
	find_port "$bin/udpechod" || exit 1
	serve 'socat, a process for each client' socat "UDP4-LISTEN:$port,bind=127.0.0.1,fork" PIPE
fi

PATH=$PATH:/usr/sbin:/sbin
name='udpecho asks xinetd'
if has xinetd; then
	stop_all
	find_port "$bin/udpechod" || exit 1
	cat >"$tmp/xinetd.conf" <<-END
	service echo
	{
		type = INTERNAL UNLISTED
		id = echo-dgram
		socket_type = dgram
		protocol = udp
		port = $port
		bind = 127.0.0.1
		wait = yes
		user = $(id -un)
		flags = NOLIBWRAP
	}
	END
	serve xinetd xinetd -f "$tmp/xinetd.conf" -dontfork -filelog "$tmp/xinetd.log" \
		-pidfile "$tmp/xinetd.pid"
fi

if name='udpecho asks a server in Python' && has python3; then
	start python3 tests/interop/udpecho.py serve
	check '^HELLO,,LSJ,$' sh -c 'printf "hello\n\nlsj\n" | "$1" -p "$2" 127.0.0.1 | tr "\n" ,' \
		sh "$bin/udpecho" "$port"
fi
