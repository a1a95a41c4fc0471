# places.awk: the files and functions of this suite that a page names.
#
# Prints "file FILE" for every Pa of ours, "function FILE NAME" for every Fn with the
# Pa that follows it, and "call FILE NAME CALL" for a table row that says that the
# function NAME makes the system call CALL. A Fn that no Pa follows gets the file "?".

function ours(path)
{
	return path ~ /^(common|protocol|servers|clients|tests|etc|man)\//
}

function word_after(macro,    i)
{
	for (i = 1; i < NF; i++)
		if ($i == macro || $i == "." macro)
			return $(i + 1)
	return ""
}

/^\.\\"/ {
	next
}

/^\./ {
	call = /^\.It .*Ta / ? word_after("Xr") : ""
	if (word_after("Fn") != "") {
		if (name != "")
			print "function ? " name
		name = word_after("Fn")
	}
	file = word_after("Pa")
	if (ours(file)) {
		print "file " file
		if (name != "")
			print (call == "" ? "function" : "call"), file, name, call
		name = ""
	}
}

END {
	if (name != "")
		print "function ? " name
}
