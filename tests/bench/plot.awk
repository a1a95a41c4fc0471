# plot.awk: draw the figures of models.sh as an SVG of three panels, all axes logarithmic.
# usage: awk -v caption="..." -f plot.awk models.tsv >models.svg
#
# The columns wanted are named in the first line: model, clients, trips, beside, kib. A figure that
# is "-" was not measured; a line is drawn through what was.

BEGIN {
	FS = "\t"
	n_colours = split("#4e79a7 #f28e2b #e15759 #76b7b2 #59a14f #b6992d #b07aa1 #d37295 #9c755f #79706e", colour, " ")
	width = 1400
	panels = 3
	top = 56
	height = 330 # of a panel
	panel_width = 340
	left[1] = 70
	left[2] = 500
	left[3] = 930
	title[1] = "all talk: round trips a second (more is better)"
	title[2] = "16 talk, the others are silent: round trips a second"
	title[3] = "memory for each client, KiB (less is better)"
	column[1] = "trips"
	column[2] = "beside"
	column[3] = "kib"
}

NR == 1 {
	for (i = 1; i <= NF; i++)
		field[$i] = i
	next
}

{
	model = $field["model"]
	if (!(model in index_of)) {
		name[++models] = model
		index_of[model] = models
	}
	x = $field["clients"] + 0
	if (x > x_max)
		x_max = x
	for (p = 1; p <= panels; p++)
		take(p, model, x, $field[column[p]])
}

function take(p, model, x, value)
{
	if (value == "-" || value <= 0)
		return
	count[p, model]++
	at_x[p, model, count[p, model]] = x
	at_y[p, model, count[p, model]] = value + 0
	if (!low[p] || value + 0 < low[p])
		low[p] = value + 0
	if (value + 0 > high[p])
		high[p] = value + 0
}

function log10(v)
{
	return log(v) / log(10)
}

function ceiling(v)
{
	return v == int(v) ? v : int(v) + 1
}

function px(p, x)
{
	return left[p] + (x_decades ? log10(x) / x_decades : 0) * panel_width
}

function py(p, y)
{
	return top + height - (log10(y) - y_from[p]) / (y_to[p] - y_from[p]) * height
}

function text(x, y, anchor, words)
{
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, words
}

function line(x1, y1, x2, y2)
{
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", x1, y1, x2, y2
}

# 1000 as "1k", 1000000 as "1M".
function short(v)
{
	return v >= 1000000 ? v / 1000000 "M" : v >= 1000 ? v / 1000 "k" : v
}

function grid(p,    d)
{
	text(left[p], top - 14, "start", "<tspan font-weight=\"bold\">" title[p] "</tspan>")
	for (d = y_from[p]; d <= y_to[p]; d++) {
		line(left[p], py(p, 10 ^ d), left[p] + panel_width, py(p, 10 ^ d))
		text(left[p] - 8, py(p, 10 ^ d) + 4, "end", short(10 ^ d))
	}
	for (d = 0; d <= x_decades; d++) {
		line(px(p, 10 ^ d), top, px(p, 10 ^ d), top + height)
		text(px(p, 10 ^ d), top + height + 18, "middle", short(10 ^ d))
	}
	text(left[p] + panel_width / 2, top + height + 36, "middle", "clients at once")
}

function dash(m)
{
	return m <= 5 ? "" : " stroke-dasharray=\"6 3\""
}

function curve(p, m,    i, model, points)
{
	model = name[m]
	for (i = 1; i <= count[p, model]; i++)
		points = points sprintf("%.1f,%.1f ", px(p, at_x[p, model, i]), py(p, at_y[p, model, i]))
	printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", points, \
	    colour[m], dash(m)
	for (i = 1; i <= count[p, model]; i++)
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s, %d: %s</title></circle>\n", \
		    px(p, at_x[p, model, i]), py(p, at_y[p, model, i]), colour[m], model, \
		    at_x[p, model, i], at_y[p, model, i]
}

function legend(m,    x, y)
{
	x = left[1] + ((m - 1) % 5) * 170
	y = top + height + 62 + int((m - 1) / 5) * 22
	printf "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"%s/>\n", x, y - 4, \
	    x + 28, y - 4, colour[m], dash(m)
	text(x + 36, y, "start", name[m])
}

END {
	x_decades = ceiling(log10(x_max))
	for (p = 1; p <= panels; p++) {
		y_from[p] = int(log10(low[p]))
		if (log10(low[p]) < y_from[p])
			y_from[p]--
		y_to[p] = ceiling(log10(high[p]))
		if (y_to[p] == y_from[p])
			y_to[p]++
	}
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n", \
	    width, top + height + 112
	printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
	text(left[1] - 50, 20, "start", caption)
	for (p = 1; p <= panels; p++) {
		grid(p)
		for (m = 1; m <= models; m++)
			curve(p, m)
	}
	for (m = 1; m <= models; m++)
		legend(m)
	print "</svg>"
}
