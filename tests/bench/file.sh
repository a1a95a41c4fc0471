#!/bin/sh
# file.sh: how fast filecp copies, beside what people would use instead.
#
# usage: file.sh [-d directory] [-n files] [-r rounds] [-s MiB] [--strict]
#
#	-d  where the files are (/dev/shm: memory, so that no disk is measured)
#	-n  small files, of 4 KiB (10000)
#	-r  rounds (5); the median of the rounds counts
#	-s  MiB of the large file (2048)
#	--strict  exit 1 when a goal is missed or could not be judged
#
# The failure it guards against: a figure that compares two moods of one machine. In each
# round all are measured in turn; only ratios within this run are judged. A missed goal is
# told and is no failure, except with --strict: speed is not a gate.
#
# Programs are taken from $BIN (bin), the tools from $BUILD/tests (build).
set -eu
LC_ALL=C
export LC_ALL

here=$(dirname "$0")
BIN=${BIN:-$here/../../bin}
# shellcheck source=tests/bench/words.sh
. "$here/words.sh"
pair=${BUILD:-$here/../../build}/tests/filepair
where=/dev/shm files=10000 rounds=5 size=2048 strict=

usage()
{
	echo "usage: file.sh [-d directory] [-n files] [-r rounds] [-s MiB] [--strict]" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--strict) strict=yes ;;
	-d | -n | -r | -s)
		[ $# -gt 1 ] || usage
		case $1 in
		-d) where=$2 ;;
		-n) files=$2 ;;
		-r) rounds=$2 ;;
		-s) size=$2 ;;
		esac
		shift
		;;
	*) usage ;;
	esac
	shift
done

dir=$(mktemp -d "$where/filebench.XXXXXX")
pids=
# shellcheck disable=SC2086
trap '[ -z "$pids" ] || kill $pids 2>/dev/null || true; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -m 777 "$dir/served" "$dir/here"
chmod 755 "$dir"

# A NAME COMMAND...: its seconds are added to NAME.seconds, if it succeeds.
measure()
{
	name=$1
	shift
	begin=$(date +%s.%N)
	if "$@" >/dev/null 2>"$dir/said"; then
		end=$(date +%s.%N)
		echo "$begin $end" | awk '{ print $2 - $1 }' >>"$dir/$name.seconds"
	else
		echo "$name failed: $(head -n 1 "$dir/said")" >&2
	fi
}

start_server() # filed; sets $port
{
	mkfifo "$dir/ready"
	"$BIN/filed" -q -W -p 0 -S none "$dir/served" >"$dir/ready" 2>/dev/null &
	pids=$!
	read -r line <"$dir/ready"
	port=${line##*:}
}

# nc has two kinds: OpenBSD's, and the old one.
if nc -h 2>&1 | grep -q OpenBSD; then
	listen_nc() { nc -d -l 127.0.0.1 "$1"; }
	send_nc() { nc -N 127.0.0.1 "$1"; }
else
	listen_nc() { nc -l -p "$1" </dev/null; }
	send_nc() { nc -q 0 127.0.0.1 "$1"; }
fi

await_listener() # PORT
{
	hex=$(printf ':%04X 00000000:0000 0A' "$1")
	tries=1000
	until grep -q "$hex" /proc/net/tcp || [ $tries -eq 0 ]; do
		tries=$((tries - 1))
	done
}

nc_port=23501
nc_file()
{
	nc_port=$((nc_port + 1))
	listen_nc $nc_port >"$dir/here/nc" &
	listener=$!
	await_listener $nc_port
	send_nc $nc_port <"$dir/large"
	wait $listener
}

nc_and_sum()
{
	nc_file
	sha256sum "$dir/here/nc"
}

tar_nc_tar()
{
	nc_port=$((nc_port + 1))
	mkdir -p "$dir/here/tar"
	listen_nc $nc_port | tar -xf - -C "$dir/here/tar" &
	listener=$!
	await_listener $nc_port
	tar -cf - -C "$dir" small | send_nc $nc_port
	wait $listener
}

start_rsync()
{
	cat >"$dir/rsyncd.conf" <<-END
	port = 23499
	address = 127.0.0.1
	use chroot = no
	[served]
	path = $dir/served
	read only = no
	END
	rsync --daemon --no-detach --config="$dir/rsyncd.conf" >/dev/null 2>&1 &
	pids="$pids $!"
	await_listener 23499
}

large_round()
{
	measure openssl openssl dgst -sha256 "$dir/large"
	rm -f "$dir/served/large"
	measure put "$BIN/filecp" -q -p "$port" "$dir/large" 127.0.0.1:
	rm -f "$dir/here/large"
	measure get "$BIN/filecp" -q -S none -p "$port" 127.0.0.1:large "$dir/here"
	rm -f "$dir/served/large"
	measure put-none "$BIN/filecp" -q -s none -p "$port" "$dir/large" 127.0.0.1:
	rm -f "$dir/here/large"
	measure get-none "$BIN/filecp" -q -S none -s none -p "$port" 127.0.0.1:large "$dir/here"
	rm -f "$dir/here/large"
	measure pair "$pair" "$dir/large" "$dir/here/large"
	rm -f "$dir/here/large"
	if have nc; then
		measure nc nc_file
		rm -f "$dir/here/nc"
		measure nc-sum nc_and_sum
		rm -f "$dir/here/nc"
	fi
}

small_round()
{
	rm -rf "$dir/served/small" "$dir/here/tar" "$dir/here/small"
	measure put-small "$BIN/filecp" -q -r -p "$port" "$dir/small" 127.0.0.1:
	measure get-small "$BIN/filecp" -q -r -p "$port" 127.0.0.1:small "$dir/here"
	if have nc; then
		measure tar tar_nc_tar
	fi
	rm -rf "$dir/served/small"
	if have rsync; then
		measure rsync rsync -r "$dir/small" rsync://127.0.0.1:23499/served
	fi
}

median_of() # NAME; nothing if it was not measured
{
	[ ! -s "$dir/$1.seconds" ] || median "$dir/$1.seconds"
}

missed=0
# ratio NAME PEER GOAL: how often the peer's time contains ours.
ratio()
{
	ours=$(median_of "$1") theirs=$(median_of "$2")
	if [ -z "$ours" ] || [ -z "$theirs" ]; then
		echo "skip $1: $2 was not measured"
		missed=$((missed + 1))
		return
	fi
	verdict=$(awk -v o="$ours" -v t="$theirs" -v g="$3" \
		'BEGIN { printf "%.2f %s", t / o, (t / o >= g) ? "reached" : "missed" }')
	printf '%-10s %7.3f s   %-8s %7.3f s   %sx   goal %s: %s\n' "$1" "$ours" "$2" "$theirs" \
		"${verdict% *}" "$3" "${verdict#* }"
	[ "${verdict#* }" = reached ] || missed=$((missed + 1))
}

echo "file.sh: one file of $size MiB, $files of 4 KiB, $rounds rounds, in $where"
dd if=/dev/urandom of="$dir/large" bs=1048576 count="$size" 2>/dev/null
mkdir "$dir/small"
dd if=/dev/urandom bs=4096 count="$files" 2>/dev/null |
	(cd "$dir/small" && split -a 5 -b 4096 -)
start_server
for peer in nc rsync; do
	have $peer || echo "skip: no $peer (sh etc/deps.sh test installs it)"
done
! have rsync || start_rsync
round=0
while [ $round -lt "$rounds" ]; do
	large_round
	small_round
	round=$((round + 1))
done
for way in put get; do
	ratio $way openssl 0.8
	ratio $way nc-sum 2
	ratio $way-none pair 0.8
	ratio $way-none nc 1
	ratio $way-small tar 1
	ratio $way-small rsync 2
done
[ -z "$strict" ] || [ $missed -eq 0 ]
