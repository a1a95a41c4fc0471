# demo.sh: the part of lab.sh that plays demos: those of the lab, and small ones which
# hold a rule of the lab files each, and of each rule what breaks it.
#
# The failure it guards: a demo that goes wrong and is called right.
#
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables of lab.sh

demos() {
	lab demo
	check 'the demos go as their texts say' gives 0 'tcpechod: .* all as the text says' \
		'^  tcpechod\[[0-9]*\]| talk' '^  HELLO LSJ'
	check 'no line is wider than a terminal' test -z "$(awk 'length($0) > 80' "$tmp/out")"
	check 'without a terminal there is no colour' test -z "$(tr -cd '\033' <"$tmp/out")"
	check 'a demo leaves nothing' nothing_left
	lab -q demo
	check 'demo -q says nothing if all is well' test "$status$(cat "$tmp/out" "$tmp/err")" = 0
	mv "$tmp/lab/tcpechod" "$tmp/tcpechod"
	sed 's/13 bytes in, 13 bytes out/14 bytes in, 13 bytes out/' "$tmp/tcpechod" >"$tmp/lab/tcpechod"
	SWITCHBOARD_WAIT=2 lab demo
	check 'a wrong line of the server: what was expected and what came' gives 1 \
		'^- tcpechod\[[0-9]*\]| talk    14 bytes' '^+ tcpechod\[[0-9]*\]| talk    13 bytes'
	check 'a demo that failed leaves nothing' nothing_left
	rm "$tmp/lab/tcpechod"
	colours
}

colours() {
	if ! command -v script >/dev/null 2>&1; then
		skip 'colours: no script(1) to give us a terminal'
		return
	fi
	printf '  $ echo one\n  one\n' | demo_file
	for plain in '' 1; do
		env NO_COLOR="$plain" TERM=xterm SWITCHBOARD_BIN="$tmp/bin" SWITCHBOARD_LAB="$tmp/lab" \
			script -qec "$bin/switchboard demo trial" /dev/null </dev/null >"$tmp/out" 2>"$tmp/err"
		escapes=$(tr -cd '\033' <"$tmp/out" | wc -c)
		case $plain in
		'') check 'a terminal gets colours' test "$escapes" -gt 0 ;;
		1) check 'but not with NO_COLOR' test "$escapes" -eq 0 ;;
		esac
	done
}

# What switchboard(1) shows as a whole lab file is one.
manual() {
	sed -n '/^# A program that repeats/,/^\.Ed/p' man/switchboard.1 |
		sed -e '/^\.Ed/d' -e 's/\\\*(Gt/>/g' >"$tmp/lab/tcpechod"
	lab demo
	check 'the lab file in the manual' gives 0 '^  anna| is anybody there' 'all as the text says'
	check 'the lab file in the manual leaves nothing' nothing_left
	rm "$tmp/lab/tcpechod"
}

# trial STATUS NAME [PATTERN...]: play standard input; the demo ends with STATUS.
trial() {
	demo_file
	wanted_status=$1 title=$2
	shift 2
	case $wanted_status in 0) SWITCHBOARD_WAIT=10 ;; *) SWITCHBOARD_WAIT=3 ;; esac
	export SWITCHBOARD_WAIT
	lab demo trial
	unset SWITCHBOARD_WAIT
	check "transcript: $title" gives "$wanted_status" "$@"
	nothing_left || not_ok "transcript: $title: leaves something"
}

transcripts() {
	trial 0 'output and status as told' <<-'END'
		Prose.

		  $ echo one; echo two >&2; exit 3
		  one
		  two
		  [exit 3]
	END
	trial 1 'another line' '^- two' '^+ zwei' <<-'END'
		  $ echo one; echo zwei
		  one
		  two
	END
	trial 1 'another order' '^- two' '^+ two' <<-'END'
		  $ echo one; echo two
		  two
		  one
	END
	trial 1 'a line too few' '^- two' <<-'END'
		  $ echo one
		  one
		  two
	END
	trial 1 'a line too many' '^+ two' <<-'END'
		  $ echo one; echo two
		  one
	END
	trial 1 'a status that was not expected' '^+ \[exit 3\]' <<-'END'
		  $ exit 3
	END
	trial 1 'a status that did not come' '^- \[exit 3\]' <<-'END'
		  $ true
		  [exit 3]
	END
	trial 0 'a number is learnt, shown and compared' '^  \$ echo 42 again$' '^It was 42\.$' <<-'END'
		  $ echo pid 42
		  pid $pid
		  $ echo $pid again
		  $pid again
		It was $pid.
	END
	trial 1 'another number' '^- again 42' '^+ again 43' <<-'END'
		  $ echo pid 42
		  pid $pid
		  $ echo again 43
		  again $pid
	END
	trial 0 'digits, decimals, anything, any lines, perhaps a line' <<-'END'
		  $ echo "12 a 0.5 <b> c"; echo x; echo y; echo z
		  $n a $s [...] c
		  ? perhaps
		  [...]
		  z
	END
	trial 1 'digits that are none' <<-'END'
		  $ echo x
		  $n
	END
	windows
}

windows() {
	trial 0 'windows: typed, answered, ended, in any order of two' '^  anna> hello' <<-'END'
		  anna$ sed -u s/^/heard:/
		  ben$ cat
		  anna> hello
		  anna| heard:hello
		  ben> hi
		  ben| hi
		  anna> ^D
		  $ kill $ben
		  anna| [exit 0]
		  ben| [exit 143]
	END
	trial 1 'windows: a line that the text does not have' '^+ anna| hello' <<-'END'
		  anna$ cat
		  anna> hello
		  anna> ^D
		  anna| [exit 0]
	END
	trial 1 'windows: a wait is bounded' '^- anna| hello' 'nothing came' <<-'END'
		  anna$ sleep 600
		  anna| hello

		  $ echo this is not played
	END
	trial 1 'a command that hangs' 'nothing came' <<-'END'
		  $ sleep 600 & sleep 601
	END
	printf '#!/bin/sh\necho $$ >"%s/pid"\nexec "%s/switchboard" "$@"\n' "$tmp" "$bin" >"$tmp/interrupted"
	chmod 755 "$tmp/interrupted"
	cat >"$tmp/transcript" <<-'END'
		  $ tcpechod -p 0 &
		  [...]
		  tcpechod| listening on tcp 127.0.0.1:$P
		  anna$ tcpecho -p $P 127.0.0.1
		  $ kill -INT $(cat "$TMPDIR/pid"); sleep 600
	END
	switchboard=$tmp/interrupted
	trial 130 'interrupted, it leaves nothing' '^  anna\$' <"$tmp/transcript"
	switchboard=''
}
