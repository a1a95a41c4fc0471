# report.awk: the tables and the verdicts of a bench run.
# usage: awk -v strict=0|1 [-v kind=udp] -f report.awk goals figures.tsv
# With strict it exits 1 unless every goal is reached: one that was not measured is not passed.

BEGIN {
	title["conn"] = "connections a second (connect, 64 bytes there and back, close)"
	title["pingpong"] = "round trips a second (64 bytes, connections that stay; with one client\n" \
	    "the figure tells on which processor the scheduler put the server, and little else)"
	title["bulk"] = "bulk echo, MB a second (512 MiB through one connection, length verified)"
	title["datagrams"] = "datagrams answered a second (64 bytes, so many in flight)"
	title["lost"] = "datagrams lost of 40,000 (64 bytes, 20,000 a second)"
	n_tables = split(kind == "udp" ? "datagrams lost" : "conn pingpong bulk", tables)
	n_servers = split(kind == "udp" ? "udpechod inetd xinetd socat" : \
	    "fork prefork epoll coroutine xinetd tcpserver socat", servers)
	for (i = 1; i <= n_servers; i++)
		label[servers[i]] = (kind != "udp" && i <= 4 ? "tcpechod -m " : "") servers[i]
	load = kind == "udp" ? "in flight" : "client"
	base[1] = kind == "udp" ? "inetd" : "xinetd"
	base[2] = kind == "udp" ? "xinetd" : "tcpserver"
	n_counts = split(kind == "udp" ? "1 32 20000" : "0 1 16 64", counts)
}

FNR == 1 { file++ }
/^#/ { next }
file == 1 { goal[++goals] = $0; next }
FNR == 1 { next }

{
	split($0, field, "\t")
	key = field[1] " " field[2] " " field[3]
	shown[field[1]] = 1
	tried[key]++
	if (field[6] == "ok")
		value[key, ++good[key]] = field[5] + 0
}

# Sorts the good values of a key in place (they are few).
function sort(key,    i, j, v)
{
	for (i = 2; i <= good[key]; i++) {
		v = value[key, i]
		for (j = i - 1; j >= 1 && value[key, j] > v; j--)
			value[key, j + 1] = value[key, j]
		value[key, j + 1] = v
	}
}

# The median, or 0 when there is no valid value.
function median(key,    n)
{
	n = good[key]
	if (n == 0)
		return 0
	return n % 2 ? value[key, (n + 1) / 2] : (value[key, n / 2] + value[key, n / 2 + 1]) / 2
}

# A figure of this key without decimals, or "-" when the key has no valid value.
function whole(key, figure)
{
	return good[key] ? sprintf("%.0f", figure) : "-"
}

function kib(key)
{
	return whole(key, median(key))
}

function ratio(key, other)
{
	return median(key) && median(other) ? sprintf("%.2f", median(key) / median(other)) : "-"
}

function row(measure, clients, server,    group, key, bad)
{
	group = measure " " clients " "
	key = group server
	if (!tried[key])
		return
	bad = tried[key] - good[key]
	printf "  %7d  %-20s %9s %9s %9s %9s %12s%s\n", clients, label[server], whole(key, median(key)), \
	    whole(key, value[key, 1]), whole(key, value[key, good[key]]), ratio(key, group base[1]), \
	    ratio(key, group base[2]), bad ? sprintf("  %d of %d invalid", bad, tried[key]) : ""
}

function table(measure,    c, s)
{
	if (!shown[measure])
		return
	print title[measure]
	printf "  %7s  %-20s %9s %9s %9s %9s %12s\n", kind == "udp" ? "load" : "clients", \
	    "server", "median", "low", "high", "/ " base[1], "/ " base[2]
	for (c = 1; c <= n_counts; c++)
		for (s = 1; s <= n_servers; s++)
			row(measure, counts[c], servers[s])
	print ""
}

function memory(    s, name)
{
	if (!shown["pss-parent"])
		return
	print "memory, proportional set size in KiB (each server alone; of several children the largest)"
	printf "  %-20s %8s %14s %15s %17s\n", "server", "parent", "child, waiting", \
	    "child, 1 client", "child, 16 clients"
	for (s = 1; s <= n_servers; s++) {
		name = servers[s]
		if (good["pss-parent 0 " name] || good["pss 1 " name])
			printf "  %-20s %8s %14s %15s %17s\n", label[name], kib("pss-parent 0 " name), \
			    kib("pss 0 " name), kib("pss 1 " name), kib("pss 16 " name)
	}
	print ""
}

# "pass", "MISS", or "skip" when there is nothing to judge; sets got and errors. An invalid round of ours
# is no pass whatever the others say.
function verdict(g,    key, other)
{
	key = g[1] " " g[2] " " g[3]
	other = g[1] " " g[2] " " g[4]
	got = g[4] == "-" ? median(key) : median(other) ? median(key) / median(other) : 0
	if ((errors = tried[key] - good[key]) > 0)
		return "MISS"
	if (g[4] == "-" ? !good[key] : !got)
		return "skip"
	return (g[5] == "<" ? got < g[6] : got >= g[6]) ? "pass" : "MISS"
}

function judge(line,    g, what)
{
	split(line, g)
	what = verdict(g)
	verdicts[what]++
	printf "  %s  %9s  %2s %-5s  %s%s, %s, %d %s%s%s\n", what, \
	    what != "skip" ? sprintf(g[4] == "-" ? "%.0f" : "%.2f", got) : "-", g[5], g[6], label[g[3]], \
	    g[4] == "-" ? "" : " / " g[4], g[1] == "pss" ? "child's KiB" : g[1], g[2], load, \
	    load == "client" && g[2] != 1 ? "s" : "", \
	    errors ? " (" errors " rounds with errors)" : ""
}

END {
	for (key in good)
		sort(key)
	for (i = 1; i <= n_tables; i++)
		table(tables[i])
	memory()
	print "goals"
	for (i = 1; i <= goals; i++)
		judge(goal[i])
	printf "%d passed, %d missed, %d not judged\n", verdicts["pass"], verdicts["MISS"], verdicts["skip"]
	exit strict && verdicts["pass"] < goals
}
