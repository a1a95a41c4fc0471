/*
 * unit: table tests of the modules of common/ and protocol/, one suite each.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/shard.h"
#include "tests/unit/unit.h"

static struct {
	FILE *file;
	int fd, saved;
	char text[16384];
} capture;

void
capture_begin(int fd)
{
	fflush(NULL);
	capture.file = tmpfile();
	ck_assert_ptr_nonnull(capture.file);
	capture.fd = fd;
	capture.saved = dup(fd);
	dup2(fileno(capture.file), fd);
}

const char *
capture_end(void)
{
	size_t n;

	fflush(NULL);
	dup2(capture.saved, capture.fd);
	close(capture.saved);
	rewind(capture.file);
	n = fread(capture.text, 1, sizeof capture.text - 1, capture.file);
	capture.text[n] = '\0';
	fclose(capture.file);
	return capture.text;
}

static Suite *(*const suites[])(void) = {
	pack_suite,
	glob_suite,
	num_suite,
	log_suite,
	opts_suite,
	net_suite,
	explain_suite,
	conn_suite,
	sys_suite,
	confine_suite,
	file_read_suite,
	pieces_suite,
	table_suite,
	histogram_suite,
	command_suite,
	spawn_suite,
	probe_suite,
	lossy_suite,
	udp_guard_suite,
	udp_suite,
	clock_suite,
	tz_suite,
	answer_suite,
	siphash_suite,
	utf8_suite,
	deliver_suite,
	chat_suite,
	line_suite,
	frame_suite,
	digest_suite,
	keys_suite,
	link_suite,
	auth_suite,
	jail_suite,
	jail_look_suite,
	jail_change_suite,
	jail_file_suite,
	jail_sweep_suite,
	jail_race_suite,
	file_suite,
	tftp_suite,
	netascii_suite,
	tftp_engine_suite,
	tftp_pair_suite,
	progress_suite,
	remote_suite,
	http_request_suite,
	http_refusals_suite,
	http_fields_suite,
	http_body_suite,
	http_target_suite,
	http_basic_suite,
	http_date_suite,
	http_match_suite,
	http_range_suite,
	http_accept_suite,
	http_response_suite,
	http_cgi_suite,
	http_form_suite,
	event_suite,
	httpd_environ_suite,
	httpd_session_suite,
	routes_suite,
	ftp_suite,
	ftp_reply_suite,
	ftp_host_suite,
	ftp_facts_suite,
	ftp_list_suite,
	ftp_url_suite,
	users_line_suite,
	users_suite,
	quota_suite,
	quota_race_suite,
};

/*
 * In several runs, if SHARD says so: a leak checker looks at all that the runner has kept
 * after each test, so with thousands in one run it takes longer than the tests.
 */
int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* for a busy machine; Check's own 4 s are few */
	for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
		if (shard_has(i))
			srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
