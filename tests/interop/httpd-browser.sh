# httpd with a browser: Chromium shows a listing as what it is, however the files are
# called, and what is typed into a form comes back. What is compared is the page as the
# browser has understood it (--dump-dom), not its pixels.
# Read by tests/interop.sh, whose words it uses. A browser that is not there, or does not
# start, is a skip; a page that is another one than it should be is a failure.
#
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables of interop.sh

browser=
for name in chromium chromium-browser google-chrome; do
	[ -n "$browser" ] || browser=$(command -v "$name") || :
done

# look URL: its page is in $tmp/dom. Each look has a browser of its own, without a past;
# the time that scripts see goes on when the page has all it waits for.
look() {
	for try in 1 2 3; do
		found=yes
		HOME=$tmp timeout -k 5 60 "$browser" --headless --no-sandbox --disable-gpu \
			--disable-quic --disable-dev-shm-usage --no-first-run --disable-sync \
			--disable-background-networking --disable-component-update \
			--user-data-dir="$tmp/profile.$try" --virtual-time-budget=5000 \
			--dump-dom "$1" >"$tmp/dom" 2>"$tmp/err" </dev/null || found=
		rm -rf "$tmp/profile.$try"
		[ -z "$found" ] || [ ! -s "$tmp/dom" ] || return 0
	done
	skip "$name: the browser does not start: $(tail -n 1 "$tmp/err")"
	return 1
}

# page_has FILE SED...: of the page in $tmp/dom the lines that sed makes of it
page_has() {
	wanted=$1
	shift
	sed "$@" "$tmp/dom" >"$tmp/seen"
	if cmp -s "$wanted" "$tmp/seen"; then
		ok "$name"
	else
		not_ok "$name:"
		diff "$wanted" "$tmp/seen" | sed 's/^/	/'
		sed 's/^/	page: /' "$tmp/dom"
	fi
}

rows_are() { # on standard input: each row of the table, a | behind each cell
	cat >"$tmp/rows"
	page_has "$tmp/rows" -n '/^<tr><td>/{ s,</td>,|,g; s/<[^>]*>//g; p; }'
}

links_are() { # on standard input: where its names lead
	cat >"$tmp/links"
	page_has "$tmp/links" -n 's/^<tr><td><a href="\([^"]*\)".*/\1/p'
}

site=$tmp/site
mkdir -p "$site/box/folder" "$tmp/bin"
(
	cd "$site/box" || exit
	printf 12345 >'<img src=x onerror=document.title="evil">'
	printf 123 >'a & b?.txt'
	printf 1 >'javascript:alert(1)'
	head -c 3000000 /dev/zero >100%25.bin
	for name in folder *; do
		TZ=UTC touch -t 201903040506.07 "$name"
	done
)
cat >"$site/typed.html" <<'END'
<!DOCTYPE html>
<meta charset="utf-8">
<body onload="document.forms[0].submit()">
<form method="post" action="/form">
<input name="name" value="Anna &amp; Jörg">
<textarea name="words">one
&lt;script&gt;document.title = "evil"&lt;/script&gt;</textarea>
</form>
END
# Where the user that httpd becomes may read them: the sources may be in a private directory.
cp -R "$bin/httpd" "$bin/httpd-app" "$bin/handlers" etc/lab/httpd.site "$tmp/bin"
chmod -R a+rX "$tmp"

name='a browser shows a listing'
if [ -z "$browser" ]; then
	skip "$name: no chromium here (sh etc/deps.sh test installs it)"
else
	start "$tmp/bin/httpd" -p 0 -a "$tmp/bin/handlers/form.so" "$site"
	url=http://127.0.0.1:$port
	if look "$url/box/"; then
		rows_are <<-'END'
			../|||
			folder/||2019-03-04 05:06|
			100%25.bin|2.9 MiB|2019-03-04 05:06|
			&lt;img src=x onerror=document.title="evil"&gt;|5 B|2019-03-04 05:06|
			a &amp; b?.txt|3 B|2019-03-04 05:06|
			javascript:alert(1)|1 B|2019-03-04 05:06|
		END
		name='a listing leads to its files, and nowhere else'
		links_are <<-'END'
			../
			folder/
			100%2525.bin
			%3Cimg%20src=x%20onerror=document.title=%22evil%22%3E
			a%20&amp;%20b%3F.txt
			javascript%3Aalert(1)
		END
		name='a name runs no script in a browser'
		echo '<title>/box/</title>' >"$tmp/title"
		page_has "$tmp/title" -n '/<title>/p; /<img/p; /<script/p'
	fi
	name='a browser shows a listing by size'
	if look "$url/box/?sort=size&order=down"; then
		links_are <<-'END'
			../
			100%2525.bin
			%3Cimg%20src=x%20onerror=document.title=%22evil%22%3E
			a%20&amp;%20b%3F.txt
			javascript%3Aalert(1)
			folder/
		END
	fi
	name='what is typed into a form comes back from a C handler'
	if look "$url/typed.html"; then
		printf '%s\n' '<b>Anna &amp; Jörg</b> says:' '<blockquote>one' \
			'&lt;script&gt;document.title = "evil"&lt;/script&gt;</blockquote>' >"$tmp/said"
		page_has "$tmp/said" -n 's,^.*<b>,<b>,p; s,^.*<blockquote>,<blockquote>,
			/<blockquote>/,/<\/blockquote>/p'
	fi
	start "$tmp/bin/httpd" -p 0 -R "$tmp/bin/httpd.site/routes" -a "$tmp/bin/handlers/form.so" \
		-a "$tmp/bin/handlers/time.so" -a "$tmp/bin/handlers/status.so" "$tmp/bin/httpd.site/html"
	name="a browser shows the lab's web root"
	if look "http://127.0.0.1:$port/"; then
		echo "<h1>The lab's web root</h1>" >"$tmp/title"
		page_has "$tmp/title" -n 's/.*<h1>/<h1>/p'
		name="each link of the lab's web root leads to what it says"
		cat >"$tmp/wanted" <<-'END'
			200 notes/
			200 environment/and/more?x=1
			200 form
			200 time
			200 status
			301 old/requests.txt
			404 missing
		END
		if has curl; then
			sed -n 's/.*<dt><a href="\([^"]*\)".*/\1/p' "$tmp/dom" | while read -r link; do
				timeout "$seconds" curl -s -o "$tmp/got" -w "%{http_code} $link\n" \
					"http://127.0.0.1:$port/$link"
			done | diff "$tmp/wanted" - >"$tmp/other" || :
			check_empty "$tmp/other" "$name"
		fi
	fi
fi
