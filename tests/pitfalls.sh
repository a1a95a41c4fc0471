#!/bin/sh
# pitfalls.sh: each broken server of tests/pitfalls is caught by the check that it names.
#
# The failure it guards: a check that cannot fail. A file's head says which check of
# tests/e2e catches it (`Caught by:`). That check must fail for it and pass for the
# server without a mistake, none.c; and the broken server must pass another check
# (silence_is_answered_by_silence, or the one of `But for that:`), so that it is
# known to be caught for its mistake and not because it does not run at all.
#
# What is wrong with datagrams, in a server or a client, or with commands (`Suite: rcmdd`),
# names its suite; there the program without a mistake is the suite's own, such as udpecho.
# For messages over a stream (`Suite: messages`) it is framed.c.
#
# usage: pitfalls.sh [NAME...]. BUILD has the test programs; a server that is not built, or
# is older than its source, is built here, by CC.
set -eu
export LC_ALL=C

cd "$(dirname "$0")/.."
BUILD=${BUILD:-build} BIN=${BIN:-bin}
export BIN
programs=$BUILD/pitfalls
for suite in tcpechod udpechod udpecho tftp messages rcmdd httpd; do
	[ -x "$BUILD/tests/e2e_$suite" ] || {
		echo "pitfalls.sh: no $BUILD/tests/e2e_$suite; run make tests first" >&2
		exit 2
	}
done

. tests/report.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/pitfalls.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# ---- the programs ----

parts() { # parts NAME: of what else it is made
	case $(suite_of "$1") in
	rcmdd) echo tests/pitfalls/right_command.c protocol/command.c protocol/frame.c protocol/pack.c common/digest.c -lnettle ;;
	tftp) echo tests/pitfalls/right_tftp.c ;;
	httpd) echo tests/pitfalls/right_http.c ;;
	*) [ "$1" != framed ] || echo protocol/frame.c protocol/pack.c ;;
	esac
}

# shellcheck disable=SC2046 # several files
build() { # build NAME
	mkdir -p "$programs"
	[ -z "$(find "tests/pitfalls/$1.c" tests/pitfalls/right*.[ch] -newer "$programs/$1" 2>&1)" ] ||
		${CC:-cc} -std=c11 -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_GNU_SOURCE \
			-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -O2 -U_FORTIFY_SOURCE \
			-D_FORTIFY_SOURCE=2 -o "$programs/$1" "tests/pitfalls/$1.c" tests/pitfalls/right.c \
			$(parts "$1")
}

head_says() { # head_says NAME KEY
	sed -n "/\*\//q; s/^ \* $2: *//p" "tests/pitfalls/$1.c"
}

suite_of() { # suite_of NAME
	suite=$(head_says "$1" Suite)
	echo "${suite:-tcpechod}"
}

# ---- the checks ----

# grade PROGRAM SUITE CHECK FILE: 0 if it passes, 1 if it fails, 2 if it was not tried.
grade() {
	SUT=$1 CK_RUN_CASE=$3 timeout -k 5 60 "$BUILD/tests/e2e_$2" >"$4" 2>&1 </dev/null || :
	shift
	if grep -q '^100%: Checks: 1,' "$3"; then
		return 0
	elif grep -q '^0%: Checks: 1, Failures: 1,' "$3"; then
		return 1
	fi
	return 2
}

reason() { # reason FILE: what the failed check has seen, and the server's last words
	sed -n '/:[FE]:/{ s/.*[FE]:[a-z0-9_]*:[a-z0-9_]*:[0-9]*: *//; s/^[^ ]*\.c:[0-9]*: //; p; q; }' "$1"
	awk '/^-- stderr of/ { on = 1; next } /^(skipped: |lost [0-9]|points: |[0-9]+ checks were)/ { on = 0 } on && NF { last = $0 }
		END { if (last != "") print "(it said: " last ")" }' "$1"
}

# One broken server, to the end; its result goes to a file, for they run all at once.
try() { # try NAME
	caught_by=$(head_says "$1" 'Caught by')
	otherwise=$(head_says "$1" 'But for that')
	suite=$(suite_of "$1")
	case $suite in
	tcpechod) otherwise=${otherwise:-silence_is_answered_by_silence} ;;
	messages) otherwise=${otherwise:-one_message} ;;
	rcmdd) otherwise=${otherwise:-status_of_a_command} ;;
	httpd) otherwise=${otherwise:-keeps_the_connection} ;;
	*) otherwise=${otherwise:-datagram_comes_back} ;;
	esac
	other=0 caught=0
	grade "$programs/$1" "$suite" "$otherwise" "$tmp/$1.other" || other=$?
	grade "$programs/$1" "$suite" "$caught_by" "$tmp/$1.caught" || caught=$?
	case $other$caught in
	01) echo "ok $1: $caught_by: $(reason "$tmp/$1.caught" | tr '\n' ' ')" ;;
	00) echo "not_ok $1: $caught_by has not caught it" ;;
	0*) echo "not_ok $1: $caught_by was not tried: $(tail -n 1 "$tmp/$1.caught")" ;;
	*) echo "not_ok $1: fails $otherwise as well: $(reason "$tmp/$1.other")" ;;
	esac >"$tmp/$1.result"
}

# pitfalls(7) has an entry for it, which names the same check.
described() { # described NAME
	sed -n "/^\.It Cm $1\$/,/^\.Pq Li/p" man/pitfalls.7 | tail -n 1 |
		grep -qx "\.Pq Li $(head_says "$1" 'Caught by')"
}

# What a machine can lack, so that a mistake goes without punishment.
excuse() { # excuse NAME
	case $1 in
	*reuse*)
		# Too many TIME_WAITs lately: the kernel keeps no more of them.
		[ "$(time_waits_lost)" = "$lost" ] || echo 'the kernel keeps no more TIME_WAITs now'
		;;
	select-overflow)
		grep -h '^skipped: more_clients' "$tmp/$1.caught" || :
		;;
	esac
}

time_waits_lost() {
	awk '/^TcpExt:/ { if (!n++) split($0, names); else for (i in names)
		if (names[i] == "TCPTimeWaitOverflow") print $i }' /proc/net/netstat 2>/dev/null
}

judge() { # judge NAME
	read -r verdict words <"$tmp/$1.result"
	why=$(excuse "$1")
	case $verdict$why in
	not_ok?*) skip "$1: $why" ;;
	*) "$verdict" "${words% }" ;;
	esac
}

# ---- all of it ----

lost=$(time_waits_lost)
[ $# -gt 0 ] || for file in tests/pitfalls/*.c; do
	name=$(basename "$file" .c)
	case $name in none | framed | right*) ;; *) set -- "$@" "$name" ;; esac
done

for name in none framed "$@"; do
	build "$name"
done

# Most wait more than they work, and may wait all at once. Those that are caught by the
# work they do are tried alone, so that each can be seen to do it.
alone=
for name; do
	case $(head_says "$name" 'Caught by') in
	no_work_when_idle | more_clients_than_select_holds | five_thousand_short_visits) alone="$alone $name" ;;
	*) try "$name" & ;;
	esac
done
wait
for name in $alone; do
	try "$name"
done
for check in $(for name; do echo "$(suite_of "$name"):$(head_says "$name" 'Caught by')"; done | sort -u); do
	suite=${check%%:*} check=${check#*:}
	case $suite in
	tcpechod) right=none path=$programs/none ;;
	messages) right=framed path=$programs/framed ;;
	*) right=$suite path=$BIN/$suite ;;
	esac
	if grade "$path" "$suite" "$check" "$tmp/none"; then
		ok "$right: $check"
	elif [ "$check" = more_clients_than_select_holds ] && grep -q "^skipped: $check" "$tmp/none"; then
		skip "$right: $check: $(sed -n "s/^skipped: $check: //p" "$tmp/none")"
	else
		not_ok "$right: $check: $(reason "$tmp/none")"
	fi
done
for name; do
	judge "$name"
	described "$name" || not_ok "$name: pitfalls(7) does not tell of it"
done

report
