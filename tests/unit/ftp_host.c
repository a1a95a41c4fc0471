/*
 * Guards: an address or a port that is read as another (numbers beyond a byte, a sign, a
 * missing field), a family that nobody knows taken for one that is, and a 227 whose
 * numbers are only found in one server's words.
 */
#include "protocol/ftp_host.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* "4 192.0.2.1 7000", or what is wrong. */
static const char *
told(enum ftp_host_status status, const struct ftp_host *host)
{
	static char text[96];
	char address[INET6_ADDRSTRLEN];

	if (status == FTP_HOST_SYNTAX)
		return "501";
	if (status == FTP_HOST_FAMILY)
		return "522";
	inet_ntop(host->family == FTP_IPV4 ? AF_INET : AF_INET6, host->address, address,
	    sizeof address);
	snprintf(text, sizeof text, "%d %s %u", host->family, address, host->port);
	return text;
}

struct host_case {
	const char *text, *host;
};

static const struct host_case port_cases[] = {
	{ "192,0,2,1,27,88", "1 192.0.2.1 7000" },
	{ "255,255,255,255,255,255", "1 255.255.255.255 65535" },
	{ "0,0,0,0,0,1", "1 0.0.0.0 1" },
	{ "010,000,002,001,004,000", "1 10.0.2.1 1024" },
	{ "192,0,2,1,0,0", "501" },
	{ "192,0,2,256,27,88", "501" },
	{ "192,0,2,1,27,0088", "501" },
	{ "192,0,2,4294967297,27,88", "501" },
	{ "192,0,2,1,27", "501" },
	{ "192,0,2,1,27,", "501" },
	{ "192,0,2,1,27,88,1", "501" },
	{ "192,0,2,1,27,88 ", "501" },
	{ " 192,0,2,1,27,88", "501" },
	{ "192,0,2,-1,27,88", "501" },
	{ "192,0,2,+1,27,88", "501" },
	{ "192.0.2.1,27,88", "501" },
	{ "", "501" },
};

START_TEST(parses_port)
{
	struct ftp_host host;
	const char *text = port_cases[_i].text;

	ck_assert_str_eq(
	    told(ftp_port_parse(text, strlen(text), &host), &host), port_cases[_i].host);
}
END_TEST

static const struct host_case eprt_cases[] = {
	{ "|1|132.235.1.2|6275|", "1 132.235.1.2 6275" }, /* RFC 2428, 2 */
	{ "|2|1080::8:800:200C:417A|5282|", "2 1080::8:800:200c:417a 5282" },
	{ "!1!127.0.0.1!1!", "1 127.0.0.1 1" },
	{ "|3|127.0.0.1|80|", "522" },
	{ "|0|127.0.0.1|80|", "522" },
	{ "|x|127.0.0.1|80|", "501" },
	{ "|1|::1|80|", "501" },
	{ "|2|127.0.0.1|80|", "501" },
	{ "|2|fe80::1%eth0|80|", "501" },
	{ "|1|127.0.0.1|0|", "501" },
	{ "|1|127.0.0.1|65536|", "501" },
	{ "|1|127.0.0.1|80", "501" },
	{ "|1|127.0.0.1|80|x", "501" },
	{ "|1|127.0.0.1||", "501" },
	{ "|1||80|", "501" },
	{ "|1|127.1|80|", "501" },
	{ "|1|111111111111111111111111111111111111111111111111111111|80|", "501" },
	{ "11127.0.0.11801", "501" },
	{ " 1 127.0.0.1 80 ", "501" },
	{ "|", "501" },
	{ "", "501" },
};

START_TEST(parses_eprt)
{
	struct ftp_host host;
	const char *text = eprt_cases[_i].text;

	ck_assert_str_eq(
	    told(ftp_eprt_parse(text, strlen(text), &host), &host), eprt_cases[_i].host);
}
END_TEST

static const struct host_case pasv_cases[] = {
	{ "Entering Passive Mode (192,0,2,1,27,88).", "1 192.0.2.1 7000" },
	{ "Entering passive mode 192,0,2,1,27,88", "1 192.0.2.1 7000" },
	{ "=192,0,2,1,27,88", "1 192.0.2.1 7000" },
	{ "(192,0,2,1,27,88,9)", "501" },
	{ "(192,0,2,1,27,888)", "501" },
	{ "(192,0,2,1,0,0)", "501" },
	{ "(192,0,2,1,27", "501" },
	{ "no numbers", "501" },
	{ "", "501" },
};

START_TEST(parses_pasv)
{
	struct ftp_host host;
	const char *text = pasv_cases[_i].text;
	bool is = ftp_pasv_parse(text, strlen(text), &host);

	ck_assert_str_eq(told(is ? FTP_HOST_OK : FTP_HOST_SYNTAX, &host), pasv_cases[_i].host);
}
END_TEST

static const struct {
	const char *text;
	uint16_t port; /* 0: none */
} epsv_cases[] = {
	{ "Entering Extended Passive Mode (|||6446|)", 6446 },
	{ "(!!!1!)", 1 },
	{ "x (|||65535|) y", 65535 },
	{ "(|||65536|)", 0 },
	{ "(|||0|)", 0 },
	{ "(|||6446)", 0 },
	{ "(|||6446|", 0 },
	{ "(|1|127.0.0.1|6446|)", 0 },
	{ "(||", 0 },
	{ "|||6446|", 0 },
	{ "", 0 },
};

START_TEST(parses_epsv)
{
	uint16_t port = 0;
	const char *text = epsv_cases[_i].text;

	ck_assert_int_eq(ftp_epsv_parse(text, strlen(text), &port), epsv_cases[_i].port != 0);
	ck_assert_uint_eq(port, epsv_cases[_i].port);
}
END_TEST

START_TEST(takes_the_argument_of_epsv)
{
	ck_assert_int_eq(ftp_epsv_argument("", 0), FTP_EPSV_ANY);
	ck_assert_int_eq(ftp_epsv_argument("1", 1), FTP_EPSV_IPV4);
	ck_assert_int_eq(ftp_epsv_argument("2", 1), FTP_EPSV_IPV6);
	ck_assert_int_eq(ftp_epsv_argument("3", 1), FTP_EPSV_OTHER);
	ck_assert_int_eq(ftp_epsv_argument("all", 3), FTP_EPSV_ALL);
	ck_assert_int_eq(ftp_epsv_argument("ALL", 3), FTP_EPSV_ALL);
	ck_assert_int_eq(ftp_epsv_argument("ALLE", 4), FTP_EPSV_SYNTAX);
	ck_assert_int_eq(ftp_epsv_argument("-1", 2), FTP_EPSV_SYNTAX);
}
END_TEST

START_TEST(encodes_what_it_parses)
{
	struct ftp_host v4 = { FTP_IPV4, { 192, 0, 2, 1 }, 7000 };
	struct ftp_host v6 = { FTP_IPV6, { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 65535 };
	char out[FTP_HOST_TEXT_MAX];

	ck_assert_int_gt(ftp_port_encode(out, sizeof out, &v4), 0);
	ck_assert_str_eq(out, "192,0,2,1,27,88");
	ck_assert_int_eq(ftp_port_encode(out, 16, &v4), 15);
	ck_assert_int_eq(ftp_port_encode(out, 15, &v4), -1);
	ck_assert_int_eq(ftp_port_encode(out, sizeof out, &v6), -1);
	ck_assert_int_gt(ftp_pasv_encode(out, sizeof out, &v4), 0);
	ck_assert_str_eq(out, "Entering Passive Mode (192,0,2,1,27,88).");
	ck_assert_int_eq(ftp_pasv_encode(out, sizeof out, &v6), -1);
	ck_assert_int_gt(ftp_eprt_encode(out, sizeof out, &v4), 0);
	ck_assert_str_eq(out, "|1|192.0.2.1|7000|");
	ck_assert_int_gt(ftp_eprt_encode(out, sizeof out, &v6), 0);
	ck_assert_str_eq(out, "|2|2001:db8::1|65535|");
	ck_assert_int_gt(ftp_epsv_encode(out, sizeof out, 7000), 0);
	ck_assert_str_eq(out, "Entering Extended Passive Mode (|||7000|)");
	ck_assert_int_eq(ftp_epsv_encode(out, 10, 7000), -1);
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
ftp_host_suite(void)
{
	Suite *suite = suite_create("ftp_host");
	TCase *tcase = tcase_create("ftp_host");

	LOOP(parses_port, port_cases);
	LOOP(parses_eprt, eprt_cases);
	LOOP(parses_pasv, pasv_cases);
	LOOP(parses_epsv, epsv_cases);
	tcase_add_test(tcase, takes_the_argument_of_epsv);
	tcase_add_test(tcase, encodes_what_it_parses);
	suite_add_tcase(suite, tcase);
	return suite;
}
