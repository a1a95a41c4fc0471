#!/bin/sh
# Print the link flags for a server: a static position-independent program where
# the tool chain can make one without a warning, else an ordinary one.
#
# A fork copies the tables of every mapping, so a server that maps one file
# instead of four forks a third faster; with its code and constants in one mapping,
# a twentieth faster still, and once more with the order of first.ld. rcmd, which
# is started for each command, starts a fifth faster; other clients stay dynamic.
# usage: static-flags.sh COMPILER...
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/try.c" <<'EOF'
#include <netdb.h>
#include <stddef.h>

int
main(void)
{
	struct addrinfo *list;

	return getaddrinfo("127.0.0.1", "7007", NULL, &list);
}
EOF
# The libraries that some servers need are tried, too: not every system has static ones.
libs='-lnettle -lcrypt'
# The linker warns that names are looked up by the C library's own means only
# (files and DNS). tcpechod(8) says so too; --no-warnings is for that warning.
quiet='-static-pie -Wl,--no-warnings'
few='-Wl,-z,noseparate-code -Wl,-z,max-page-size=65536'
first="-Wl,-T,$(dirname "$0")/first.ld"
for flags in "$quiet $few $first" "$quiet $few" "$quiet" "-static-pie $few $first" \
	"-static-pie $few"; do
	# shellcheck disable=SC2086
	if said=$("$@" -fPIE $flags -o "$dir/try" "$dir/try.c" $libs 2>&1) &&
		[ -z "$said" ] && "$dir/try"; then
		echo "$flags"
		exit 0
	fi
done
echo '-pie'
