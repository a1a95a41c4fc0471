#!/bin/sh
# Begin a program of one's own: `make start-NAME` copies the sources of NAME into mine/NAME
# with the work taken out. usage: start.sh NAME FILE.c... ; MINE is another place than mine
#
# A function under a comment "exercise: WORDS" keeps its head and loses its body; all
# else stays, options and page included. So the start is as new as the sources are, it
# compiles, and it fails the suite of NAME.
set -eu

name=$1
shift
to=${MINE:-mine}/$name
root=../..
[ "${MINE:-mine}" = mine ] || root=$PWD

if [ -e "$to" ]; then
	echo "$to is there already, and is left as it is; to begin anew, move it away first" >&2
	exit 1
fi
grep -lq '^/\* exercise: ' "$@" || {
	echo "$name: no exercise is marked in it" >&2
	exit 1
}
mkdir -p "$to.new"
trap 'rm -rf "$to.new"' EXIT

# Includes of the program's own headers become those of the copy.
for file in "$@" "${1%/*}"/*.h; do
	case $file in servers/*.h | clients/*.h) [ "${1%/*/*}" = "${file%/*/*}" ] || continue ;; esac
	[ -f "$file" ] || continue
	sed -E 's|^#include "(servers\|clients)/.*/([^/]*)"|#include "\2"|' "$file" | awk '
		/^\/\* exercise: / {
			words = $0
			sub(/^\/\* exercise: */, "", words)
			while (words !~ /\*\/$/) {
				getline
				words = words "\n\t" $0
			}
			awaited = 1
			next
		}
		awaited == 1 { kind = $0; awaited = 2 }
		awaited == 2 && /^{$/ {
			print "{"
			print "\t/* Yours: " words
			if (kind ~ /\*$/) print "\treturn NULL;"
			else if (kind ~ /bool$/) print "\treturn false;"
			else if (kind ~ /int$/) print "\treturn -1;"
			else if (kind !~ /void$/) print "\treturn 0;"
			awaited = 3
			next
		}
		awaited == 3 { if (/^}$/) awaited = 0; else next }
		{ print }
	' >"$to.new/${file##*/}"
done

cat >"$to.new/Makefile" <<END
# Yours: what is to be written stands in the functions that say "Yours:".
#
#	make          build $name here; the rest of the house is taken from $root
#	make check    grade it

all:
	\$(MAKE) -C $root ${MINE:+MINE=$MINE }$to/$name

check: all
	\$(MAKE) -C $root check-$name SUT=$to/$name

.PHONY: all check
END
mv "$to.new" "$to"
echo "$to: look for \"Yours:\" in"
grep -l '/\* Yours: ' "$to"/*.c | sed 's/^/	/'
echo "build it: make -C $to; grade it: make -C $to check"
