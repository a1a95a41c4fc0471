# check.sh: `switchboard check NAME [-f text|tsv] [COMMAND | tcp:HOST:PORT | udp:HOST:PORT]`:
# grade somebody's own NAME with the suite of ours.
# Read by clients/switchboard, whose words (say, die, bin) it uses.
#
#	text    one line a check: its points, its name, and of a failed one what was seen,
#	        the idea and the page; then the sum
#	tsv     a table for instructors, as tests/harness_grade.c makes it
#
# What it deliberately does not do: build the graders. They need the sources (make tests).
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables of switchboard

# Words and options in any order, as they come to mind: check tcpechod ./mine -f tsv.
check_arguments() {
	program='' graded=''
	while [ $# -gt 0 ]; do
		case $1 in
		-f)
			[ $# -gt 1 ] || refuse 'check: -f needs text or tsv'
			format=$2
			shift
			;;
		-f*) format=${1#-f} ;;
		-?*) refuse "check: unknown option $1" ;;
		*)
			if [ -z "$program" ]; then
				program=$1
			elif [ -z "$graded" ]; then
				graded=$1
			else
				refuse "check: one program at a time; put a command's words in quotes"
			fi
			;;
		esac
		shift
	done
	case $format in text | tsv) ;; *) refuse "check: -f: $format is neither text nor tsv" ;; esac
	case $program in '' | *[!a-z0-9]*) refuse 'check: which program?' ;; esac
}

# The graders are run from the root of the sources, so a file's name has to be whole.
check_whole_name() { # COMMAND: $graded
	case $1 in
	tcp:* | udp:*) graded=$1 ;;
	*)
		first=${1%% *} rest=${1#"${1%% *}"}
		case $first in
		/*) graded=$1 ;;
		*/*) graded=$PWD/$first$rest ;;
		*) graded=$1 ;;
		esac
		;;
	esac
}

check_show() { # TABLE: in words
	awk -F '\t' 'NR > 1 {
		earned += $4; possible += $5
		sub(/^[^ :]*:[0-9]+: /, "", $7) # the place is of use to who writes suites
		printf "%s %d/%d %s%s\n", $3, $4, $5, $2, $3 == "failed" ? ": " $7 : ""
		if ($3 == "failed") printf "\t%s\n", $6
	} END { printf "points: %d of %d\n", earned, possible }' "$1"
}

check() { # WORDS of the command line
	check_arguments "$@"
	sources=$(absolute "$here/..")
	grader=${SWITCHBOARD_TESTS:-$sources/build/tests}/e2e_$program
	[ -x "$grader" ] || die 2 "check: no grader $grader; in the sources: make tests"
	[ -n "$graded" ] || [ -x "$bin/$program" ] || refuse "check: $program: which command?"
	check_whole_name "${graded:-$bin/$program}"
	scratch=$(mktemp -d)
	table=$scratch/table output=$scratch/output
	# a table is for other programs: what the grader says meanwhile is for nobody
	(cd "$sources" && SUT=$graded GRADES=$table BIN=$bin "$grader" >"$output" 2>&1) || failed=1
	if ! [ -s "$table" ]; then
		cat "$output" >&2
		complain "check: the grader gave up"
	elif [ "$format" = tsv ]; then
		cat "$table"
	else
		check_show "$table"
	fi
}
