/*
 * report: what came of it, for people and as TSV. See tcpload.h.
 *
 * Rates are of the time that was measured; what came in after it counts only as an
 * answer. A figure that does not exist is "-", not 0.
 */
#include <inttypes.h>
#include <string.h>

#include "clients/tcpload/tcpload.h"
#include "common/log.h"

enum {
	FIGURE_MAX = 32,
};

static const double percents[] = { 50, 90, 99, 100 };

enum {
	PERCENTS = sizeof percents / sizeof *percents,
};

static double
seconds_of(const struct load *load)
{
	return (double)load->elapsed / 1e9;
}

static double
per_second(const struct load *load, double count)
{
	return load->elapsed > 0 ? count / seconds_of(load) : 0;
}

static double
megabytes_per_second(const struct load *load)
{
	return per_second(load, (double)load->answered_in_time * load->options->size / 1e6);
}

/* A percentile of the latency in microseconds, as text. */
static const char *
latency_text(const struct load *load, double percent, char text[FIGURE_MAX])
{
	if (load->latency.count == 0)
		return "-";
	snprintf(text, FIGURE_MAX, "%.1f",
	    (double)histogram_percentile(&load->latency, percent) / 1e3);
	return text;
}

static const char *
error_name(int code)
{
	switch (code) {
	case ERROR_HUNG_UP:
		return "EOF";
	case ERROR_WRONG:
		return "EBADMSG";
	default:
		return log_errno_name(code);
	}
}

/* "ECONNRESET 3, EOF 1" in the order of the error numbers. */
static void
print_errors(const struct load *load, FILE *file, const char *between, const char *before_count)
{
	const char *separator = "";

	for (int code = 0; code < ERRORS_MAX; code++)
		if (load->errors[code]) {
			fprintf(file, "%s%s%s%" PRId64, separator, error_name(code),
			    before_count, load->errors[code]);
			separator = between;
		}
}

static void
print_conditions(const struct load *load)
{
	const struct load_options *options = load->options;
	char address[NET_TEXT_MAX];

	printf("%s: %d client%s, %s connections, %d byte%s a message, ",
	    options->rotate ? "127.0.0.1 to .200" : net_format(&load->server, address),
	    options->clients, options->clients == 1 ? "" : "s",
	    options->once ? "short" : "long", options->size, options->size == 1 ? "" : "s");
	if (options->rate)
		printf("open loop of %d a second\n", options->rate);
	else
		puts("closed loop");
}

static void
print_latency(const struct load *load)
{
	static const char *const names[PERCENTS] = { "p50", ", p90", ", p99", ", max" };
	char text[FIGURE_MAX];

	fputs("latency us     ", stdout);
	for (size_t i = 0; i < PERCENTS; i++)
		printf("%s %s", names[i], latency_text(load, percents[i], text));
	putchar('\n');
}

int
report_print(const struct load *load)
{
	print_conditions(load);
	printf("messages       %" PRId64 " in %.3f s\n", load->answered, seconds_of(load));
	printf("connections/s  %.1f", per_second(load, (double)load->connections));
	if (!load->options->once)
		printf(" (%" PRId64 " made before)", load->connections_before);
	printf("\nround trips/s  %.1f\n", per_second(load, (double)load->answered_in_time));
	printf("MB/s           %.3f\n", megabytes_per_second(load));
	print_latency(load);
	printf("errors         %" PRId64, load->failed);
	if (load->failed) {
		fputs(": ", stdout);
		print_errors(load, stdout, ", ", " ");
	}
	putchar('\n');
	if (load->unfinished)
		printf("unfinished     %" PRId64
		       " were due and had not been answered at the end\n",
		    load->unfinished);
	return fflush(stdout) == 0 ? 0 : -1;
}

int
report_tsv(const struct load *load, FILE *file)
{
	const struct load_options *options = load->options;
	char text[FIGURE_MAX];

	fputs("mode\tclients\tsize\trate\tseconds\tmessages\tconnections\t"
	      "connections_per_s\tround_trips_per_s\tmb_per_s\tlatency_p50_us\t"
	      "latency_p90_us\tlatency_p99_us\tlatency_max_us\terrors\tunfinished\t"
	      "errors_by_name\n",
	    file);
	fprintf(file, "%s\t%d\t%d\t%d\t%.6f\t%" PRId64 "\t%" PRId64 "\t%.1f\t%.1f\t%.3f",
	    options->once ? "short" : "long", options->clients, options->size, options->rate,
	    seconds_of(load), load->answered, load->connections_before + load->connections,
	    per_second(load, (double)load->connections),
	    per_second(load, (double)load->answered_in_time), megabytes_per_second(load));
	for (size_t i = 0; i < PERCENTS; i++)
		fprintf(file, "\t%s", latency_text(load, percents[i], text));
	fprintf(file, "\t%" PRId64 "\t%" PRId64 "\t", load->failed, load->unfinished);
	if (load->failed == 0)
		putc('-', file);
	print_errors(load, file, ",", "=");
	putc('\n', file);
	return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}
