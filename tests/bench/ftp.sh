#!/bin/sh
# ftp.sh: how fast ftpd serves, beside the servers that people would use instead; and how
# fast ftp is, beside curl and lftp.
#
# usage: ftp.sh [-o file.tsv] [-r rounds] [--strict] [measure...]
#
#	-o  keep every single figure in this file
#	-r  rounds (5); the median of the rounds counts
#	--strict  exit 1 when a goal is missed or could not be judged
#
# Measures (all of them), bigger is better:
#	login	logins a second of 8 clients, the password hashed in half a millisecond
#	yescrypt	the same with what ftpadm makes: 15 ms and 16 MiB of memory
#	get put	a file of 1 GiB, MiB a second
#	small-get small-put	1000 files of 4 KiB in one session, files a second
#	list	of 1000 names, lists a second
#	many	16 MiB to each of 32 sessions at once, MiB a second
#	memory	1/KiB of a server with 32 sessions: all its processes, and their page tables
#	client	1 GiB from and to ftpd by ftp, curl and lftp: client-get and client-put, which
#		compare sizes; hash-get and hash-put, which compare SHA-256 as well, for which
#		curl asks the server and leaves the rest to openssl
#
# The failure it guards against: a figure from another hour or mood of this machine, or one
# that measures something else. All servers run at once, know the same user by the same hash,
# and are loaded in turn, round after round; only ratios within this one run are judged
# (goals-ftp). A missed goal is told and is no failure, except with --strict: speed is not a
# gate. What else would be measured:
#
#	how TCP is paced	a network namespace has plain TCP; where BBR is usual, its
#		timers would hold back whoever does not know how to leave them
#	where the scheduler puts two processes that talk in turn	for the small files and
#		the lists server and client share one processor
#
# The peers look their user up in the system's files. They see others in their place, by a
# mount namespace of their own, which takes root. Files are in memory (/dev/shm, or $WHERE),
# so that no disk is measured. Peers that are missing are told: sh etc/deps.sh test. vsftpd
# is measured without its namespaces and filters, with which it is slower.
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
BIN=${BIN:-$root/bin}
BUILD=${BUILD:-$root/build}
peers=$BUILD/peers
PATH=$PATH:/usr/sbin:/sbin:$peers/pure-ftpd/usr/sbin:$peers/proftpd-core/usr/sbin
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
all='login yescrypt get put small-get small-put list many memory client'
gib=1073741824 beside=''

usage()
{
	echo "usage: ftp.sh [-o file.tsv] [-r rounds] [--strict] [measure...]" >&2
	echo "measures: $all" >&2
	exit 2
}

load() # SERVER ARGUMENT...: one figure
{
	read -r port <"$scratch/$1.port"
	shift
	$beside "$BUILD/tests/ftpload" -p "$port" "$@"
}

# ---- files and accounts ----

# secret, by SHA-256 in few rounds, and by yescrypt as ftpadm has it made.
# shellcheck disable=SC2016 # those are no variables
cheap='$5$rounds=1000$switchboard$GEQ/ksuVA5EwwzBWdQsrQ0CZQNigAk9vIqJUpF7k/k.'
# shellcheck disable=SC2016
dear='$y$j9T$rsoPBEk/mAGhHUTgyG6wk/$.W327sz43x6asV74HSis7INqV0PrG1gj117x0qqqgFD'
uid=12345

make_files()
{
	home=$scratch/home
	mkdir -p "$home/small" "$home/names" "$scratch/here"
	mkdir -m 777 "$home/up"
	head -c 4096 /dev/urandom >"$scratch/piece"
	for i in $(seq 0 999); do
		cp "$scratch/piece" "$home/small/$i"
		: >"$home/names/a-name-of-usual-length-$i"
	done
	dd if=/dev/urandom of="$home/large" bs=1048576 count=1024 2>/dev/null
	dd if=/dev/urandom of="$home/middle" bs=1048576 count=16 2>/dev/null
	chmod 755 "$scratch"
	chmod 777 "$home"
}

make_accounts()
{
	printf '%s\n' "anna:$cheap:$home:::read,write,delete,list:" \
		"yves:$dear:$home:::read,write,delete,list:" >"$scratch/users"
	chmod 600 "$scratch/users"
	for user in anna yves; do
		echo "$user:x:$uid:$uid::$home:/bin/sh"
	done | cat /etc/passwd - >"$scratch/passwd"
	printf '%s\n' "anna:$cheap:20000:0:99999:7:::" "yves:$dear:20000:0:99999:7:::" |
		cat /etc/shadow - >"$scratch/shadow"
	chmod 600 "$scratch/shadow"
	printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' >"$scratch/pam"
	printf '%s\n' "anna:$cheap:$uid:$uid::$home:/bin/sh" "yves:$dear:$uid:$uid::$home:/bin/sh" \
		>"$scratch/proftpd.users"
	chmod 600 "$scratch/proftpd.users"
}

# ---- servers ----

vsftpd_conf() # PORT
{
	printf '%s\n' "listen=YES" "listen_port=$1" listen_address=127.0.0.1 background=NO \
		anonymous_enable=NO local_enable=YES write_enable=YES local_umask=022 \
		chroot_local_user=YES allow_writeable_chroot=YES xferlog_enable=NO \
		max_clients=0 max_per_ip=0 seccomp_sandbox=NO isolate=NO isolate_network=NO
}

proftpd_conf() # PORT
{
	printf '%s\n' "ServerType standalone" "Port $1" "DefaultAddress 127.0.0.1" \
		"AuthUserFile $scratch/proftpd.users" "AuthOrder mod_auth_file.c" \
		"RequireValidShell off" "AllowOverwrite on" "PidFile $scratch/proftpd.own" \
		"ScoreboardFile none" "DelayTable none" "WtmpLog off" "TransferLog none" \
		"UseIPv6 off" "DefaultRoot ~" "SystemLog none" "MaxInstances 300" \
		"User nobody" "Group nogroup"
}

pyftpdlib_server()
{
	cat <<-'END'
	import crypt, sys
	from pyftpdlib.authorizers import AuthenticationFailed, DummyAuthorizer
	from pyftpdlib.handlers import FTPHandler
	from pyftpdlib.servers import FTPServer
	class Authorizer(DummyAuthorizer):
	    def validate_authentication(self, user, password, handler):
	        hash = self.user_table[user]["pwd"]
	        if crypt.crypt(password, hash) != hash:
	            raise AuthenticationFailed
	FTPHandler.authorizer = Authorizer()
	for line in open(sys.argv[1]):
	    user, hash, home = line.split(":")[:3]
	    FTPHandler.authorizer.add_user(user, hash, home, perm="elradfmwMT")
	FTPServer(("127.0.0.1", int(sys.argv[2])), FTPHandler).serve_forever()
	END
}

# With other accounts than the system's.
aside() # COMMAND...
{
	# shellcheck disable=SC2016 # the inner shell's
	exec unshare -m --propagation private sh -c '
		mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/shadow" /etc/shadow || exit 1
		[ ! -e /etc/pam.d/vsftpd ] || mount --bind "$1/pam" /etc/pam.d/vsftpd || exit 1
		shift
		exec "$@"' aside "$scratch" "$@"
}

become() # NAME PORT
{
	case $1 in
	ftpd) exec "$BIN/ftpd" -q -p 0 -f "$scratch/users" ;;
	vsftpd)
		vsftpd_conf "$2" >"$scratch/vsftpd.conf"
		aside vsftpd "$scratch/vsftpd.conf"
		;;
	pure-ftpd)
		aside pure-ftpd -S "127.0.0.1,$2" -l unix -A -E -H -c 300 -C 300 \
			-g "$scratch/pure-ftpd.own"
		;;
	proftpd)
		proftpd_conf "$2" >"$scratch/proftpd.conf"
		exec proftpd -n -q -c "$scratch/proftpd.conf"
		;;
	pyftpdlib)
		pyftpdlib_server >"$scratch/server.py"
		exec "$python" -W ignore "$scratch/server.py" "$scratch/users" "$2"
		;;
	esac
}

port_for() # NAME
{
	"$BUILD/tests/probe" port
}

answers() # NAME PORT PID
{
	"$BUILD/tests/probe" wait "$2" "$3" && "$BUILD/tests/ftpload" -p "$2" login >/dev/null
}

find_python()
{
	for python in python3 /usr/bin/python3; do
		"$python" -W ignore -c 'import crypt, pyftpdlib' 2>/dev/null && return
	done
	return 1
}

is_here() # NAME
{
	case $1 in
	ftpd) ;;
	proftpd) have proftpd && proftpd -v >/dev/null 2>&1 ;;
	pyftpdlib) find_python ;;
	*) have "$1" ;;
	esac
}

start_all()
{
	running=
	for server in ftpd vsftpd pure-ftpd proftpd pyftpdlib; do
		if ! is_here $server; then
			echo "skip: no $server here (sh etc/deps.sh test)"
		elif [ $server = ftpd ]; then
			start_own ftpd become ftpd 0
			running=ftpd
		elif start_peer $server; then
			running="$running $server"
		fi
	done
	servers=$running
}

# ---- measures: MEASURE SERVER ROUND ----

note() # MEASURE SERVER ROUND COMMAND...: which says the figure
{
	what=$1 who=$2 when=$3
	shift 3
	progress "$what, round $when of $rounds: $who"
	if value=$("$@" 2>"$scratch/load.err"); then
		record "$what" 1 "$who" "$when" "$value" ok
		return
	fi
	reason=$(head -n 1 "$scratch/load.err")
	record "$what" 1 "$who" "$when" - "invalid: $reason"
	echo "invalid: $what, round $when, $who: $reason"
}

# Every process that it has started.
family() # PID
{
	echo "$1"
	# shellcheck disable=SC2013 # words, in one line
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		family "$child"
	done
}

weigh() # SERVER
{
	read -r port <"$scratch/$1.port"
	read -r pid <"$scratch/$1.pid"
	await_line hold "$BUILD/tests/ftpload" -p "$port" -c 32 hold
	[ "$line" = holding ] || return 1
	for process in $(family "$pid"); do
		cat "/proc/$process/smaps_rollup" "/proc/$process/status" 2>/dev/null || :
	done | awk '$1 == "Pss:" || $1 == "VmPTE:" { n += $2 } END { printf "%.9f\n", 1 / n }'
	stop hold
}

scaled() # FACTOR COMMAND...: its figure, so many times
{
	factor=$1
	shift
	figure=$("$@") || return 1
	echo "$figure $factor" | awk '{ print $1 * $2 }'
}

# A virtual machine may have given away memory that was free for some seconds. Whoever needs
# it next waits for it: so that is done here.
warm()
{
	dd if=/dev/zero of="$scratch/warm" bs=1048576 count=1100 2>/dev/null
	rm -f "$scratch/warm"
}

measure() # MEASURE SERVER ROUND
{
	[ "$1" != put ] || warm
	case $1 in
	login) note "$@" load "$2" -c 8 -n 20 login ;;
	yescrypt) note "$@" load "$2" -c 8 -n 4 -u yves login ;;
	get) note "$@" scaled 1024 load "$2" -s $gib get large ;;
	put) note "$@" scaled 1024 load "$2" -s $gib put up/large ;;
	small-get) note "$@" load "$2" -n 1000 -s 4096 get 'small/#' ;;
	small-put) note "$@" load "$2" -n 1000 -s 4096 put 'up/#' ;;
	list) note "$@" load "$2" -n 20 -s 1000 list names ;;
	many) note "$@" scaled 16 load "$2" -c 32 -s 16777216 get middle ;;
	memory) note "$@" weigh "$2" ;;
	esac
	rm -f "$home"/up/*
}

# Seconds of a transfer, as 1/s.
pace() # COMMAND...
{
	rm -f "$got" "$home/up/large"
	warm
	begin=$(date +%s.%N)
	"$@" </dev/null >/dev/null || return 1
	end=$(date +%s.%N)
	echo "$begin $end" | awk '{ print 1 / ($2 - $1) }'
}

# What curl leaves to its user. It has asked the server for its sum already.
with_sum() # FILE COMMAND...
{
	file=$1
	shift
	"$@" && openssl dgst -sha256 "$file"
}

measure_client() # CLIENT ROUND
{
	read -r port <"$scratch/ftpd.port"
	url=ftp://anna:secret@127.0.0.1:$port
	got=$scratch/here/got large=$home/large
	case $1 in
	ftp)
		note client-get ftp "$2" pace "$BIN/ftp" -n -q -S get "$url/large" "$got"
		note client-put ftp "$2" pace "$BIN/ftp" -n -q -S put "$large" "$url/up/large"
		note hash-get ftp "$2" pace "$BIN/ftp" -n -q get "$url/large" "$got"
		note hash-put ftp "$2" pace "$BIN/ftp" -n -q put "$large" "$url/up/large"
		;;
	curl)
		note client-get curl "$2" pace curl -s -S -o "$got" "$url/large"
		note client-put curl "$2" pace curl -s -S -T "$large" "$url/up/large"
		note hash-get curl "$2" pace with_sum "$got" \
			curl -s -S -Q '-HASH large' -o "$got" "$url/large"
		note hash-put curl "$2" pace with_sum "$large" \
			curl -s -S -Q '-HASH large' -T "$large" "$url/up/large"
		;;
	lftp)
		note client-get lftp "$2" pace lftp -c "open $url; get large -o $got"
		note client-put lftp "$2" pace lftp -c "open $url; put $large -o up/large"
		;;
	esac
	rm -f "$got" "$home/up/large"
}

# Let every server, and what it starts, run on these processors alone.
confine() # LIST
{
	for server in $servers; do
		read -r pid <"$scratch/$server.pid"
		for process in $(family "$pid"); do
			taskset -a -c -p "$1" "$process" >/dev/null 2>&1 || :
		done
	done
}

run_measure() # MEASURE
{
	case $1 in
	small-get | small-put | list)
		confine 0
		beside='taskset -c 0'
		alternate measure "$1"
		beside=''
		confine "0-$(($(getconf _NPROCESSORS_ONLN) - 1))"
		;;
	client)
		all_servers=$servers servers=ftp
		for client in curl lftp; do
			! have $client || servers="$servers $client"
		done
		alternate measure_client
		servers=$all_servers
		;;
	*) alternate measure "$1" ;;
	esac
}

# ---- the report ----

medians()
{
	for pair in $(cut -f 1,3 "$scratch/figures.tsv" | tail -n +2 | sort -u | tr '\t' '|'); do
		awk -F '\t' -v m="${pair%|*}" -v s="${pair#*|}" \
			'$1 == m && $3 == s && $6 == "ok" { print $5 }' "$scratch/figures.tsv" \
			>"$scratch/values"
		[ ! -s "$scratch/values" ] ||
			echo "${pair%|*} ${pair#*|} $(median "$scratch/values")"
	done
}

report()
{
	progress ''
	[ -z "$output" ] || cp "$scratch/figures.tsv" "$output"
	medians >"$scratch/medians"
	echo "medians of $rounds rounds:"
	awk '{ printf "  %-16s %-10s %12s\n", $1, $2,
		$1 == "memory" ? sprintf("%.0f KiB", 1 / $3) : sprintf($3 < 10 ? "%.2f" : "%.0f", $3)
	}' "$scratch/medians"
	awk -v strict="$strict" -v asked=" $* " '
		/^#/ { next }
		NR == FNR { v[$1, $2] = $3; next }
		{
			measure = $1 ~ /^(client|hash)-/ ? "client" : $1
			if (!index(asked, " " measure " "))
				next
			ours = v[$1, "ftpd"] + v[$1, "ftp"]
			best = 0
			for (i = 3; i <= NF; i++)
				if (v[$1, $i] > best) {
					best = v[$1, $i]
					who = $i
				}
			if (ours == 0 || best == 0) {
				printf "%-12s not judged\n", $1
				missed++
				next
			}
			printf "%-12s %5.2f x %-10s goal >= %s: %s\n", $1, ours / best, who, $2,
				(ours / best >= $2) ? "reached" : "missed"
			missed += (ours / best < $2)
		}
		END { exit strict && missed > 0 }' "$scratch/medians" "$here/goals-ftp"
}

read_options "$@"
for measure in $operands; do
	case " $all " in *" $measure "*) ;; *) usage ;; esac
done
[ "$(id -u)" -eq 0 ] || { echo "skip: the peers need root" && exit 0; }
if [ -z "${FTP_BENCH_APART-}" ]; then
	export FTP_BENCH_APART=yes
	exec unshare -n sh "$0" "$@"
fi
ip link set lo up
echo reno >/proc/sys/net/ipv4/tcp_congestion_control
TMPDIR=${WHERE:-/dev/shm}
export TMPDIR
begin_scratch
make_files
make_accounts
echo "ftpd, ftp and their peers, $(uname -srm), $(getconf _NPROCESSORS_ONLN) cores, load average" \
	"$(cut -d ' ' -f 1 /proc/loadavg), $rounds rounds in turn"
start_all
for measure in ${operands:-$all}; do
	run_measure "$measure"
done
# shellcheck disable=SC2086
report ${operands:-$all}
