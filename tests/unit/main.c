/*
 * unit: table tests of the modules of common/ and protocol/, one suite each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

int
main(void)
{
	SRunner *runner = srunner_create(pack_suite());
	int failed;

	srunner_add_suite(runner, glob_suite());
	srunner_add_suite(runner, num_suite());
	srunner_add_suite(runner, log_suite());
	srunner_add_suite(runner, opts_suite());
	srunner_add_suite(runner, net_suite());
	srunner_add_suite(runner, explain_suite());
	srunner_add_suite(runner, conn_suite());
	srunner_add_suite(runner, sys_suite());
	srunner_add_suite(runner, pieces_suite());
	srunner_add_suite(runner, table_suite());
	srunner_add_suite(runner, histogram_suite());
	srunner_add_suite(runner, command_suite());
	srunner_add_suite(runner, spawn_suite());
	srunner_add_suite(runner, probe_suite());
	srunner_add_suite(runner, lossy_suite());
	srunner_add_suite(runner, udp_guard_suite());
	srunner_add_suite(runner, udp_suite());
	srunner_add_suite(runner, clock_suite());
	srunner_add_suite(runner, tz_suite());
	srunner_add_suite(runner, answer_suite());
	srunner_add_suite(runner, siphash_suite());
	srunner_add_suite(runner, utf8_suite());
	srunner_add_suite(runner, deliver_suite());
	srunner_add_suite(runner, chat_suite());
	srunner_add_suite(runner, line_suite());
	srunner_add_suite(runner, frame_suite());
	srunner_add_suite(runner, digest_suite());
	srunner_add_suite(runner, keys_suite());
	srunner_add_suite(runner, link_suite());
	srunner_add_suite(runner, auth_suite());
	srunner_add_suite(runner, jail_suite());
	srunner_add_suite(runner, jail_look_suite());
	srunner_add_suite(runner, jail_change_suite());
	srunner_add_suite(runner, jail_file_suite());
	srunner_add_suite(runner, jail_race_suite());
	srunner_add_suite(runner, file_suite());
	srunner_add_suite(runner, tftp_suite());
	srunner_add_suite(runner, netascii_suite());
	srunner_add_suite(runner, tftp_engine_suite());
	srunner_add_suite(runner, tftp_pair_suite());
	srunner_add_suite(runner, progress_suite());
	srunner_add_suite(runner, remote_suite());
	srunner_add_suite(runner, http_request_suite());
	srunner_add_suite(runner, http_refusals_suite());
	srunner_add_suite(runner, http_fields_suite());
	srunner_add_suite(runner, http_body_suite());
	srunner_add_suite(runner, http_target_suite());
	srunner_add_suite(runner, http_date_suite());
	srunner_add_suite(runner, http_match_suite());
	srunner_add_suite(runner, http_range_suite());
	srunner_add_suite(runner, http_accept_suite());
	srunner_add_suite(runner, http_response_suite());
	srunner_add_suite(runner, http_cgi_suite());
	srunner_add_suite(runner, http_form_suite());
	srunner_add_suite(runner, event_suite());
	srunner_add_suite(runner, httpd_session_suite());
	srunner_add_suite(runner, routes_suite());
	srunner_add_suite(runner, ftp_suite());
	srunner_add_suite(runner, ftp_reply_suite());
	srunner_add_suite(runner, ftp_host_suite());
	srunner_add_suite(runner, ftp_facts_suite());
	srunner_add_suite(runner, ftp_list_suite());
	srunner_add_suite(runner, ftp_url_suite());
	srunner_add_suite(runner, users_line_suite());
	srunner_add_suite(runner, users_suite());
	srunner_add_suite(runner, quota_suite());
	srunner_add_suite(runner, quota_race_suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
