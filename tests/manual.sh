#!/bin/sh
# manual.sh: the pages under man/ tell the truth.
#
# The failure it guards: a manual that was right when it was written. An option
# that the program no longer knows, one letter with two meanings in two programs, an
# example that does not work when it is typed, a function that has moved.
#
# How EXAMPLES are read. In `.Bd -literal` blocks and `.Dl` lines
#   $ command         is run, in order, in one shell and a private directory
#   (lines below it)  are what it prints, both outputs together
#   $ command &       goes to the background; the lines below are awaited, others
#                     may stand between them; it is ended with the page
#   $ command <<'END' goes on, up to a line that is END
#   > text            below a command: that line is typed at its prompt, on a terminal
#   [...]             anything: within a line, or alone for any number of lines
# A command must succeed unless the next one is `echo $?`. Port 7007 becomes a free
# one; 432NN and 42NN stand for any port and process id, 0.000 s for any time. Blocks
# without a `$` line are not commands. The work is done by the files in tests/manual/.
set -eu
export LC_ALL=C NO_COLOR=1

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
man=${MAN:-man}
bin=$(cd "${BIN:-bin}" 2>/dev/null && pwd) || {
	echo "manual.sh: ${BIN:-bin}: no programs there; run make first" >&2
	exit 2
}
build=$root/${BUILD:-build}
case ${BUILD:-} in /*) build=$BUILD ;; esac
tools=$root/tests/manual
page_seconds=180 # bound for the examples of one page

# Pages of other packages that ours may point to; sections 2 and 3 are the system's.
foreign=' epoll.7 pthreads.7 init.1 nc.1 ncat.1 ping.8 socat.1 sh.1 talk.1 tcpdump.8 ss.8 inetd.8 ip.7 tcp.7 unix.7 udp.7 systemd.socket.5 ssh.1 rsh.1 env.1 timeout.1 find.1 tar.1 setsid.1 ps.1 htpasswd.1 openssl.1 '

. tests/report.sh
. tests/ready.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/manual.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

check() { # check NAME: what is against it stands in $tmp/reason
	check_empty "$tmp/reason" "$1"
}

# ---- what every page owes ----

check_lint() {
	if ! command -v mandoc >/dev/null 2>&1; then
		skip "$name: lint (no mandoc)"
		return
	fi
	mandoc -T lint -W warning "$page" >"$tmp/reason" 2>&1 || true
	check "$name: mandoc finds nothing"
}

# References lead to a page of ours, to the system's calls, or to a package named above.
check_references() {
	sed -n 's/^\..*Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$page" | sort -u |
		while read -r to section; do
			case $section$foreign in
			[23]*) ;;
			*" $to.$section "*) ;;
			*) [ -e "$man/$to.$section" ] || echo "$to($section) does not exist" ;;
			esac
		done >"$tmp/reason"
	check "$name: each reference leads somewhere"
}

# A table of conformance ends its rows in FILE:TEST, which must be there.
check_tests() {
	sed -n 's/^\.It .* Ta Li \([a-z0-9_]*\):\([a-z0-9_]*\)$/\1 \2/p' "$page" | sort -u |
		while read -r file test; do
			grep -qs "^START_TEST($test)" "tests/unit/$file.c" "tests/e2e/$file.c" ||
				echo "$file:$test: no such test"
		done >"$tmp/reason"
	check "$name: each test it names is there"
}

# ---- options ----

# From `usage: NAME [-hv] [-b backlog] …` and `-b backlog  text` lines: as options.awk.
read_help() {
	"$program" -h </dev/null >"$tmp/help" 2>"$tmp/help.err" || true
	awk -f "$tools/help.awk" "$tmp/help" >"$tmp/help.list"
}

letters_of() { # letters_of KIND FILE: "b backlog" lines, sorted
	sed -n "s/^$1 //p" "$2" | cut -d '	' -f 1 | LC_ALL=C sort -u
}

check_options() {
	awk -f "$tools/options.awk" "$page" >"$tmp/page.list"
	letters_of synopsis "$tmp/page.list" >"$tmp/synopsis"
	for kind in list usage help; do
		source=$tmp/help.list what="-h ($kind)"
		[ "$kind" = list ] && source=$tmp/page.list what='the list of options'
		letters_of "$kind" "$source" >"$tmp/other"
		[ -s "$tmp/other" ] || echo "no options found" >>"$tmp/other"
		diff "$tmp/synopsis" "$tmp/other" >"$tmp/reason" || true
		check "$name: SYNOPSIS has the options of $what"
	done
}

# Every letter of -h is taken, and no other is. The -h behind it keeps this harmless.
check_letters() {
	: >"$tmp/reason"
	for letter in 0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z \
		A B C D E F G H I J K L M N O P Q R S T U V W X Y Z; do
		argument=$(sed -n "s/^help $letter \([^	]*\).*/1/p" "$tmp/help.list")
		known=$(grep -c "^help ${letter}[ 	]" "$tmp/help.list") || true
		status=0
		# shellcheck disable=SC2086 # no argument is no word
		timeout 20 "$program" "-$letter" $argument -h </dev/null >"$tmp/out" 2>&1 || status=$?
		refused=$(grep -ci 'unknown option' "$tmp/out") || true
		case $known/$refused/$status in
		0/[1-9]*/2) ;;
		[1-9]*/0/[02]) ;;
		*) echo "-$letter: in -h: $known, refused: $refused, status $status" >>"$tmp/reason" ;;
		esac
	done
	check "$name: takes the letters of -h and no others"
}

# Letters of the common alphabet mean the same everywhere: the same text in every -h.
# Datagram servers have an alphabet of their own: no clients, no connections. Those that
# begin a child for each request (they receive, and have -C) have both.
remember_meanings() {
	set -- "$1$(sed -n 's/^help g group.*/-udp/p' "$tmp/help.list")"
	if grep -q '^help l .*receive' "$tmp/help.list" && grep -q '^help C ' "$tmp/help.list"; then
		set -- "$1-calls"
	fi
	sed -n 's/^help \(.\)[^	]*	\(.*\)/\1	\2/p' "$tmp/help.list" |
		sed "s/^/$1	$name	/" >>"$tmp/meanings"
}

# Where one letter has two texts among the programs of a KIND: 8 the servers, 8-udp those
# of datagrams, 1 the clients, * all. The defaults, in parentheses, may differ.
find_other_meanings() { # find_other_meanings KIND LETTERS
	for letter in $2; do
		awk -F '	' -v kind="$1" -v letter="$letter" '
			{ sub(/ \([^)]*\)$/, "", $4) }
			(kind == "*" || $1 == kind) && $3 == letter {
				if (text == "") { text = $4; first = $2 }
				else if ($4 != text)
					printf "-%s: %s: %s; %s: %s\n", letter, first, text, $2, $4
			}' "$tmp/meanings"
	done
}

# switchboard(1) talks to nobody: what it says more with -v is no step of a conversation.
check_meanings() {
	sed '/	switchboard\.1	v	/d' "$tmp/meanings" >"$tmp/meanings.new"
	mv "$tmp/meanings.new" "$tmp/meanings"
	{
		find_other_meanings 8 '1 b C c D i l m p T t u'
		find_other_meanings 8-udp 'D g i l p r t u'
		find_other_meanings 8-calls '1 C c D i l p r T t u'
		find_other_meanings 1 'p t'
		find_other_meanings '*' '4 6 h q V v x'
	} >"$tmp/reason"
	check "$(cut -f 2 "$tmp/meanings" | sort -u | grep -c .) programs: a shared letter has one meaning"
}

# ---- examples ----

# Processes that the page started and that are still there; only Linux tells.
left_running() {
	grep -ls "MANUAL_RUN=$tmp" /proc/[0-9]*/environ 2>/dev/null | sed 's/[^0-9]//g'
}

check_nothing_left() {
	[ -r /proc/self/environ ] || return 0
	n=0
	while [ -n "$(left_running)" ] && [ "$n" -lt 100 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	for pid in $(left_running); do
		{ tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null || continue # it has ended
		echo "(pid $pid)"
		kill -KILL "$pid" 2>/dev/null || true
	done >"$tmp/reason"
	check "$name: the examples leave nothing running"
}

check_examples() {
	steps=$tmp/steps.$name work=$tmp/work.$name
	mkdir -p "$steps" "$work/run"
	chmod 711 "$tmp" "$work" # a server that was root reads files here as another user
	chmod 700 "$work/run"
	awk -v dir="$steps" -f "$tools/extract.awk" "$page" >"$tmp/reason"
	[ ! -s "$tmp/reason" ] || check "$name: EXAMPLES can be read"
	if [ -z "$(ls "$steps")" ]; then
		[ "$program" = none ] || not_ok "$name: no command in EXAMPLES"
		return
	fi
	find_port "$bin/tcpechod" || {
		not_ok "$name: no free port found"
		return
	}
	(
		cd "$work"
		unset LISTEN_FDS LISTEN_PID
		MANUAL_RUN=$tmp PATH=$bin:$build/pitfalls:$PATH SWITCHBOARD_PITFALLS=$build/pitfalls \
			SWITCHBOARD_LAB=$root/etc/lab HOME=$work TMPDIR=$work XDG_RUNTIME_DIR=$work/run \
			SWITCHBOARD_PORT=0 timeout -k 10 "$page_seconds" \
			sh "$tools/examples.sh" "$name" "$steps" "$port"
	) >"$tmp/examples" 2>&1 ||
		echo "not ok status $? (124: too slow) at $(cat "$steps/at")" >>"$tmp/examples"
	cat "$tmp/examples"
	count_results "$tmp/examples"
	check_nothing_left
}

# ---- the places that a page of section 7 names ----

check_places() {
	awk -f "$tools/places.awk" "$page" | sort -u >"$tmp/places"
	grep -q . "$tmp/places" || return 0
	while read -r kind file function call; do
		if [ ! -e "$file" ]; then
			echo "$file does not exist"
		elif [ "$kind" != file ]; then
			awk -v function_name="$function" -v call="$call" -f "$tools/body.awk" "$file"
		fi
	done <"$tmp/places" >"$tmp/reason"
	check "$name: $(grep -c . "$tmp/places") places in the sources are where it says"
}

# The sources as one line, with the strings that the formatter has broken made whole.
join_sources() {
	find common protocol link servers clients -type f -exec cat {} + | tr -s '\n\t ' '   ' | sed 's/" "//g'
}

check_diagnostics() {
	awk -f "$tools/diagnostics.awk" "$page" >"$tmp/words"
	grep -q . "$tmp/words" || return 0
	while IFS= read -r words; do
		grep -qF -e "$words" "$tmp/sources" || echo "no program says: $words"
	done <"$tmp/words" >"$tmp/reason"
	check "$name: its diagnostics are words of the programs"
}

# ---- all of it ----

join_sources >"$tmp/sources"
: >"$tmp/meanings"
for page in "$man"/*.[1578]; do
	name=$(basename "$page")
	program=none
	check_lint
	check_references
	if grep -q '^.It .* Ta Li [a-z0-9_]*:[a-z0-9_]*$' "$page"; then
		check_tests
	fi
	case $name in
	*.[18])
		program=$bin/${name%.*}
		if [ ! -x "$program" ]; then
			not_ok "$name: there is no program $program"
			continue
		fi
		read_help
		check_options
		check_letters
		remember_meanings "${name##*.}"
		;;
	esac
	check_diagnostics
	check_places
	check_examples
done

check_meanings

for program in "$bin"/*; do
	base=$(basename "$program")
	[ -d "$program" ] || [ -e "$man/$base.1" ] || [ -e "$man/$base.8" ] ||
		grep -qx "\.It Pa $base" "$man"/*.8 || echo "$base has no page" # a helper: FILES
done >"$tmp/reason"
check "every program has a page"

report
