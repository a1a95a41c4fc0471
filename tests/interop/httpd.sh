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
chmod -R a+rX "$tmp"

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
	start "$bin/httpd" -p 0 -m $model "$site"
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
	fi
	if name="wget gets a folder with what is in it ($model)" && has wget; then
		timeout "$seconds" wget -q -r -np -nH -P "$tmp/tree.$model" "$url/sub%20folder/" || :
		check '^a & b$' cat "$tmp/tree.$model/sub folder/a & <b>?.txt"
		name="wget goes on with a file ($model)"
		part
		same "$site/large" wget -q -c -O "$tmp/got" "$url/large"
	fi
	name="busybox wget gets a file ($model)"
	has busybox && same "$site/large" busybox wget -q -O "$tmp/got" "$url/large"
	name="ab keeps its connections ($model)"
	has ab && check '^Keep-Alive requests: *2000$' ab -q -k -n 2000 -c 8 "$url/style.css"
	name="ab has no failed request ($model)"
	has ab && check '^Failed requests: *0$' ab -q -n 500 -c 8 "$url/large"
	if name="Python gets a file ($model)" && has python3; then
		check '^3000000$' python3 -c 'import sys, urllib.request
print(len(urllib.request.urlopen(sys.argv[1]).read()))' "$url/large"
	fi
done
