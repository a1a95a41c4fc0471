#!/bin/sh
# http.sh: how fast httpd serves, beside the servers that people would use instead.
#
# usage: http.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict] [MEASURE...]
#
#	-d  seconds of one measurement (1); whole ones, wrk counts no others
#	-o  keep every single figure in this file
#	-r  rounds (5); the median of the rounds counts
#	--strict  exit 1 when a goal is missed or could not be judged
#	MEASURE  close, keep, large, memory, calls: only these
#
# The failure it guards against is that of run.sh: a figure that compares two hours. All
# servers run at once and are loaded in turn, round after round, each round beginning with
# another server; only ratios within this one run are judged, against ./goals-http.
#
# nginx has two workers and sendfile, and no server writes an access log. It needs wrk; for
# the system calls strace. A peer that is not here is told and left out.
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

here=$(dirname "$0")
tools=${BUILD:-$here/../../build}/tests
BIN=${BIN:-$here/../../bin}
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
asked=1000 # kept requests whose system calls are counted

usage()
{
	echo 'usage: http.sh [-d seconds] [-o file.tsv] [-r rounds] [--strict]' \
		'[close|keep|large|memory|calls]...' >&2
	exit 2
}

# ---- the site ----

make_site()
{
	site=$scratch/site
	mkdir "$site"
	chmod 755 "$scratch" "$site"
	head -c 1024 /dev/urandom >"$site/1k"
	head -c 16384 /dev/urandom >"$site/16k"
	head -c 1048576 /dev/urandom >"$site/1m"
	# A gigabyte of holes is as good: all servers read it from memory.
	: >"$site/1g"
	dd if=/dev/null of="$site/1g" bs=1 seek=1073741824 2>/dev/null
	cat "$site"/* >/dev/null # or the first server would pay for reading them from the disk
}

# ---- servers ----

nginx_conf() # PORT
{
	cat <<-END
	worker_processes 2;
	daemon off;
	pid $scratch/nginx.own;
	error_log $scratch/nginx.log;
	events { worker_connections 4096; }
	http {
		access_log off;
		sendfile on;
		keepalive_requests 1000000000;
		client_body_temp_path $scratch/nginx.body;
		proxy_temp_path $scratch/nginx.proxy;
		fastcgi_temp_path $scratch/nginx.fastcgi;
		uwsgi_temp_path $scratch/nginx.uwsgi;
		scgi_temp_path $scratch/nginx.scgi;
		server { listen 127.0.0.1:$1 backlog=511; root $site; }
	}
	END
}

lighttpd_conf() # PORT
{
	cat <<-END
	server.document-root = "$site"
	server.bind = "127.0.0.1"
	server.port = $1
	server.max-fds = 4096
	server.max-keep-alive-requests = 1000000000
	END
}

become() # NAME PORT
{
	case $1 in
	nginx)
		nginx_conf "$2" >"$scratch/nginx.conf"
		exec nginx -c "$scratch/nginx.conf"
		;;
	lighttpd)
		lighttpd_conf "$2" >"$scratch/lighttpd.conf"
		exec lighttpd -D -f "$scratch/lighttpd.conf"
		;;
	busybox) exec busybox httpd -f -p "127.0.0.1:$2" -h "$site" ;;
	esac
}

port_for() # NAME
{
	"$tools/probe" port
}

answers() # NAME PORT PID
{
	tries=0
	until curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$2/1k"; do
		tries=$((tries + 1))
		if [ "$tries" -ge 50 ] || ! kill -0 "$3" 2>/dev/null; then
			echo "$1 does not answer"
			return 1
		fi
		sleep 0.1
	done
}

start_all()
{
	servers='fork prefork event'
	for server in $servers; do
		start_own "$server" "$BIN/httpd" -q -c 1024 -p 0 -m "$server" "$site"
	done
	for peer in nginx lighttpd busybox; do
		if ! have "$peer"; then
			echo "skip: $peer is not installed (sh etc/deps.sh test)"
		elif start_peer "$peer"; then
			servers="$servers $peer"
		fi
	done
}

# ---- measurements ----

# A figure, or why there is none; those are in $scratch/value and $scratch/reason.
note() # MEASURE CLIENTS SERVER ROUND
{
	read -r value <"$scratch/value" || value=
	if [ -n "$value" ]; then
		record "$@" "$value" ok
	else
		reason=$(tail -n 1 "$scratch/reason")
		record "$@" - "invalid: $reason"
		echo "invalid: $1, $2 clients, round $4, $3: $reason"
	fi
}

load() # MEASURE CLIENTS FILE CONNECTION SERVER ROUND
{
	progress "$1, $2 clients, round $6 of $rounds: $5"
	read -r port <"$scratch/$5.port"
	threads=1
	[ "$2" -lt 64 ] || threads=2
	wrk -t $threads -c "$2" -d "$seconds" -H "Connection: $4" "http://127.0.0.1:$port/$3" \
		>"$scratch/reason" 2>&1 || :
	awk '/^Requests\/sec/ { r = $2 } /Non-2xx|Socket errors: .*read [1-9]/ { bad = 1 }
		END { print bad ? "" : r }' "$scratch/reason" >"$scratch/value"
	note "$1" "$2" "$5" "$6"
}

download() # SERVER ROUND
{
	progress "1 GiB, round $2 of $rounds: $1"
	read -r port <"$scratch/$1.port"
	curl -sS -o /dev/null -w '%{speed_download}\n' "http://127.0.0.1:$port/1g" \
		2>"$scratch/reason" | awk '$1 > 0 { print $1 / 1e6 }' >"$scratch/value"
	note get-1g 1 "$1" "$2"
}

# Loads each of these.
among() # SERVERS COMMAND...
{
	all=$servers servers=$1
	shift
	alternate "$@"
	servers=$all
}

measure_close()
{
	for n in 1 16 64 256; do
		alternate load close-1k "$n" 1k close
	done
}

measure_keep()
{
	for n in 16 64 256; do
		among "$keeping" load keep-1k "$n" 1k keep-alive
	done
	among "$keeping" load keep-16k 64 16k keep-alive
}

measure_large()
{
	among "$keeping" load keep-1m 64 1m keep-alive
	alternate download
}

# ---- memory: proportional size and page tables of all processes, in KiB ----

family() # PID: it, its children, and theirs
{
	echo "$1"
	for child in $(children "$1"); do
		family "$child"
	done
}

size_of() # SERVER
{
	read -r pid <"$scratch/$1.pid"
	for one in $(family "$pid"); do
		cat "/proc/$one/smaps_rollup" "/proc/$one/status" 2>/dev/null || :
	done | awk '$1 == "Pss:" || $1 == "VmPTE:" { n += $2 } END { print n + 0 }'
}

# Holds 256 connections that were served once, and says a line when it has them.
holder() # PORT
{
	python3 -c '
import socket, sys, time
held = []
for i in range(256):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(b"GET /1k HTTP/1.1\r\nHost: lab\r\n\r\n")
    n = 0
    while n < 1024:
        n += len(s.recv(65536))
    held.append(s)
print("held", flush=True)
time.sleep(60)' "$1"
}

measure_memory()
{
	have python3 || { echo 'skip: no python3 to hold connections' && return; }
	for server in $keeping; do
		progress "memory: $server"
		read -r port <"$scratch/$server.port"
		idle=$(size_of "$server")
		await_line holder holder "$port"
		[ "$line" = held ] || fail "$server does not take 256 connections"
		held=$(size_of "$server")
		stop holder
		record idle 0 "$server" 1 "$idle" ok
		record idle 256 "$server" 1 "$held" ok
		record grow 256 "$server" 1 $((held - idle)) ok
	done
}

# ---- system calls of a kept request ----

measure_calls()
{
	have strace || { echo 'skip: no strace' && return; }
	for server in fork prefork event; do
		progress "system calls: $server"
		read -r pid <"$scratch/$server.pid"
		read -r port <"$scratch/$server.port"
		# shellcheck disable=SC2046 # a list of numbers
		strace -qq -f -o "$scratch/calls" $(family "$pid" | sed 's/^/-p /') 2>"$scratch/reason" &
		echo $! >"$scratch/strace.pid"
		tries=0
		until grep -qs '^TracerPid:.*[1-9]' "/proc/$pid/status" || [ "$tries" -ge 50 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		# a second and more of the same, so that what is looked at once a second counts little
		yes "url = http://127.0.0.1:$port/1k" | head -n $asked >"$scratch/urls"
		curl -s -K "$scratch/urls" >/dev/null || :
		stop strace
		awk -v n=$asked '/ (recvfrom|sendmsg|sendfile|epoll_wait|epoll_pwait|poll|ppoll|openat2|openat|newfstatat|fstat|pread64|close|setsockopt|fcntl|epoll_ctl)\(/ { c++ }
			END { printf "%.2f\n", c / n }' "$scratch/calls" >"$scratch/value"
		note calls 1 "$server" 1
	done
}

read_options "$@"
for measure in $operands; do
	case $measure in close | keep | large | memory | calls) ;; *) usage ;; esac
done
case $seconds in *[!0-9]*) usage ;; esac
have wrk || { echo 'skip: no wrk (sh etc/deps.sh test)' && exit 0; }
[ -x "$tools/probe" ] || fail "$tools/probe is missing: make bench-http"
begin_scratch
make_site
preamble httpd
start_all
keeping=$(echo "$servers" | sed 's/ *busybox//')
for measure in memory calls close keep large; do # memory first: nobody has served yet
	case " ${operands:-$measure} " in *" $measure "*) "measure_$measure" ;; esac
done
judge "$here/goals-http" -v kind=http
