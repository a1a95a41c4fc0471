/*
 * right: what the broken servers of this directory do right.
 *
 * Each of them makes one mistake, and that alone stands in its file. What is the
 * same in all, and correct, is here: the first three steps of a server, a session,
 * a child for a client, and two loops; and the first steps of datagrams.
 */
#ifndef TESTS_PITFALLS_RIGHT_H
#define TESTS_PITFALLS_RIGHT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Steps 1 to 3: a listening socket on 127.0.0.1 and the port of `-p PORT`, and the
 * ready line. Exits with a message if there is none.
 */
int right_listen(int argc, char *argv[]);

/* The same one by one, for programs that begin wrongly. */
int right_socket(void);
void right_reuse(int listener); /* SO_REUSEADDR */
void right_bind(int listener, unsigned address, unsigned short port);
void right_switch_on(int listener); /* listen, and the ready line */
unsigned short right_port(int argc, char *argv[]);
_Noreturn void right_fail(const char *what); /* tell errno, and exit */

bool right_has_option(int argc, char *argv[], const char *option);

/* All of it, in as many writes as it takes. False when the client is gone. */
bool right_write(int fd, const char *bytes, size_t count);

/* One conversation: send back what comes, until read gives 0 or fails. */
void right_talk(int fd);

/* The next client. What can go wrong here passes, so it is waited for. */
int right_accept(int listener);

/* Nobody will ask how the children ended, so that the kernel need not remember. */
void right_forget_children(void);

/* Or a handler is called when one ends; flags as sigaction(2) has them. */
void right_on_sigchld(void (*handler)(int), int flags);

/* The child's whole life: it closes the listener, talks, and never returns. */
_Noreturn void right_child(int listener, int fd, void (*talk)(int fd));

/* All the rest of a server: a child for each client, for ever. */
_Noreturn void right_fork(int listener, void (*talk)(int fd));

/* Add to the descriptors that an epoll instance watches. */
void right_watch(int epoll, int fd, unsigned events);

/* One read and its answer; at the end of the conversation, close. */
void right_turn(int fd, unsigned events);

/*
 * One process for all clients: wait with epoll for ever; call `answer` when somebody
 * calls, and `turn` when a client has something, with its events as epoll_wait gave
 * them. `how` may be EPOLLET, for the listener.
 */
_Noreturn void right_epoll(int listener, unsigned how, void (*answer)(int epoll, int listener),
    void (*turn)(int fd, unsigned events));

/* ---- messages over a stream ---- */

/*
 * Two ends in two processes and a TCP connection between them: each line of standard input
 * is a message, which `say` sends; the other end, a child, receives until the end of the
 * stream and prints each as a line (`hear`). With -v standard error says when the last has
 * been sent. With -r only the receiving end: the stream comes from standard input.
 */
int right_messages(int argc, char *argv[],
    void (*say)(int fd, const char *message, size_t length), void (*hear)(int fd));

/* A message has come: print it. Or the stream is wrong: complain, and exit. */
void right_print(const char *message, size_t length);
_Noreturn void right_refuse(const char *why);

/* Exactly `count` bytes. False at the end of the stream. */
bool right_read(int fd, char *bytes, size_t count);

enum {
	RIGHT_HEADER = 24,	     /* bytes of the header of frame(5) */
	RIGHT_MESSAGE_MAX = 1 << 20, /* a message has no more */
};

/* A frame; and the size that a header tells, whatever it is. */
void right_say_frame(int fd, const char *message, size_t length);
size_t right_size(const char header[RIGHT_HEADER]);

/* ---- datagrams ---- */

/*
 * A datagram socket on 127.0.0.1, or every address with `-l *`, on the port of `-p PORT`,
 * and the ready line.
 */
int right_udp_bind(int argc, char *argv[]);

/* A client's socket, connected to the last argument and the port of `-p PORT`. */
int right_udp_connect(int argc, char *argv[]);

#endif
