/*
 * ftpd: directories, names, lists, and that there is no way out.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

START_TEST(change_about)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_expect(fd, "257 \"/a\"\"b\" ", "MKD a\"b");
	ftp_expect(fd, "250 ", "CWD a\"b");
	ftp_expect(fd, "257 \"/a\"\"b\" ", "PWD");
	ftp_expect(fd, "257 \"/a\"\"b/c\" ", "MKD c");
	ftp_expect(fd, "250 ", "CWD /a\"b/c");
	ftp_expect(fd, "250 ", "CDUP");
	ftp_expect(fd, "257 \"/a\"\"b\" ", "PWD");
	ftp_expect(fd, "250 ", "CWD ../../..");
	ftp_expect(fd, "257 \"/\" ", "PWD");
	ftp_expect(fd, "250 ", "CDUP"); /* at the top it stays */
	ftp_expect(fd, "550 ", "RMD a\"b");
	ftp_expect(fd, "250 ", "RMD a\"b/c");
	ftp_expect(fd, "250 ", "RMD a\"b");
	ftp_expect(fd, "550 ", "CWD a\"b");
	ftp_expect(fd, "550 ", "MKD a/b/c");
	ftp_expect(fd, "450 ", "RMD /");
}
END_TEST

START_TEST(no_way_out)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data;

	lab_write_text(home_of("dora", "secret"), "secret\n");
	EXPECT(symlink("/etc", home_of("anna", "etc")) == 0, "symlink");
	EXPECT(symlink("../dora/secret", home_of("anna", "up")) == 0, "symlink");
	EXPECT(symlink("in", home_of("anna", "link")) == 0, "symlink");
	EXPECT(mkfifo(home_of("anna", "fifo"), 0666) == 0, "mkfifo");
	lab_write_text(home_of("anna", "in"), "in\n");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR link"), "in\n") == 0, "a link within");
	data = ftp_passive(fd);
	ftp_expect(fd, "550 ", "RETR etc/passwd");
	ftp_expect(fd, "550 ", "RETR up");
	ftp_expect(fd, "550 ", "RETR ../dora/secret");
	ftp_expect(fd, "550 ", "RETR /etc/passwd");
	ftp_expect(fd, "550 ", "CWD etc");
	ftp_expect(fd, "550 ", "NLST etc");
	ftp_expect(fd, "550 ", "SIZE up");
	ftp_expect(fd, "550 ", "RETR fifo");
	ftp_expect(fd, "550 ", "RETR .");
	ftp_expect(fd, "550 ", "APPE fifo");
	ftp_expect(fd, "550 ", "STOR fifo");
	ftp_expect(fd, "550 ", "STOR etc/x");
	ftp_expect(fd, "550 ", "MKD etc/x");
	ftp_expect(fd, "550 ", "DELE up/x");
	close(data);
}
END_TEST

/* The same by each command that takes a name: checks in some of them only are no wall. */
START_TEST(no_way_out_by_any_command)
{
	static const char *const commands[] = { "RETR %s", "STOR %s/x", "APPE %s", "DELE %s/x",
		"RNFR %s/x", "SIZE %s", "MDTM %s", "MFMT 20200101000000 %s", "MLST %s/x",
		"HASH %s", "XMD5 %s", "XSHA256 %s", "CWD %s", "MKD %s/x", "RMD %s/x",
		"LIST %s/x", "NLST %s/*", "MLSD %s", "STAT %s/x", "SITE CHMOD 600 %s",
		"SITE UTIME %s 20200101000000 20200101000000 20200101000000 UTC" };
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data;

	lab_directory("dora/d");
	lab_write_text(home_of("dora", "d/x"), "outside\n");
	lab_write_text(home_of("anna", "in"), "in\n");
	EXPECT(symlink("../dora/d", home_of("anna", "up")) == 0, "symlink");
	EXPECT(symlink(home_of("dora", "d"), home_of("anna", "away")) == 0, "symlink");
	data = ftp_passive(fd);
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(commands); i++) {
		char line[256];
		const char *reply, *link = i % 2 ? "up" : "away";

		snprintf(line, sizeof line, commands[i / 2], link);
		reply = ftp_ask(fd, "%s", line);
		EXPECT(reply[0] == '5', "%s: %s", line, reply);
	}
	for (int i = 0; i < 2; i++) {
		ftp_expect(fd, "350 ", "RNFR in");
		ftp_expect(fd, "550 ", "RNTO %s/in", i ? "up" : "away");
	}
	close(data);
	lab_expect_text(home_of("dora", "d/x"), "outside\n");
	lab_expect_missing(home_of("dora", "d/in"));
	lab_expect_text(home_of("anna", "in"), "in\n");
}
END_TEST

START_TEST(names_of_all_kinds)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data;
	static char name[257];

	ftp_put(fd, "STOR  leading and trailing ", "x", 1);
	lab_expect_text(home_of("anna", " leading and trailing "), "x");
	ftp_put(fd, "STOR \xff\xff\xe4\xb8\xad\xe6\x96\x87", "y", 1); /* IAC IAC: 255 */
	lab_expect_text(home_of("anna", "\xff\xe4\xb8\xad\xe6\x96\x87"), "y");
	memset(name, 'n', 255);
	ftp_put(fd, text_of("STOR %s", name), "z", 1);
	name[255] = 'n';
	data = ftp_passive(fd);
	ftp_expect(fd, "553 ", "STOR %s", name);
	ftp_expect(fd, "553 ", "STOR a\tb");
	ftp_expect(fd, "553 ", "MKD a\033b");
	ftp_expect(fd, "550 ", "RETR .unfinished-x");
	close(data);
}
END_TEST

START_TEST(lists)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");
	const char *text;

	ftp_put(fd, "STOR b.txt", "12345", 5);
	ftp_put(fd, "STOR a.txt", "x", 1);
	ftp_expect(fd, "257 ", "MKD d");
	ftp_put(fd, "STOR d/.hidden", "x", 1);
	ftp_expect(fd, "213 ", "MFMT 20010203040506 b.txt");
	EXPECT(symlink("a.txt", home_of("anna", "l")) == 0, "symlink");
	text = ftp_get(fd, NULL, "LIST -la");
	EXPECT(strstr(text,
		   "-rw-r--r--   1 anna     ftp                 5 Feb  3  2001 b.txt\r\n"),
	    "LIST: %s", text);
	EXPECT(strstr(text, " d\r\n") && strstr(text, " l -> a.txt\r\n"), "LIST: %s", text);
	EXPECT(strcmp(ftp_get(fd, NULL, "NLST"), "a.txt\r\nb.txt\r\nd\r\nl\r\n") == 0, "NLST");
	EXPECT(strcmp(ftp_get(fd, NULL, "NLST *.txt"), "a.txt\r\nb.txt\r\n") == 0, "glob");
	EXPECT(strcmp(ftp_get(fd, NULL, "NLST d"), "d/.hidden\r\n") == 0, "NLST d");
	EXPECT(strcmp(ftp_get(fd, NULL, "NLST d/*den"), "d/.hidden\r\n") == 0, "NLST d/*");
	EXPECT(strcmp(ftp_get(fd, NULL, "NLST b.txt"), "b.txt\r\n") == 0, "NLST of a file");
	text = ftp_get(fd, NULL, "MLSD");
	EXPECT(strstr(text, "type=file;size=5;modify=20010203040506;perm=adfrw;") &&
		   strstr(text, "type=dir;modify="),
	    "MLSD: %s", text);
	text = ftp_ask(fd, "MLST b.txt");
	EXPECT(strstr(text, "\n type=file;size=5;") && strstr(text, "; /b.txt\n250 "),
	    "MLST: %s", text);
	ftp_expect(fd, "200 MLST OPTS type;", "OPTS MLST type;");
	EXPECT(strcmp(ftp_get(fd, NULL, "MLSD d"), "type=file; .hidden\r\n") == 0, "OPTS");
	text = ftp_ask(fd, "STAT b.txt");
	EXPECT(strncmp(text, "213-", 4) == 0 && strstr(text, "b.txt\n213 "), "STAT: %s", text);
	text = ftp_ask(fd, "STAT d");
	EXPECT(
	    strncmp(text, "212-", 4) == 0 && strstr(text, ".hidden\n212 "), "STAT: %s", text);
}
END_TEST

START_TEST(of_what_is_not_there)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data;

	ftp_put(fd, "STOR x", "x", 1);
	data = ftp_passive(fd);
	ftp_expect(fd, "501 ", "MLSD x");
	ftp_expect(fd, "550 ", "LIST missing");
	ftp_expect(fd, "550 ", "MLST missing");
	ftp_expect(fd, "550 ", "MDTM missing");
	ftp_expect(fd, "550 ", "SIZE .");
	ftp_expect(fd, "550 ", "RNFR missing");
	ftp_expect(fd, "550 ", "DELE missing");
	close(data);
}
END_TEST

START_TEST(a_thousand_names)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");
	const char *home = home_of("anna", ""), *text;
	size_t lines = 0;

	for (int i = 0; i < 1000; i++)
		lab_write_text(text_of("%sa-name-of-some-length-%04d", home, i), "");
	text = ftp_get(fd, NULL, "LIST");
	for (; *text; text++)
		lines += *text == '\n';
	EXPECT(lines == 1000, "%zu lines", lines);
}
END_TEST

START_TEST(times_and_modes)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");
	struct stat st;

	ftp_put(fd, "STOR x", "x", 1);
	EXPECT(stat(home_of("anna", "x"), &st) == 0 && (st.st_mode & 07777) == 0644, "mode");
	ftp_expect(fd, "213 Modify=20010203040506; /x\n", "MFMT 20010203040506 x");
	ftp_expect(fd, "213 20010203040506\n", "MDTM x");
	ftp_expect(fd, "213 ", "MDTM 20020203040506 x");
	ftp_expect(fd, "213 20020203040506\n", "MDTM x");
	ftp_expect(fd, "200 ", "SITE UTIME 20030203040506 x");
	ftp_expect(fd, "213 20030203040506\n", "MDTM x");
	ftp_expect(fd, "501 ", "MFMT yesterday x");
	ftp_expect(fd, "200 ", "SITE CHMOD 600 x");
	EXPECT(stat(home_of("anna", "x"), &st) == 0 && (st.st_mode & 07777) == 0600, "mode");
	ftp_expect(fd, "501 ", "SITE CHMOD 4755 x");
	ftp_expect(fd, "501 ", "SITE CHMOD 999 x");
	ftp_expect(fd, "504 ", "SITE EXEC ls");
	EXPECT(strstr(ftp_ask(fd, "SITE HELP"), "CHMOD") != NULL, "SITE HELP");
}
END_TEST

void
ftpd_lists(Suite *suite)
{
	const struct check checks[] = {
		OURS(change_about, ONCE),
		OURS(no_way_out, ONCE),
		OURS(no_way_out_by_any_command, ONCE),
		OURS(names_of_all_kinds, ONCE),
		OURS(lists, ONCE),
		OURS(of_what_is_not_there, ONCE),
		OURS(a_thousand_names, ONCE),
		OURS(times_and_modes, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
