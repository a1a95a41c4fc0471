# options.awk: the options that a page knows.
#
# awk -f options.awk < page prints a line for each: "synopsis b backlog" if SYNOPSIS has
# it, "list b backlog" if a list describes it; without the last word if the option
# has no argument.

# Options in the words of a macro line: `Fl 46hq` are four, `Fl b Ar backlog` is one.
function options(kind,    i, k)
{
	for (i = 1; i < NF; i++) {
		if ($i != "Fl")
			continue
		if ($(i + 2) == "Ar")
			print kind, $(i + 1), $(i + 3)
		else
			for (k = 1; k <= length($(i + 1)); k++)
				print kind, substr($(i + 1), k, 1)
	}
}

/^\.Sh / {
	section = $2
}

section == "SYNOPSIS" && /^\.(Op|Oo|Fl)/ {
	sub(/^\./, "")
	options("synopsis")
}

section != "SYNOPSIS" && section != "EXAMPLES" && /^\.It Fl / {
	options("list")
}
