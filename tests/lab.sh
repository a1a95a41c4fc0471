#!/bin/sh
# lab.sh: switchboard starts, shows, plays and stops the lab, and leaves nothing behind.
#
# The failure it guards: a control program that kills the wrong process, forgets one, or
# says that all is well when a demo shows something else than its text. So most of what is
# tried here goes wrong on purpose.
#
# Everything runs in a private directory and on ports of the kernel's choice. Whatever the
# lab starts inherits LAB_TEST, by which the leftovers are found. Nothing waits for time to
# pass: each wait is for a line or an end, and bounded.
set -eu
export LC_ALL=C
unset NO_COLOR SWITCHBOARD_BIN SWITCHBOARD_LAB SWITCHBOARD_PITFALLS SWITCHBOARD_WAIT

cd "$(dirname "$0")/.."
root=$PWD
bin=$(cd "${BIN:-bin}" 2>/dev/null && pwd) || {
	echo "lab.sh: ${BIN:-bin}: no programs there; run make first" >&2
	exit 2
}

. tests/report.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX")
export LAB_TEST="$tmp" TMPDIR="$tmp" XDG_RUNTIME_DIR="$tmp/run" SWITCHBOARD_PORT=0
mkdir -m 700 "$XDG_RUNTIME_DIR"
mkdir "$tmp/lab" "$tmp/bin"
cp etc/lab/*.sh "$tmp/lab"
ln -s "$bin"/* "$tmp/bin"
chmod 711 "$tmp" # who was root becomes another, and starts programs here
trap 'clean' EXIT
trap 'exit 1' HUP INT TERM

# ---- words ----

check() { # check NAME COMMAND...: ok if it succeeds
	name=$1
	shift
	if "$@"; then
		ok "$name"
	else
		not_ok "$name"
		sed 's/^/	/' "$tmp/out" "$tmp/err" 2>/dev/null || :
	fi
}

# lab ARGUMENT...: switchboard with our own lab files and programs; $status, $tmp/out, err.
lab() {
	status=0
	SWITCHBOARD_BIN=$tmp/bin SWITCHBOARD_LAB=${files:-$tmp/lab} timeout -k 10 120 \
		"${switchboard:-$bin/switchboard}" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

gives() { # gives STATUS [PATTERN...]: each is in what was printed
	wanted=$1
	shift
	[ "$status" -eq "$wanted" ] || { echo "	status $status"; return 1; }
	for pattern; do
		cat "$tmp/out" "$tmp/err" | grep -q -e "$pattern" || { echo "	no $pattern"; return 1; }
	done
}

silent() { # not a word on the standard error
	[ ! -s "$tmp/err" ]
}

leftovers() { # processes that inherited our mark; the grep has it, too, and is gone by then
	all=$(grep -ls "LAB_TEST=$tmp" /proc/[0-9]*/environ 2>/dev/null) || :
	for environment in $all; do
		marked=${environment%/environ} marked=${marked#/proc/}
		[ "$marked" = "${innocent:-}" ] || is_gone "$marked" || echo "$marked"
	done
}

is_gone() { # or a zombie that init has not looked at yet
	case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) return 0 ;; esac
	return 1
}

nothing_left() {
	looks=20 # who was told to end may need a moment
	while left=$(leftovers) && [ -n "$left" ] && [ $((looks -= 1)) -gt 0 ]; do
		sleep 0.1
	done
	[ -z "$left" ] || {
		# shellcheck disable=SC2086 # several
		ps -o pid,ppid,stat,args -p "$(echo $left | tr ' ' ,)" | sed 's/^/	still running: /'
		return 1
	}
	[ ! -e "$XDG_RUNTIME_DIR/switchboard" ] || { echo "	state is left"; return 1; }
	set -- "$tmp"/switchboard.*
	[ ! -e "$1" ] || { echo "	a directory is left: $1"; return 1; }
}

clean() {
	for pid in $(leftovers) ${innocent:-}; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	rm -rf "$tmp"
}

pid_told() {
	sed -n 's/.* pid \([0-9]*\).*/\1/p' "$tmp/out"
}

port_told() {
	sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$tmp/out"
}

demo_file() { # demo_file: a lab file called trial, from standard input
	{ echo 'about: a trial'; echo; cat; } >"$tmp/lab/trial"
	printf '#!/bin/sh\n' >"$tmp/bin/trial"
	chmod 755 "$tmp/bin/trial"
}

# ---- the command line ----

words() {
	lab -h
	check 'help goes to standard output' gives 0 '^usage: switchboard'
	lab -V
	check 'the version is told' gives 0 '^switchboard (Switchboard) 0\.1$'
	for wrong in '' -Z dance 'up nobody' 'up ../../x' check 'check ../x' 'check nobody' \
		'check tcpecho -f html' 'check -x tcpecho' 'check tcpecho a b'; do
		# shellcheck disable=SC2086 # several words
		lab $wrong
		check "refused with status 2: switchboard $wrong" gives 2 '^switchboard: '
	done
}

# ---- up, status, down ----

life() {
	cp etc/lab/tcpechod "$tmp/lab"
	lab status
	check 'status of a lab that is not up' gives 0 'tcpechod: not up'
	lab status tcpechod
	check 'status of a server by name that is not up' gives 1 'not up'
	lab down
	check 'down when nothing is up' gives 0
	lab up
	check 'up tells name, pid and address' gives 0 'tcpechod  *up  *pid [0-9]*  *tcp 127\.0\.0\.1:[0-9]'
	check 'up writes nothing to standard error' silent
	pid=$(pid_told) port=$(port_told)
	talk
	lab up
	check 'up again starts no other' gives 0 "pid $pid .*already"
	check 'one server is there' test "$(leftovers)" = "$pid"
	lab down
	check 'down tells' gives 0 "tcpechod  *down  *pid $pid"
	check 'down leaves nothing' nothing_left
	lab -v up
	check 'up -v shows the command' gives 0 'tcpechod -v'
	check 'up -v fills the log with steps' grep -q 'buy a phone' "$XDG_RUNTIME_DIR/switchboard/tcpechod.log"
	lab -q down tcpechod
	check 'down NAME leaves nothing' nothing_left
	check 'down -q says nothing' test ! -s "$tmp/out"
}

talk() { # one caller on the line: the server answers, and status counts its child
	mkfifo "$tmp/keys" "$tmp/echo"
	"$bin/tcpecho" -p "$port" 127.0.0.1 <"$tmp/keys" >"$tmp/echo" &
	caller=$!
	exec 5>"$tmp/keys" 6<"$tmp/echo"
	echo hello >&5
	check 'the server answers' test "$(timeout 20 head -n 1 <&6)" = hello
	lab status
	check 'status counts the children' gives 0 "pid $pid .*1 child, for [0-9]* s"
	exec 5>&- 6<&-
	wait "$caller" || :
}

# ---- a server of datagrams ----

datagrams() {
	cp etc/lab/udpechod "$tmp/lab"
	lab up udpechod
	check 'up tells the address of a datagram server' gives 0 \
		'udpechod  *up  *pid [0-9]*  *udp 127\.0\.0\.1:[0-9]'
	pid=$(pid_told) port=$(port_told)
	check 'the datagram server answers' \
		test "$(echo hello | "$bin/udpecho" -p "$port" 127.0.0.1)" = hello
	lab status udpechod
	check 'status of a datagram server' gives 0 "udpechod  *up  *pid $pid  *udp .*0 children"
	sed "s/^port:.*/port: $port\/udp/" etc/lab/udpechod >"$tmp/lab/udpechod"
	lab doctor
	check 'doctor knows a datagram server' gives 0 "^ok .*$port/udp: udpechod is up, pid $pid"
	lab down udpechod
	check 'down tells of a datagram server' gives 0 "udpechod  *down  *pid $pid"
	check 'down leaves nothing of it' nothing_left
	cp etc/lab/udpechod "$tmp/lab"
	lab demo udpechod
	check 'the demo of datagrams goes as its text says' gives 0 'udpechod: .* all as the text says'
	rm "$tmp/lab/udpechod"
}

# ---- whom not to kill ----

strangers() {
	sleep 600 &
	innocent=$!
	for born in '' 1@boot "$(sed 's/.*) //' "/proc/$innocent/stat" | cut -d ' ' -f 20)@other-boot"; do
		mkdir -m 700 "$XDG_RUNTIME_DIR/switchboard"
		echo "$innocent $born tcp 127.0.0.1:7" >"$XDG_RUNTIME_DIR/switchboard/tcpechod"
		echo 'last words' >"$XDG_RUNTIME_DIR/switchboard/tcpechod.log"
		lab status
		check "status: the pid belongs to another process ($born)" gives 1 'gone .*last words'
		lab down
		check "down: says so and forgets it ($born)" gives 0 'by itself'
		check "the other process lives ($born)" kill -0 "$innocent"
	done
	kill -KILL "$innocent"
	wait "$innocent" 2>/dev/null || :
	innocent=''
	crashed
}

crashed() {
	lab up
	pid=$(pid_told)
	kill -KILL "$pid"
	until is_gone "$pid"; do :; done
	lab status
	check 'status: a server was killed' gives 1 "gone  *pid $pid"
	lab up
	check 'up starts it again' gives 0 'tcpechod  *up'
	check 'with another pid' test "$(pid_told)" != "$pid"
	lab down
	check 'down after that leaves nothing' nothing_left
}

# ---- servers that do not do as they should ----

stand_in() { # stand_in NAME: a server and its lab file, from standard input
	{ echo '#!/bin/sh'; cat; } >"$tmp/bin/$1"
	chmod 755 "$tmp/bin/$1"
	printf 'up:\nabout: %s\n' "$1" >"$tmp/lab/$1"
}

failures() {
	lab up tcpechod
	port=$(port_told)
	XDG_RUNTIME_DIR=$tmp/run2
	mkdir -m 700 "$tmp/run2"
	SWITCHBOARD_PORT=$port lab up tcpechod
	check 'a busy port: the error of the server is passed on' gives 1 \
		"^tcpechod: bind 127.0.0.1:$port: EADDRINUSE .* held by pid" 'tcpechod: did not start'
	check 'a busy port: no state is left' test ! -e "$tmp/run2/switchboard"
	XDG_RUNTIME_DIR=$tmp/run
	lab down
	echo 'sleep 600' | stand_in mute
	SWITCHBOARD_WAIT=1 lab up mute
	check 'a server that never gets ready' gives 1 'mute: did not start'
	check 'a server that never gets ready is gone' nothing_left
	echo 'echo "babble: hello"; sleep 600' | stand_in babble
	lab up babble
	check 'a first line that is no ready line' gives 1 'babble: did not start'
	check 'the babbler is gone' nothing_left
	printf 'trap "" TERM\necho "deaf: listening on tcp 127.0.0.1:1"\nexec >&-\nsleep 600\n' |
		stand_in deaf
	lab up deaf
	SWITCHBOARD_WAIT=1 lab down deaf
	check 'a server that does not heed TERM is killed' gives 1 'deaf: did not leave'
	check 'and gone' nothing_left
	rm "$tmp/bin/mute"
	lab up mute
	check 'a program that is not built' gives 1 'mute: no program .*make mute'
	rm -f "$tmp/lab/mute" "$tmp/lab/deaf" "$tmp/lab/babble"
}

# ---- a directory that is not ours ----

refusals() {
	mkdir "$tmp/elsewhere"
	chmod 700 "$tmp/elsewhere"
	ln -s "$tmp/elsewhere" "$XDG_RUNTIME_DIR/switchboard"
	lab up
	check 'state that is a symbolic link is refused' gives 1 'not a directory of mode 700'
	check 'nothing was written there' rmdir "$tmp/elsewhere"
	rm "$XDG_RUNTIME_DIR/switchboard"
	mkdir -m 755 "$XDG_RUNTIME_DIR/switchboard"
	lab up
	check 'state that others can read is refused' gives 1 'not a directory of mode 700'
	rmdir "$XDG_RUNTIME_DIR/switchboard"
	check 'after a refusal nothing runs' nothing_left
}

# ---- doctor ----

doctor() {
	rm -f "$tmp/lab/trial"
	lab up tcpechod 2>/dev/null || :
	cp "$tmp/tcpechod" "$tmp/lab"
	lab up tcpechod
	pid=$(pid_told) port=$(port_told)
	sed "s/^port:.*/port: $port\/tcp/" "$tmp/tcpechod" >"$tmp/lab/tcpechod"
	lab doctor
	check 'doctor knows our own server' gives 0 "^ok .*$port/tcp: tcpechod is up, pid $pid"
	mv "$XDG_RUNTIME_DIR/switchboard" "$tmp/hidden"
	lab doctor
	check 'doctor tells who holds a port, and the cure' gives 0 \
		"^warn .*$port/tcp .* held by pid $pid (tcpechod)" "^ *cure: kill .*$pid"
	mv "$tmp/hidden" "$XDG_RUNTIME_DIR/switchboard"
	lab down
	lab doctor
	check 'doctor finds the port free' gives 0 "^ok .*$port/tcp is free"
	printf 'port: 1/tcp\nup:\n' >"$tmp/lab/absent"
	lab doctor
	check 'doctor fails if a program is not built' gives 1 '^FAIL .*absent' 'cure: make absent'
	rm "$tmp/lab/absent"
	check 'doctor changes nothing' nothing_left
}

# ---- installed under other names ----

installed() {
	mkdir -p "$tmp/i/bin" "$tmp/i/sbin" "$tmp/i/lab"
	for program in "$bin"/*; do
		name=${program##*/}
		case $name in
		handlers) ;;
		*d | httpd-app) cp "$program" "$tmp/i/sbin/sb-$name" ;;
		*) cp "$program" "$tmp/i/bin/sb-$name" ;;
		esac
	done
	cp -R "$root"/etc/lab/. "$tmp/i/lab"
	sed -e "s|@HANDLERS@|$bin/handlers|g" -e "s|@LABDIR@|$tmp/i/lab|g" -e "s|@SBINDIR@|$tmp/i/sbin|g" -e 's|@PREFIX@|sb-|g' \
		clients/switchboard >"$tmp/i/bin/sb-switchboard"
	chmod 755 "$tmp/i/bin/sb-switchboard"
	for command in demo up status down; do
		status=0
		(cd / && timeout -k 10 120 "$tmp/i/bin/sb-switchboard" -q "$command") \
			>"$tmp/out" 2>"$tmp/err" || status=$?
		check "installed with a prefix: $command" gives 0
	done
	check 'installed with a prefix: nothing left' nothing_left
}

# shellcheck source=tests/lab/demo.sh
. tests/lab/demo.sh

words
life
datagrams
strangers
failures
refusals
demos
manual
transcripts
doctor
installed

report
