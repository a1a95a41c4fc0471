#!/bin/sh
# Everything that can be seen without running: format, both compilers, analysers,
# manual pages, scripts, and the house's own rules. The last line is
# "N passed, N failed, N skipped". A missing tool is a skip that is said.
set -u

cd "$(dirname "$0")/.." || exit 1
. tests/report.sh
sources=$(git ls-files '*.c' '*.h')
code=$(git ls-files 'common/*.c' 'protocol/*.c' 'link/*.c' 'servers/*.c' 'clients/*.c')
defines='-std=c11 -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700'
warnings='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror'

# check NAME TOOL COMMAND...: run it; anything printed on failure is shown
check() {
	name=$1 tool=$2
	shift 2
	if ! command -v "$tool" >/dev/null 2>&1; then
		skip "$name: no $tool here (sh etc/deps.sh test installs it)"
	elif said=$("$@" 2>&1); then
		ok "$name"
	else
		echo "$said"
		not_ok "$name"
	fi
}

# shellcheck disable=SC2086
compile() {
	for file in $code; do
		"$@" $defines $warnings -O2 -c -o /dev/null "$file" || return 1
		"$@" $defines $warnings -O2 -DPORTABLE -c -o /dev/null "$file" || return 1
	done
}

# One file a process, and one process a processor: with several files version 14 mistakes
# every va_list for uninitialised.
# shellcheck disable=SC2016,SC2086
tidy() {
	printf '%s\n' $code |
		xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" \
			sh -c 'clang-tidy --quiet "$2" -- $1 2>/dev/null' tidy "$defines"
}

# shellcheck disable=SC2086
cpp_check() {
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --error-exitcode=1 -I. \
		-D_POSIX_C_SOURCE=200809L $code
}

# shellcheck disable=SC2086
# protocol/ is pure and knows nobody; common/ knows nobody above it; one place forks and accepts.
house_rules() {
	status=0
	if grep -n '#include "\(protocol\|link\|servers\|clients\)/' common/*.[ch] ||
		grep -n '#include "\(common\|link\|servers\|clients\)/' protocol/*.[ch] ||
		grep -n '#include "\(servers\|clients\)/' link/*.[ch]; then
		echo 'an #include points the wrong way'
		status=1
	fi
	if grep -nE '\b(printf|fprintf|exit|malloc|read|write|send|recv|fopen)\(' protocol/*.c; then
		echo 'protocol/ does I/O, allocates or exits'
		status=1
	fi
	if grep -nE '\b(atoi|atol|strcpy|strcat|sprintf|gets)\(' $code; then
		echo 'an unbounded or unchecked call'
		status=1
	fi
	if grep -nE '(^|[^_a-z])(accept|accept4|listen|fork|_Fork)\(' servers/*.c servers/*/*.c clients/*.c clients/*/*.c link/*.c; then
		echo 'only common/ calls accept, listen and fork'
		status=1
	fi
	for file in $sources; do
		lines=$(wc -l <"$file")
		[ "$lines" -le 400 ] || { echo "$file: $lines lines"; status=1; }
	done
	return $status
}

# shellcheck disable=SC2086
check format clang-format clang-format --dry-run --Werror $sources
check gcc gcc compile gcc
check clang clang compile clang
check clang-tidy clang-tidy tidy
check cppcheck cppcheck cpp_check
check house-rules grep house_rules
# shellcheck disable=SC2046
check shellcheck shellcheck shellcheck -s sh $(git ls-files '*.sh' clients/switchboard .ci/run)
for page in man/*.[1578]; do
	check "$page" mandoc mandoc -T lint -W warning "$page"
done

report
