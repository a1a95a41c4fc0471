# doctor.sh: `switchboard doctor`: what is missing on this machine, and the cure.
# Read by clients/switchboard, whose words (say, server_find, lab_value) it uses.
#
# Three verdicts: ok; warn (something will be slower, smaller or skipped); FAIL (the lab
# cannot run), which alone makes the exit status 1. It looks, and changes nothing.
#
# shellcheck shell=sh
# shellcheck disable=SC2154 # variables of switchboard

doctor() {
	doctor_tools
	doctor_programs
	doctor_ports
	doctor_kernel
	doctor_limits
	doctor_leftovers
	doctor_tests
	if [ "$failed" -eq 0 ]; then
		say 'The lab can run: switchboard demo'
	else
		say 'The lab cannot run before each FAIL is cured.'
	fi
}

verdict() { # ok|warn|FAIL WORDS [CURE]
	case $1 in
	ok) say "ok    $2" ;;
	warn) say "warn  $2"; say "      cure: $3" ;;
	FAIL) failed=1; printf 'FAIL  %s\n      cure: %s\n' "$2" "$3" ;;
	esac
}

question() { # warn|FAIL GOOD BAD CURE COMMAND...: good if the command succeeds
	severity=$1 good=$2 bad=$3 cure=$4
	shift 4
	if "$@" >/dev/null 2>&1; then
		verdict ok "$good"
	else
		verdict "$severity" "$bad" "$cure"
	fi
}

missing_of() { # COMMAND...: $missing is those that are not there
	missing=''
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
	done
}

# --- what the lab cannot do without -----------------------------------------------------

doctor_tools() {
	missing_of setsid timeout mkfifo mktemp readlink getconf awk sed fold
	question FAIL 'commands that switchboard uses' "not installed:$missing" 'sh etc/deps.sh' \
		test -z "$missing"
	question FAIL '/proc tells about processes' 'no /proc: processes cannot be told apart' \
		'sudo mount -t proc proc /proc' test -r /proc/self/stat
}

doctor_programs() {
	absent=''
	for name in $names; do
		program_find "$name" || absent="$absent $name"
	done
	question FAIL "programs:$names" "not built:$absent" "make$absent" test -z "$absent"
	[ -f "$lab/../../Makefile" ] || return 0 # installed: nothing is compiled
	for compiler in ${CC:-} cc gcc clang ''; do
		! command -v "${compiler:-/}" >/dev/null 2>&1 || break
	done
	question FAIL "compiler: $("${compiler:-:}" --version | head -n 1)" \
		'no C compiler (cc, gcc, clang)' 'sh etc/deps.sh' test -n "$compiler"
	question FAIL make 'no make' 'sh etc/deps.sh' command -v make
}

# --- ports ------------------------------------------------------------------------------

doctor_ports() {
	for name in $names; do
		for port in $(lab_value "$name" port); do # 7007/tcp
			port_check "${port%/*}" "${port#*/}"
		done
	done
}

port_check() { # PORT PROTOCOL, of $name
	inode=$(port_inode "$1" "$2")
	holder=$(port_holder "${inode:-none}")
	if [ -z "$inode" ]; then
		verdict ok "port $1/$2 is free for $name"
	elif server_find "$name" && [ "$holder" = "$pid" ]; then
		verdict ok "port $1/$2: $name is up, pid $pid"
	elif [ -n "$holder" ]; then
		verdict warn "port $1/$2 of $name is held by pid $holder ($(process_name "$holder"))" \
			"kill $holder"
	else
		verdict warn "port $1/$2 of $name is held by a process that you may not see" \
			"sudo ss -lnp 'sport = :$1'"
	fi
}

port_inode() { # PORT PROTOCOL: of the socket that waits there, over IPv4 or IPv6
	case $2 in tcp) waits=0A ;; *) waits=07 ;; esac
	cat "/proc/net/$2" "/proc/net/${2}6" 2>/dev/null |
		awk -v port="$(printf ':%04X' "$1")" -v waits="$waits" '
			$4 == waits && substr($2, length($2) - 4) == port { print $10; exit }'
}

port_holder() { # INODE: a pid that has it open, as far as we may see
	for fds in /proc/[0-9]*/fd; do
		case $(ls -l "$fds" 2>/dev/null) in
		*"socket:[$1]"*) basename "${fds%/fd}"; return ;;
		esac
	done
}

process_name() { # PID
	cat "/proc/$1/comm" 2>/dev/null || echo '?'
}

# --- what makes it slower, smaller or stranger ------------------------------------------

doctor_kernel() {
	question warn 'IPv6 loopback ::1' 'no IPv6 loopback: what needs ::1 is skipped' \
		'sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0' \
		grep -q '^0\{31\}1 .* lo$' /proc/net/if_inet6
	most=$(cat /proc/sys/net/core/somaxconn 2>/dev/null || echo 0)
	question warn "somaxconn $most: a backlog of 511 is granted" \
		"somaxconn $most: every backlog is cut to that" \
		'sudo sysctl -w net.core.somaxconn=4096' test "$most" -ge 511
}

doctor_limits() { # 512 clients: 512 processes, and 512 descriptors of a test's client
	limit_question 'open files' 'ulimit -n 4096'
	# shellcheck disable=SC2016 # for the shell of the reader
	limit_question processes 'sudo prlimit --nproc=4096 --pid $$'
}

limit_question() { # NAME CURE
	most=$(sed -n "s/^Max $1  *\([^ ]*\).*/\1/p" /proc/self/limits)
	case $most in *[!0-9]* | '') most=1000000 ;; esac
	question warn "$1: at most $most" "$1: at most $most, too few for 512 clients" "$2" \
		test "$most" -ge 1024
}

doctor_leftovers() { # servers of this suite that run, though not by `switchboard up`
	strays=''
	for stray in $(servers_running); do
		pid='' name=$(process_name "$stray")
		server_find "${name#"$prefix"}" || :
		[ "$stray" = "$pid" ] || ! kill -0 "$stray" 2>/dev/null || strays="$strays $stray"
	done
	question warn 'nothing left over from earlier runs' \
		"running, but not by \`switchboard up': pid$strays" "kill$strays" test -z "$strays"
	for name in $names; do
		found=0
		server_find "$name" || found=$?
		[ "$found" -ne 2 ] || verdict warn "$name was up, and is gone" 'switchboard down'
	done
}

servers_running() { # pids of the lab's servers, without those that are their children
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v names="$names" -v prefix="$prefix" '
		BEGIN {
			n = split(names, list)
			for (i = 1; i <= n; i++)
				ours[substr(prefix list[i], 1, 15)] # the kernel keeps no more
		}
		{
			pid = $1
			name = $0
			gsub(/^[^(]*\(|\)[^)]*$/, "", name)
			sub(/.*\) /, "")
			if (name in ours && $1 != "Z")
				parent[pid] = $2
		}
		END {
			for (pid in parent)
				if (!(parent[pid] in parent))
					print pid
		}'
}

doctor_tests() {
	missing_of clang clang-format clang-tidy cppcheck git mandoc pkg-config python3 shellcheck ss
	question warn 'tools of the tests' "not installed:$missing: some tests are skipped" \
		'sh etc/deps.sh test' test -z "$missing"
	missing_of socat nc tcpserver /usr/sbin/xinetd
	question warn 'other servers and clients to compare with' \
		"not installed:$missing: some comparisons are skipped" \
		'sh etc/deps.sh test' test -z "$missing"
	question warn 'Check, the library of the tests' 'no Check library: no tests in C' \
		'sh etc/deps.sh test' pkg-config --exists check
}
