#!/bin/sh
# Install what building (and, with the word test, testing) Switchboard needs and
# this machine lacks. usage: deps.sh [test]
#
# Nothing is installed that is there already; nobody is asked for a password
# unless something is missing.
set -eu

testing=${1:-}

# What is missing, as "command package-of-this-system" decided by $manager.
manager=
for m in apt-get dnf apk pacman; do
	if command -v "$m" >/dev/null 2>&1; then
		manager=$m
		break
	fi
done

missing=
# need COMMAND APT DNF APK PACMAN: a package for a command that is not there
need() {
	command -v "$1" >/dev/null 2>&1 && return
	add "$2" "$3" "$4" "$5"
}

add() {
	case $manager in
	apt-get) missing="$missing $1" ;;
	dnf) missing="$missing $2" ;;
	apk) missing="$missing $3" ;;
	pacman) missing="$missing $4" ;;
	*) missing="$missing $1" ;;
	esac
}

# A C library to compile against, static where it is a package of its own.
has_header() {
	printf '#include <%s>\n' "$1" | cc -E - >/dev/null 2>&1
}

need cc gcc gcc gcc gcc
need make make make make make
need script bsdutils util-linux-script util-linux-misc util-linux # a terminal, for a demo
has_header stdio.h || add libc6-dev 'glibc-devel glibc-static' musl-dev glibc
has_header crypt.h || add libcrypt-dev 'libxcrypt-devel libxcrypt-static' libxcrypt-dev libxcrypt
has_header nettle/sha2.h || add nettle-dev nettle-devel nettle-dev nettle

if [ "$testing" = test ]; then
	has_header check.h || add check check-devel check-dev check
	need pkg-config pkg-config pkgconf pkgconf pkgconf
	need python3 python3 python3 python3 python
	need clang clang clang clang clang
	need clang-format clang-format clang-tools-extra clang-extra-tools clang
	need clang-tidy clang-tidy clang-tools-extra clang-extra-tools clang
	need cppcheck cppcheck cppcheck cppcheck cppcheck
	need mandoc mandoc mandoc mandoc mandoc
	need shellcheck shellcheck ShellCheck shellcheck shellcheck
	need ss iproute2 iproute iproute2 iproute2
	need git git git git git
	[ -e /usr/share/zoneinfo/Europe/Berlin ] || add tzdata tzdata tzdata tzdata
	# Peers: what the suite is tried with and measured against.
	need socat socat socat socat socat
	need rsync rsync rsync rsync rsync
	need ncat ncat nmap-ncat nmap-ncat nmap
	need nc netcat-openbsd nmap-ncat netcat-openbsd openbsd-netcat
	need tcpserver ucspi-tcp ucspi-tcp ucspi-tcp6 ucspi-tcp
	need wget wget wget wget wget
	need wrk wrk wrk wrk wrk
	need ab apache2-utils httpd-tools apache2-utils apache
	need tshark tshark wireshark-cli tshark wireshark-cli
	PATH=$PATH:/usr/sbin:/sbin
	need xinetd xinetd xinetd xinetd xinetd
	need nginx nginx nginx nginx nginx
	need lighttpd lighttpd lighttpd lighttpd lighttpd
	need curl curl curl curl curl
	need openssl openssl openssl openssl openssl
	need busybox busybox busybox busybox busybox
	need tftp tftp-hpa tftp tftp-hpa tftp-hpa
	[ "$manager" = apt-get ] || need in.tftpd - tftp-server tftp-hpa tftp-hpa
	# of the servers that are unpacked below
	[ "$manager" != apt-get ] || [ -e /usr/share/doc/libwrap0 ] || missing="$missing libwrap0"
	for library in libhiredis0.14 libmemcachedutil2 libmemcached11 libpcre2-posix3; do
		[ "$manager" != apt-get ] || [ -e /usr/share/doc/$library ] || missing="$missing $library"
	done
	need lftp lftp lftp lftp lftp
	need tnftp tnftp tnftp tnftp tnftp
	need ncftpput ncftp ncftp ncftp ncftp
	need vsftpd vsftpd vsftpd vsftpd vsftpd
	[ -e /usr/lib/python3/dist-packages/pyftpdlib ] ||
		add python3-pyftpdlib python3-pyftpdlib py3-pyftpdlib python-pyftpdlib
	need dnsmasq dnsmasq-base dnsmasq dnsmasq dnsmasq
	need atftp atftp atftp atftp atftp
fi

# Debian's TFTP and FTP servers exclude each other, and begin to serve when they are installed:
# they are only unpacked.
unpack_peers() {
	[ "$testing" = test ] && [ "$manager" = apt-get ] || return 0
	for peer in tftpd-hpa:in.tftpd atftpd:atftpd pure-ftpd:pure-ftpd proftpd-core:proftpd; do
		package=${peer%:*} place=${BUILD:-build}/peers/${peer%:*}
		command -v "${peer#*:}" >/dev/null 2>&1 && continue
		[ ! -e "$place" ] || continue
		mkdir -p "$place"
		(cd "$place" && apt-get download -qq "$package" && dpkg -x "$package"_*.deb .) >/dev/null 2>&1 ||
			echo "deps: no $package to be had; the tests with it will be skipped" >&2
	done
}

# A browser is large, and one suite's alone: if it does not come within minutes, that is skipped.
# What a signal would leave half done is never put under the clock.
browser_minutes=3
install_browser() {
	[ "$testing" = test ] || return 0
	for browser in chromium chromium-browser google-chrome; do
		! command -v "$browser" >/dev/null 2>&1 || return 0
	done
	echo 'deps: installing chromium'
	case $manager in
	apt-get)
		$root apt-get update -qq &&
			$root timeout "${browser_minutes}m" apt-get install -y -qq --no-install-recommends \
				--download-only chromium &&
			DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends chromium
		;;
	dnf)
		$root timeout "${browser_minutes}m" dnf install -y -q --downloadonly chromium &&
			$root dnf install -y -q chromium
		;;
	apk) $root apk add -q chromium ;;
	pacman) $root pacman -S --noconfirm --needed chromium ;;
	*) false ;;
	esac >/dev/null 2>&1 ||
		echo 'deps: no chromium to be had; the tests with a browser will be skipped' >&2
}

root=
[ "$(id -u)" -eq 0 ] || root=sudo
if [ -z "$missing" ]; then
	unpack_peers
	install_browser
	echo 'deps: everything is here'
	exit 0
fi
echo "deps: installing$missing"
# shellcheck disable=SC2086
case $manager in
apt-get)
	$root apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
	;;
dnf) $root dnf install -y -q $missing ;;
apk) $root apk add -q $missing ;;
pacman) $root pacman -S --noconfirm --needed $missing ;;
*)
	echo "deps: no package manager known here; install by hand:$missing" >&2
	exit 1
	;;
esac
unpack_peers
install_browser
