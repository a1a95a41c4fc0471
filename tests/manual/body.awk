# body.awk: is a function defined in a C file, and does its body make a call?
#
# awk -v function_name=NAME -v call=CALL -f body.awk FILE.c prints what is missing. A
# definition has its name at the start of a line, as the house style wants it. accept4
# counts as accept, _Fork as fork; an empty CALL is not looked for.

index($0, function_name "(") == 1 {
	defined = inside = 1
	next
}

/^}/ {
	inside = 0
}

inside && call != "" {
	if (tolower(" " $0) ~ ("[^a-z0-9_]_?" call "[0-9]?\\("))
		found = 1
}

END {
	if (!defined)
		printf "%s: no function %s\n", FILENAME, function_name
	else if (call != "" && !found)
		printf "%s: %s does not call %s\n", FILENAME, function_name, call
}
