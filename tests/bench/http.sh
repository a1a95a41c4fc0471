#!/bin/sh
# http.sh: how fast httpd serves, beside the servers that people would use instead.
#
# usage: http.sh [-d seconds] [-r rounds] [--strict] [close|keep|large|memory]...
#
#	-d  seconds of one measurement (1); whole ones, wrk counts no others
#	-r  rounds (3); the median of the rounds counts
#	--strict  exit 1 when a goal is missed
#	operands: measure only these
#
# The failure it guards against: a figure from another hour or mood of this machine. All
# servers run at once and are loaded in turn, round after round; only ratios within this
# one run are judged. A missed goal is told and is no failure, except with --strict.
#
# nginx has two workers and sendfile, and no server writes an access log. Programs are
# taken from $BIN. It needs wrk; a peer that is not here is told and left out.
set -eu
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

BIN=${BIN:-$(dirname "$0")/../../bin}
seconds=1 rounds=3 strict=0 measures=''

usage() {
	echo "usage: http.sh [-d seconds] [-r rounds] [--strict] [close|keep|large|memory]..." >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	-d) seconds=${2-} && shift ;;
	-r) rounds=${2-} && shift ;;
	--strict) strict=1 ;;
	close | keep | large | memory) measures="$measures $1" ;;
	*) usage ;;
	esac
	shift
done
case $seconds$rounds in *[!0-9]* | '') usage ;; esac
measures=${measures:-close keep large memory}
command -v wrk >/dev/null || { echo 'skip: no wrk (sh etc/deps.sh test)' && exit 0; }

scratch=$(mktemp -d)
stop() {
	trap '' HUP INT TERM
	for file in "$scratch"/*.pid; do
		[ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || :
	done
	rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' HUP INT TERM

# ---- the site ----

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

# ---- servers ----

next_port=$((20000 + $$ * 13 % 10000))

nginx_conf() { # PORT
	cat <<-END
	worker_processes 2;
	daemon off;
	pid $scratch/nginx.own;
	error_log $scratch/nginx.err;
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

lighttpd_conf() { # PORT
	cat <<-END
	server.document-root = "$site"
	server.bind = "127.0.0.1"
	server.port = $1
	server.max-fds = 4096
	server.max-keep-alive-requests = 1000000000
	END
}

# Turns this (background) process into the server.
become() { # NAME PORT
	case $1 in
	fork | prefork | event) exec "$BIN/httpd" -q -c 1024 -p "$2" -m "$1" "$site" ;;
	nginx) exec nginx -c "$scratch/nginx.conf" ;;
	lighttpd) exec lighttpd -D -f "$scratch/lighttpd.conf" ;;
	busybox) exec busybox httpd -f -p "127.0.0.1:$2" -h "$site" ;;
	esac
}

answers() { # PORT
	curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$1/1k"
}

start() { # NAME
	for try in 1 2 3 4 5; do
		next_port=$((next_port + 17))
		answers "$next_port" && continue # somebody else's
		[ "$1" != nginx ] || nginx_conf "$next_port" >"$scratch/nginx.conf"
		[ "$1" != lighttpd ] || lighttpd_conf "$next_port" >"$scratch/lighttpd.conf"
		become "$1" "$next_port" >"$scratch/$1.out" 2>&1 &
		echo $! >"$scratch/$1.pid"
		echo "$next_port" >"$scratch/$1.port"
		for wait in 1 2 3 4 5 6 7 8 9 10; do
			answers "$next_port" && return
			kill -0 $! 2>/dev/null || break
			sleep 0.1
		done
		kill $! 2>/dev/null || :
	done
	echo "skip: $1 does not start (try $try, $wait): $(tail -n 1 "$scratch/$1.out")"
	return 1
}

# ---- figures: MEASURE CLIENTS SERVER VALUE ----

load() { # MEASURE CLIENTS SERVER FILE [wrk's options]
	what=$1 clients=$2 server=$3 file=$4
	shift 4
	threads=1
	[ "$clients" -lt 64 ] || threads=2
	value=$(wrk -t $threads -c "$clients" -d "$seconds" "$@" \
		"http://127.0.0.1:$(cat "$scratch/$server.port")/$file" 2>&1 |
		awk '/^Requests\/sec/ { r = $2 } /Non-2xx|Socket errors: .*read [1-9]/ { bad = $0 }
			END { print bad ? "invalid" : r }')
	[ -n "$value" ] && [ "$value" != invalid ] ||
		echo "invalid: $what, $clients clients, $server" >&2
	echo "$what $clients $server $value" >>"$scratch/figures"
}

alternate() { # MEASURE CLIENTS FILE SERVERS [wrk's options]
	measure=$1 number=$2 of=$3 order=$4
	shift 4
	round=0
	while [ "$round" -lt "$rounds" ]; do
		for one in $order; do
			load "$measure" "$number" "$one" "$of" "$@"
		done
		order="${order#* } ${order%% *}"
		round=$((round + 1))
	done
}

measure_close() {
	for n in 1 16 64 256; do
		alternate close-1k "$n" 1k "$servers" -H 'Connection: close'
	done
}

measure_keep() {
	keeping=$(echo "$servers" | sed 's/ *busybox//')
	for n in 16 64 256; do
		alternate keep-1k "$n" 1k "$keeping"
	done
	alternate keep-16k 64 16k "$keeping"
}

measure_large() {
	alternate keep-1m 64 1m "$(echo "$servers" | sed 's/ *busybox//')"
	round=0
	while [ "$round" -lt "$rounds" ]; do
		for server in $servers; do
			value=$(curl -s -o /dev/null -w '%{speed_download}' \
				"http://127.0.0.1:$(cat "$scratch/$server.port")/1g")
			echo "get-1g 1 $server $value" >>"$scratch/figures"
		done
		round=$((round + 1))
	done
}

# What 256 connections take that wait for their next request: proportional size and
# page tables of all processes, in KiB.
size_of() { # PID
	pids="$1 $(cat "/proc/$1/task/$1/children" 2>/dev/null || :)"
	for pid in $pids; do
		cat "/proc/$pid/smaps_rollup" "/proc/$pid/status" 2>/dev/null || :
	done | awk '$1 == "Pss:" || $1 == "VmPTE:" { n += $2 } END { print n + 0 }'
}

measure_memory() {
	for server in $servers; do
		[ "$server" != busybox ] || continue
		pid=$(cat "$scratch/$server.pid")
		python3 - "$(cat "$scratch/$server.port")" "$scratch/held" <<-'END' &
		import socket, sys, time
		held = []
		for i in range(256):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    s.sendall(b"GET /1k HTTP/1.1\r\nHost: lab\r\n\r\n")
		    n = 0
		    while n < 1024:
		        n += len(s.recv(65536))
		    held.append(s)
		open(sys.argv[2], "w").close()
		time.sleep(60)
		END
		holder=$!
		echo "idle 0 $server $(size_of "$pid")" >>"$scratch/figures"
		until [ -e "$scratch/held" ] || ! kill -0 $holder 2>/dev/null; do
			sleep 0.1
		done
		echo "idle 256 $server $(size_of "$pid")" >>"$scratch/figures"
		rm -f "$scratch/held"
		kill $holder
		wait $holder 2>/dev/null || :
	done
}

# ---- the report ----

goals() { # MEASURE CLIENTS OURS AT-LEAST PEER
	cat <<-END
	close-1k 1 fork 2 busybox
	close-1k 16 fork 2 busybox
	close-1k 64 fork 2 busybox
	close-1k 256 fork 2 busybox
	close-1k 1 prefork 3 busybox
	close-1k 16 prefork 3 busybox
	close-1k 64 prefork 3 busybox
	close-1k 256 prefork 3 busybox
	close-1k 1 event 1 nginx
	close-1k 16 event 1 nginx
	close-1k 64 event 1 nginx
	close-1k 256 event 1 nginx
	keep-1k 16 fork 1.1 nginx
	keep-1k 16 prefork 1.15 nginx
	keep-1k 256 prefork 1 nginx
	keep-1k 16 event 1.6 nginx
	keep-1k 64 event 1.6 nginx
	keep-1k 256 event 1.6 nginx
	keep-1k 16 event 1 lighttpd
	keep-1k 64 event 1 lighttpd
	keep-1k 256 event 1 lighttpd
	keep-16k 64 event 1 lighttpd
	keep-1m 64 fork 0.95 nginx
	keep-1m 64 prefork 0.95 nginx
	keep-1m 64 event 0.95 nginx
	get-1g 1 fork 0.95 nginx
	get-1g 1 prefork 0.95 nginx
	get-1g 1 event 0.95 nginx
	END
}

report() {
	sort "$scratch/figures" | awk '
		$4 == "" || $4 == "invalid" { next }
		{ k = $1 " " $2 " " $3; n[k]++; v[k, n[k]] = $4 }
		END {
			for (k in n) {
				for (i = 1; i <= n[k]; i++)
					for (j = i + 1; j <= n[k]; j++)
						if (v[k, j] + 0 < v[k, i] + 0) {
							t = v[k, i]; v[k, i] = v[k, j]; v[k, j] = t
						}
				print k, v[k, int((n[k] + 1) / 2)]
			}
		}' | sort -k1,1 -k2,2n -k4,4nr >"$scratch/medians"
	echo "requests a second (get-1g: bytes a second; idle: KiB), medians of $rounds:"
	awk '{ printf "  %-9s %4d  %-9s %12.0f\n", $1, $2, $3, $4 }' "$scratch/medians"
	goals | awk '
		NR == FNR { v[$1 " " $2 " " $3] = $4; next }
		{
			a = v[$1 " " $2 " " $3]; b = v[$1 " " $2 " " $5]
			if (a == "" || b == "" || b == 0) next
			good = a / b >= $4
			printf "%-9s %4d  %-8s %5.2f x %-9s goal >= %s: %s\n", $1, $2, $3, a / b, $5,
				$4, good ? "reached" : "missed"
			missed += !good
		}
		END { exit missed > 0 }' "$scratch/medians" - || [ "$strict" = 0 ] || exit 1
}

servers=
for server in fork prefork event nginx lighttpd busybox; do
	case $server in
	nginx | lighttpd | busybox)
		command -v $server >/dev/null || { echo "skip: no $server" && continue; }
		;;
	esac
	! start $server || servers="$servers $server"
done
servers=${servers# }
echo "httpd and peers, $(uname -srm), $(getconf _NPROCESSORS_ONLN) cores, load average" \
	"$(cut -d ' ' -f 1 /proc/loadavg), $rounds rounds of $seconds s in turn"
: >"$scratch/figures"
for measure in memory $(echo "$measures" | sed 's/memory//'); do
	case " $measures " in *" $measure "*) "measure_$measure" ;; esac
done
report
