# ftp with other people's servers: files both ways, lists, trees, a broken upload that
# goes on, names that are awkward. Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2317 # variables of interop.sh; functions called by name

PATH=$PATH:/usr/sbin:/sbin
peers=${BUILD:-build}/peers
chmod 755 "$tmp"
mkdir "$tmp/ftp"
head -c 3000000 /dev/urandom >"$tmp/ftp/big"

# ftp_serve COMMAND...: in the background, on $port, until it answers
ftp_serve() {
	"$@" >"$tmp/log" 2>&1 </dev/null &
	started="$started $!"
	tries=0
	until "$bin/ftp" -q -n -p "$port" ls "ftp://$who@127.0.0.1:$port/" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || break # the checks will tell
		sleep 0.1
	done
}

# The hash of "secret". Not pure-pw's own: that one is made to cost a second of an idle
# processor at each login, which on a busy machine is more than a client waits.
ftp_hash() {
	printf secret | python3 -c 'import crypt,sys
print(crypt.crypt(sys.stdin.read(), crypt.METHOD_SHA256))' 2>/dev/null
}

ours() { timeout "$seconds" "$bin/ftp" -n "$@"; }

ftp_judge() { # ftp_judge NAME COMMAND...
	name=$1
	shift
	if (cd "$tmp/here" && "$@") >"$tmp/out" 2>&1 </dev/null; then
		ok "$name"
	else
		not_ok "$name: status $?"
		sed 's/^/	/' "$tmp/out" "$tmp/log"
	fi
}

files_both_ways() {
	ours "$@" get "$url/big" got && cmp got "$tmp/ftp/big" &&
		ours "$@" put got "$url/up" && ours "$@" get "$url/up" back &&
		cmp back got && ours "$@" -c 'delete up; size big; modtime big' "$url/"
}

# A part that is there, and one that is here.
parts() {
	head -c 1000000 "$tmp/ftp/big" >part
	ours put part "$url/up" && ours reput "$tmp/ftp/big" "$url/up" &&
		ours reget "$url/up" part && cmp part "$tmp/ftp/big" &&
		ours -c 'delete up' "$url/"
}

trees() {
	mkdir -p "tree/a b/c" && echo 1 >tree/one && echo 2 >"tree/a b/two words" &&
		: >"tree/a b/c/empty" && ours mirror tree "$url/" &&
		ours mirror "$url/tree" back.d && diff -r tree back.d &&
		ours -c 'cd tree; mget o*; mdelete o*; rename "a b/two words" two; ls; pwd' \
			"$url/" && cmp one tree/one
}

missing() {
	ours get "$url/nothing"
	[ $? -eq 1 ] && ! [ -e nothing ]
}

ftp_with() { # ftp_with PEER
	rm -rf "$tmp/here"
	mkdir "$tmp/here"
	url=ftp://$who@127.0.0.1:$port
	ftp_judge "ftp with $1: files both ways" files_both_ways
	ftp_judge "ftp with $1: files both ways, active" files_both_ways -A
	ftp_judge "ftp with $1: parts are gone on with" parts
	ftp_judge "ftp with $1: trees and patterns" trees
	ftp_judge "ftp with $1: what is not there" missing
}

ftp_place() { # a directory for the server
	rm -rf "$tmp/there"
	mkdir "$tmp/there"
	cp "$tmp/ftp/big" "$tmp/there"
	chmod 777 "$tmp/there"
}

name='ftp with vsftpd'
if [ "$(id -u)" -ne 0 ]; then
	skip "$name: only root may chroot"
elif has vsftpd; then
	ftp_place
	stop_all
	find_port "$bin/tcpechod" || exit 1
	who=anonymous:x
	for line in listen=YES "listen_port=$port" listen_address=127.0.0.1 background=NO \
		run_as_launching_user=YES anonymous_enable=YES "anon_root=$tmp/there" \
		write_enable=YES anon_upload_enable=YES anon_mkdir_write_enable=YES \
		anon_other_write_enable=YES anon_umask=022 allow_writeable_chroot=YES \
		anon_world_readable_only=NO seccomp_sandbox=NO; do
		echo "$line"
	done >"$tmp/vsftpd.conf"
	ftp_serve vsftpd "$tmp/vsftpd.conf"
	ftp_with vsftpd
fi

name='ftp with pure-ftpd'
PATH=$PATH:$root/$peers/pure-ftpd/usr/sbin:$root/$peers/pure-ftpd/usr/bin
if [ "$(id -u)" -ne 0 ]; then
	skip "$name: only root may chroot"
elif has pure-ftpd && has pure-pw; then
	ftp_place
	stop_all
	find_port "$bin/tcpechod" || exit 1
	who=anna:secret
	echo "anna:$(ftp_hash):$(id -u nobody):$(id -g nobody)::$tmp/there/./::::::::::::" >"$tmp/pure"
	pure-pw mkdb "$tmp/pure.pdb" -f "$tmp/pure" >/dev/null
	ftp_serve pure-ftpd -S "127.0.0.1,$port" -l "puredb:$tmp/pure.pdb" -E -H -g "$tmp/pure.pid"
	ftp_with pure-ftpd
fi

name='ftp with proftpd'
PATH=$PATH:$root/$peers/proftpd-core/usr/sbin
if ! has proftpd; then
	: # said
elif ! proftpd -v >/dev/null 2>&1; then
	skip "$name: it does not start (sh etc/deps.sh test installs its libraries)"
else
	ftp_place
	stop_all
	find_port "$bin/tcpechod" || exit 1
	who=anna:secret
	user=$(id -un) group=$(id -gn)
	echo "anna:$(ftp_hash):$(id -u):$(id -g)::$tmp/there:/bin/sh" >"$tmp/proftpd.users"
	chmod 600 "$tmp/proftpd.users"
	for line in "ServerType standalone" "Port $port" "DefaultAddress 127.0.0.1" \
		"User $user" "Group $group" "AuthUserFile $tmp/proftpd.users" \
		"AuthOrder mod_auth_file.c" "RequireValidShell off" "AllowStoreRestart on" \
		"AllowOverwrite on" "PidFile $tmp/proftpd.pid" "ScoreboardFile none" \
		"DelayTable none" "WtmpLog off" "TransferLog none" "UseIPv6 off" \
		"DefaultRoot $tmp/there" "RootLogin on" "SystemLog none"; do
		echo "$line"
	done >"$tmp/proftpd.conf"
	ftp_serve proftpd -n -q -c "$tmp/proftpd.conf"
	ftp_with proftpd
fi

name='ftp with pyftpdlib'
for python in python3 /usr/bin/python3 none; do
	"$python" -W ignore -c 'import pyftpdlib' 2>/dev/null && break
done
if [ "$python" = none ]; then
	skip "$name: no python3-pyftpdlib here (sh etc/deps.sh test installs it)"
else
	ftp_place
	stop_all
	find_port "$bin/tcpechod" || exit 1
	who=anna:secret
	cat >"$tmp/server.py" <<'END'
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
authorizer = DummyAuthorizer()
authorizer.add_user("anna", "secret", sys.argv[1], perm="elradfmwMT")
FTPHandler.authorizer = authorizer
FTPServer(("127.0.0.1", int(sys.argv[2])), FTPHandler).serve_forever()
END
	ftp_serve "$python" -W ignore "$tmp/server.py" "$tmp/there" "$port"
	ftp_with pyftpdlib
fi
stop_all
