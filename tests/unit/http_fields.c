/*
 * Guards: a field that is not found because of its letters' case, a list that is cut at
 * a comma within quotes, and what several lines of one field mean.
 */
#include <string.h>

#include "tests/unit/http.h"

START_TEST(knows_each_field_in_any_case)
{
	static const struct {
		const char *name;
		enum http_field field;
	} names[] = { { "Host", HTTP_F_HOST }, { "HOST", HTTP_F_HOST }, { "hOsT", HTTP_F_HOST },
		{ "TE", HTTP_F_TE }, { "Via", HTTP_F_VIA }, { "Date", HTTP_F_DATE },
		{ "Range", HTTP_F_RANGE }, { "PROXY", HTTP_F_PROXY },
		{ "Accept", HTTP_F_ACCEPT }, { "Cookie", HTTP_F_COOKIE },
		{ "expect", HTTP_F_EXPECT }, { "Origin", HTTP_F_ORIGIN },
		{ "Referer", HTTP_F_REFERER }, { "Trailer", HTTP_F_TRAILER },
		{ "Upgrade", HTTP_F_UPGRADE }, { "If-Match", HTTP_F_IF_MATCH },
		{ "if-range", HTTP_F_IF_RANGE }, { "Connection", HTTP_F_CONNECTION },
		{ "User-Agent", HTTP_F_USER_AGENT }, { "Keep-Alive", HTTP_F_KEEP_ALIVE },
		{ "Content-Type", HTTP_F_CONTENT_TYPE },
		{ "Authorization", HTTP_F_AUTHORIZATION },
		{ "If-None-Match", HTTP_F_IF_NONE_MATCH },
		{ "Content-Length", HTTP_F_CONTENT_LENGTH },
		{ "Accept-Encoding", HTTP_F_ACCEPT_ENCODING },
		{ "Accept-Language", HTTP_F_ACCEPT_LANGUAGE },
		{ "Content-Encoding", HTTP_F_CONTENT_ENCODING },
		{ "If-Modified-Since", HTTP_F_IF_MODIFIED_SINCE },
		{ "Transfer-Encoding", HTTP_F_TRANSFER_ENCODING },
		{ "If-Unmodified-Since", HTTP_F_IF_UNMODIFIED_SINCE },
		{ "Proxy-Authorization", HTTP_F_PROXY_AUTHORIZATION },
		/* and nothing else */
		{ "Hos", HTTP_F_OTHER }, { "Hosts", HTTP_F_OTHER }, { "Hos_", HTTP_F_OTHER },
		{ "X", HTTP_F_OTHER }, { "Content_Length", HTTP_F_OTHER },
		{ "If-Modified_Since", HTTP_F_OTHER }, { "Transfer-Encodin", HTTP_F_OTHER },
		{ "X-Forwarded-For-Somebody", HTTP_F_OTHER } };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_int_eq(
		    http_field_of(names[i].name, strlen(names[i].name)), names[i].field);
	ck_assert_uint_eq(sizeof names / sizeof *names, 31 + 8); /* all that there are */
	ck_assert_int_eq(HTTP_F_COUNT, 30);
}
END_TEST

START_TEST(keeps_lines_in_order_without_blanks_around)
{
	struct http_request request;

	http_read_text(&request, GET "Host:lab\r\nX-A: \t a b\tc \t\r\nX-B:\r\nx-a:" END);
	ck_assert_uint_eq(request.count, 4);
	expect_span(http_line_name(&request, 1), "X-A");
	expect_span(http_line_value(&request, 1), "a b\tc");
	expect_span(http_line_name(&request, 2), "X-B");
	expect_span(http_line_value(&request, 2), "");
	ck_assert_int_eq(request.lines[3].field, HTTP_F_OTHER);
	ck_assert(!http_has(&request, HTTP_F_RANGE));
	expect_span(http_value(&request, HTTP_F_RANGE), NULL);
}
END_TEST

START_TEST(has_no_value_where_there_are_two)
{
	struct http_request request;

	http_read_text(&request, GET "Host:l\r\nRange: bytes=0-1\r\nDate: x\r\nrange: y" END);
	ck_assert(http_has(&request, HTTP_F_RANGE));
	expect_span(http_value(&request, HTTP_F_RANGE), NULL);
	expect_span(http_value(&request, HTTP_F_DATE), "x");
}
END_TEST

START_TEST(lists_the_members_of_all_lines)
{
	static const char *const members[] = { "a", "b;q=\",\"", "\"c\\\",d\"", "e", "f g",
		"\"open, end" };
	struct http_request request;
	struct http_list list;
	struct http_span member;
	size_t n = 0;

	http_read_text(&request,
	    GET "Host: l\r\nVia: , a ,, b;q=\",\"\r\nTE: no\r\nvia:\r\nVIA: \"c\\\",d\",e\t\r\n"
		"Via: f g,\"open, end" END);
	list = http_list_begin(&request, HTTP_F_VIA);
	while (http_list_next(&list, &member))
		expect_span(member, members[n++]);
	ck_assert_uint_eq(n, sizeof members / sizeof *members);
	list = http_list_begin(&request, HTTP_F_COOKIE);
	ck_assert(!http_list_next(&list, &member));
	list = http_list_of(HTTP_SPAN(" ,, "));
	ck_assert(!http_list_next(&list, &member));
}
END_TEST

START_TEST(reads_numbers_to_the_last)
{
	uint64_t number = 7;

	ck_assert(http_number(HTTP_SPAN("18446744073709551615"), &number));
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert(!http_number(HTTP_SPAN("18446744073709551616"), &number));
	ck_assert(!http_number(HTTP_SPAN("99999999999999999999"), &number));
	ck_assert(!http_number(HTTP_SPAN(""), &number));
	ck_assert(!http_number(HTTP_SPAN("1 "), &number));
	ck_assert(!http_number(HTTP_SPAN("1\xb2"), &number));
	ck_assert(http_number(HTTP_SPAN("007"), &number));
	ck_assert_uint_eq(number, 7);
}
END_TEST

/* Each byte at each place of a word: the check takes eight at a time. */
START_TEST(finds_a_control_byte_wherever_it_is)
{
	for (int byte = 0; byte < 256; byte++)
		for (size_t at = 0; at < 19; at++) {
			char text[19];
			bool right = (byte >= ' ' && byte != 0x7f) || byte == '\t';

			memset(text, at % 2 ? 'a' : 0x80, sizeof text);
			text[at] = (char)byte;
			ck_assert(
			    http_is_value((struct http_span){ text, sizeof text }) == right);
		}
}
END_TEST

START_TEST(has_words_and_a_status_for_each_fault)
{
	for (int fault = HTTP_FINE; fault < HTTP_FAULTS; fault++) {
		int status = http_fault_status((enum http_fault)fault);

		ck_assert_ptr_nonnull(http_fault_words((enum http_fault)fault));
		ck_assert(fault == HTTP_FINE ? status == 200 : status >= 400 && status <= 505);
	}
}
END_TEST

Suite *
http_fields_suite(void)
{
	Suite *suite = suite_create("http_fields");
	TCase *tests = tcase_create("http_fields");

	tcase_add_test(tests, knows_each_field_in_any_case);
	tcase_add_test(tests, keeps_lines_in_order_without_blanks_around);
	tcase_add_test(tests, has_no_value_where_there_are_two);
	tcase_add_test(tests, lists_the_members_of_all_lines);
	tcase_add_test(tests, reads_numbers_to_the_last);
	tcase_add_test(tests, finds_a_control_byte_wherever_it_is);
	tcase_add_test(tests, has_words_and_a_status_for_each_fault);
	suite_add_tcase(suite, tests);
	return suite;
}
