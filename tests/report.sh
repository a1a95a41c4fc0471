# report.sh: the words in which the test scripts say what they found, and the count of
# them. Read by each with `. tests/report.sh`, from the root of the sources.
#
#	ok WORDS, not_ok WORDS, skip WORDS     one result, one line
#	check_empty FILE WORDS                 ok if the file is empty, else what is in it
#	count_results FILE                     add the results that another program has said
#	report                                 the last line; fails if anything has failed
#
# The last line, "N passed, N failed, N skipped", is what run.sh adds up.
#
# shellcheck shell=sh

passed=0 failed=0 skipped=0

ok() {
	passed=$((passed + 1))
	printf 'ok %s\n' "$*"
}

not_ok() {
	failed=$((failed + 1))
	printf 'not ok %s\n' "$*"
}

skip() {
	skipped=$((skipped + 1))
	printf 'skip %s\n' "$*"
}

check_empty() {
	reasons=$1
	shift
	if [ -s "$reasons" ]; then
		not_ok "$@"
		sed 's/^/	/' "$reasons"
	else
		ok "$@"
	fi
}

# grep fails where it counts 0, which is no failure of ours.
count_results() {
	passed=$((passed + $(grep -c '^ok ' "$1" || :)))
	failed=$((failed + $(grep -c '^not ok ' "$1" || :)))
	skipped=$((skipped + $(grep -c '^skip ' "$1" || :)))
}

report() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
