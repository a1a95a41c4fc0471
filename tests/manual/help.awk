# help.awk: the options that `NAME -h` tells.
#
# Prints "usage b backlog" for each option of the usage line and "help b backlog<TAB>text"
# for each one explained below it; without the argument where there is none.

function from_usage(s,    words, n, i, k) {
	gsub(/[][|]/, " ", s)
	n = split(s, words, " ")
	for (i = 1; i <= n; i++) {
		if (words[i] !~ /^-[A-Za-z0-9]+$/)
			continue
		if (length(words[i]) == 2 && i < n && bracketed[words[i]])
			print "usage", substr(words[i], 2), words[++i]
		else
			for (k = 2; k <= length(words[i]); k++)
				print "usage", substr(words[i], k, 1)
	}
}

# Remember which letters stand alone with an argument in their brackets: "[-b backlog]".
function note_arguments(s) {
	while (match(s, /\[-[A-Za-z0-9] [^]]+\]/)) {
		bracketed[substr(s, RSTART + 1, 2)] = 1
		s = substr(s, RSTART + RLENGTH)
	}
}

/^usage:/ || (in_usage && /^[ \t]+\[?[^-]*\[-/) {
	in_usage = 1
	note_arguments($0)
	from_usage($0)
	next
}

{
	in_usage = 0
}

# One option, "b backlog  text" or "q  text"; only the usage line tells which has an argument.
function explained(s,    letter, argument) {
	letter = substr(s, 1, 1)
	s = substr(s, 2)
	argument = ""
	if (bracketed["-" letter] && match(s, /^ [^ \t]+/)) {
		argument = substr(s, 1, RLENGTH)
		s = substr(s, RLENGTH + 1)
	}
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	print "help " letter argument "\t" s
}

# A line of short explanations may hold several, three spaces apart.
/^[ \t]+-[A-Za-z0-9]([ \t]|$)/ {
	n = split($0, entries, /   +-/)
	sub(/^[ \t]+-/, "", entries[1])
	for (i = 1; i <= n; i++)
		if (entries[i] != "")
			explained(entries[i])
}
