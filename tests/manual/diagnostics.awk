# diagnostics.awk: the words of a page's DIAGNOSTICS that must stand in the sources.
#
# Prints a line for each stretch of three words or more that is the program's own: what
# stands between colons, semicolons and numbers, without errno's name and text. Texts
# of the C library (getaddrinfo's) are left out.

function unescape(s) {
	gsub(/\\\(dq/, "\"", s)
	gsub(/\\&/, "", s)
	return s
}

/^\.Bl -diag/ {
	diagnostics = 1
}

/^\.El/ {
	diagnostics = 0
}

diagnostics && /^\.It "/ {
	text = unescape(substr($0, 6, length($0) - 6))
	gsub(/E[A-Z0-9]+ \([^)]*\)/, ":", text)
	gsub(/\(tcp[a-z]*\)|"|[0-9.]+/, ":", text)
	n = split(text, stretches, /[:;]/)
	for (i = 1; i <= n; i++) {
		gsub(/^ +| +$/, "", stretches[i])
		if (split(stretches[i], words, " ") >= 3 && stretches[i] != "Name or service not known")
			print stretches[i]
	}
}
