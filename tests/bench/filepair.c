/*
 * filepair: the least that a file transfer can be: sendfile(2) at one end, splice(2) at
 * the other, on loopback, and not a word about the file.
 *
 *	filepair FROM TO
 */
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	PIECE = 1 << 20,
};

static void
must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void
send_file(const char *from, const struct sockaddr_in *to)
{
	int in = open(from, O_RDONLY), out = socket(AF_INET, SOCK_STREAM, 0);
	struct stat st;

	must(in != -1 && fstat(in, &st) == 0, from);
	must(connect(out, (const struct sockaddr *)to, sizeof *to) == 0, "connect");
	for (off_t at = 0; at < st.st_size;)
		must(sendfile(out, in, &at, PIECE) > 0, "sendfile");
	exit(0);
}

static void
receive_file(int in, const char *to)
{
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600), ends[2];
	ssize_t n, m;

	must(out != -1, to);
	must(pipe(ends) == 0, "pipe");
	(void)fcntl(ends[1], F_SETPIPE_SZ, PIECE);
	while ((n = splice(in, NULL, ends[1], NULL, PIECE, SPLICE_F_MOVE)) > 0)
		for (; n > 0; n -= m) {
			m = splice(ends[0], NULL, out, NULL, (size_t)n, SPLICE_F_MOVE);
			must(m > 0, "splice");
		}
	must(n == 0, "splice");
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), status;

	must(argc == 3, "usage: filepair FROM TO");
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
	must(listen(listener, 1) == 0, "listen");
	must(getsockname(listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
	if (fork() == 0)
		send_file(argv[1], &address);
	receive_file(accept(listener, NULL, NULL), argv[2]);
	must(wait(&status) > 0 && status == 0, "sender");
	return 0;
}
