/*
 * unit: what the unit tests share. Each file makes one suite for one module.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

Suite *pack_suite(void);
Suite *glob_suite(void);
Suite *num_suite(void);
Suite *log_suite(void);
Suite *opts_suite(void);
Suite *net_suite(void);
Suite *explain_suite(void);
Suite *conn_suite(void);
Suite *file_read_suite(void);
Suite *pieces_suite(void);
Suite *sys_suite(void);
Suite *confine_suite(void);
Suite *table_suite(void);
Suite *histogram_suite(void);
Suite *command_suite(void);
Suite *spawn_suite(void);
Suite *probe_suite(void);
Suite *lossy_suite(void);
Suite *udp_guard_suite(void);
Suite *udp_suite(void);
Suite *clock_suite(void);
Suite *tz_suite(void);
Suite *answer_suite(void);
Suite *siphash_suite(void);
Suite *utf8_suite(void);
Suite *deliver_suite(void);
Suite *chat_suite(void);
Suite *line_suite(void);
Suite *frame_suite(void);
Suite *digest_suite(void);
Suite *keys_suite(void);
Suite *link_suite(void);
Suite *auth_suite(void);
Suite *jail_suite(void);
Suite *jail_look_suite(void);
Suite *jail_change_suite(void);
Suite *jail_file_suite(void);
Suite *jail_sweep_suite(void);
Suite *jail_race_suite(void);
Suite *file_suite(void);
Suite *tftp_suite(void);
Suite *netascii_suite(void);
Suite *tftp_engine_suite(void);
Suite *tftp_pair_suite(void);
Suite *progress_suite(void);
Suite *remote_suite(void);
Suite *http_request_suite(void);
Suite *http_refusals_suite(void);
Suite *http_fields_suite(void);
Suite *http_body_suite(void);
Suite *http_target_suite(void);
Suite *http_basic_suite(void);
Suite *http_date_suite(void);
Suite *http_match_suite(void);
Suite *http_range_suite(void);
Suite *http_accept_suite(void);
Suite *http_response_suite(void);
Suite *http_cgi_suite(void);
Suite *http_form_suite(void);
Suite *event_suite(void);
Suite *httpd_environ_suite(void);
Suite *httpd_session_suite(void);
Suite *routes_suite(void);
Suite *ftp_suite(void);
Suite *ftp_reply_suite(void);
Suite *ftp_host_suite(void);
Suite *ftp_facts_suite(void);
Suite *ftp_list_suite(void);
Suite *ftp_url_suite(void);
Suite *users_line_suite(void);
Suite *users_suite(void);
Suite *quota_suite(void);
Suite *quota_race_suite(void);

/* Catch what goes to a descriptor (1 or 2): begin, then end to read it as a string. */
void capture_begin(int fd);
const char *capture_end(void);

#endif
