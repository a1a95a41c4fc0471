/*
 * Guards: a shared letter that is forgotten or means something else, a wrong
 * number that is believed, an error without the right exit status.
 */
#include "common/opts.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static const struct opts_entry own[] = {
	{ 'n', "count", "a number of its own" },
	{ 'U', NULL, "a flag of its own" },
	{ 0, NULL, NULL },
};

static const struct opts_program server = {
	.name = "testd", .purpose = "Test.", .operands = "", .own = own
};
static const struct opts_program client = { .name = "test",
	.purpose = "Test.",
	.operands = "host",
	.operand_min = 1,
	.operand_max = 1,
	.own = own };

static int
count_arguments(char *argv[])
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return argc;
}

static void
read_server(char *argv[], struct serve_options *serve)
{
	struct opts opts;

	opts_server(&opts, &server, serve, count_arguments(argv), argv);
	while (opts_next(&opts) != -1)
		continue;
}

START_TEST(reads_every_shared_letter_of_a_server)
{
	char *argv[] = { "testd", "-1", "-6", "-b", "7", "-C", "3", "-c", "9", "-D", "-i", "-l",
		"::1", "-m", "prefork", "-p", "0", "-T", "1.5", "-t", "0", "-u", "somebody",
		NULL };
	struct serve_options s = SERVE_DEFAULTS;

	read_server(argv, &s);
	ck_assert(s.once && s.daemon && s.inetd);
	ck_assert_int_eq(s.family, AF_INET6);
	ck_assert_int_eq(s.backlog, 7);
	ck_assert_int_eq(s.per_address, 3);
	ck_assert_int_eq(s.max, 9);
	ck_assert_str_eq(s.address, "::1");
	ck_assert_str_eq(s.port, "0");
	ck_assert_int_eq(s.model, SERVE_PREFORK);
	ck_assert_int_eq(s.total_ms, 1500);
	ck_assert_int_eq(s.idle_ms, 0);
	ck_assert_str_eq(s.user, "somebody");
}
END_TEST

START_TEST(reads_a_client)
{
	char *argv[] = { "test", "-4", "-p", "echo", "-t", "0.25", "-n", "12", "-U", "--",
		"-host", NULL };
	struct client_options c = { 0 };
	struct opts opts;

	opts_client(&opts, &client, &c, count_arguments(argv), argv);
	ck_assert_int_eq(opts_next(&opts), 'n');
	ck_assert_int_eq(opts_number(&opts, 1, 12), 12);
	ck_assert_int_eq(opts_next(&opts), 'U');
	ck_assert_int_eq(opts_next(&opts), -1);
	ck_assert_str_eq(opts_operand(&opts, 0), "-host");
	ck_assert_ptr_null(opts_operand(&opts, 1));
	ck_assert_int_eq(c.family, AF_INET);
	ck_assert_int_eq(c.timeout_ms, 250);
	ck_assert_str_eq(c.port, "echo");
}
END_TEST

START_TEST(reads_every_shared_letter_of_a_datagram_server)
{
	char *argv[] = { "testd", "-4", "-D", "-g", "239.1.2.3", "-g", "ff02::1:3", "-i", "-l",
		"*", "-p", "7", "-r", "0", "-t", "1.5", "-u", "somebody", NULL };
	struct udp_serve_options s = UDP_SERVE_DEFAULTS;
	struct opts opts;

	ck_assert_int_eq(s.rate, UDP_GUARD_RATE);
	opts_udp_server(&opts, &server, &s, count_arguments(argv), argv);
	while (opts_next(&opts) != -1)
		continue;
	ck_assert_str_eq(opts.letters, ":46Dg:hil:n:p:qr:t:Uu:Vvx");
	ck_assert(s.serve.daemon && s.serve.inetd && s.rate_given);
	ck_assert_int_eq(s.serve.family, AF_INET);
	ck_assert_str_eq(s.groups[0], "239.1.2.3");
	ck_assert_str_eq(s.groups[1], "ff02::1:3");
	ck_assert_ptr_null(s.groups[2]);
	ck_assert_str_eq(s.serve.address, "*");
	ck_assert_str_eq(s.serve.port, "7");
	ck_assert_int_eq(s.rate, 0);
	ck_assert_int_eq(s.serve.idle_ms, 1500);
	ck_assert_str_eq(s.serve.user, "somebody");
}
END_TEST

/* Each is wrong for a datagram server: exit status 2. */
static char *wrong_udp[][20] = {
	{ "testd", "-m", "fork", NULL },
	{ "testd", "-c", "1", NULL },
	{ "testd", "-r", "1000001", NULL },
	{ "testd", "-r", "", NULL },
	{ "testd", "-g1", "-g2", "-g3", "-g4", "-g5", "-g6", "-g7", "-g8", "-g9", NULL },
};

START_TEST(wrong_usage_of_a_datagram_server)
{
	struct udp_serve_options s = UDP_SERVE_DEFAULTS;
	struct opts opts;

	opts_udp_server(&opts, &server, &s, count_arguments(wrong_udp[_i]), wrong_udp[_i]);
	while (opts_next(&opts) != -1)
		continue;
}
END_TEST

START_TEST(getopt_string_is_made_from_the_tables)
{
	char *argv[] = { "testd", NULL };
	struct serve_options s = SERVE_DEFAULTS;
	struct opts opts;

	opts_server(&opts, &server, &s, 1, argv);
	ck_assert_str_eq(opts.letters, ":146b:C:c:Dhil:m:n:p:qT:t:Uu:Vvx");
}
END_TEST

/* Each is wrong: exit status 2. */
static char *wrong[][5] = {
	{ "testd", "-z", NULL },
	{ "testd", "-p", NULL },
	{ "testd", "-p", "65536", NULL },
	{ "testd", "-p", "7007x", NULL },
	{ "testd", "-p", "no-such-service", NULL },
	{ "testd", "-b", "-1", NULL },
	{ "testd", "-c", "0", NULL },
	{ "testd", "-C", "many", NULL },
	{ "testd", "-t", "1m", NULL },
	{ "testd", "-T", "-1", NULL },
	{ "testd", "-m", "threads", NULL },
	{ "testd", "operand", NULL },
};

START_TEST(wrong_usage_exits_with_2)
{
	struct serve_options s = SERVE_DEFAULTS;

	read_server(wrong[_i], &s);
}
END_TEST

static void
read_client(char *argv[])
{
	struct client_options c = { 0 };
	struct opts opts;

	opts_client(&opts, &client, &c, count_arguments(argv), argv);
	while (opts_next(&opts) != -1)
		continue;
}

START_TEST(a_missing_operand_exits_with_2)
{
	read_client((char *[]){ "test", "-4", NULL });
}
END_TEST

START_TEST(help_and_version_exit_with_0)
{
	read_client((char *[]){ "test", _i ? "-h" : "-V", NULL });
}
END_TEST

Suite *
opts_suite(void)
{
	Suite *suite = suite_create("opts");
	TCase *tcase = tcase_create("opts");

	tcase_add_test(tcase, reads_every_shared_letter_of_a_server);
	tcase_add_test(tcase, reads_a_client);
	tcase_add_test(tcase, getopt_string_is_made_from_the_tables);
	tcase_add_loop_exit_test(
	    tcase, wrong_usage_exits_with_2, STATUS_USAGE, 0, sizeof wrong / sizeof *wrong);
	tcase_add_test(tcase, reads_every_shared_letter_of_a_datagram_server);
	tcase_add_loop_exit_test(tcase, wrong_usage_of_a_datagram_server, STATUS_USAGE, 0,
	    sizeof wrong_udp / sizeof *wrong_udp);
	tcase_add_exit_test(tcase, a_missing_operand_exits_with_2, STATUS_USAGE);
	tcase_add_loop_exit_test(tcase, help_and_version_exit_with_0, STATUS_DONE, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
