# match.awk: does what a command printed fit what its page says it prints?
#
# awk -v port=PORT -v whole=1 -f match.awk EXPECTED ACTUAL exits 0 if it fits. With
# whole=0 other lines may stand before, between and after the expected ones. In
# EXPECTED `[...]` stands for anything, alone on a line for any number of lines; 7007
# for `port`, 432NN and 42NN for any number, N.NNN s for any time.

function literal(s,    i, c, out)
{
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\" || c == "^")
			out = out "\\" c
		else if (index("[].*+?(){}|$/", c))
			out = out "[" c "]"
		else
			out = out c
	}
	return out
}

# A number must not be part of a longer one.
function is_whole(s, at, len)
{
	return substr(s, at - 1, 1) !~ /[0-9]/ && substr(s, at + len, 1) !~ /[0-9]/
}

function to_pattern(s,    out, token, before)
{
	out = ""
	while (match(s, /\[\.\.\.\]|[0-9]+\.[0-9][0-9][0-9] s|7007|432[0-9][0-9]|42[0-9][0-9]/)) {
		token = substr(s, RSTART, RLENGTH)
		before = substr(s, 1, RSTART - 1)
		out = out literal(before)
		if (token == "[...]")
			out = out ".*"
		else if (token ~ / s$/)
			out = out "[0-9]+[.][0-9]+ s"
		else if (!is_whole(s, RSTART, RLENGTH))
			out = out literal(token)
		else if (token == "7007")
			out = out port
		else
			out = out "[0-9]+"
		s = substr(s, RSTART + RLENGTH)
	}
	return "^" out literal(s) "$"
}

# Whether pattern i and the following fit line j and the following.
function fits(i, j,    k)
{
	if (i > patterns)
		return j > lines || !whole
	if (pattern[i] == "any") {
		for (k = j; k <= lines + 1; k++)
			if (fits(i + 1, k))
				return 1
		return 0
	}
	for (k = j; k <= lines; k++) {
		if (line[k] ~ pattern[i] && fits(i + 1, k + 1))
			return 1
		if (whole)
			return 0
	}
	return 0
}

{
	gsub(/\r/, "")
	sub(/[ \t]+$/, "")
}

FILENAME == ARGV[1] {
	pattern[++patterns] = $0 == "[...]" ? "any" : to_pattern($0)
	next
}

{
	line[++lines] = $0
}

END {
	exit !fits(1, 1)
}
