#!/bin/sh
# rename-page.sh PREFIX < page: the page of a program that is installed as PREFIXname.
#
# make install PROGRAM_PREFIX=sb- calls it for every page, so that `man sb-tcpecho`
# speaks of sb-tcpecho. What changes is what a reader would type: the names of this
# suite's programs in .Dt, .Nm and .Xr, and as commands of the EXAMPLES. What stays is
# what programs print, since they do not know what they are called, and pages that are
# about no program (sockets(7)): only their references change.
#
# The programs are those that have a page of section 1 or 8 in man/, next to etc/.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: rename-page.sh prefix < page" >&2
	exit 2
fi
case $1 in
*[!A-Za-z0-9._+-]*)
	echo "rename-page.sh: \"$1\": a prefix has letters, digits and . _ + - only" >&2
	exit 2
	;;
esac

names=
for page in "$(dirname "$0")"/../man/*.[18]; do
	name=$(basename "$page")
	names="$names ${name%.*}"
done

exec awk -v prefix="$1" -v names="$names" '
BEGIN {
	n = split(names, list, " ")
	for (i = 1; i <= n; i++) {
		ours[list[i]] = 1
		ours[toupper(list[i])] = 2
	}
}

# The words of a macro line after Nm, Xr and Dt.
function rename_macros(    i, out) {
	out = $1
	for (i = 2; i <= NF; i++) {
		if ($(i - 1) ~ /^\.?(Nm|Xr)$/ && ours[$i] == 1)
			out = out " " prefix $i
		else if ($(i - 1) == ".Dt" && ours[$i] == 2)
			out = out " " toupper(prefix) $i
		else
			out = out " " $i
	}
	return out
}

# Programs where a command begins: first, behind an operator, behind an assignment.
function rename_command(s,    i, words, count, out) {
	count = split(s, words, " ")
	out = words[1]
	for (i = 2; i <= count; i++)
		if (ours[words[i]] == 1 && words[i - 1] ~ /^([$|&;({!]+|if|while|until|then|do|else|exec|time|env|[A-Z_]+=.*)$|;$/)
			out = out " " prefix words[i]
		else
			out = out " " words[i]
	return out
}

/^\.(Dt|Nm|Xr)( |$)/ || /^\..* Xr / || /^\..* Nm / {
	print rename_macros()
	next
}

/^\.Dl \$ / {
	print ".Dl " rename_command(substr($0, 5))
	next
}

/^\$ / {
	print rename_command($0)
	next
}

{
	print
}'
