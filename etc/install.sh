#!/bin/sh
# Install, or remove, the programs, their pages and the lab files. Called by make,
# which sets DESTDIR PREFIX PROGRAM_PREFIX MANDIR LABDIR BIN SERVERS CLIENTS SCRIPTS.
# usage: install.sh install | uninstall
set -eu

bin=$DESTDIR$PREFIX/bin
sbin=$DESTDIR$PREFIX/sbin
man=$DESTDIR$MANDIR
lab=$DESTDIR$LABDIR
doc=$DESTDIR$PREFIX/share/doc/switchboard

# The installed name of a page: a program's gets the prefix, a format's or concept's does not.
page_name() {
	base=${1##*/}
	case $base in
	*.[57]) echo "$base" ;;
	*) echo "$PROGRAM_PREFIX$base" ;;
	esac
}

install_all() {
	mkdir -p "$bin" "$sbin" "$lab" "$doc"
	for p in $SERVERS; do
		install -m 755 "$BIN/$p" "$sbin/$PROGRAM_PREFIX$p"
	done
	for p in $CLIENTS; do
		install -m 755 "$BIN/$p" "$bin/$PROGRAM_PREFIX$p"
	done
	for p in $SCRIPTS; do
		sed -e "s|@LABDIR@|$LABDIR|g" -e "s|@SBINDIR@|$PREFIX/sbin|g" \
			-e "s|@PREFIX@|$PROGRAM_PREFIX|g" "clients/$p" >"$bin/$PROGRAM_PREFIX$p"
		chmod 755 "$bin/$PROGRAM_PREFIX$p"
	done
	for page in man/*.[1578]; do
		installed=$man/man${page##*.}/$(page_name "$page")
		mkdir -p "${installed%/*}"
		sh etc/rename-page.sh "$PROGRAM_PREFIX" <"$page" >"$installed"
	done
	install -m 644 etc/lab/* "$lab"
	install -m 644 README.md LICENSE "$doc"
}

uninstall_all() {
	for p in $SERVERS; do
		rm -f "$sbin/$PROGRAM_PREFIX$p"
	done
	for p in $CLIENTS $SCRIPTS; do
		rm -f "$bin/$PROGRAM_PREFIX$p"
	done
	for page in man/*.[1578]; do
		rm -f "$man/man${page##*.}/$(page_name "$page")"
	done
	for file in etc/lab/*; do
		rm -f "$lab/${file##*/}"
	done
	rm -f "$doc/README.md" "$doc/LICENSE"
	for dir in "$lab" "${lab%/*}" "$doc"; do
		[ ! -d "$dir" ] || rmdir "$dir" 2>/dev/null || true
	done
}

case ${1:-} in
install) install_all ;;
uninstall) uninstall_all ;;
*)
	echo 'usage: install.sh install | uninstall' >&2
	exit 2
	;;
esac
