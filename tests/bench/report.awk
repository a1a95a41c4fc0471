# report.awk: the tables and the verdicts of a bench run.
# usage: awk -v strict=0|1 [-v kind=udp|http] -f report.awk goals figures.tsv
# With strict it exits 1 unless every goal is reached: one that was not measured is not passed.

BEGIN {
	title["conn"] = "connections a second (connect, 64 bytes there and back, close)"
	title["pingpong"] = "round trips a second (64 bytes, connections that stay; with one client\n" \
	    "the figure tells on which processor the scheduler put the server, and little else)"
	title["bulk"] = "bulk echo, MB a second (512 MiB through one connection, length verified)"
	title["datagrams"] = "datagrams answered a second (64 bytes, so many in flight)"
	title["lost"] = "datagrams lost of 40,000 (64 bytes, 20,000 a second)"
	title["close-1k"] = "requests a second (1 KiB, a connection for each)"
	title["keep-1k"] = "requests a second (1 KiB, connections that stay)"
	title["keep-16k"] = "requests a second (16 KiB, connections that stay)"
	title["keep-1m"] = "requests a second (1 MiB, connections that stay)"
	title["get-1g"] = "MB a second (1 GiB, one file)"
	title["idle"] = "proportional size and page tables of all processes, in KiB, with so many\n" \
	    "connections that were served once and stay (our three share their program)"
	title["calls"] = "system calls for a request of a kept connection"
	load = "client"
	if (kind == "udp")
		tell("datagrams lost", "udpechod", "inetd xinetd socat", "inetd xinetd", "1 32 20000")
	else if (kind == "http")
		tell("close-1k keep-1k keep-16k keep-1m get-1g idle calls", "fork prefork event", \
		    "nginx lighttpd busybox", "nginx lighttpd busybox", "0 1 16 64 256")
	else
		tell("conn pingpong bulk", "fork prefork epoll coroutine", "xinetd tcpserver socat", \
		    "xinetd tcpserver", "0 1 16 64")
	if (kind == "udp")
		load = "in flight"
	else
		for (i = 1; i <= n_own; i++)
			label[servers[i]] = (kind == "http" ? "httpd" : "tcpechod") " -m " servers[i]
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

# The tables, ours, the peers, those whom the others are compared with, and the numbers of clients.
function tell(names, own, peers, bases, numbers)
{
	n_tables = split(names, tables)
	n_own = split(own, servers)
	n_servers = split(own " " peers, servers)
	for (i = 1; i <= n_servers; i++)
		label[servers[i]] = servers[i]
	n_bases = split(bases, base)
	n_counts = split(numbers, counts)
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

# A figure of this key, without decimals unless it is small, or "-" when the key has no valid value.
function whole(key, figure)
{
	return good[key] ? sprintf(figure < 10 ? "%.2f" : "%.0f", figure) : "-"
}

function kib(key)
{
	return whole(key, median(key))
}

function ratio(key, other)
{
	return median(key) && median(other) ? sprintf("%.2f", median(key) / median(other)) : "-"
}

function row(measure, clients, server,    group, key, bad, i)
{
	group = measure " " clients " "
	key = group server
	if (!tried[key])
		return
	bad = tried[key] - good[key]
	printf "  %7d  %-20s %9s %9s %9s", clients, label[server], whole(key, median(key)), \
	    whole(key, value[key, 1]), whole(key, value[key, good[key]])
	for (i = 1; i <= n_bases; i++)
		printf " %11s", ratio(key, group base[i])
	print bad ? sprintf("  %d of %d invalid", bad, tried[key]) : ""
}

function table(measure,    c, s, i)
{
	if (!shown[measure])
		return
	print title[measure]
	printf "  %7s  %-20s %9s %9s %9s", kind == "udp" ? "load" : "clients", "server", "median", \
	    "low", "high"
	for (i = 1; i <= n_bases; i++)
		printf " %11s", "/ " base[i]
	print ""
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
	return (g[5] == "<" ? got < g[6] : g[5] == "<=" ? got <= g[6] : got >= g[6]) ? "pass" : "MISS"
}

function judge(line,    g, what)
{
	split(line, g)
	what = verdict(g)
	verdicts[what]++
	printf "  %s  %9s  %2s %-5s  %s%s, %s, %d %s%s%s\n", what, \
	    what != "skip" ? sprintf(g[4] == "-" && got >= 10 ? "%.0f" : "%.2f", got) : "-", g[5], g[6], label[g[3]], \
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
