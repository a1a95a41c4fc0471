# httpd with the clients that everybody has: what they fetch is what is there, in each
# model; they go on where they broke off, and load it without an error.
# Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034,SC2016 # variables of interop.sh, and of the inner shell

site=$tmp/site
mkdir -p "$site/sub folder"
head -c 3000000 /dev/urandom >"$site/large"
echo '<h1>it</h1>' >"$site/index.html"
echo 'a & b' >"$site/sub folder/a & <b>?.txt"
seq 1000 >"$site/style.css"
gzip -k "$site/style.css"
mkdir "$site/cgi-bin"
cat >"$site/cgi-bin/echo" <<'END'
#!/bin/sh
printf 'Content-Type: application/octet-stream\n\n'
exec cat
END
chmod -R a+rX "$tmp"
chmod 755 "$site/cgi-bin/echo"

# What curl tells of an answer.
said='%{http_code}: %{size_download} bytes, %{num_connects} new connections\n'

# same FILE COMMAND...: ok if the command ends well and has written the file's bytes to $tmp/got
same() {
	wanted=$1
	shift
	rm -f "$tmp/got"
	[ ! -e "$tmp/part" ] || mv "$tmp/part" "$tmp/got"
	timeout "$seconds" "$@" >"$tmp/out" 2>&1 </dev/null || echo "status $?" >>"$tmp/out"
	if cmp -s "$wanted" "$tmp/got"; then
		ok "$name"
	else
		not_ok "$name: other bytes:"
		sed 's/^/	/' "$tmp/out"
	fi
}

part() {
	head -c 1000000 "$site/large" >"$tmp/part"
}

for model in fork prefork event; do
	start "$bin/httpd" -p 0 -m $model -g /cgi-bin "$site"
	url=http://127.0.0.1:$port
	if name="curl gets a file ($model)" && has curl; then
		same "$site/large" curl -s -o "$tmp/got" "$url/large"
		name="curl goes on with a file ($model)"
		part
		same "$site/large" curl -s -C - -o "$tmp/got" "$url/large"
		name="curl decodes a compressed sibling ($model)"
		same "$site/style.css" curl -s --compressed -o "$tmp/got" "$url/style.css"
		name="curl follows to the slash, and a listing's link ($model)"
		check '^a & b$' curl -sL "$url/sub%20folder/a%20&%20%3Cb%3E%3F.txt"
		name="curl asks by HTTP/1.0 ($model)"
		check '<h1>it</h1>' curl -s -0 "$url/"
		name="curl asks only if it has changed ($model)"
		check '^304$' sh -c 'curl -s -o "$1" -R "$2" && curl -s -o "$1.new" -z "$1" -w "%{http_code}\n" "$2"' \
			sh "$tmp/index" "$url/index.html"
		name="curl asks for the head alone ($model)"
		check '^Content-Length: 3000000' curl -s -I "$url/large"
		name="curl gets a part ($model)"
		check '^206: 4 bytes' curl -s -r 0-3 -o "$tmp/some" -w "$said" "$url/large"
		name="curl gets the last bytes ($model)"
		check '^1000$' curl -s -r -5 "$url/style.css"
		name="curl gets several parts ($model)"
		check '^Content-Range: bytes 3888-3891/3893' curl -s -r 0-1,3888-3891 "$url/style.css"
		name="curl goes on with what is whole already ($model)"
		check '^416: ' curl -s -C 3893 -o "$tmp/some" -w "$said" "$url/style.css"
		name="curl asks twice on one connection ($model)"
		check '^200: 3893 bytes, 0 new' curl -s -o "$tmp/some" -o "$tmp/more" -w "$said" \
			"$url/large" "$url/style.css"
		name="curl sends content after 100 Continue ($model)"
		same "$site/large" curl -s -H 'Expect: 100-continue' --data-binary "@$site/large" \
			-o "$tmp/got" "$url/cgi-bin/echo"
		name="curl sends content in chunks ($model)"
		same "$site/style.css" curl -s -H 'Transfer-Encoding: chunked' \
			--data-binary "@$site/style.css" -o "$tmp/got" "$url/cgi-bin/echo"
	fi
	if name="wget gets a folder with what is in it ($model)" && has wget; then
		timeout "$seconds" wget -q -r -np -nH -P "$tmp/tree.$model" "$url/sub%20folder/" || :
		check '^a & b$' cat "$tmp/tree.$model/sub folder/a & <b>?.txt"
		name="wget goes on with a file ($model)"
		part
		same "$site/large" wget -q -c -O "$tmp/got" "$url/large"
	fi
	if name="wget takes only what is newer ($model)" && has wget; then
		timeout "$seconds" wget -q -N -P "$tmp/new.$model" "$url/style.css" || :
		check 'not retrieving|304 Not Modified' sh -c 'wget -N -P "$1" "$2" 2>&1' sh "$tmp/new.$model" "$url/style.css"
	fi
	name="busybox wget gets a file ($model)"
	has busybox && same "$site/large" busybox wget -q -O "$tmp/got" "$url/large"
	name="ab keeps its connections ($model)"
	has ab && check '^Keep-Alive requests: *2000$' ab -q -k -n 2000 -c 8 "$url/style.css"
	name="ab has no failed request ($model)"
	has ab && check '^Failed requests: *0$' ab -q -n 500 -c 8 "$url/large"
	if name="wrk has neither errors nor other answers ($model)" && has wrk; then
		check '^[1-9][0-9]* requests in .* whole$' sh -c 'wrk -t 1 -c 16 -d 1 --timeout 20 "$1" |
			sed -n "/Socket errors\|Non-2xx/q; s/^ *\([0-9]* requests in .*\)/\1, whole/p"' sh "$url/style.css"
	fi
	if name="Python gets a file ($model)" && has python3; then
		check '^3000000$' python3 -c 'import sys, urllib.request
print(len(urllib.request.urlopen(sys.argv[1]).read()))' "$url/large"
	fi
done

# Names and hashes of other makers, asked for by other clients.
users=$tmp/users
# let_in CLIENT COMMAND...: with the hash of $hash, only the right password does
let_in() {
	client=$1
	shift
	name="$client is let in by the hash of $maker"
	check '^<h1>it</h1>$' "$@"
}
for maker in 'htpasswd -B' 'openssl passwd -6' ftpadm; do
	case $maker in
	htpasswd*) hash=$(htpasswd -nbB anna 'open sesame' 2>/dev/null) ;;
	openssl*) hash="anna:$(openssl passwd -6 'open sesame' 2>/dev/null)" ;;
	ftpadm)
		rm -f "$users"
		echo 'open sesame' | "$bin/ftpadm" -f "$users" add anna -d "$tmp" >"$tmp/out" 2>&1 || :
		hash=$(cat "$users" 2>/dev/null)
		;;
	esac
	name="a hash of $maker"
	case $hash in
	anna:?*) ;;
	*)
		skip "$name: it makes none"
		continue
		;;
	esac
	(
		umask 077
		printf '%s\n' "$hash" | sed '/^$/d' >"$users"
	)
	start "$bin/httpd" -p 0 -f "$users" "$site"
	url=http://127.0.0.1:$port
	has curl && let_in curl curl -s -u 'anna:open sesame' "$url/"
	has wget && let_in wget wget -q -O - --user=anna --password='open sesame' "$url/"
	name="curl hears of a wrong password"
	has curl && check '^401$' curl -s -o "$tmp/got" -u anna:sesame -w '%{http_code}\n' "$url/"
done
