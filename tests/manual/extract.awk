# extract.awk: the commands of a page's EXAMPLES, with what they print.
#
# awk -v dir=DIR -f extract.awk < page writes DIR/NNN.cmd (a command), NNN.exp (the
# lines it prints, patterns of match.awk), NNN.typed (what is typed at its prompt)
# and NNN.line (where it stands). Prints complaints: text that is no command's output.
# A command with <<'WORD' goes on until a line that is WORD.

function unescape(s)
{
	gsub(/\\\(dq/, "\"", s)
	gsub(/\\\(aq/, "'", s)
	gsub(/\\\(ga/, "`", s)
	gsub(/\\\(ti/, "~", s)
	gsub(/\\\(ha/, "^", s)
	gsub(/\\\*\(Gt/, ">", s)
	gsub(/\\\*\(Lt/, "<", s)
	gsub(/\\&/, "", s)
	gsub(/\\-/, "-", s)
	gsub(/\\e/, "\\", s)
	return s
}

function begin_step(command)
{
	end_step()
	step = sprintf("%s/%03d", dir, ++count)
	print command >(step ".cmd")
	print FNR >(step ".line")
	printf "" >(step ".exp")
	word = match(command, /<<'[A-Z]+'/) ? substr(command, RSTART + 3, RLENGTH - 4) : ""
}

function end_step()
{
	if (step == "")
		return
	close(step ".cmd")
	close(step ".line")
	close(step ".exp")
	close(step ".typed")
	step = word = ""
}

/^\.Sh / {
	examples = ($0 == ".Sh EXAMPLES")
	end_step()
	next
}

!examples {
	next
}

/^\.Dl / {
	text = unescape(substr($0, 5))
	if (text ~ /^\$ /) {
		begin_step(substr(text, 3))
		end_step()
	}
	next
}

/^\.Bd .*-literal/ {
	literal = 1
	before = 0
	next
}

/^\.Ed/ {
	if (literal && before && step != "")
		printf "line %d: output before the first command\n", before
	literal = 0
	end_step()
	next
}

literal && /^\.\\"/ {
	next
}

literal {
	text = unescape($0)
	if (word != "") {
		print text >(step ".cmd")
		if (text == word)
			word = ""
	} else if (text ~ /^\$ /)
		begin_step(substr(text, 3))
	else if (step == "")
		before = FNR
	else {
		print text >(step ".exp")
		if (text == ">" || text ~ /^> /)
			print substr(text, 3) >(step ".typed")
	}
}

END {
	end_step()
}
