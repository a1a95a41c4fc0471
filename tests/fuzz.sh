#!/bin/sh
# fuzz.sh: the fuzz targets. usage: fuzz.sh [run SECONDS]
#
# Alone: each target replays its committed corpus, without clang and in a moment, so
# that what a fuzzer once found stays found. With `run`: libFuzzer works on each
# target that long. What it learns stays in $BUILD/fuzz/corpus/NAME, what breaks a
# target in $BUILD/fuzz/NAME-crash-*: mend the bug, and commit that input to
# tests/fuzz/corpus/NAME. The last line is "N passed, N failed, N skipped".
set -eu
export LC_ALL=C

cd "$(dirname "$0")/.."
build=${BUILD:-build}/fuzz
. tests/report.sh
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 1' HUP INT TERM

# judge NAME COMMAND...: ok with the last of its words that $pick finds, or all of them
judge() {
	name=$1
	shift
	if "$@" >"$out" 2>&1 && grep -q "$pick" "$out"; then
		ok "$name: $(grep "$pick" "$out" | tail -n 1)"
	else
		sed 's/^/	/' "$out"
		not_ok "$name"
	fi
}

fuzz() { # NAME SECONDS
	mkdir -p "$build/corpus/$1"
	pick='^Done'
	judge "$1" "$build/fuzz-$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=0 -verbosity=1 -artifact_prefix="$build/$1-" \
		"$build/corpus/$1" "tests/fuzz/corpus/$1"
}

for source in tests/fuzz/*.c; do
	target=$(basename "$source" .c)
	[ "$target" != replay ] || continue
	if [ "${1:-}" = run ]; then
		fuzz "$target" "${2:-10}"
	else
		pick=' runs$'
		judge "$target" "$build/replay-$target" "tests/fuzz/corpus/$target"/*
	fi
done

report
