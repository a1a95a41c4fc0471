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
handlers=$PREFIX/lib/switchboard # of httpd

# The installed name of a page: a program's gets the prefix, a format's or concept's does not.
page_name() {
	base=${1##*/}
	case $base in
	*.[57]) echo "$base" ;;
	*) echo "$PROGRAM_PREFIX$base" ;;
	esac
}

# The lab's files, and the site of httpd's beneath them.
lab_files() {
	(cd etc/lab && find . -type f)
}

install_all() {
	mkdir -p "$bin" "$sbin" "$doc" "$DESTDIR$handlers"
	for p in $SERVERS; do
		install -m 755 "$BIN/$p" "$sbin/$PROGRAM_PREFIX$p"
	done
	for p in $CLIENTS; do
		install -m 755 "$BIN/$p" "$bin/$PROGRAM_PREFIX$p"
	done
	for p in $SCRIPTS; do
		sed -e "s|@LABDIR@|$LABDIR|g" -e "s|@SBINDIR@|$PREFIX/sbin|g" \
			-e "s|@HANDLERS@|$handlers|g" -e "s|@PREFIX@|$PROGRAM_PREFIX|g" "clients/$p" >"$bin/$PROGRAM_PREFIX$p"
		chmod 755 "$bin/$PROGRAM_PREFIX$p"
	done
	for page in man/*.[1578]; do
		installed=$man/man${page##*.}/$(page_name "$page")
		mkdir -p "${installed%/*}"
		sh etc/rename-page.sh "$PROGRAM_PREFIX" <"$page" >"$installed"
	done
	install -m 755 "$BIN"/handlers/*.so "$DESTDIR$handlers"
	lab_files | while read -r file; do
		mkdir -p "$lab/$(dirname "$file")"
		mode=644
		[ ! -x "etc/lab/$file" ] || mode=755
		install -m "$mode" "etc/lab/$file" "$lab/$file"
	done
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
	for file in "$BIN"/handlers/*.so; do
		rm -f "$DESTDIR$handlers/${file##*/}"
	done
	lab_files | while read -r file; do
		rm -f "$lab/$file"
	done
	rm -f "$doc/README.md" "$doc/LICENSE"
	(cd etc/lab && find . -depth -type d) | while read -r dir; do
		[ ! -d "$lab/$dir" ] || rmdir "$lab/$dir" 2>/dev/null || true
	done
	for dir in "$lab" "${lab%/*}" "$doc" "$DESTDIR$handlers"; do
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
