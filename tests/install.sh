#!/bin/sh
# install.sh: what make install puts where, and that make uninstall takes it all away.
#
# The failure it guards: a page that is installed under a new name and still speaks of
# the old one, a program that only works beside its sources, a file that is forgotten
# when everything is removed. Nothing outside a temporary DESTDIR is written, but for
# the programs that make builds on the way.
set -eu
export LC_ALL=C
# An outer make's options and variables are not meant for the one started here.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR PREFIX PROGRAM_PREFIX

cd "$(dirname "$0")/.."
make=${MAKE:-make}

. tests/report.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/install.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

check() { # check NAME: what is against it stands in $tmp/reason
	check_empty "$tmp/reason" "$1"
}

run_make() { # run_make TARGET: with the variables of this round
	if "$make" "$1" "DESTDIR=$dest" "PREFIX=$base" "PROGRAM_PREFIX=$prefix" \
		>"$tmp/make" 2>&1; then
		: >"$tmp/reason"
	else
		tail -n 20 "$tmp/make" >"$tmp/reason"
	fi
	check "$round: make $1"
}

# The programs, each by its page: "section name".
programs() {
	for page in man/*.[18]; do
		name=$(basename "$page")
		echo "${name##*.} ${name%.*}"
	done
}

mode_of() {
	# shellcheck disable=SC2012 # POSIX has no other way, and the names are ours
	ls -ld "$1" | cut -c 1-10
}

place_of() { # place_of SECTION NAME: where the program is
	case $1 in
	8) echo "$dest$base/sbin/$prefix$2" ;;
	*) echo "$dest$base/bin/$prefix$2" ;;
	esac
}

check_programs() {
	programs | while read -r section name; do
		file=$(place_of "$section" "$name")
		if [ ! -f "$file" ]; then
			echo "$file is missing"
			continue
		fi
		[ "$(mode_of "$file")" = -rwxr-xr-x ] || echo "$file is $(mode_of "$file")"
		(cd / && timeout 20 "$file" -V </dev/null 2>&1) | grep -q Switchboard ||
			echo "$file does not tell its version"
	done >"$tmp/reason"
	check "$round: servers are in sbin, other programs in bin, and they run"
}

check_pages() {
	for page in man/*.[1578]; do
		name=$(basename "$page")
		case $name in
		*.[18]) name=$prefix$name ;;
		esac
		file=$dest$base/share/man/man${page##*.}/$name
		if [ ! -f "$file" ]; then
			echo "$file is missing"
			continue
		fi
		[ "$(mode_of "$file")" = -rw-r--r-- ] || echo "$file is $(mode_of "$file")"
		check_names "$file" "$name"
	done >"$tmp/reason"
	check "$round: the pages are there and speak of the programs by their names"
}

# What check_names looks for: a program's name, where a reader would type it.
check_names() { # check_names FILE PAGE
	[ -n "$prefix" ] || return 0
	programs | while read -r _ name; do
		upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
		grep -nE "(Nm|Xr) $name( |\$)|^\.Dt $upper |^(\.Dl )?\\$ (.*[|&;] )?$name( |\$)" \
			"$1" /dev/null || true
	done
	case $2 in
	*.[18])
		title=$(echo "${2%.*} ${2##*.}" | tr '[:lower:]' '[:upper:]')
		grep -q "^\.Dt $title\$" "$1" || echo "$1: .Dt is not $title"
		grep -q "^\.Nm ${2%.*}\$" "$1" || echo "$1: .Nm is not ${2%.*}"
		;;
	esac
	# What it refers to is installed, as far as it is ours.
	sed -n 's/^\..*Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$1" | while read -r to section; do
		[ -e "man/${to#"$prefix"}.$section" ] || continue
		[ -e "$dest$base/share/man/man$section/$to.$section" ] ||
			echo "$1: $to($section) is not installed"
	done
}

check_lint() {
	if ! command -v mandoc >/dev/null 2>&1; then
		skip "$round: lint of the pages (no mandoc)"
		return
	fi
	# With a prefix the programs' names stand elsewhere in the alphabet.
	find "$top" -path '*/man/man*' -type f -exec mandoc -T lint -W warning {} + 2>&1 |
		grep -v 'unusual Xr order' >"$tmp/reason" || true
	check "$round: mandoc finds nothing in the installed pages"
}

check_documents() {
	{
		find "$dest$base/share" -name 'LICENSE*' -type f | grep -q . ||
			echo "no LICENSE under share"
		find "$top" -type f ! -path "$dest$base/*"
		find "$top" -type f \( -name '*.o' -o -name '*.[ch]' \)
	} >"$tmp/reason"
	check "$round: the licence is there, and nothing that does not belong"
}

# The installed pair talks, from a directory that is nobody's, with no source in sight.
check_talk() {
	server=$(place_of 8 tcpechod) client=$(place_of 1 tcpecho)
	: >"$tmp/ready"
	(cd / && exec timeout 60 "$server" -p 0 -1) >"$tmp/ready" 2>"$tmp/server.err" &
	pid=$!
	until [ -s "$tmp/ready" ] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.1 # until the line is there; timeout(1) bounds it
	done
	port=$(sed -n 's/.*:\([0-9]*\)$/\1/p' "$tmp/ready")
	answer=$(echo hello | (cd / && timeout 20 "$client" -p "${port:-1}" 127.0.0.1) 2>&1) || true
	if [ "$answer" = hello ]; then
		wait "$pid" || echo "the server ended with status $?"
	else
		echo "answer: $answer"
		cat "$tmp/server.err"
		kill "$pid" 2>/dev/null || true
		wait "$pid" || true
	fi >"$tmp/reason"
	check "$round: the installed server and client talk"
}

# The lab starts and stops what is installed, wherever that is.
check_lab() {
	lab=$(place_of 1 switchboard)
	mkdir -m 700 "$tmp/run"
	: >"$tmp/reason"
	for command in up status down; do
		(cd / && XDG_RUNTIME_DIR=$tmp/run SWITCHBOARD_PORT=0 timeout 60 "$lab" "$command") \
			>"$tmp/lab" 2>&1 || {
			echo "$lab $command: status $?"
			cat "$tmp/lab"
		} >>"$tmp/reason"
	done
	check "$round: the installed lab goes up and down"
}

# A stranger's file in the same directory is not ours to remove.
check_removed() {
	rm "$dest$base/bin/stranger" 2>"$tmp/reason" || true
	find "$top" ! -type d >>"$tmp/reason"
	check "$round: uninstall leaves no file of ours, and what is not ours"
}

# play ROUND DESTDIR PREFIX PROGRAM_PREFIX
play() {
	round=$1 dest=$2 base=$3 prefix=$4
	top=${dest:-$base}
	mkdir -p "$top"
	run_make install
	check_programs
	check_pages
	check_lint
	check_documents
	check_talk
	[ -n "$dest" ] || check_lab
	mkdir -p "$dest$base/bin"
	: >"$dest$base/bin/stranger"
	run_make uninstall
	check_removed
}

play 'staged, prefix sb-' "$tmp/staged" /usr/local sb-
play 'staged, no prefix' "$tmp/plain" /usr/local ''
play 'in place, prefix sb-' '' "$tmp/place" sb-

report
