# ftpd with other people's clients: files both ways, lists, trees, a part gone on with.
# Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2317 # variables of interop.sh; functions called by name

mkdir -m 777 "$tmp/home"
chmod 755 "$tmp"
echo secret | "$bin/ftpadm" -f "$tmp/users" add anna -d "$tmp/home" -q 50M
head -c 3000000 /dev/urandom >"$tmp/big"
start "$bin/ftpd" -q -p 0 -f "$tmp/users"
who=ftp://anna:secret@127.0.0.1:$port

# try NAME COMMAND...: it must do
try() {
	name=$1
	shift
	rm -rf "${tmp:?}/home/"* "$tmp/here"
	mkdir "$tmp/here"
	if (cd "$tmp/here" && "$@") >"$tmp/out" 2>&1 </dev/null; then
		ok "$name"
	else
		not_ok "$name: status $?"
		sed 's/^/	/' "$tmp/out" "$tmp/log"
	fi
}

with_curl() {
	timeout "$seconds" curl -sS "$@" -T "$tmp/big" "$who/d/up" --ftp-create-dirs &&
		timeout "$seconds" curl -sS "$@" -o got "$who/d/up" && cmp got "$tmp/big" &&
		timeout "$seconds" curl -sS "$@" "$who/d/" | grep -q '3000000 .* up' &&
		head -c 1000000 "$tmp/big" >part && cp part "$tmp/home/part" && chmod 666 "$tmp/home/part" &&
		timeout "$seconds" curl -sS "$@" -C - -o part "$who/d/up" && cmp part "$tmp/big" &&
		timeout "$seconds" curl -sS "$@" -r 1000-1999 -o piece "$who/d/up" && dd if="$tmp/big" bs=1000 skip=1 count=1 2>/dev/null | cmp - piece &&
		timeout "$seconds" curl -sS "$@" -C - -T "$tmp/big" "$who/part" && cmp "$tmp/home/part" "$tmp/big"
}

# The second mirror each way finds nothing to do: sizes and times agree.
with_lftp() {
	mkdir -p tree/a/b && cp "$tmp/big" tree/a && echo one >'tree/a/b/two words' &&
		timeout "$seconds" lftp -c "set net:max-retries 1; open $who; mirror -R tree; mirror tree back; \
			get -c tree/a/big -o got; ls tree" && diff -r tree back && cmp got "$tmp/big" &&
		timeout "$seconds" lftp -c "open $who; mirror -Rv tree; mirror -v tree back" >again &&
		! grep -q ransferring again &&
		timeout "$seconds" lftp -c "open $who; rm -r tree"
}

# Parts both ways, and one file in three pieces at a time.
with_lftp_parts() {
	head -c 1000000 "$tmp/big" >part && timeout "$seconds" lftp -c "set net:max-retries 1; open $who; \
		put part; put -c $tmp/big -o part; pget -n 3 part -o pieces; get -c part -o part" &&
		cmp part "$tmp/big" && cmp pieces "$tmp/big"
}

with_tnftp() {
	printf 'open 127.0.0.1 %s\nuser anna secret\nbinary\nprompt\nput %s up\nmput *.c\nmget *.c\nget up got\nreget up part\nls\nquit\n' \
		"$port" "$tmp/big" >script
	head -c 1000000 "$tmp/big" >part
	echo c >one.c && timeout "$seconds" tnftp -n -v <script && cmp got "$tmp/big" &&
		cmp part "$tmp/big" && cmp one.c "$tmp/home/one.c"
}

with_ncftp() {
	timeout "$seconds" ncftpput -u anna -p secret -P "$port" 127.0.0.1 / "$tmp/big" &&
		timeout "$seconds" ncftpget -u anna -p secret -P "$port" 127.0.0.1 . /big && cmp big "$tmp/big" &&
		timeout "$seconds" ncftpls -u anna -p secret -P "$port" ftp://127.0.0.1/ | grep -q big &&
		mkdir -p tree/sub back && echo one >tree/one && echo two >'tree/sub/two words' &&
		timeout "$seconds" ncftpput -R -u anna -p secret -P "$port" 127.0.0.1 / tree &&
		timeout "$seconds" ncftpget -R -u anna -p secret -P "$port" 127.0.0.1 back /tree && diff -r tree back/tree
}

with_wget() {
	cp "$tmp/big" "$tmp/home/big" && chmod 644 "$tmp/home/big" &&
		timeout "$seconds" wget -q "$who/big" && cmp big "$tmp/big" &&
		head -c 1000000 "$tmp/big" >big && timeout "$seconds" wget -qc "$who/big" && cmp big "$tmp/big" &&
		mkdir -p "$tmp/home/d/e" && echo one >"$tmp/home/d/e/one" && chmod -R a+rX "$tmp/home/d" &&
		timeout "$seconds" wget -qrnH "$who/d/" && cmp d/e/one "$tmp/home/d/e/one"
}

with_busybox() {
	timeout "$seconds" busybox ftpput -u anna -p secret -P "$port" 127.0.0.1 up "$tmp/big" &&
		timeout "$seconds" busybox ftpget -u anna -p secret -P "$port" 127.0.0.1 got up && cmp got "$tmp/big" &&
		head -c 1000000 "$tmp/big" >got &&
		timeout "$seconds" busybox ftpget -c -u anna -p secret -P "$port" 127.0.0.1 got up && cmp got "$tmp/big"
}

with_python() {
	timeout "$seconds" python3 - "$port" "$tmp/big" <<'END'
import ftplib, io, sys
big = open(sys.argv[2], 'rb').read()
for passive in True, False:
    ftp = ftplib.FTP()
    ftp.connect('127.0.0.1', int(sys.argv[1]), timeout=10)
    ftp.login('anna', 'secret')
    ftp.set_pasv(passive)
    ftp.storbinary('STOR up', io.BytesIO(big))
    got = []
    ftp.retrbinary('RETR up', got.append, rest=1000000)
    assert b''.join(got) == big[1000000:]
    assert [name for name, facts in ftp.mlsd()] == ['up'] and ftp.nlst() == ['up']
    data = ftp.transfercmd('RETR up')
    data.recv(10)
    assert ftp.abort()[:3] in ('426', '226') # all may have gone already
    data.close()
    assert ftp.voidresp()[:3] == '226'
    ftp.rename('up', 'other')
    ftp.delete('other')
    ftp.quit()
END
}

if name='ftpd: curl' && has curl; then
	try 'ftpd: curl, passive' with_curl --disable-epsv
	try 'ftpd: curl, extended passive' with_curl
	try 'ftpd: curl, active' with_curl -P -
fi
if name='ftpd: lftp' && has lftp; then
	try "$name, trees" with_lftp
	try "ftpd: lftp, parts and pieces" with_lftp_parts
fi
if name='ftpd: tnftp' && has tnftp; then try "$name, mget and mput" with_tnftp; fi
if name='ftpd: ncftp' && has ncftpput; then try "$name" with_ncftp; fi
if name='ftpd: wget' && has wget; then try "$name" with_wget; fi
if name='ftpd: busybox' && has busybox; then try "$name" with_busybox; fi
if name='ftpd: Python' && has python3; then try "$name, both ways, aborted" with_python; fi
