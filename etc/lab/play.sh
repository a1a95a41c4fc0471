# play.sh: `switchboard demo`: play a transcript, and compare it with what really happens.
# Read by clients/switchboard, whose words (say, complain, built, lab_value) it uses.
#
#	transcript  ->  windows (process groups)  ->  events (one FIFO)  ->  lines expected
#
# Each wait is for an event and bounded. The lines between two commands are a block: lines
# of one process must come in order, those of different processes as they happen to, and
# all are shown in the order of the file, so that the story reads the same every time.
#
# shellcheck shell=sh
# shellcheck disable=SC2154 # variables of switchboard

newline='
'

# --- windows and their events -----------------------------------------------------

# A window is a process group: what is typed into the FIFO $3 goes to the command; each line
# that the command prints becomes the event `NAME|line`, and its pid the event `NAME@pid`. The
# FIFO is open before there is a pid: what is typed into one that nobody has open is lost.
# shellcheck disable=SC2016 # for the shell of the window
window='
	exec <>"$3"
	while IFS= read -r l && [ "$l" != "^D" ]; do printf "%s\n" "$l"; done 3>&- |
	{ (exec sh -c "echo \"$1@\$\$\" >&3; exec 3>&-; $2" 2>&1); echo "[exit $?]"; } 2>/dev/null |
	while IFS= read -r l || [ -n "$l" ]; do printf "%s|%s\n" "$1" "$l"; done >&3'

window_open() { # NAME COMMAND. The window _ is the shell's, which waits for its command.
	keys=$tmp/$1.keys
	case $1 in _) keys=/dev/null running=1 ;; *) mkfifo -m 600 "$keys" 2>/dev/null || : ;; esac
	(cd "$tmp/desk" && exec setsid sh -c "$window" window "$1" "$2" "$keys" 4<&-) &
	opening=$!
}

window_began() { # NAME PID
	windows="$windows $1:$2:$opening"
	opening=''
	learn "$1" "$2"
}

window_end() { # NAME: its command has ended, and nothing that it started may stay
	others=''
	for entry in $windows; do # NAME:PID:GROUP
		case $entry in
		"$1":*) group_kill "${entry##*:}" ;;
		*) others="$others $entry" ;;
		esac
	done
	windows=$others
	[ "$1" = _ ] || return 0
	running=''
	block_miss $((wants + 1)) ''
}

windows_close() {
	for entry in $windows; do
		entry=${entry#*:}
		kill -TERM "${entry%:*}" 2>/dev/null || :
	done
	while [ -n "$windows" ] && event_next; do
		event_take
	done
	for entry in $windows $opening $clock; do
		group_kill "${entry##*:}"
	done
}

group_kill() { # GROUP; the wait keeps the shell from telling of it
	kill -s KILL -- "-$1" 2>/dev/null || kill -s KILL "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

event_next() { # A clock writes into the FIFO as well, which bounds the wait.
	ticks=0
	while IFS= read -r event <&3; do
		[ "$event" = tick ] || return 0
		ticks=$((ticks + 1))
		[ "$ticks" -le "$patience" ] || return 1
	done
}

# event_take: in the window tcpechod `tcpechod[42]: word` becomes `tcpechod[42]| word`; any
# other line of the window anna gets `anna| ` in front; what the shell prints stays as it is.
event_take() {
	from=${event%%[|@]*}
	text=${event#"$from"?}
	case $event in "$from@"*) window_began "$from" "$text"; return ;; esac
	case $from:$text in
	_:*) line_take "$text" ;;
	"$from:$from: "*) line_take "$from| ${text#*: }" ;;
	"$from:${from}["*"]: "*) line_take "${text%%: *}| ${text#*: }" ;;
	*) line_take "$from| $text" ;;
	esac
	case $text in '[exit '*']') window_end "$from" ;; esac
}

# --- what is expected, and what comes ---------------------------------------------------

learn() { # NAME NUMBER: this is what $NAME means from now on, in all that the file says
	known="s/\\\$$1\\([^A-Za-z0-9_]\\)/$2\\1/g; s/\\\$$1\$/$2/; $known"
}

# line_fits PATTERN LINE: $n is digits, $s a decimal, [...] anything, and any other $name a
# number that is learnt here and must be the same ever after.
line_fits() {
	case $1 in *'$'[A-Za-z_]* | *'[...]'*) ;; *) [ "$1" = "$2" ]; return ;; esac
	start=${1%%'$'*} start=${start%%[[]*}
	case $2 in "$start"*) ;; *) return 1 ;; esac
	re=$(printf '%s \n' "$1" | sed "$known; s/[][\\.*^\$/]/\\\\&/g; s/\\\\\[\\\\.\\\\.\\\\.\\\\]/.*/g
		s/\\\\\$n\([^A-Za-z0-9_]\)/[0-9][0-9]*\1/g; s/\\\\\$s\([^A-Za-z0-9_]\)/[0-9][0-9.]*\1/g")
	new=''
	case $re in *'\$'[A-Za-z_]*) new=${re#*'\$'} new=${new%%[!A-Za-z0-9_]*} ;; esac
	[ -z "$new" ] || re="${re%%"\\\$$new"*}\\([0-9][0-9]*\\)${re#*"\\\$$new"}"
	value=$(printf '%s \n' "$2" | sed -n "s/^$re\\(\\)\$/=\\1/p")
	[ -n "$value" ] || return 1
	[ -z "$new" ] || learn "$new" "${value#=}"
}

# want MARK PATTERN: one more line of the block. Its mark is `open` at first, or `maybe` if
# it need not come, or `any` for any number of lines; then seen, missed or skipped.
want() {
	wants=$((wants + 1))
	mark=$1
	case $2 in '[...]' | *'| [...]') mark=any ;; esac
	eval "mark_$wants=\$mark want_$wants=\$2"
	[ "$mark" != open ] || open=$((open + 1))
}

# line_take LINE: it goes to the first expected line that it fits. The lines of one process
# come in order, so what should have come before it will not come any more.
line_take() {
	i=0 spare=''
	while i=$((i + 1)) && [ "$i" -le "$wants" ]; do
		eval "mark=\$mark_$i want=\$want_$i"
		case $mark in open | maybe | any) line_fits "$want" "$1" || continue ;; *) continue ;; esac
		source_of "$want"
		case $mark:$from:$source in
		any:_: | any:*:?*) spare=1; continue ;;
		any:*) continue ;;
		open:*) open=$((open - 1)) ;;
		esac
		eval "mark_$i=seen want_$i=\$1"
		block_miss "$i" "$source"
		block_show
		return 0
	done
	case $spare$from:$1 in
	*'[exit 0]') ;;
	1*) put ' ' "$1" ;;
	_:*) extra=$extra$1$newline ;;
	*) pending=$pending$1$newline ;;
	esac
}

source_of() { # LINE: $source is tcpechod or tcpechod[42]; for what the shell prints, nothing
	source=${1%%"| "*}
	case $source in "$1" | *' '*) source='' ;; esac
}

block_miss() { # LIMIT [SOURCE]: the lines below LIMIT (of SOURCE) will not come any more
	j=0
	while j=$((j + 1)) && [ "$j" -lt "$1" ]; do
		eval "mark=\$mark_$j want=\$want_$j"
		source_of "$want"
		case $mark:$source in
		"open:${2-$source}") open=$((open - 1)) mark=missed ;;
		"maybe:${2-$source}") mark=skipped ;;
		esac
		eval "mark_$j=\$mark"
	done
}

block_show() { # the lines of the block in its order, as far as they are decided
	while [ "$shown" -lt "$wants" ]; do
		eval "mark=\$mark_$((shown + 1)) want=\$want_$((shown + 1))"
		case $mark in
		open | maybe) return 0 ;;
		seen) put ' ' "$want" ;;
		missed)
			put - "$(printf '%s\n' "$want" | sed "$known")"
			missed="$missed $source "
			;;
		esac
		shown=$((shown + 1))
	done
}

# block_end: wait for the lines expected since the last command and for the end of that
# command; then tell what did not come, and what came instead.
block_end() {
	early=$pending pending='' from=''
	each_line "$early" line_take
	while [ "$open" -gt 0 ] || [ -n "$opening$running" ]; do
		event_next || { stuck=1; break; }
		event_take
	done
	block_miss $((wants + 1))
	block_show
	early=$pending pending=''
	each_line "$early" block_blame
	each_line "$extra" put +
	lines=$((lines + wants)) wants=0 shown=0 extra='' missed=''
}

block_blame() { # LINE that has not been expected so far: is it what came instead?
	source_of "$1"
	case $stuck$missed in
	1* | *" $source "*) extra=$extra$1$newline ;;
	*) pending=$pending$1$newline ;;
	esac
}

each_line() { # ROWS COMMAND...
	rows=$1
	shift
	while [ -n "$rows" ]; do
		row=${rows%%"$newline"*}
		rows=${rows#*"$newline"}
		"$@" "$row"
	done
}

# put MARK LINE: ` ` as expected, `-` did not come, `+` came unexpected, `$` is typed. What
# is too long for 80 columns goes on below.
put() {
	mark=$1 colour=''
	source_of "$2"
	case $mark:$source in
	[-+]:*) colour=$red differences=$((differences + 1)) ;;
	'$':*) colour=$bold mark=' ' ;;
	*:?*) colour=$cyan ;;
	esac
	[ -z "$quiet" ] || [ "$mark" != ' ' ] || return 0
	printf '%s\n' "$2" | fold -s -w 76 |
		sed "s/ *\$//; 1s/^/$colour$mark /; 1!s/^/$colour      /; s/\$/${colour:+$plain}/"
}

# --- the transcript ---------------------------------------------------------------------

demo() {
	export PATH LC_ALL=C.UTF-8 lab handlers
	path=$PATH handlers_built=$handlers pitfalls=$bin/../build/pitfalls # in the source tree; else there are none
	[ -z "${SWITCHBOARD_PITFALLS:-}" ] || pitfalls=$(absolute "$SWITCHBOARD_PITFALLS")
	colours
	for name in $names; do
		if lab_has_demo "$name" && { ! lab_is_program "$name" || built "$name"; }; then
			demo_play
			demo_clear
		fi
	done
}

lab_has_demo() { # NAME
	sed '1,/^$/d' "$lab/$1" | grep -q '^  [a-z0-9]*\$ '
}

colours() { # only for eyes
	bold='' cyan='' red='' plain=''
	[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ] || return 0
	esc=$(printf '\033[')
	bold=${esc}1m cyan=${esc}36m red=${esc}31m plain=${esc}0m
}

demo_play() { # of $name
	known='' windows='' opening='' running='' clock='' stuck='' pending='' extra='' missed=''
	open=0 wants=0 shown=0 commands=0 lines=0 differences=0
	title="$name: $(lab_value "$name" about)"
	say "$bold$title$newline$(printf '%s\n' "$title" | sed 's/./=/g')$plain$newline"
	demo_stage
	PATH=$tmp/bin:$bin:$sbin:$pitfalls:$path
	sed '1,/^$/d' "$lab/$name" >"$tmp/transcript"
	while [ -z "$stuck" ] && IFS= read -r step <&4; do
		demo_step "$step"
	done 4<"$tmp/transcript"
	block_end
	each_line "$pending" put +
	demo_verdict
}

demo_stage() { # a private place, the programs by their plain names, events, and the clock
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/switchboard.XXXXXX")
	mkdir "$tmp/desk" "$tmp/bin"
	for file in ${prefix:+"$bin/$prefix"* "$sbin/$prefix"*}; do
		ln -sf "$file" "$tmp/bin/${file##*/"$prefix"}"
	done
	[ "$uid" != 0 ] || demo_stage_for_nobody
	mkfifo -m 600 "$tmp/events"
	exec 3<>"$tmp/events"
	setsid sh -c 'while sleep 1; do echo tick; done' >&3 3>&- 4<&- &
	clock=$!
}

# The superuser's servers become nobody, who starts programs by their paths: so they lie where
# he may go, which the sources need not do. The FIFOs stay out of his reach.
demo_stage_for_nobody() {
	chmod 711 "$tmp"
	for file in "$sbin/$prefix$name" "$sbin/$prefix$name"-*; do
		[ ! -f "$file" ] || { rm -f "$tmp/bin/${file##*/"$prefix"}"; cp "$file" "$tmp/bin/${file##*/"$prefix"}"; }
	done
	[ ! -d "$handlers_built" ] || cp -R "$handlers_built" "$tmp/handlers"
	handlers=$tmp/handlers
}

demo_clear() {
	windows_close
	exec 3>&-
	rm -rf "$tmp"
	tmp=''
}

# demo_step LINE of the transcript. What begins with two blanks is typed or expected, all
# else is prose.
demo_step() {
	words=${1#"  "}
	speaker=${words%%[!a-z0-9]*}
	case $1 in
	'  $ '*) demo_type "$1"; demo_shell "${told#????}" ;;
	"  $speaker\$ "*) demo_type "$1"; window_open "$speaker" "exec ${told#*\$ }" ;;
	"  $speaker> "*) demo_type "$1"; printf '%s\n' "${told#*> }" 1<>"$tmp/$speaker.keys" ;;
	'  ? '*) want maybe "${words#??}" ;;
	'  '*) want open "$words" ;;
	[0-9]*) demo_told "$1"; say "$bold$told$plain" ;;
	*) demo_told "$1"; say "$told" ;;
	esac
}

demo_told() { # LINE: $told is the line with the numbers that are known when it is its turn
	block_end
	told=$(printf '%s\n' "$1" | sed "$known")
}

demo_type() { # LINE
	demo_told "$1"
	commands=$((commands + 1))
	put '$' "${told#??}"
}

demo_shell() { # COMMAND: with an & it gets a window, which is called as the program is
	case $1 in
	*' &') window_open "${1%% *}" "exec ${1% &}" ;;
	*) window_open _ "$1" ;;
	esac
}

demo_verdict() {
	[ -z "$stuck" ] || complain "$name: nothing came for $patience s: the rest is not played"
	if [ "$differences" -eq 0 ]; then
		say "$newline$name: $commands commands, $lines lines: all as the text says."
	else
		complain "$name: differences: $differences; the text says -, this machine says +"
	fi
}
